"""How far a partition's reader is behind, for the metrics."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError

from communique.model import Drained, Record
from communique.telemetry import Metrics


def measure(metrics: Metrics, consumer: AIOKafkaConsumer, drained: Drained, now: float) -> None:
    """After a batch was taken: records that wait behind it, and the age of its last one if any do."""
    tp = TopicPartition(drained.claim.topic, drained.claim.partition)
    try:
        behind = max(0, (consumer.highwater(tp) or 0) - drained.end)
    except IllegalStateError:
        return  # revoked meanwhile
    metrics.consumer_lag_records.labels(tp.topic, tp.partition).set(behind)
    last = drained.records[-1] if drained.records else None
    if last is not None:
        stamp = last.timestamp_ms if isinstance(last, Record) else last.record.timestamp_ms
        age = max(0.0, now - stamp / 1000) if behind else 0.0
        metrics.consumer_lag_seconds.labels(tp.topic, tp.partition).set(age)


def caught_up(metrics: Metrics, tp: TopicPartition) -> None:
    """Nothing waits: however old the last record is by now."""
    metrics.consumer_lag_seconds.labels(tp.topic, tp.partition).set(0)


def forget(metrics: Metrics, tp: TopicPartition) -> None:
    """The partition is another's, and so is its lag."""
    for gauge in (metrics.consumer_lag_records, metrics.consumer_lag_seconds):
        gauge.remove(tp.topic, str(tp.partition))
