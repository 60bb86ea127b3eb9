"""Enrichment in processes of its own, so that the event loop is never blocked and every core is used.

    loop ── chunk of records, pickled ──▶ worker: pipeline.process one by one ── outcomes ──▶ loop

A record may kill a worker (a crash in native code, memory) or hold it for ever. The worker notes in shared memory which
record it has in hand, and the kernel's timer ends it when one record takes too long; so the record is known, is tried
once more alone, and is refused if it does it again. The other records of its chunk go to another worker.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import pickle
import signal
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import structlog

from communique import model, wire
from communique.errors import WorkersUnusable
from communique.model import Outcome, Record, Rejected
from communique.refusals import refusal
from communique.telemetry import Metrics

_T = TypeVar("_T")
_LOG = structlog.get_logger(__name__)
_SPAWN = multiprocessing.get_context("spawn")

CHUNK_RECORDS = 128
"""Large enough that the way to a worker costs little, small enough that a batch keeps several workers busy."""
_STILLBORN_LIMIT = 5
"""So many workers in a row that die before their first record: it is not a record's fault."""


class Process(Protocol):
    """What a worker runs: pipeline.Pipeline."""

    def process(self, record: Record) -> Outcome: ...


class WorkerDied(Exception):
    """A worker ended with a chunk in hand. `at` is the index of the record it had in hand, -1 before the first."""

    def __init__(self, at: int, timed_out: bool) -> None:
        super().__init__(at, timed_out)
        self.at = at
        self.timed_out = timed_out


class InProcess:
    """Enriches in the event loop's own process (COMMUNIQUE_WORKERS=0): for the demo and for debugging."""

    def __init__(self, load: Callable[[], Process]) -> None:
        self._pipeline = load()

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        outcomes = []
        for record in records:
            outcomes.append(_process(self._pipeline, record))
            await asyncio.sleep(0)
        return outcomes


class Workers:
    """A fixed number of worker processes. Use as an asynchronous context manager.

    `load` is a picklable function that a new process calls once; its result processes the records.
    """

    def __init__(
        self, count: int, load: Callable[[], Process], metrics: Metrics, *, record_seconds: float = 10.0
    ) -> None:
        self._count = count
        self._load = load
        self._metrics = metrics
        self._record_seconds = record_seconds
        self._threads = ThreadPoolExecutor(max_workers=count, thread_name_prefix="worker")
        self._idle: asyncio.Queue[_Worker | None] = asyncio.Queue()
        self._stillborn = 0

    async def __aenter__(self) -> Workers:
        started = await asyncio.gather(*(self._thread(self._spawn) for _ in range(self._count)), return_exceptions=True)
        failed = [worker for worker in started if isinstance(worker, BaseException)]
        for worker in started:
            if isinstance(worker, _Worker):
                self._idle.put_nowait(worker)
        if failed:
            await self.__aexit__()
            raise WorkersUnusable("An enrichment process ended while it loaded; see the log.") from failed[0]
        return self

    async def __aexit__(self, *_: object) -> None:
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker is not None:
                await self._thread(worker.end)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        chunks = [records[at : at + CHUNK_RECORDS] for at in range(0, len(records), CHUNK_RECORDS)]
        results = await asyncio.gather(*map(self._chunk, chunks))
        return [outcome for result in results for outcome in result]

    async def _chunk(self, records: Sequence[Record]) -> list[Outcome]:
        try:
            return await self._on_a_worker(records)
        except WorkerDied as death:
            if death.at < 0:
                return await self._chunk(records)
            before, suspect, after = records[: death.at], records[death.at], records[death.at + 1 :]
        return [
            *(await self._chunk(before) if before else ()),
            await self._alone(suspect),
            *(await self._chunk(after) if after else ()),
        ]

    async def _alone(self, record: Record) -> Outcome:
        """Once more: what killed the worker may have been the machine, not the record."""
        while True:
            try:
                return (await self._on_a_worker([record]))[0]
            except WorkerDied as death:
                if death.at < 0:
                    continue
                _LOG.error(
                    "record ended its worker twice", topic=record.topic, partition=record.partition,
                    offset=record.offset, timed_out=death.timed_out,
                )  # fmt: skip
                if death.timed_out:
                    return Rejected(refusal("enrich_timeout", f"{self._record_seconds:g} s"))
                return Rejected(refusal("enrich_failed", "the process ended"))

    async def _on_a_worker(self, records: Sequence[Record]) -> list[Outcome]:
        worker = await self._idle.get()
        try:
            if worker is None:  # its predecessor died
                worker = await self._thread(self._spawn)
            outcomes = await self._thread(worker.run, records)
            self._stillborn = 0
        except WorkerDied as death:
            worker = None
            self._metrics.worker_deaths.labels("timeout" if death.timed_out else "crash").inc()
            self._stillborn = 0 if death.at >= 0 else self._stillborn + 1
            if self._stillborn >= _STILLBORN_LIMIT:
                raise WorkersUnusable("Enrichment processes die before they read a record; see the log.") from death
            raise
        except BaseException:
            # Cancelled with a chunk under way: the worker's next answer would be the answer to this one.
            if worker is not None:
                worker.kill()
            worker = None
            raise
        finally:
            self._idle.put_nowait(worker)
        return outcomes

    def _spawn(self) -> _Worker:
        return _Worker.start(self._load, self._record_seconds)

    async def _thread(self, call: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)


