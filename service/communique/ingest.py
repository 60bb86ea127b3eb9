"""The ingest loop: take a batch, enrich it in the worker processes, commit it, tell the source.

    source.take ──▶ enrich ──▶ lane of the partition: breaker ──▶ store.commit ──▶ source.settle
                    (many at once)  (in order, one at a time)

Within a partition batch n + 1 is enriched while n commits; partitions do not wait for each other. Nothing but the
store's transaction decides: a batch that is dropped at any point before its commit is simply read again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from communique.breaker import Breaker
from communique.errors import CommuniqueError, Fenced, RefusalBreaker, WorkersUnusable
from communique.model import (
    Batch,
    Claim,
    CommitReport,
    Decided,
    Drained,
    Found,
    Nothing,
    Outcome,
    Record,
    Refusal,
    Rejected,
)
from communique.telemetry import Metrics

_LOG = structlog.get_logger(__name__)


class Source(Protocol):
    """Batches of claimed partitions; kafka.KafkaSource."""

    async def start(self) -> None: ...

    async def take(self) -> Drained | None:
        """The next batch, or None when there is none for a while. Each is given back with `settle`, once."""
        ...

    def settle(self, drained: Drained, *, committed: bool) -> None: ...

    def reclaim(self, claim: Claim) -> None: ...

    def halt(self, claim: Claim, error: CommuniqueError) -> None: ...

    async def stop(self) -> None: ...


class Enricher(Protocol):
    """One outcome for every record, in order; workers.Workers or workers.InProcess."""

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]: ...


class Store(Protocol):
    """The database; raises Fenced where the position or the owner is not the claim's."""

    async def commit(self, batch: Batch) -> CommitReport: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the loop, from the settings."""

    batches_in_hand: int = 4
    """One that commits, one that is enriched, and what waits for either; more would only take longer to finish."""
    breaker_in_row: int = 200
    breaker_ratio: float = 0.9
    breaker_window: int = 2000
    retry_first_seconds: float = 0.2
    retry_most_seconds: float = 30.0
    shutdown_seconds: float = 25.0


async def run(
    source: Source,
    enricher: Enricher,
    store: Store,
    *,
    metrics: Metrics,
    stop: asyncio.Event,
    clock: Callable[[], float],
    limits: Limits = Limits(),
) -> None:
    """Ingest until `stop` is set, then finish what is in hand within `shutdown_seconds`. A source that fails is thrown
    away and started again after a capped pause."""
    pause = limits.retry_first_seconds
    while not stop.is_set():
        flow = _Flow(source, enricher, store, metrics, stop, clock, limits)
        try:
            await source.start()
            await _bounded(flow.run(), stop, limits.shutdown_seconds)
        except Exception as error:  # whatever the client or the database raised: the answer is a new start
            cause = _cause(error)
            if isinstance(cause, WorkersUnusable):
                raise cause from None
            pause = limits.retry_first_seconds if flow.committed else pause
            metrics.consumer_restarts.inc()
            _LOG.warning("ingest starts again", error=repr(cause), retry_in=pause)
        finally:
            await source.stop()
        if not stop.is_set():
            await _sleep_unless(stop, pause)
            pause = min(2 * pause, limits.retry_most_seconds)


@dataclass(slots=True)
class _Work:
    drained: Drained
    outcomes: asyncio.Task[list[Outcome]]


class _Flow:
    """One life of the source: what was taken, on its way to the commit."""

    def __init__(
        self,
        source: Source,
        enricher: Enricher,
        store: Store,
        metrics: Metrics,
        stop: asyncio.Event,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._source = source
        self._enricher = enricher
        self._store = store
        self._metrics = metrics
        self._stop = stop
        self._clock = clock
        self._limits = limits
        self._room = asyncio.Semaphore(limits.batches_in_hand)
        self._lanes: dict[tuple[str, int], asyncio.Queue[_Work | None]] = {}
        self.committed = False

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while not self._stop.is_set():
                await self._room.acquire()
                drained = None if self._stop.is_set() else await self._source.take()
                self._metrics.last_progress_timestamp_seconds.labels("ingest").set(self._clock())
                if drained is None:
                    self._room.release()
                    continue
                outcomes = tasks.create_task(self._enrich(drained))
                self._lane(tasks, drained.claim).put_nowait(_Work(drained, outcomes))
            for lane in self._lanes.values():
                lane.put_nowait(None)

    def _lane(self, tasks: asyncio.TaskGroup, claim: Claim) -> asyncio.Queue[_Work | None]:
        key = claim.topic, claim.partition
        if key not in self._lanes:
            lane = self._lanes[key] = asyncio.Queue()  # bounded by the batches in hand
            tasks.create_task(self._commit_in_order(lane))
        return self._lanes[key]

    async def _enrich(self, drained: Drained) -> list[Outcome]:
        began = self._clock()
        records = [record for record in drained.records if isinstance(record, Record)]
        outcomes = await self._enricher.enrich(records) if records else []
        self._metrics.stage_seconds.labels("enrich").observe(max(0.0, self._clock() - began))
        return outcomes

    async def _commit_in_order(self, lane: asyncio.Queue[_Work | None]) -> None:
        """One partition's batches. After a fence or a halt, those of the same claim that follow are dropped."""
        breaker, watched, dropped = self._breaker(), -1, -1
        while (work := await lane.get()) is not None:
            drained, committed = work.drained, False
            outcomes = await work.outcomes
            if drained.claim.epoch != watched:  # what was dropped is read, and judged, again
                breaker, watched = self._breaker(), drained.claim.epoch
            if drained.claim.epoch > dropped:
                committed = await self._commit(drained, outcomes, breaker)
                if not committed:
                    dropped = drained.claim.epoch
            self._source.settle(drained, committed=committed)
            self._room.release()

    def _breaker(self) -> Breaker:
        return Breaker(self._limits.breaker_in_row, self._limits.breaker_ratio, self._limits.breaker_window)

    async def _commit(self, drained: Drained, outcomes: list[Outcome], breaker: Breaker) -> bool:
        decided = _decide(drained, outcomes)
        try:
            breaker.observe(decided)
            report = await self._commit_at_last(Batch(drained.claim, drained.start, drained.end, decided))
        except RefusalBreaker as tripped:
            self._source.halt(drained.claim, tripped)
            return False
        except Fenced as fenced:
            self._metrics.fenced_batches.inc()
            _LOG.warning(
                "batch dropped, its partition is another's", error=str(fenced), topic=drained.claim.topic,
                partition=drained.claim.partition, offset=drained.start, epoch=drained.claim.epoch,
            )  # fmt: skip
            self._source.reclaim(drained.claim)
            return False
        self.committed = True
        self._count(decided, report)
        return True

    async def _commit_at_last(self, batch: Batch) -> CommitReport:
        """Try until it is committed or fenced. The compare-and-set of the position makes another try harmless, and a
        database that is away for long must not cost the group its member."""
        pause = self._limits.retry_first_seconds
        while True:
            began = self._clock()
            try:
                report = await self._store.commit(batch)
            except Fenced:
                raise
            except Exception as error:  # the database is away, or refuses for a reason that passes
                _LOG.warning(
                    "commit failed, will be tried again", error=repr(error), retry_in=pause,
                    topic=batch.claim.topic, partition=batch.claim.partition, offset=batch.start,
                )  # fmt: skip
                self._metrics.last_progress_timestamp_seconds.labels("ingest").set(self._clock())
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._limits.retry_most_seconds)
            else:
                self._metrics.stage_seconds.labels("commit").observe(max(0.0, self._clock() - began))
                return report

    def _count(self, decided: tuple[Decided, ...], report: CommitReport) -> None:
        metrics, now = self._metrics, self._clock()
        metrics.batch_records.observe(len(decided))
        for (outcome, language), count in Counter(_kind(item.outcome) for item in decided).items():
            metrics.outcomes.labels(outcome, language).inc(count)
        refused = 0
        for item in decided:
            if isinstance(item.outcome, Rejected):
                self._tell(item.record, item.outcome.refusal)
                refused += 1
        metrics.dead_letters.labels("store_refused").inc(max(0, report.dead_letters - refused))
        for change in ("reported", "updated", "retracted"):
            metrics.meetings.labels(change).inc(getattr(report, change))
        metrics.duplicates.labels("article").inc(report.duplicates)
        if decided:
            # One observation a batch: its oldest record, which waited longest.
            metrics.end_to_end_seconds.observe(max(0.0, now - decided[0].record.timestamp_ms / 1000))

    def _tell(self, record: Record, refusal: Refusal) -> None:
        self._metrics.dead_letters.labels(refusal.code).inc()
        # What failed behind the contract is our own fault, not the sender's.
        log = _LOG.error if refusal.stage in ("enrich", "store") else _LOG.info
        log(
            "refused",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            stage=refusal.stage,
            code=refusal.code,
            reason=refusal.message,
        )


def _decide(drained: Drained, outcomes: list[Outcome]) -> tuple[Decided, ...]:
    remaining = iter(outcomes)
    return tuple(
        record if isinstance(record, Decided) else Decided(record, next(remaining)) for record in drained.records
    )


def _kind(outcome: Outcome) -> tuple[str, str]:
    language = outcome.language or "" if isinstance(outcome, Found | Nothing) else ""
    return type(outcome).__name__.lower(), language


def _cause(error: Exception) -> Exception:
    """What task groups wrapped."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


async def _bounded(flow: Coroutine[object, object, None], stop: asyncio.Event, seconds: float) -> None:
    """Run `flow`; once `stop` is set it has so many seconds to come to its end."""
    task = asyncio.create_task(flow)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait((task,), timeout=seconds)
        if not task.done():
            _LOG.warning("shutdown took too long; what is in hand is dropped and will be read again")
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
