"""Whatever crashes, freezes or loses an answer: every record has one outcome, every message is published once."""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from tests.fakes.source import FakeLog
from tests.simulation.clock import run
from tests.simulation.world import LOST_SECONDS, SESSION_SECONDS, Faults, Process, World

PARTITIONS, RECORDS = 3, 14
SEEDS = int(os.environ.get("COMMUNIQUE_SIMULATION_SEEDS", "60"))
FIRST_SEED = int(os.environ.get("COMMUNIQUE_SIMULATION_SEED", random.SystemRandom().randrange(1 << 30)))
PATIENCE_SECONDS = 3600.0


def simulate(seed: int, faults: Faults, *, ingests: int = 2, relays: int = 2) -> World:
    """Run until all is through, then check the laws. The first line of what pytest shows is the seed."""
    print(f"seed {seed}: COMMUNIQUE_SIMULATION_SEED={seed} COMMUNIQUE_SIMULATION_SEEDS=1 {faults}")
    partitions = [[str(p * RECORDS + i).encode() for i in range(RECORDS)] for p in range(PARTITIONS)]
    world = World(FakeLog.of("articles.raw.v1", *partitions), seed, faults)
    run(_drive(world, ingests, relays))
    check_laws(world)
    return world


def check_laws(world: World) -> None:
    expected = {(r.topic, r.partition, r.offset) for records in world.log.partitions.values() for r in records}
    assert set(world.store.outcomes) == expected, "a record has no outcome"
    assert all(len(outcomes) == 1 for outcomes in world.store.outcomes.values()), "a record has two outcomes"
    assert [row.seq for row in world.cluster.committed] == list(range(1, world.store.next_seq)), "not gapless, or twice"
    assert world.cluster.committed == world.store.history, "subscribers hold something else than the database"


async def _drive(world: World, ingests: int, relays: int) -> None:
    """Start processes, replace the dead, hand partitions over, and stop when there is nothing left to do."""
    loop = asyncio.get_running_loop()
    processes = [Process(world, "ingest") for _ in range(ingests)] + [Process(world, "relay") for _ in range(relays)]
    world.ingests = processes[:ingests]
    for process in processes:
        process.start()
    deadline = loop.time() + PATIENCE_SECONDS
    while not _through(world):
        assert loop.time() < deadline, f"not through after {PATIENCE_SECONDS} s of virtual time"
        await _replace_the_dead(world, processes)
        await _balance(world)
        await asyncio.sleep(0.2)
    world.points_to_the_end = world.points
    for process in processes:
        process.stop.set()
        process.thawed.set()
    world.faults.die, world.faults.freeze, world.faults.die_at = 0, 0, None
    for process in processes:
        if process.dead:
            await process.reap()
        else:
            assert process.task is not None
            await process.task


def _through(world: World) -> bool:
    total = sum(map(len, world.log.partitions.values()))
    return len(world.store.outcomes) >= total and len(world.cluster.committed) >= world.store.next_seq - 1


async def _replace_the_dead(world: World, processes: list[Process]) -> None:
    for process in [process for process in processes if process.dead]:
        await process.reap()
        processes.remove(process)
        if process.kind == "relay":
            await asyncio.sleep(LOST_SECONDS)
            if world.leader is process:
                world.leader = None
        else:
            await asyncio.sleep(SESSION_SECONDS)
            world.ingests.remove(process)
        successor = Process(world, process.kind)
        processes.append(successor)
        if process.kind == "ingest":
            world.ingests.append(successor)
        successor.start()


async def _balance(world: World) -> None:
    """What the group does: revoke where a partition goes elsewhere, then assign. A frozen member is not asked; it finds
    out when its commit is refused."""
    for process in world.ingests:
        process.member = process.source is not None and process.source.started and process.thawed.is_set()
    wanted = {partition: process for process, partition in world.rebalance()}
    for process in world.ingests:
        if process.source is None or process.dead or not process.member:
            continue
        for partition in list(process.source.assigned):
            if wanted.get(partition) is not process:
                await process.source.revoke(partition)
    for partition, process in wanted.items():
        if not process.dead and process.source is not None and partition not in process.source.assigned:
            claiming = asyncio.ensure_future(process.source.assign(partition))
            await asyncio.wait((claiming,), timeout=5)
            claiming.cancel()


def test_a_quiet_run_delivers_everything_once() -> None:
    """Without faults each record has one outcome, and the relay publishes what the outbox holds."""
    world = simulate(1, Faults())
    assert world.deaths == 0


def test_a_seed_tells_the_same_story_again() -> None:
    """Two runs of one seed make the same calls and the same faults."""
    once, again = (simulate(3, Faults(die=0.02, freeze=0.02, error=0.02)) for _ in range(2))
    assert (once.points, once.deaths, once.store.history) == (again.points, again.deaths, again.store.history)


def test_a_crash_at_any_point_loses_and_doubles_nothing() -> None:
    """One process dies at the n-th await of the run, for every n."""
    points = simulate(2, Faults()).points_to_the_end
    for point in range(1, points):
        world = simulate(2, Faults(die_at=point))
        assert world.deaths == 1


@pytest.mark.parametrize("offset", range(SEEDS))
def test_many_faults_at_once_lose_and_double_nothing(offset: int) -> None:
    """Crashes, zombies that write late, connections that fail and answers that are lost, in random order."""
    simulate(FIRST_SEED + offset, Faults(die=0.01, freeze=0.01, error=0.02, lost_answer=0.1))
