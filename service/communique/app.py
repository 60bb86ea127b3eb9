"""The composition root: the only file that builds clients, pools and processes, and that ends them again.

settings → database, workers, Kafka clients → ingest and relay side by side, health beside them
SIGTERM  → both loops stop where they lose nothing, within one deadline; a second signal abandons
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import structlog

from communique import health, ingest, languages, pipeline, relay, store, telemetry
from communique.adapters import SHAPES
from communique.errors import CommuniqueError, OutboxBroken, PostgresWentBack, SettingsError
from communique.kafka import KafkaPublisher, KafkaSource
from communique.model import Outcome, Record
from communique.settings import Settings, variable
from communique.store import Store, schema
from communique.store import health as store_health
from communique.telemetry import Metrics
from communique.workers import InProcess, Workers

Loop = Literal["ingest", "relay"]
LOOPS: tuple[Loop, ...] = ("ingest", "relay")

_LOG = structlog.get_logger(__name__)
_MEASURE_SECONDS = 5.0
FOR_AN_OPERATOR = (PostgresWentBack, OutboxBroken)


class Abandoned(CommuniqueError):
    """The deadline passed before everything in hand was finished. Nothing is lost: it is done again."""


def run(settings: Settings, loops: tuple[Loop, ...] = LOOPS) -> None:
    """Run the service until it is told to stop. Raises what ended it otherwise."""
    telemetry.configure_logging(settings.log_format, settings.log_level)
    with asyncio.Runner(loop_factory=_new_event_loop()) as runner:
        runner.run(_run_until_signal(settings, loops))


@dataclass
class Service:
    """What runs, for whoever asks how it is."""

    settings: Settings
    metrics: Metrics
    store: Store
    source: KafkaSource
    http_port: int = 0
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)


@asynccontextmanager
async def running(
    settings: Settings, stop: asyncio.Event, loops: tuple[Loop, ...] = LOOPS, *, committed_only: bool = True
) -> AsyncIterator[Service]:
    """The service, started; leaving the context stops it in good order. `stop` asks the loops to end."""
    _check(settings)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(store.connect(database_of(settings), _publication(settings), _now))
        await schema.require_current(database.pool)
        source = KafkaSource(
            settings, database, metrics, owner=_owner(), clock=time.time, committed_only=committed_only
        )
        service = Service(settings, metrics, database, source)
        service.http_port = await stack.enter_async_context(
            health.serve(
                settings.http_host,
                settings.http_port,
                live=lambda: _live(service),
                ready=lambda: _ready(service),
                metrics=metrics,
            )
        )
        if "ingest" in loops:
            enricher = await stack.enter_async_context(_enricher(settings, metrics))
            service.tasks["ingest"] = asyncio.create_task(
                ingest.run(
                    source,
                    enricher,
                    database,
                    metrics=metrics,
                    stop=stop,
                    clock=time.time,
                    limits=_ingest_limits(settings),
                ),
                name="ingest",
            )
        if "relay" in loops:
            service.tasks["relay"] = asyncio.create_task(
                relay.run(
                    database.outbox,
                    KafkaPublisher(settings),
                    metrics=metrics,
                    stop=stop,
                    clock=time.time,
                    limits=_relay_limits(settings),
                ),
                name="relay",
            )
        watchers = [
            asyncio.create_task(telemetry.watch_event_loop(metrics), name="watch-event-loop"),
            asyncio.create_task(_measure(service), name="measure"),
        ]
        _LOG.info("started", loops=loops, http_port=service.http_port, workers=settings.workers)
        try:
            yield service
        finally:
            stop.set()
            await _end(service.tasks.values(), settings.shutdown_seconds)
            await _end(watchers, 0)
            _LOG.info("stopped")


async def _run_until_signal(settings: Settings, loops: tuple[Loop, ...]) -> None:
    stop = asyncio.Event()
    with _signals(stop):
        async with running(settings, stop, loops) as service:
            await _until_over(service, stop)
    for task in service.tasks.values():
        if task.cancelled():
            raise Abandoned(f"What was in hand was not finished within {settings.shutdown_seconds:g} s.")
        if (error := task.exception()) is not None:
            raise error


async def _until_over(service: Service, stop: asyncio.Event) -> None:
    """Until a signal, or until a loop ends that should not. A relay that waits for an operator does not stop ingest:
    /readyz says what it waits for, and what ingest writes is published afterwards."""
    stopping = asyncio.create_task(stop.wait())
    going = set(service.tasks.values())
    while going and not stopping.done():
        ended, _ = await asyncio.wait((*going, stopping), return_when=asyncio.FIRST_COMPLETED)
        going -= ended
        for task in ended - {stopping}:
            error = task.exception()
            if not going or not isinstance(error, FOR_AN_OPERATOR):
                stop.set()
            _LOG.critical("loop ended", loop=task.get_name(), error=str(error))
    stopping.cancel()


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT: the first asks, the second abandons. Uncommitted work is done again after the next start."""
    loop = asyncio.get_running_loop()

    def on_signal(name: str) -> None:
        if stop.is_set():
            _LOG.warning("abandoned", signal=name)
            os._exit(1)
        _LOG.info("stopping", signal=name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number.name)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _end(tasks: Iterable[asyncio.Task[None]], seconds: float) -> None:
    """Give tasks so long to end by themselves, then cancel; their errors are read elsewhere."""
    waiting = [task for task in tasks if not task.done()]
    if waiting and seconds:
        await asyncio.wait(waiting, timeout=seconds)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def _enricher(settings: Settings, metrics: Metrics) -> AsyncIterator[ingest.Enricher]:
    load = partial(_load, settings.languages, settings.article_shape)
    if settings.workers == 0:
        yield await asyncio.to_thread(InProcess, load)
    else:
        async with Workers(settings.workers, load, metrics) as workers:
            yield workers


