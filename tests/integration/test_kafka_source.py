"""What only a real broker does to a source: markers, aborted records, damage on the disk, retention, rebalances."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.record._crc32c import crc as crc32c

from communique.kafka import KafkaSource, reader
from communique.kafka.internals import close
from communique.model import Batch, Decided, Drained, Message, Record, Rejected
from communique.telemetry import Metrics
from tests.fakes.store import FakeStore
from tests.laws.test_source import KafkaRig, taken, values
from tests.servers.kafka import Broker, running

pytestmark = pytest.mark.kafka

_ATTRIBUTES_AT = 21
_CRC_AT = 17


@pytest.fixture(scope="module")
def own_broker() -> Iterator[Broker]:
    """A broker that a test may stop to touch its files."""
    with running() as broker:
        yield broker


@pytest.fixture
async def sources() -> AsyncIterator[list[KafkaSource]]:
    started: list[KafkaSource] = []
    yield started
    for source in started:
        await source.stop()


def source_of(
    rig: KafkaRig, store: FakeStore, sources: list[KafkaSource], metrics: Metrics | None = None
) -> KafkaSource:
    source = KafkaSource(rig.settings, store, metrics or Metrics(), owner="test", clock=time.time)
    sources.append(source)
    return source


async def drained_all(source: KafkaSource, store: FakeStore, end: int, *, partition: int = 0) -> list[Drained]:
    """Take and commit until the partition's position is `end`."""
    batches: list[Drained] = []
    while not batches or batches[-1].end < end:
        [drained] = await taken(source, 1)
        await store.commit(Batch(drained.claim, drained.start, drained.end, ()))
        source.settle(drained, committed=True)
        if drained.claim.partition == partition:
            batches.append(drained)
    return batches


def codes(batches: list[Drained]) -> dict[int, str]:
    return {
        item.record.offset: item.outcome.refusal.code
        for drained in batches
        for item in drained.records
        if isinstance(item, Decided) and isinstance(item.outcome, Rejected)
    }


async def test_aborted_records_are_hidden_and_markers_are_passed(kafka: Broker, sources: list[KafkaSource]) -> None:
    """The position goes past what holds no record, so that nothing waits for it."""
    rig = KafkaRig(kafka)
    topic = await rig.fill([], [])
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="upstream")
    await producer.start()
    for value, ends in (("a", "commit"), ("b", "abort"), ("c", "commit"), ("d", "abort")):
        await producer.begin_transaction()
        await producer.send_and_wait(topic, value.encode(), partition=0)
        await (producer.commit_transaction() if ends == "commit" else producer.abort_transaction())
    await producer.stop()
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    batches = await drained_all(source, store, 8)
    assert values(batches) == [b"a", b"c"]
    assert batches[-1].end == 8


async def test_an_oversize_value_is_refused_before_it_is_read(kafka: Broker, sources: list[KafkaSource]) -> None:
    """By its length alone; its neighbours go on."""
    rig = KafkaRig(kafka)
    rig.settings = rig.settings.model_copy(update={"article_bytes": 1000})
    await rig.fill([b"x", b"y" * 1001, b"z"], [])
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    batches = await drained_all(source, store, 3)
    assert codes(batches) == {1: "too_large"}
    assert values(batches) == [b"x", b"z"]


async def test_a_batch_is_bounded_in_bytes(kafka: Broker, sources: list[KafkaSource]) -> None:
    """Few large articles make a batch of their own, and each batch still ends where the next begins."""
    rig = KafkaRig(kafka)
    rig.settings = rig.settings.model_copy(update={"batch_bytes": 1000})
    await rig.fill([b"x" * 400] * 5 + [b"y" * 1500, b"z"], [])
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    batches = await drained_all(source, store, 7)
    assert all(len(b.records) == 1 or sum(map(len, filter(None, values([b])))) <= 1000 for b in batches)
    assert [b.start for b in batches[1:]] == [b.end for b in batches[:-1]]
    assert len(values(batches)) == 7


@pytest.mark.parametrize("damage", ["checksum", "codec"])
async def test_a_batch_that_cannot_be_read_is_refused_by_offset(
    own_broker: Broker, sources: list[KafkaSource], damage: str
) -> None:
    """Damaged on the broker's disk, or compressed with a codec that nobody knows: the records before and after it are
    read, and each of its own is refused once."""
    rig = KafkaRig(own_broker)
    topic = await rig.fill([], [])
    for chunk in ([b"a", b"b"], [b"c", b"d", b"e"], [b"f"]):
        producer = AIOKafkaProducer(bootstrap_servers=own_broker.bootstrap, linger_ms=200)
        await producer.start()
        await asyncio.gather(*[await producer.send(topic, value, partition=0) for value in chunk])
        await producer.stop()
    own_broker.stop()
    _harm(next((own_broker.directory / "data").glob(f"{topic}-0/*.log")), second_batch=damage)
    own_broker.start()
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    batches = await drained_all(source, store, 6)
    assert codes(batches) == {2: "batch_unreadable", 3: "batch_unreadable", 4: "batch_unreadable"}
    assert values(batches) == [b"a", b"b", b"f"]
    assert [b.start for b in batches[1:]] == [b.end for b in batches[:-1]]


def _harm(log: Path, second_batch: str) -> None:
    content = bytearray(log.read_bytes())
    [length] = struct.unpack_from(">i", content, 8)
    start = 12 + length
    [length] = struct.unpack_from(">i", content, start + 8)
    end = start + 12 + length
    if second_batch == "checksum":
        content[end - 3] ^= 0xFF
    else:
        content[start + _ATTRIBUTES_AT + 1] |= 0x07
        checksum = crc32c(bytes(content[start + _ATTRIBUTES_AT : end]))
        struct.pack_into(">I", content, start + _CRC_AT, checksum)
    log.write_bytes(content)


