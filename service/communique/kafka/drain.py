"""One partition's fetched records → batches within their bounds; what cannot be read becomes refusals by offset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, OffsetOutOfRangeError, RecordTooLargeError
from aiokafka.structs import ConsumerRecord

from communique.errors import PositionLost
from communique.kafka import internals
from communique.model import Claim, Decided, Drained, Record, Rejected
from communique.refusals import refusal

_LOG = structlog.get_logger(__name__)

FETCH_BYTES = 4 * 1024 * 1024
"""Of one partition in one fetch; a batch of 500 articles of 3 kB fits twice."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one batch and one record, and how the broker's batches are read."""

    records: int
    bytes: int
    article_bytes: int
    check_crcs: bool
    committed_only: bool


async def read(
    consumer: AIOKafkaConsumer, tp: TopicPartition, start: int, bounds: Bounds, clock: Callable[[], float]
) -> tuple[list[Record | Decided], int]:
    """What was fetched from `start`, at most one batch of it, and the position after it. Raises PositionLost."""
    try:
        fetched = await consumer.getmany(tp, timeout_ms=0, max_records=bounds.records)
        return [_record(record, bounds) for record in fetched.get(tp, ())], await consumer.position(tp)
    except IllegalStateError:
        raise
    except OffsetOutOfRangeError:
        raise PositionLost(f"The broker no longer holds offset {start} of {tp.topic}/{tp.partition}.") from None
    except RecordTooLargeError:
        end = await consumer.position(tp)  # aiokafka has skipped it
        return [_unreadable(tp, offset, "larger than one fetch", clock()) for offset in range(start, end)], end
    except Exception as error:  # a codec's own error classes; what turns out to be no poison is raised again
        return await _read_around(consumer, tp, start, bounds, clock, error)


def cut(claim: Claim, start: int, end: int, records: Sequence[Record | Decided], bounds: Bounds) -> list[Drained]:
    """What was read as batches within the bounds; all but the last end where the next one's first record begins."""
    batches: list[Drained] = []
    piece: list[Record | Decided] = []
    size = 0
    for record in records:
        plain = record if isinstance(record, Record) else record.record
        length = len(plain.value or b"")
        if piece and (size + length > bounds.bytes or len(piece) >= bounds.records):
            batches.append(Drained(claim, start, plain.offset, tuple(piece)))
            start, piece, size = plain.offset, [], 0
        piece.append(record)
        size += length
    batches.append(Drained(claim, start, end, tuple(piece)))
    return batches


async def _read_around(
    consumer: AIOKafkaConsumer,
    tp: TopicPartition,
    start: int,
    bounds: Bounds,
    clock: Callable[[], float],
    error: Exception,
) -> tuple[list[Record | Decided], int]:
    """aiokafka loses the records before a batch that it cannot decode, and comes back to it for ever."""
    before, bad = await internals.read_carefully(
        consumer, tp, start, FETCH_BYTES, check_crcs=bounds.check_crcs, committed=bounds.committed_only
    )
    if bad is None:
        raise error
    _LOG.error(
        "batch of the broker cannot be read; its records are refused",
        topic=tp.topic,
        partition=tp.partition,
        offset=bad.start,
        end=bad.end,
        error=repr(bad.error),
    )
    reason = type(bad.error).__name__
    return [
        *(_record(record, bounds) for record in before),
        *(_unreadable(tp, offset, reason, clock()) for offset in range(bad.start, bad.end)),
    ], bad.end


def _record(fetched: ConsumerRecord, bounds: Bounds) -> Record | Decided:
    value = fetched.value
    record = Record(
        value=value,
        key=fetched.key,
        headers=tuple((name, content or b"") for name, content in fetched.headers) if fetched.headers else (),
        topic=fetched.topic,
        partition=fetched.partition,
        offset=fetched.offset,
        timestamp_ms=fetched.timestamp,
    )
    if value is not None and len(value) > bounds.article_bytes:
        return Decided(record, Rejected(refusal("too_large", f"{len(value)} bytes")))
    return record


def _unreadable(tp: TopicPartition, offset: int, reason: str, now: float) -> Decided:
    record = Record(None, topic=tp.topic, partition=tp.partition, offset=offset, timestamp_ms=round(now * 1000))
    return Decided(record, Rejected(refusal("batch_unreadable", reason)))