@dataclass(frozen=True)
class _Reading:
    """The pipeline, told what the topic holds."""

    pipeline: pipeline.Pipeline
    shape: str | None

    def process(self, record: Record) -> Outcome:
        return self.pipeline.process(record, self.shape)


def _load(codes: tuple[str, ...], shape: str | None) -> _Reading:
    return _Reading(pipeline.load(codes or None), shape)


def _check(settings: Settings) -> None:
    """What settings.py cannot know: which shapes and languages there are."""
    unread = sorted(set(settings.languages) - set(languages.codes()))
    if unread:
        known = ", ".join(languages.codes())
        raise SettingsError(f"{variable('languages')} names {', '.join(unread)}, but there are only {known}.")
    if settings.article_shape is not None and settings.article_shape not in SHAPES:
        raise SettingsError(f"{variable('article_shape')} is none of {', '.join(SHAPES)}.")


def database_of(settings: Settings, url: str | None = None) -> store.Database:
    """How to reach the database of the settings, or another URL with the same bounds."""
    return store.Database(
        url=url or settings.database_url.get_secret_value(),
        direct_url=None if url else settings.database_direct_url.get_secret_value() or None,
        pool_min=settings.pool_min,
        pool_max=settings.pool_max,
        statement_cache=settings.statement_cache,
        waits=store.Waits(
            connect=settings.connect_seconds,
            statement=settings.statement_seconds,
            lock=settings.lock_seconds,
            idle_in_transaction=settings.idle_transaction_seconds,
        ),
    )


def _publication(settings: Settings) -> store.Publication:
    return store.Publication(
        events_topic=settings.topic_events,
        dead_letters_topic=settings.topic_dead_letters,
        group=settings.group,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _ingest_limits(settings: Settings) -> ingest.Limits:
    return ingest.Limits(
        batches_in_hand=max(4, settings.workers + 2),
        breaker_in_row=settings.breaker_in_row,
        breaker_ratio=settings.breaker_ratio,
        breaker_window=settings.breaker_window,
        retry_first_seconds=settings.retry_first_seconds,
        retry_most_seconds=settings.retry_most_seconds,
        # The rest of the deadline is for leaving the group and closing the clients.
        shutdown_seconds=settings.shutdown_seconds * 0.8,
    )


def _relay_limits(settings: Settings) -> relay.Limits:
    return relay.Limits(
        records=settings.relay_records,
        poll_seconds=settings.relay_poll_seconds,
        keep_seconds=settings.outbox_keep_seconds,
        retry_first_seconds=settings.retry_first_seconds,
        retry_most_seconds=settings.retry_most_seconds,
    )


def _owner() -> str:
    """How this process is named in the database, for a person who asks who holds a partition."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _new_event_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


# ── how it is ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _live(service: Service) -> Mapping[str, str | None]:
    """From this process alone. That it answers at all shows that the event loop turns."""
    return {name: _ended(task) for name, task in service.tasks.items() if not _waits_for_operator(task)}


async def _ready(service: Service) -> Mapping[str, str | None]:
    checks: dict[str, str | None] = {name: _ended(task) for name, task in service.tasks.items()}
    checks["database"] = await _database_fault(service)
    if "ingest" in service.tasks:
        halted = ", ".join(f"{number} ({why})" for number, why in sorted(service.source.halted.items()))
        checks["partitions"] = f"Halted: {halted}." if halted else None
    if "relay" in service.tasks:
        oldest = service.metrics.registry.get_sample_value("communique_outbox_oldest_seconds") or 0
        old = oldest > service.settings.outbox_old_seconds
        checks["outbox"] = f"The oldest unpublished message is {oldest:.0f} s old." if old else None
    return checks


async def _database_fault(service: Service) -> str | None:
    try:
        async with asyncio.timeout(service.settings.connect_seconds):
            await schema.require_current(service.store.pool)
            return None if await store_health.writable(service.store.pool) else "It takes no writes."
    except (CommuniqueError, TimeoutError) as error:
        return str(error) or "It does not answer."


def _ended(task: asyncio.Task[None]) -> str | None:
    if not task.done():
        return None
    error = None if task.cancelled() else task.exception()
    return f"It has ended: {error}" if error else "It has ended."


def _waits_for_operator(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and isinstance(task.exception(), FOR_AN_OPERATOR)


async def _measure(service: Service) -> None:
    """For ever, what a relay that is stuck cannot say itself: how far it is behind; and how busy the pool is."""
    metrics, pool = service.metrics, service.store.pool
    while True:
        published = int(metrics.registry.get_sample_value("communique_relay_sequence") or 0)
        if published:
            try:
                backlog = await store_health.backlog(pool, published)
                metrics.outbox_pending.set(backlog.pending)
                metrics.outbox_oldest_seconds.set((_now() - backlog.oldest).total_seconds() if backlog.oldest else 0)
            except CommuniqueError as error:
                _LOG.debug("cannot measure the outbox", error=str(error))
        metrics.db_pool_connections.labels("idle").set(pool.get_idle_size())
        metrics.db_pool_connections.labels("used").set(pool.get_size() - pool.get_idle_size())
        await asyncio.sleep(_MEASURE_SECONDS)
