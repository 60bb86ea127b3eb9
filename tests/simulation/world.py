"""The world around the loops: one log, one database, one cluster, and processes that crash, freeze and come back.

A process is a task that runs ingest.run or relay.run over handles of its own. Every call of a handle passes `point`,
before and after it takes effect; there the process may die for good (the call never returns, nothing after it happens)
or freeze (the world goes on without it, and its call arrives late).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from communique import ingest, relay
from communique.errors import CommuniqueError
from communique.model import (
    Article,
    Batch,
    Claim,
    CommitReport,
    Drained,
    Found,
    Nothing,
    OutboxRow,
    Outcome,
    Record,
    Rejected,
)
from communique.refusals import refusal
from communique.telemetry import Metrics
from tests.fakes.kafka import FakeCluster, FakePublisher
from tests.fakes.source import FakeLog, FakeSource
from tests.fakes.store import FakeStore

SESSION_SECONDS = 45.0
LOST_SECONDS = 2.0
"""How long a database takes to see that the other side of a connection is gone."""
_PATIENT = ingest.Limits(breaker_in_row=50, shutdown_seconds=5)
_BATCH = relay.Limits(records=5, keep_seconds=20)


class Died(BaseException):
    """A process that no longer exists: nothing may catch it."""


@dataclass
class Faults:
    """What may go wrong. `die_at` kills at exactly this point of the run; the rates apply to every point."""

    die_at: int | None = None
    die: float = 0.0
    freeze: float = 0.0
    error: float = 0.0
    lost_answer: float = 0.0
    most: int = 40
    """After so many faults the world calms down, so that a run ends."""


@dataclass
class World:
    log: FakeLog
    seed: int
    faults: Faults
    store: FakeStore = field(default_factory=FakeStore)
    cluster: FakeCluster = field(default_factory=FakeCluster)
    points: int = 0
    points_to_the_end: int = 0
    """Without the shutdown."""
    deaths: int = 0
    leader: Process | None = None
    never: asyncio.Event = field(default_factory=asyncio.Event)
    """Where the calls of the dead wait: held by the world, or the garbage collector would find them."""
    ingests: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def strikes(self, rate: float) -> bool:
        if self.random.random() >= rate or self.faults.most <= 0:
            return False
        self.faults.most -= 1
        return True

    def rebalance(self) -> list[tuple[Process, int]]:
        """Share the partitions among the members that Kafka believes in."""
        members = [process for process in self.ingests if process.member]
        return [(members[i % len(members)], partition) for i, partition in enumerate(self.log.partitions) if members]


@dataclass(eq=False)
class Process:
    """One operating system process of the service."""

    world: World
    kind: str
    metrics: Metrics = field(default_factory=Metrics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    dead: bool = False
    reaped: bool = False
    thawed: asyncio.Event = field(default_factory=asyncio.Event)
    member: bool = False
    task: asyncio.Task[None] | None = None
    source: SimulatedSource | None = None

    def start(self) -> None:
        self.thawed.set()
        self.task = asyncio.create_task(self._ingest() if self.kind == "ingest" else self._relay())

    async def _ingest(self) -> None:
        self.source = SimulatedSource(self.world.log, self.world.store, process=self)
        clock = asyncio.get_running_loop().time
        await ingest.run(
            self.source,
            SimulatedEnricher(self),
            SimulatedStore(self),
            metrics=self.metrics,
            stop=self.stop,
            clock=clock,
            limits=_PATIENT,
        )

    async def _relay(self) -> None:
        await relay.run(
            SimulatedOutbox(self),
            SimulatedPublisher(self.world.cluster, process=self),
            metrics=self.metrics,
            stop=self.stop,
            clock=lambda: 1767225600.0 + asyncio.get_running_loop().time(),
            limits=_BATCH,
        )

    async def point(self) -> None:
        """Any await of the service: where it may die or freeze."""
        world, faults = self.world, self.world.faults
        if self.reaped:
            raise Died
        world.points += 1
        if world.points == faults.die_at or (not self.dead and world.strikes(faults.die)):
            self.die()
        elif world.strikes(faults.freeze):
            self.thawed.clear()
            asyncio.get_running_loop().call_later(world.random.choice((1, 20, 100)), self.thawed.set)
        if not self.dead:
            await asyncio.sleep(world.random.random() * 0.01)
            await self.thawed.wait()
        if self.dead:
            await world.never.wait()

    async def fault(self, lost_answer: bool = False) -> None:
        faults = self.world.faults
        if self.world.strikes(faults.lost_answer if lost_answer else faults.error):
            raise ConnectionError("the answer was lost" if lost_answer else "no connection")

    def die(self) -> None:
        """SIGKILL: from now on no call of this process has an effect. The rest of the world learns of it later."""
        self.dead = True
        self.world.deaths += 1

    async def reap(self) -> None:
        self.reaped = True
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class SimulatedSource(FakeSource):
    def __init__(self, log: FakeLog, store: FakeStore, process: Process) -> None:
        super().__init__(log, store)
        self._process = process
        self._world = process.world

    async def start(self) -> None:
        await self._process.point()
        self.started = self._process.member = True

    async def assign(self, partition: int) -> None:
        await self._process.point()
        await super().assign(partition)

    async def take(self) -> Drained | None:
        await self._process.point()
        await self._process.fault()
        return await super().take()

    async def stop(self) -> None:
        self._process.member = False
        await self._process.point()
        await super().stop()

    def halt(self, claim: Claim, error: CommuniqueError) -> None:
        raise AssertionError(f"partition {claim.partition} halted: {error}")


class SimulatedEnricher:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        await self._process.point()
        return [outcome_of(record) for record in records]


class SimulatedStore:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def commit(self, batch: Batch) -> CommitReport:
        await self._process.point()
        await self._process.fault()
        report = await self._process.world.store.commit(batch)
        await self._process.point()
        await self._process.fault(lost_answer=True)
        return report


class SimulatedOutbox:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._store = process.world.store

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[None]:
        world = self._process.world
        while world.leader is not None:
            await self._process.point()
            await asyncio.sleep(0.5)
        world.leader = self._process
        try:
            await self._process.point()
            yield
        finally:
            if world.leader is self._process and not self._process.dead:
                world.leader = None

    async def last_sequence(self) -> int:
        await self._process.point()
        return await self._store.last_sequence()

    async def rows_after(self, seq: int, limit: int) -> list[OutboxRow]:
        await self._process.point()
        await self._process.fault()
        return await self._store.rows_after(seq, limit)

    async def forget(self, through_seq: int) -> int:
        await self._process.point()
        return await self._store.forget(through_seq)

    async def wakeups(self) -> AsyncIterator[None]:
        async for _ in self._store.wakeups():
            await self._process.point()
            yield


class SimulatedPublisher(FakePublisher):
    def __init__(self, cluster: FakeCluster, process: Process) -> None:
        super().__init__(cluster)
        self._process = process

    async def start(self) -> int:
        await self._process.point()
        await self._process.fault()
        last = await super().start()
        await self._process.point()
        return last

    async def publish(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            self.cluster.check(self.epoch)
            self.cluster.open.append(row)
            await self._process.point()
            await self._process.fault()
        self.cluster.commit(self.epoch)
        await self._process.point()
        await self._process.fault(lost_answer=True)

    async def close(self) -> None:
        await self._process.point()
        await super().close()


def outcome_of(record: Record) -> Outcome:
    """From content alone: one in five holds a meeting, one in seven cannot be read."""
    number = int(record.value or b"0")
    if number % 7 == 3:
        return Rejected(refusal("not_json"))
    article = Article(article_id=str(number), uri=f"urn:{number}", url=None, text="")
    return Found(article, "de", ()) if number % 5 == 0 else Nothing(article, "de")
