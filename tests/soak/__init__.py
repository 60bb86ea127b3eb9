"""Random kills of ingest and relay while articles flow, and the laws after each.

Two ingest and two relay processes run on a real broker and a real database. Each round waits until work goes on, then
kills one of them with SIGKILL, or all at once, or freezes one for longer than its session, so that it wakes as a zombie
whose partitions and transaction are another's. After each round the cheap laws are asked, at the end all of them.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import asyncpg

from tests.delivery.articles import feed
from tests.delivery.laws import Subscriber, Verdict, moved
from tests.delivery.processes import Process
from tests.delivery.site import Site, producer, site

AHEAD = 3000
"""So many records at most lie undecided."""
RECORDS_A_SECOND = 300
STANDSTILL_SECONDS = 60
"""No progress for so long after a kill is a failure of its own."""


class Broken(AssertionError):
    """A law did not hold, or nothing moved any more."""


@dataclass(frozen=True, slots=True)
class Result:
    kills: int
    freezes: int
    verdict: Verdict

    def __str__(self) -> str:
        verdict = self.verdict
        return f"kills {self.kills} records {verdict.records} lost {verdict.lost} doubled {verdict.doubled}"


async def run(kills: int, seed: int, brokers: str, postgres_url: str, say: Callable[[str], None]) -> Result:
    """Kill `kills` times. Raises Broken at the first law that does not hold."""
    say(f"seed {seed}")
    async with site(brokers, postgres_url, transaction_timeout_seconds="3", outbox_keep_seconds="5") as place:
        with tempfile.TemporaryDirectory(prefix="communique-soak-") as logs:
            async with place.subscriber() as subscriber, place.database() as database:
                soak = _Soak(place, subscriber, database, random.Random(seed), Path(logs), say)
                try:
                    return await soak.run(kills, seed)
                except Broken as broken:
                    raise Broken(f"{broken} (seed {seed})\n{soak.last_words}") from None
                finally:
                    for process in soak.processes:
                        process.kill()


@dataclass
class _Soak:
    place: Site
    subscriber: Subscriber
    database: asyncpg.Connection
    chance: random.Random
    logs: Path
    say: Callable[[str], None]
    processes: list[Process] = field(init=False)

    def __post_init__(self) -> None:
        with_a_worker = self.place.but(workers="1").environment
        self.processes = [
            Process("ingest", "ingest-1", self.place.environment, self.logs),
            Process("ingest", "ingest-2", with_a_worker, self.logs),
            Process("relay", "relay-1", self.place.environment, self.logs),
            Process("relay", "relay-2", self.place.environment, self.logs),
        ]

    async def run(self, kills: int, seed: int) -> Result:
        began, done, freezes = time.monotonic(), 0, 0
        enough = asyncio.Event()
        feeding = asyncio.create_task(self._feed(seed, enough))
        for process in self.processes:
            process.start()
        try:
            while done < kills:
                await self._work_goes_on(feeding)
                await asyncio.sleep(self.chance.random() * 0.6)
                deed = self.chance.choices((self._kill, self._kill_all, self._freeze), (75, 5, 20))[0]
                killed = await deed()
                before, done, freezes = done, done + killed, freezes + (killed == 0)
                await self._ask_cheaply()
                if done // 10 > before // 10:
                    self._report(done, freezes, time.monotonic() - began)
        finally:
            enough.set()
            await feeding
        self._start_the_dead()
        verdict = await self.place.settled(self.subscriber, 2 * STANDSTILL_SECONDS)
        if not verdict.clean:
            raise Broken(f"{Result(done, freezes, verdict)}: {'; '.join(verdict.faults[:10])}")
        return Result(done, freezes, verdict)

    # ── what is done to them ─────────────────────────────────────────────────────────────────────────────────────────

    async def _kill(self) -> int:
        victim = self.chance.choice(self.processes)
        victim.kill()
        await asyncio.sleep(self.chance.choice((0, 0, 0.5, 2)))
        victim.start()
        return 1

    async def _kill_all(self) -> int:
        for victim in self.processes:
            victim.kill()
        self._start_the_dead()
        return len(self.processes)

    async def _freeze(self) -> int:
        """Longer than the session and the transaction last; then it goes on where it was."""
        victim = self.chance.choice(self.processes)
        victim.freeze()
        await asyncio.sleep(3 + 3 * self.chance.random())
        victim.thaw()
        return 0

    def _start_the_dead(self) -> None:
        for process in self.processes:
            if not process.running:
                process.start()

    # ── what goes on meanwhile ───────────────────────────────────────────────────────────────────────────────────────

    async def _feed(self, seed: int, enough: asyncio.Event) -> None:
        """Write articles, never far ahead of what is decided."""
        articles = feed(seed)
        async with producer(self.place.settings) as sender, self.place.database() as database:
            while not enough.is_set():
                decided = sum((await moved(database, self.place.given.topic)).values())
                if len(self.place.given.sent) - decided < AHEAD:
                    await self.place.send_with(sender, islice(articles, RECORDS_A_SECOND // 5))
                await asyncio.sleep(0.2)

    async def _work_goes_on(self, feeding: asyncio.Task[None]) -> None:
        """Wait until records were decided and messages published, both after now."""
        decided, published = await self._decided(), self.subscriber.messages
        deadline = time.monotonic() + STANDSTILL_SECONDS
        while await self._decided() <= decided or self.subscriber.messages <= published:
            if feeding.done():
                feeding.result()
            ended = [process.name for process in self.processes if process.exit_code is not None]
            if ended or time.monotonic() > deadline:
                raise Broken(f"ended by themselves: {ended}" if ended else f"nothing moved for {STANDSTILL_SECONDS} s")
            await asyncio.sleep(0.05)

    async def _decided(self) -> int:
        return sum((await moved(self.database, self.place.given.topic)).values())

    async def _ask_cheaply(self) -> None:
        """No position without its count, no message twice or out of order: at any moment."""
        await self._decided()
        if self.subscriber.faults:
            raise Broken("; ".join(self.subscriber.faults[:5]))

    def _report(self, done: int, freezes: int, seconds: float) -> None:
        self.say(
            f"kills {done} · freezes {freezes} · records {len(self.place.given.sent)} ·"
            f" published {self.subscriber.messages} · {seconds:.0f} s"
        )

    @property
    def last_words(self) -> str:
        return "\n".join(f"── {process.name}\n{process.last_words}" for process in self.processes)