# ── one worker, seen from the loop's process; every method blocks and runs in a thread ───────────────────────────────


@dataclass(frozen=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    at: Any
    """Shared: the index of the record in hand."""

    @classmethod
    def start(cls, load: Callable[[], Process], record_seconds: float) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        at = _SPAWN.RawValue("q", -1)
        process = _SPAWN.Process(target=_serve, args=(theirs, at, load, record_seconds), name="enrich", daemon=True)
        process.start()
        theirs.close()
        worker = cls(process, ours, at)
        worker._answer()
        return worker

    def run(self, records: Sequence[Record]) -> list[Outcome]:
        self.at.value = -1
        try:
            self.connection.send_bytes(_dumps(records))
        except OSError:
            raise self._death() from None
        outcomes: list[Outcome] = self._answer()
        return outcomes

    def _answer(self) -> Any:
        try:
            return pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            raise self._death() from None

    def _death(self) -> WorkerDied:
        self.connection.close()
        self.process.join(5)
        self.kill()
        return WorkerDied(self.at.value, timed_out=self.process.exitcode == -signal.SIGALRM)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def end(self) -> None:
        self.connection.close()
        self.process.join(2)
        self.kill()


# ── inside a worker ──────────────────────────────────────────────────────────────────────────────────────────────────


def _serve(connection: Connection, at: Any, load: Callable[[], Process], record_seconds: float) -> None:
    # The terminal's Ctrl-C reaches the whole process group; the parent decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    pipeline = load()
    connection.send_bytes(_dumps("ready"))
    while True:
        try:
            records = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return  # the parent closed, or is gone
        outcomes = []
        for index, record in enumerate(records):
            at.value = index
            # The kernel ends this process, even inside native code, and even when the parent is gone.
            signal.setitimer(signal.ITIMER_REAL, record_seconds)
            outcomes.append(_process(pipeline, record))
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            connection.send_bytes(_dumps(outcomes))
        except OSError:
            return


def _process(pipeline: Process, record: Record) -> Outcome:
    try:
        return pipeline.process(record)
    except Exception as error:  # a bug in the extraction must cost one article, not the feed
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}, in {place.name}"
        return Rejected(refusal("enrich_failed", f"{type(error).__name__}: {where}"))


# ── on the way ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _dumps(value: Any) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return buffer.getvalue()


def _as_call(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """A frozen dataclass as a call of its constructor: a quarter of the time of what dataclasses do by themselves."""
    names = tuple(field.name for field in fields(cls))
    return lambda value: (cls, tuple(getattr(value, name) for name in names))


_REDUCERS: Mapping[type, Callable[[Any], Any]] = {
    **{
        cls: _as_call(cls)
        for cls in (
            model.Record,
            model.Article,
            model.Source,
            model.Found,
            model.Nothing,
            model.Withdrawn,
            model.Rejected,
            model.Refusal,
        )
    },
    wire.MeetingEvent: lambda event: (wire.MeetingEvent.model_validate_json, (event.model_dump_json(),)),
    MappingProxyType: lambda mapping: (MappingProxyType, (dict(mapping),)),
}
