"""The only truth: input positions, articles, meetings and outgoing messages, in one Postgres transaction a batch.

    connect(database, …)   a Store
    Store                  claim, position, commit: what ingest needs; `outbox`: what the relay needs
    migrate, maintain      schema.py and upkeep.py, run as the owner of the schema

Every statement stands in queries.sql. One batch [a, b) of one partition:

    move the position from a to b, if it is ours     store/__init__.py
    articles: versions, duplicates, heirs            store/articles.py
    meetings: find, merge, revise                    store/meetings.py
    messages, numbered under the locked head         store/outbox.py
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg
from pydantic_core import PydanticSerializationError

from communique import __version__, messages
from communique.errors import Fenced
from communique.model import (
    Batch,
    Claim,
    CommitReport,
    Found,
    Message,
    Nothing,
    Record,
    Refusal,
    Rejected,
    Withdrawn,
)
from communique.refusals import refusal
from communique.store import articles, meetings, outbox
from communique.store.connection import (
    PASSING,
    REFUSED,
    CommitUnanswered,
    Database,
    Waits,
    transaction,
    translated,
)
from communique.store.meetings import Revision
from communique.store.outbox import Outbox
from communique.store.queries import sql

__all__ = ["Database", "Outbox", "Publication", "Store", "Waits", "connect"]

_TRIES = 5
_PAUSE = 0.05
"""Seconds between two tries."""
_REFUSED = (*REFUSED, PydanticSerializationError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where messages go and what they say of their sender."""

    events_topic: str = "meetings.events.v1"
    dead_letters_topic: str = "articles.dead-letter.v1"
    group: str = "communique"
    version: str = __version__


@asynccontextmanager
async def connect(database: Database, publication: Publication, now: Callable[[], datetime]) -> AsyncIterator[Store]:
    """A store for as long as the context lives. `now` gives aware times."""
    pool = await database.pool()
    try:
        yield Store(pool, database, publication, now)
    finally:
        try:
            async with asyncio.timeout(database.waits.connect):
                await pool.close()
        except TimeoutError:
            pool.terminate()