async def test_retention_that_passed_the_position_halts_one_partition(
    kafka: Broker, sources: list[KafkaSource]
) -> None:
    """It never jumps: an alert, and the other partition goes on."""
    rig, metrics = KafkaRig(kafka), Metrics()
    topic = await rig.fill([b"x"] * 20, [b"y"] * 5)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=12)})
    await admin.close()
    store = FakeStore()
    store.positions[topic, 0] = 3, 1
    source = source_of(rig, store, sources, metrics)
    await source.start()
    batches = await drained_all(source, store, 5, partition=1)
    assert len(values(batches)) == 5
    assert await taken(source, 1, within=1) == []
    assert source.halted == {0: "PositionLost"}
    assert store.positions[topic, 0][0] == 3
    labels = {"topic": topic, "partition": "0", "reason": "PositionLost"}
    assert metrics.registry.get_sample_value("communique_partitions_halted", labels) == 1


async def test_the_first_start_of_a_group_begins_at_the_earliest_record(
    kafka: Broker, sources: list[KafkaSource]
) -> None:
    """Which need not be offset zero."""
    rig = KafkaRig(kafka)
    topic = await rig.fill([b"%d" % number for number in range(9)], [])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=4)})
    await admin.close()
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    [drained] = await taken(source, 1)
    assert (drained.start, values([drained])[0]) == (4, b"4")


async def test_a_rebalance_drains_first(kafka: Broker, sources: list[KafkaSource]) -> None:
    """A second member comes while a batch is in hand: it is let commit, and nothing is read twice."""
    rig = KafkaRig(kafka)
    await rig.fill([b"%d" % number for number in range(40)], [b"%d" % number for number in range(40)])
    store = FakeStore()
    first = source_of(rig, store, sources)
    await first.start()
    [held] = await taken(first, 1)
    second = source_of(rig, store, sources)
    joining = asyncio.create_task(second.start())
    await asyncio.sleep(2)
    assert not second.claimed
    await store.commit(Batch(held.claim, held.start, held.end, ()))
    first.settle(held, committed=True)
    await joining
    seen = [*values([held])]
    while len(seen) < 80:
        for source in (first, second):
            for drained in await taken(source, 1, within=0.3):
                await store.commit(Batch(drained.claim, drained.start, drained.end, ()))
                source.settle(drained, committed=True)
                seen += values([drained])
    assert sorted(seen) == sorted([b"%d" % number for number in range(40)] * 2)
    assert first.claimed | second.claimed == {0, 1}
    assert not first.claimed & second.claimed


async def test_the_lag_is_shown_in_kafka_too(kafka: Broker, sources: list[KafkaSource]) -> None:
    """The group's offset follows the commits, for displays and autoscalers."""
    rig = KafkaRig(kafka)
    topic = await rig.fill([b"x"] * 7, [])
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    await drained_all(source, store, 7)
    await source.stop()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    offsets = await admin.list_consumer_group_offsets(rig.settings.group)
    await admin.close()
    assert offsets[TopicPartition(topic, 0)].offset == 7


async def test_a_broker_that_comes_back_is_read_on(own_broker: Broker, sources: list[KafkaSource]) -> None:
    """Without a new start of the process, and from the stored position."""
    rig = KafkaRig(own_broker)
    topic = await rig.fill([b"%d" % number for number in range(10)], [])
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    await drained_all(source, store, 10)
    own_broker.stop()
    own_broker.start()
    async with reader.writer(rig.settings, partition=0) as write:
        for number in range(10, 20):
            await write(Message(topic, b"k", (), b"%d" % number))
    seen: list[Drained] = []
    while len(values(seen)) < 10:
        for drained in await taken(source, 1, within=30):
            await store.commit(Batch(drained.claim, drained.start, drained.end, ()))
            source.settle(drained, committed=True)
            seen.append(drained)
    assert values(seen) == [b"%d" % number for number in range(10, 20)]


async def test_a_consumer_whose_tasks_died_is_reported(kafka: Broker, sources: list[KafkaSource]) -> None:
    """aiokafka would wait for ever and say nothing."""
    rig = KafkaRig(kafka)
    await rig.fill([b"x"], [])
    source = source_of(rig, FakeStore(), sources)
    await source.start()
    consumer = source._consumer
    assert consumer is not None
    consumer._fetcher._fetch_task.cancel()
    await asyncio.sleep(0.1)
    with pytest.raises(Exception, match="fetcher task of the Kafka client ended"):
        await taken(source, 1)
    await close(consumer, seconds=1)


async def test_headers_keys_and_times_arrive_unchanged(kafka: Broker, sources: list[KafkaSource]) -> None:
    """A dead letter must be able to give them back."""
    rig = KafkaRig(kafka)
    topic = await rig.fill([], [])
    async with reader.writer(rig.settings, partition=0) as write:
        await write(Message(topic, None, (("a", b"1"), ("a", b"\xff")), b"v"))
        await write(Message(topic, b"key", (), None))
    store = FakeStore()
    source = source_of(rig, store, sources)
    await source.start()
    records = [record for drained in await drained_all(source, store, 2) for record in drained.records]
    assert all(isinstance(record, Record) for record in records)
    assert [(r.key, r.headers, r.value) for r in records if isinstance(r, Record)] == [
        (None, (("a", b"1"), ("a", b"\xff")), b"v"),
        (b"key", (), None),
    ]
    assert all(abs(r.timestamp_ms / 1000 - time.time()) < 60 for r in records if isinstance(r, Record))
