"""The relay: outbox rows in order → Kafka, one leader at a time, each row in exactly one committed transaction.

lead (or stand by) → start: fence the previous relay, read its progress → publish contiguous rows → age out
                       ▲                                                     │ any doubt
                       └────────── pause, throw the producer away ◀──────────┘
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import structlog

from communique.errors import OutboxBroken, PostgresWentBack
from communique.model import OutboxRow
from communique.telemetry import Metrics

_LOG = structlog.get_logger(__name__)


class Outbox(Protocol):
    """The database's side."""

    def lead(self) -> AbstractAsyncContextManager[None]:
        """Stand by until this relay is the leader; leave to hand over."""
        ...

    async def last_sequence(self) -> int: ...

    async def rows_after(self, seq: int, limit: int) -> list[OutboxRow]: ...

    async def forget(self, through_seq: int) -> int: ...

    def wakeups(self) -> AsyncIterator[None]: ...


class Publisher(Protocol):
    """Kafka's side. After an exception from any method only `close` and then `start` are allowed."""

    async def start(self) -> int:
        """Fence the previous relay and return the last sequence number it published, 0 before the first."""
        ...

    async def publish(self, rows: Sequence[OutboxRow]) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the relay, from the settings."""

    records: int = 500
    poll_seconds: float = 1.0
    keep_seconds: float = 3600.0
    retry_first_seconds: float = 0.2
    retry_most_seconds: float = 30.0


async def run(
    outbox: Outbox,
    publisher: Publisher,
    *,
    metrics: Metrics,
    stop: asyncio.Event,
    clock: Callable[[], float],
    limits: Limits = Limits(),
) -> None:
    """Publish until `stop` is set; a transaction that has begun is finished. Raises PostgresWentBack or OutboxBroken,
    which only an operator can answer."""
    pause = limits.retry_first_seconds
    while not stop.is_set():
        relay = _Relay(outbox, publisher, metrics, stop, clock, limits)
        try:
            await relay.lead()
        except (PostgresWentBack, OutboxBroken):
            metrics.relay_transactions.labels("refused").inc()
            raise
        except Exception as error:  # any doubt about a transaction or its producer has one answer: start again
            pause = limits.retry_first_seconds if relay.published else pause
            metrics.relay_restarts.inc()
            _LOG.warning("relay starts again", error=repr(error), retry_in=pause)
            await _sleep_unless(stop, pause)
            pause = min(2 * pause, limits.retry_most_seconds)
        finally:
            await publisher.close()


class _Relay:
    """One term of leadership."""

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        metrics: Metrics,
        stop: asyncio.Event,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._metrics = metrics
        self._stop = stop
        self._clock = clock
        self._limits = limits
        self._aged = 0
        self._kept: list[tuple[float, int]] = []
        self.published = False
        """Whether this term published anything: then the next failure is a new one, and its pause short."""

    async def lead(self) -> None:
        async with contextlib.AsyncExitStack() as leading:
            won = await _unless(self._stop, leading.enter_async_context(self._outbox.lead()))
            if not won:
                return
            last = await self._publisher.start()
            newest = await self._outbox.last_sequence()
            if last > newest:
                raise PostgresWentBack(
                    f"Kafka has messages up to sequence {last}, but the outbox ends at {newest}: the database was set"
                    " back to an earlier state. See RUNBOOK.md before the relay may run again."
                )
            _LOG.info("relay leads", last=last, newest=newest)
            await self._publish_from(last)

    async def _publish_from(self, last: int) -> None:
        wake = asyncio.Event()
        listening = asyncio.create_task(self._listen(wake), name="outbox-wakeups")
        try:
            while not self._stop.is_set():
                self._metrics.last_progress_timestamp_seconds.labels("relay").set(self._clock())
                wake.clear()
                self._metrics.relay_sequence.set(last)
                if listening.done():
                    await listening
                rows = await self._outbox.rows_after(last, self._limits.records)
                if rows:
                    await self._publish(last, rows)
                    last = rows[-1].seq
                    self.published = True
                await self._age_out(last)
                if not rows:  # few rows are not the last ones: the outbox also gives fewer where they are large
                    await self._wait(wake, listening)
        finally:
            listening.cancel()
            await asyncio.wait((listening,))

    async def _publish(self, last: int, rows: list[OutboxRow]) -> None:
        for expected, row in enumerate(rows, last + 1):
            if row.seq != expected:
                raise OutboxBroken(f"The outbox goes from sequence {expected - 1} to {row.seq}.")
        began = self._clock()
        try:
            await self._publisher.publish(rows)
        except BaseException:
            self._metrics.relay_transactions.labels("failed").inc()
            raise
        self._metrics.relay_transactions.labels("committed").inc()
        self._metrics.stage_seconds.labels("publish").observe(max(0.0, self._clock() - began))

    async def _age_out(self, last: int) -> None:
        """Remove rows that were published `keep_seconds` ago, not by their own date: that may lie before an outage."""
        now = self._clock()
        if last > self._aged and (not self._kept or now - self._kept[-1][0] >= self._limits.keep_seconds / 10):
            self._kept.append((now, last))
        if self._kept and now - self._kept[0][0] >= self._limits.keep_seconds:
            _, through = self._kept.pop(0)
            if through > self._aged:
                await self._outbox.forget(through)
                self._aged = through

    async def _wait(self, wake: asyncio.Event, listening: asyncio.Task[None]) -> None:
        """Until a notification, the end, or the slow poll. A listener that failed ends this term."""
        stopping = asyncio.create_task(self._stop.wait())
        waking = asyncio.create_task(wake.wait())
        try:
            await asyncio.wait(
                (stopping, waking, listening),
                timeout=self._limits.poll_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stopping.cancel()
            waking.cancel()
        if listening.done():
            await listening

    async def _listen(self, wake: asyncio.Event) -> None:
        async for _ in self._outbox.wakeups():
            wake.set()


async def _unless(stop: asyncio.Event, entering: Coroutine[object, object, None]) -> bool:
    """Await `entering`, unless `stop` comes first: then False."""
    task = asyncio.create_task(entering)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            return True
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return False
    finally:
        stopping.cancel()
        task.cancel()


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