class Store:
    """Transactions of the ingest; `outbox` is the relay's side of the same database."""

    def __init__(
        self, pool: asyncpg.Pool, database: Database, publication: Publication, now: Callable[[], datetime]
    ) -> None:
        self.outbox = Outbox(pool, database)
        self._pool = pool
        self._database = database
        self._begin = database.begin()
        self._publication = publication
        self._now = now
        self._unanswered: dict[tuple[str, int], CommitReport] = {}
        """What the last try of a partition would have done, if its COMMIT took effect."""

    @property
    def pool(self) -> asyncpg.Pool:
        """For the questions of health.py and schema.py."""
        return self._pool

    async def claim(self, topic: str, partition: int, owner: str) -> Claim:
        """Become the owner of a partition and fence every earlier one. Waits for a transaction of an earlier owner:
        if its process hangs, until the database ends it."""
        waits = self._database.waits
        with translated():
            for last in _tries(2 + math.ceil(waits.idle_in_transaction / waits.lock)):
                try:
                    async with transaction(self._pool, self._begin) as connection:
                        row = await connection.fetchrow(sql("claim"), topic, partition, owner, self._now())
                    break
                except asyncpg.LockNotAvailableError:
                    if last:
                        raise
        self._unanswered.pop((topic, partition), None)
        return Claim(topic, partition, row["next_offset"], row["owner_epoch"])

    async def position(self, topic: str, partition: int) -> int | None:
        """The offset after the last one that was decided; None before the first."""
        with translated():
            async with transaction(self._pool, self._begin) as connection:
                row = await connection.fetchrow(sql("position"), topic, partition)
        return row["next_offset"] if row else None

    async def commit(self, batch: Batch) -> CommitReport:
        """Decide a batch, whole. May be called again with the same batch after DatabaseUnavailable, whatever became of
        the first call. Raises Fenced where the partition is another's."""
        return await self._bisected(batch)

    async def _bisected(self, batch: Batch) -> CommitReport:
        """Commit; what the database refuses is halved until the one record is found, which becomes a dead letter."""
        try:
            return await self._settled(batch)
        except _REFUSED as refused:
            if not batch.decided:
                raise
            if len(batch.decided) > 1:
                middle = len(batch.decided) // 2
                border = batch.decided[middle].record.offset
                first = replace(batch, end=border, decided=batch.decided[:middle])
                second = replace(batch, start=border, decided=batch.decided[middle:])
                return _sum(await self._bisected(first), await self._bisected(second))
            decided = batch.decided[0]
            if isinstance(decided.outcome, Rejected):
                raise
            return await self._settled(replace(batch, decided=(replace(decided, outcome=_rejected(refused)),)))

    async def _settled(self, batch: Batch) -> CommitReport:
        """Commit, again where a deadlock or a timeout undid it. The next try finds out about an unanswered COMMIT."""
        report = CommitReport()
        with translated():
            for last in _tries(_TRIES):
                try:
                    async with transaction(self._pool, self._begin) as connection:
                        remaining = await self._advance(connection, batch)
                        report = await self._write(connection, remaining)
                    break
                except CommitUnanswered:
                    self._unanswered[batch.claim.topic, batch.claim.partition] = report
                    if last:
                        raise
                except PASSING:
                    if last:
                        raise
                await asyncio.sleep(_PAUSE)
        before = self._unanswered.pop((batch.claim.topic, batch.claim.partition), None)
        return report if before is None or remaining is batch else _sum(before, report)

    async def _advance(self, connection: asyncpg.Connection, batch: Batch) -> Batch:
        """Compare and set the position. Gives the part of the batch that is still to be decided: not all of it where an
        earlier try of ours took effect although its answer was lost; the epoch proves that it was ours."""
        claim = batch.claim
        key = claim.topic, claim.partition
        if await self._move(connection, batch):
            return batch
        row = await connection.fetchrow(sql("position"), *key)
        place, epoch = (row["next_offset"], row["owner_epoch"]) if row else (None, None)
        if epoch != claim.epoch or place is None or not batch.start < place <= batch.end:
            raise Fenced(
                f"{claim.topic}-{claim.partition}: offset {batch.start} of epoch {claim.epoch} was to be decided,"
                f" but the position is {place} of epoch {epoch}."
            )
        remaining = replace(batch, start=place, decided=tuple(d for d in batch.decided if d.record.offset >= place))
        if place < batch.end:
            await self._move(connection, remaining)
        return remaining

    async def _move(self, connection: asyncpg.Connection, batch: Batch) -> bool:
        """Whether the position stood at the batch's start and was ours; then it is at its end, the records counted."""
        claim, kinds = batch.claim, Counter(type(decided.outcome) for decided in batch.decided)
        moved = await connection.fetchval(
            sql("advance"),
            claim.topic,
            claim.partition,
            claim.epoch,
            batch.start,
            batch.end,
            self._now(),
            *(kinds[kind] for kind in (Found, Nothing, Withdrawn, Rejected)),
        )
        return moved is not None

    async def _write(self, connection: asyncpg.Connection, batch: Batch) -> CommitReport:
        """Everything that the records of a batch change."""
        if not batch.decided:
            return CommitReport()
        now = self._now()
        settled = await articles.settle(connection, batch.decided, now)
        revisions = await meetings.revise(connection, settled, now)
        letters = [(d.record, d.outcome.refusal) for d in batch.decided if isinstance(d.outcome, Rejected)]
        count = len(revisions) + len(letters)
        if count:
            await outbox.publish(connection, count, lambda first: self._messages(first, revisions, letters, now), now)
        changes = [revision.change for revision in revisions]
        return CommitReport(
            articles=settled.accepted,
            duplicates=settled.duplicates,
            reported=changes.count("reported"),
            updated=changes.count("updated"),
            retracted=changes.count("retracted"),
            dead_letters=len(letters),
        )

    def _messages(
        self, first: int, revisions: Sequence[Revision], letters: Sequence[tuple[Record, Refusal]], now: datetime
    ) -> list[Message]:
        to = self._publication
        events = [
            messages.event_message(
                revision.event,
                topic=to.events_topic,
                change=revision.change,
                sequence=sequence,
                time=now,
                traceparent=dict(revision.record.headers).get("traceparent"),
            )
            for sequence, revision in enumerate(revisions, first)
        ]
        refused = [
            messages.dead_letter_message(
                record,
                refusal,
                topic=to.dead_letters_topic,
                sequence=sequence,
                attempts=_attempts(record),
                failed_at=now,
                group=to.group,
                version=to.version,
            )
            for sequence, (record, refusal) in enumerate(letters, first + len(events))
        ]
        return [*events, *refused]


def _tries(count: int) -> Iterator[bool]:
    """So many times: is this the last?"""
    return (number == count for number in range(1, count + 1))


def _attempts(record: Record) -> int:
    """How often the record was tried: once more than its headers say, if it is a dead letter that was sent again."""
    before = dict(record.headers).get("dlq-attempts", b"0")
    return 1 + int(before) if before.isdigit() else 1


def _rejected(refused: Exception) -> Rejected:
    """No word of the database's message goes into the dead letter: it may quote the article."""
    return Rejected(refusal("store_refused", getattr(refused, "sqlstate", None) or type(refused).__name__))


def _sum(one: CommitReport, other: CommitReport) -> CommitReport:
    return CommitReport(
        one.articles + other.articles,
        one.duplicates + other.duplicates,
        one.reported + other.reported,
        one.updated + other.updated,
        one.retracted + other.retracted,
        one.dead_letters + other.dead_letters,
    )
