"""Members of the group come and go while the feed runs: each record is decided once."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence

import pytest

from communique import ingest
from communique.kafka import KafkaSource, reader, topics
from communique.model import Article, Batch, CommitReport, Message, Nothing, Outcome, Record
from communique.telemetry import Metrics
from tests.fakes.store import FakeStore
from tests.laws.test_source import KafkaRig
from tests.servers.kafka import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

RECORDS, PARTITIONS, MEMBERS = 12_000, 6, 4
SEED = int(os.environ.get("COMMUNIQUE_MEMBERS_SEED", random.SystemRandom().randrange(1 << 30)))


class Enricher:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        await asyncio.sleep(self._dice.random() * 0.2)
        return [Nothing(Article(article_id="", uri="", url=None, text=""), "de")] * len(records)


class SlowStore(FakeStore):
    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    async def commit(self, batch: Batch) -> CommitReport:
        await asyncio.sleep(self._dice.random() * 0.1)
        report = await super().commit(batch)
        if self._dice.random() < 0.02:
            raise ConnectionError("the answer was lost")
        return report


async def test_members_that_come_and_go_lose_and_double_nothing(kafka: Broker) -> None:
    """Some leave in good order, some vanish in the middle of a batch, and answers of the database get lost."""
    print(f"seed {SEED}: COMMUNIQUE_MEMBERS_SEED={SEED}")
    dice = random.Random(SEED)
    rig = KafkaRig(kafka)
    settings = rig.settings.model_copy(update={"topic_partitions": PARTITIONS, "batch_records": 50})
    await topics.create(settings)
    async with reader.writer(settings) as write:
        for number in range(RECORDS):
            await write(Message(settings.topic_articles, b"%d" % number, (), b"x" * 300))
    store = SlowStore(dice)
    members: list[tuple[asyncio.Task[None], asyncio.Event]] = []

    def join() -> None:
        stop = asyncio.Event()
        source = KafkaSource(settings, store, Metrics(), owner=f"member {dice.random()}", clock=time.time)
        limits = ingest.Limits(retry_first_seconds=0.05, shutdown_seconds=5)
        running = ingest.run(
            source, Enricher(dice), store, metrics=Metrics(), stop=stop, clock=time.time, limits=limits
        )
        members.append((asyncio.create_task(running), stop))

    deadline = time.monotonic() + 120
    join()
    while len(store.outcomes) < RECORDS and time.monotonic() < deadline:
        await asyncio.sleep(dice.random() * 1.5)
        if len(members) < MEMBERS and (dice.random() < 0.6 or not members):
            join()
        elif len(members) > 1:
            task, stop = members.pop(dice.randrange(len(members)))
            if dice.random() < 0.5:
                stop.set()
            else:
                task.cancel()
            await asyncio.wait((task,))
    for _, stop in members:
        stop.set()
    await asyncio.wait([task for task, _ in members])
    assert len(store.outcomes) == RECORDS
    assert all(len(outcomes) == 1 for outcomes in store.outcomes.values())
