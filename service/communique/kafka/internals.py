"""The one place that touches what aiokafka does not promise: its background tasks, its buffers and raw fetches.

aiokafka has no health API: a consumer whose fetch task died waits for ever and says nothing (its issues 847, 1037,
1145, 1154). The version is pinned, and tests/unit/test_kafka_internals.py holds every name used here against it.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, READ_UNCOMMITTED, PartitionRecords
from aiokafka.errors import for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import ConsumerRecord

from communique.errors import ClientDied

_HEADER = struct.Struct(">qiibIhi")
"""Record batch v2: base offset, length of what follows, leader epoch, magic, CRC, attributes, last offset delta."""
_PREFIX_BYTES = 12
"""Base offset and length field, which the length does not count."""


# ── background tasks ─────────────────────────────────────────────────────────────────────────────────────────────────


def consumer_tasks(consumer: AIOKafkaConsumer) -> dict[str, asyncio.Task[Any] | None]:
    """The tasks without which a started consumer is dead. A heartbeat pauses during a rebalance: None then."""
    coordinator = consumer._coordinator
    return {
        "fetcher": consumer._fetcher._fetch_task,
        "coordinator": getattr(coordinator, "_coordination_task", None),
        "heartbeat": getattr(coordinator, "_heartbeat_task", None),
        "metadata": consumer._client._sync_task,
    }


def producer_tasks(producer: AIOKafkaProducer) -> dict[str, asyncio.Task[Any] | None]:
    return {"sender": producer._sender.sender_task, "metadata": producer.client._sync_task}


def check_alive(tasks: dict[str, asyncio.Task[Any] | None]) -> None:
    """Raise ClientDied if one of the tasks ended. A heartbeat may end quietly when the group has moved on."""
    for name, task in tasks.items():
        if task is None or not task.done():
            continue
        error = None if task.cancelled() else task.exception()
        if name == "heartbeat" and error is None:
            continue
        raise ClientDied(f"The {name} task of the Kafka client ended: {error!r}") from error


async def close(client: AIOKafkaConsumer | AIOKafkaProducer, seconds: float) -> None:
    """Stop a client in bounded time. aiokafka's own stop waits without limit for a broker that is gone."""
    try:
        async with asyncio.timeout(seconds):
            await client.stop()
    except Exception:  # a client that is thrown away may fail in any way; what it held is freed below
        await _abandon(client)


async def _abandon(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    is_consumer = isinstance(client, AIOKafkaConsumer)
    started = client._fetcher is not None if is_consumer else client._sender is not None
    tasks = (consumer_tasks(client) if is_consumer else producer_tasks(client)) if started else {}
    pending = [task for task in tasks.values() if task is not None and not task.done()]
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending, timeout=1)
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1):
            await (client._client if is_consumer else client.client).close()


# ── waiting for data without taking it ───────────────────────────────────────────────────────────────────────────────


def data_waiter(consumer: AIOKafkaConsumer) -> asyncio.Future[None]:
    """A future that ends when a fetch brought something, or raises what the coordinator reports. Cancel it when done.

    `getmany` over several partitions would do, but when the second partition's batch cannot be decoded it loses the
    records of the first; so partitions are drained one by one, and this tells when to look.
    """
    waiter: asyncio.Future[None] = consumer._fetcher._create_fetch_waiter()
    return waiter


# ── reading around a batch that cannot be decoded ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A broker batch that cannot be decoded: offsets [start, end) and why."""

    start: int
    end: int
    error: Exception


async def read_carefully(
    consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int, max_bytes: int, *, check_crcs: bool, committed: bool
) -> tuple[list[ConsumerRecord], Unreadable | None]:
    """Fetch once at `offset` and decode batch by batch: the records before the first batch that cannot be decoded, and
    that batch. (…, None) when all of the fetch can be read after all."""
    raw, aborted = await _fetch(consumer, tp, offset, max_bytes, committed)
    good_end = 0
    bad: Unreadable | None = None
    for start, end, first, last in _batches(raw):
        error = _decode_error(raw[start:end], check_crcs)
        if error is not None:
            bad = Unreadable(max(first, offset), last + 1, error)
            break
        good_end = end
    isolation = READ_COMMITTED if committed else READ_UNCOMMITTED
    before = PartitionRecords(tp, MemoryRecords(raw[:good_end]), aborted, offset, None, None, check_crcs, isolation)
    return list(before), bad


async def _fetch(
    consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int, max_bytes: int, committed: bool
) -> tuple[bytes, Any]:
    isolation = READ_COMMITTED if committed else READ_UNCOMMITTED
    request = FetchRequest(1000, 1, max_bytes, isolation, [(tp.topic, [(tp.partition, offset, max_bytes)])])
    node = consumer._client.cluster.leader_for_partition(tp)
    response = await consumer._client.send(node, request)
    [(_, [(_, error_code, _, *rest)])] = response.topics
    if error_code:
        raise for_code(error_code)(tp)
    # v4 to v10 end with (aborted, records); v11 puts the preferred replica between them.
    aborted = rest[-3] if response.API_VERSION >= 11 else rest[-2]
    return rest[-1] or b"", aborted


def _batches(raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, first offset, last offset) of every whole batch; the answer's last one may be cut off."""
    at = 0
    while at + _HEADER.size <= len(raw):
        first, length, _, _, _, _, delta = _HEADER.unpack_from(raw, at)
        end = at + _PREFIX_BYTES + length
        if end > len(raw):
            return
        yield at, end, first, first + delta
        at = end


def _decode_error(batch: bytes, check_crcs: bool) -> Exception | None:
    try:
        records = MemoryRecords(batch)
        while records.has_next():
            parsed = records.next_batch()
            if check_crcs and not parsed.validate_crc():
                return ValueError("the checksum does not match")
            for _ in parsed:
                pass
    except Exception as error:  # each codec library has error classes of its own
        return error
    return None
