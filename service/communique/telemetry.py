"""Metrics, logs and the lag of the event loop.

`Metrics` is the one list of metric names. Logs are structlog events, in ECS field names as JSON or coloured on a
console; what libraries log through `logging` comes out the same way.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from structlog.typing import Processor

import communique

_STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_END_TO_END_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)
_BATCH_RECORDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class Metrics:
    """Every metric of the service. No URL, meeting id or error text is ever a label."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = r = registry or CollectorRegistry(auto_describe=True)

        # ingest
        self.records_consumed = Counter(
            "communique_records_consumed", "Records taken from the input topic.", registry=r
        )
        self.outcomes = Counter(
            "communique_outcomes", "Records decided, committed.", ["outcome", "language"], registry=r
        )
        self.dead_letters = Counter("communique_dead_letters", "Records refused.", ["code"], registry=r)
        self.meetings = Counter("communique_meetings", "Meeting events written.", ["change"], registry=r)
        self.duplicates = Counter("communique_duplicates", "Articles that were already known.", ["kind"], registry=r)
        self.fenced_batches = Counter(
            "communique_fenced_batches", "Batches dropped because another process owned the partition.", registry=r
        )
        self.batch_records = Histogram(
            "communique_batch_records", "Records in one committed batch.", buckets=_BATCH_RECORDS, registry=r
        )
        self.stage_seconds = Histogram(
            "communique_stage_seconds", "Time of one batch in one stage.", ["stage"], buckets=_STAGE_SECONDS, registry=r
        )
        self.end_to_end_seconds = Histogram(
            "communique_end_to_end_seconds",
            "From the timestamp of the input record to its commit.",
            buckets=_END_TO_END_SECONDS,
            registry=r,
        )
        self.consumer_lag_records = Gauge(
            "communique_consumer_lag_records", "Records not yet taken.", ["topic", "partition"], registry=r
        )
        self.consumer_lag_seconds = Gauge(
            "communique_consumer_lag_seconds",
            "Age of the newest record taken while there is lag, else 0.",
            ["topic", "partition"],
            registry=r,
        )
        self.rebalances = Counter("communique_rebalances", "Assignments received from the group.", registry=r)
        self.partitions_halted = Gauge(
            "communique_partitions_halted",
            "1 while a partition has stopped.",
            ["topic", "partition", "reason"],
            registry=r,
        )
        self.consumer_restarts = Counter("communique_consumer_restarts", "Consumers thrown away on doubt.", registry=r)
        self.worker_deaths = Counter(
            "communique_worker_deaths", "Enrichment processes that died or ran out of time.", ["reason"], registry=r
        )

        # relay
        self.outbox_pending = Gauge("communique_outbox_pending", "Outbox rows not yet published.", registry=r)
        self.outbox_oldest_seconds = Gauge(
            "communique_outbox_oldest_seconds", "Age of the oldest unpublished outbox row.", registry=r
        )
        self.relay_sequence = Gauge(
            "communique_relay_sequence", "Sequence number of the last message that this relay published.", registry=r
        )
        self.relay_transactions = Counter(
            "communique_relay_transactions", "Kafka transactions of the relay.", ["result"], registry=r
        )
        self.relay_restarts = Counter("communique_relay_restarts", "Producers thrown away on doubt.", registry=r)

        # the process
        self.event_loop_lag_seconds = Gauge(
            "communique_event_loop_lag_seconds", "How late the event loop woke last.", registry=r
        )
        self.db_pool_connections = Gauge(
            "communique_db_pool_connections", "Database connections.", ["state"], registry=r
        )
        self.last_progress_timestamp_seconds = Gauge(
            "communique_last_progress_timestamp_seconds", "When a loop last moved.", ["loop"], registry=r
        )
        self.build_info = Gauge("communique_build_info", "1, with the versions.", ["version", "schema"], registry=r)
        self.build_info.labels(version=communique.__version__, schema="meeting-event/1-0").set(1)


async def watch_event_loop(metrics: Metrics, every: float = 0.25) -> None:
    """Measure for ever how late the event loop wakes: a loop that is blocked sends no heartbeats."""
    while True:
        due = time.monotonic() + every
        await asyncio.sleep(every)
        metrics.event_loop_lag_seconds.set(max(0.0, time.monotonic() - due))


def configure_logging(form: str = "auto", level: str = "info") -> None:
    """Log to standard error: `form` is "json" (one object a line), "console" or "auto" (console on a terminal)."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if console
        else [structlog.processors.format_exc_info, _to_ecs, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    # Ten lines a second for as long as a topic is missing; the error that follows says it once.
    logging.getLogger("aiokafka.cluster").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


_ECS = {
    "event": "message",
    "timestamp": "@timestamp",
    "level": "log.level",
    "logger": "log.logger",
    "exception": "error.stack_trace",
    "error": "error.message",
    "code": "error.code",
    "outcome": "event.outcome",
    "topic": "kafka.topic",
    "partition": "kafka.partition",
    "offset": "kafka.offset",
    "article": "communique.article_id",
}


def _to_ecs(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    named = {_ECS.get(key, key if "." in key else f"communique.{key}"): value for key, value in event.items()}
    named["ecs.version"] = "8.11"
    named["service.name"] = "communique"
    named["service.version"] = communique.__version__
    return named
