"""What ingest relies on in a source, over the fake and over a real Kafka."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import pytest

from communique.errors import RefusalBreaker
from communique.ingest import Source
from communique.kafka import KafkaSource, reader, topics
from communique.kafka.source import DEPTH
from communique.model import Batch, CommitReport, Drained, Message, Record
from communique.settings import Settings
from communique.telemetry import Metrics
from tests.fakes.source import FakeLog, FakeSource
from tests.fakes.store import FakeStore
from tests.servers.kafka import Broker

BATCH = 5
_TOPICS = itertools.count(1)


class Rig(Protocol):
    """A topic with two partitions, and members that read it."""

    async def fill(self, *values: Sequence[bytes]) -> str: ...

    def source(self, store: FakeStore) -> Source: ...


class FakeRig:
    async def fill(self, *values: Sequence[bytes]) -> str:
        self._log = FakeLog.of("articles", *values)
        return self._log.topic

    def source(self, store: FakeStore) -> Source:
        return FakeSource(self._log, store, batch_records=BATCH)


class KafkaRig:
    def __init__(self, broker: Broker) -> None:
        number = next(_TOPICS)
        self.settings = Settings(
            brokers=broker.bootstrap,
            topic_articles=f"laws-{number}.articles",
            topic_events=f"laws-{number}.events",
            topic_dead_letters=f"laws-{number}.dead-letters",
            topic_progress=f"laws-{number}.progress",
            group=f"laws-{number}",
            topic_partitions=2,
            topic_replication=1,
            batch_records=BATCH,
            batch_wait_seconds=0.1,
            session_timeout_seconds=6,
            heartbeat_seconds=0.5,
            retry_first_seconds=0.05,
        )

    async def fill(self, *values: Sequence[bytes]) -> str:
        await topics.create(self.settings)
        topic = self.settings.topic_articles
        for partition, content in enumerate(values):
            async with reader.writer(self.settings, partition=partition) as write:
                for value in content:
                    await write(Message(topic, b"k", (), value))
        return topic

    def source(self, store: FakeStore) -> Source:
        return KafkaSource(self.settings, store, Metrics(), owner="laws", clock=time.time)


@pytest.fixture(params=["fake", pytest.param("kafka", marks=pytest.mark.kafka)])
def rig(request: pytest.FixtureRequest) -> Rig:
    return FakeRig() if request.param == "fake" else KafkaRig(request.getfixturevalue("kafka"))


@pytest.fixture
async def started() -> AsyncIterator[list[Source]]:
    """Sources that a test started; they are stopped whatever happens."""
    sources: list[Source] = []
    yield sources
    for source in sources:
        await source.stop()


async def taken(source: Source, count: int, *, within: float = 10.0) -> list[Drained]:
    """So many batches, or what came within the time."""
    batches: list[Drained] = []
    deadline = time.monotonic() + within
    while len(batches) < count and time.monotonic() < deadline:
        drained = await source.take()
        if drained is not None:
            batches.append(drained)
    return batches


async def commit(source: Source, store: FakeStore, drained: Drained) -> CommitReport:
    report = await store.commit(Batch(drained.claim, drained.start, drained.end, ()))
    source.settle(drained, committed=True)
    return report


def values(batches: Sequence[Drained]) -> list[bytes | None]:
    return [record.value for drained in batches for record in drained.records if isinstance(record, Record)]


async def test_batches_follow_each_other_without_a_gap(rig: Rig, started: list[Source]) -> None:
    """Each begins where the one before ended, within its bound, and every record is in one of them."""
    content = [b"%d" % number for number in range(17)]
    await rig.fill(content, [])
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    batches: list[Drained] = []
    while len(values(batches)) < 17:
        [drained] = await taken(source, 1)
        batches.append(drained)
        await commit(source, store, drained)
    assert values(batches) == content
    assert [drained.start for drained in batches[1:]] == [drained.end for drained in batches[:-1]]
    assert max(len(drained.records) for drained in batches) == BATCH
    assert (batches[0].start, batches[-1].end) == (0, 17)


async def test_it_begins_where_the_store_says(rig: Rig, started: list[Source]) -> None:
    """Not where Kafka's own offsets are, and not at the beginning."""
    topic = await rig.fill([b"%d" % number for number in range(10)], [])
    store = FakeStore()
    store.positions[topic, 0] = 7, 3
    source = rig.source(store)
    started.append(source)
    await source.start()
    [drained] = await taken(source, 1)
    assert (drained.start, drained.end, values([drained])) == (7, 10, [b"7", b"8", b"9"])
    assert drained.claim.epoch == 4


async def test_only_so_many_batches_of_a_partition_are_in_hand(rig: Rig, started: list[Source]) -> None:
    """Then nothing comes until one is settled."""
    await rig.fill([b"x"] * 30, [])
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    held = await taken(source, DEPTH)
    assert len(held) == DEPTH
    assert await taken(source, 1, within=0.5) == []
    await commit(source, store, held[0])
    assert len(await taken(source, 1)) == 1


async def test_a_fenced_partition_is_claimed_again_and_read_from_the_stored_position(
    rig: Rig, started: list[Source]
) -> None:
    """What was in hand under the old epoch comes again under the new one."""
    await rig.fill([b"%d" % number for number in range(10)], [])
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    first, second = await taken(source, 2)
    await commit(source, store, first)
    source.reclaim(second.claim)
    source.settle(second, committed=False)
    [again] = await taken(source, 1)
    assert (again.start, values([again])) == (first.end, values([second]))
    assert again.claim.epoch == second.claim.epoch + 1


async def test_a_halted_partition_gives_nothing_and_the_other_goes_on(rig: Rig, started: list[Source]) -> None:
    """An alert stops one partition, not the service."""
    await rig.fill([b"bad"] * 10, [b"good"] * 10)
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    seen: list[bytes | None] = []
    while seen.count(b"good") < 10:
        [drained] = await taken(source, 1)
        if drained.claim.partition == 0:
            source.halt(drained.claim, RefusalBreaker("so many"))
            source.settle(drained, committed=False)
        else:
            seen += values([drained])
            await commit(source, store, drained)
    assert await taken(source, 1, within=0.5) == []


async def test_after_a_stop_it_starts_anew_from_the_store(rig: Rig, started: list[Source]) -> None:
    """What was not committed is read again, what was committed is not."""
    await rig.fill([b"%d" % number for number in range(10)], [])
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    first, _second = await taken(source, 2)
    await commit(source, store, first)
    await source.stop()
    await source.start()
    again = await taken(source, 1)
    assert [drained.start for drained in again] == [first.end]


async def test_settling_what_an_earlier_life_gave_is_harmless(rig: Rig, started: list[Source]) -> None:
    """A lane may end after its source was thrown away."""
    await rig.fill([b"x"] * 10, [])
    store = FakeStore()
    source = rig.source(store)
    started.append(source)
    await source.start()
    [drained] = await taken(source, 1)
    await source.stop()
    source.settle(drained, committed=False)
    source.reclaim(drained.claim)
    source.halt(drained.claim, RefusalBreaker("late"))
    await asyncio.sleep(0)
    await source.start()
    assert len(await taken(source, 1)) == 1
