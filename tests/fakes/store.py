"""A database in memory: positions with epochs, outcomes, and an outbox with one gapless sequence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from communique.errors import Fenced
from communique.model import Batch, Claim, CommitReport, Found, Message, OutboxRow, Outcome, Record, Rejected

EVENTS = "meetings.events.v1"
DEAD_LETTERS = "articles.dead-letter.v1"
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)


class FakeStore:
    """Keeps the store's promises to the two loops, and nothing else of what the store does."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, int], tuple[int | None, int]] = {}
        self.outcomes: dict[tuple[str, int, int], list[Outcome]] = {}
        self.outbox: list[OutboxRow] = []
        self.history: list[OutboxRow] = []
        self.published_away = 0
        self._leader = asyncio.Lock()
        self._news = asyncio.Condition()

    # ── ingest ──

    async def claim(self, topic: str, partition: int, owner: str) -> Claim:
        offset, epoch = self.positions.get((topic, partition), (None, 0))
        self.positions[topic, partition] = offset, epoch + 1
        return Claim(topic, partition, offset, epoch + 1)

    async def position(self, topic: str, partition: int) -> int | None:
        return self.positions.get((topic, partition), (None, 0))[0]

    async def commit(self, batch: Batch) -> CommitReport:
        claim = batch.claim
        offset, epoch = self.positions[claim.topic, claim.partition]
        if epoch == claim.epoch and offset is not None and batch.start < offset <= batch.end:
            # An earlier try of the same batch took effect, and its answer was lost.
            batch = replace(batch, start=offset, decided=tuple(d for d in batch.decided if d.record.offset >= offset))
        if epoch != claim.epoch or offset not in (None, batch.start):
            raise Fenced(f"{claim.topic}/{claim.partition} is at {offset}, epoch {epoch}.")
        self.positions[claim.topic, claim.partition] = batch.end, epoch
        dead = 0
        for item in batch.decided:
            record = item.record
            self.outcomes.setdefault((record.topic, record.partition, record.offset), []).append(item.outcome)
            if isinstance(item.outcome, Rejected):
                dead += 1
                self.post(Message(DEAD_LETTERS, record.key, _reason(record, item.outcome), record.value))
            elif isinstance(item.outcome, Found):
                self.post(Message(EVENTS, b"%d/%d" % (record.partition, record.offset), (), b"{}"))
        await self.notify()
        return CommitReport(articles=len(batch.decided) - dead, dead_letters=dead)

    def post(self, message: Message) -> None:
        """Into the outbox; who waits is not told."""
        row = OutboxRow(self.next_seq, message, _CREATED)
        self.outbox.append(row)
        self.history.append(row)

    async def notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    @property
    def next_seq(self) -> int:
        return self.published_away + len(self.outbox) + 1

    # ── relay ──

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[None]:
        async with self._leader:
            yield

    async def last_sequence(self) -> int:
        return self.next_seq - 1

    async def rows_after(self, seq: int, limit: int) -> list[OutboxRow]:
        first = max(0, seq - self.published_away)
        return self.outbox[first : first + limit]

    async def forget(self, through_seq: int) -> int:
        count = max(0, through_seq - self.published_away)
        del self.outbox[:count]
        self.published_away += count
        return count

    async def wakeups(self) -> AsyncIterator[None]:
        while True:
            async with self._news:
                await self._news.wait()
            yield


def _reason(record: Record, outcome: Rejected) -> tuple[tuple[str, bytes], ...]:
    return (
        ("dlq-topic", record.topic.encode()),
        ("dlq-partition", b"%d" % record.partition),
        ("dlq-offset", b"%d" % record.offset),
        ("dlq-error-code", outcome.refusal.code.encode()),
    )
