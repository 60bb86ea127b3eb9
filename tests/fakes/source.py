"""A log in memory and a member of its group that reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from communique.errors import CommuniqueError
from communique.kafka.source import DEPTH, Positions
from communique.model import Claim, Drained, Record

WAIT_SECONDS = 0.02


@dataclass
class FakeLog:
    """One topic: partitions of records, whose offsets may have gaps."""

    topic: str
    partitions: Mapping[int, Sequence[Record]]

    @classmethod
    def of(cls, topic: str, *values: Sequence[bytes | None]) -> FakeLog:
        return cls(
            topic,
            {
                number: [
                    Record(value, key=b"k", topic=topic, partition=number, offset=offset)
                    for offset, value in enumerate(partition)
                ]
                for number, partition in enumerate(values)
            },
        )


@dataclass
class _Open:
    claim: Claim
    position: int
    in_hand: int = 0
    halted: bool = False
    leaving: bool = False


@dataclass
class FakeSource:
    """Gives batches of the partitions that `assign` gave it, from where the store says."""

    log: FakeLog
    positions: Positions
    batch_records: int = 4
    owner: str = "fake"
    assigned: dict[int, _Open] = field(default_factory=dict)
    halted: dict[int, str] = field(default_factory=dict)
    started: bool = False
    _held: dict[int, _Open] = field(default_factory=dict)
    _turn: int = 0

    async def start(self) -> None:
        self.started = True
        for partition in self.log.partitions:
            await self.assign(partition)

    async def stop(self) -> None:
        self.started = False
        self.assigned.clear()
        self._held.clear()

    async def assign(self, partition: int) -> None:
        claim = await self.positions.claim(self.log.topic, partition, self.owner)
        self.assigned[partition] = _Open(claim, claim.next_offset or 0)

    async def revoke(self, partition: int) -> None:
        leaving = self.assigned.get(partition)
        if leaving is None:
            return
        leaving.leaving = True
        for _ in range(500):
            if not leaving.in_hand:
                break
            await asyncio.sleep(WAIT_SECONDS)
        self.assigned.pop(partition, None)

    async def take(self) -> Drained | None:
        self._turn += 1
        numbers = sorted(self.assigned)
        for i in range(len(numbers)):
            opened = self.assigned[numbers[(self._turn + i) % len(numbers)]]
            drained = self._drain(opened)
            if drained is not None:
                return drained
        await asyncio.sleep(WAIT_SECONDS)
        return None

    def _drain(self, opened: _Open) -> Drained | None:
        if opened.halted or opened.leaving or opened.in_hand >= DEPTH:
            return None
        records = self.log.partitions[opened.claim.partition]
        ahead = [record for record in records if record.offset >= opened.position][: self.batch_records]
        if not ahead:
            return None
        drained = Drained(opened.claim, opened.position, ahead[-1].offset + 1, tuple(ahead))
        opened.position = drained.end
        opened.in_hand += 1
        self._held[id(drained)] = opened
        return drained

    def settle(self, drained: Drained, *, committed: bool) -> None:
        opened = self._held.pop(id(drained), None)
        if opened is not None:
            opened.in_hand -= 1

    def reclaim(self, claim: Claim) -> None:
        opened = self.assigned.get(claim.partition)
        if opened is not None and opened.claim == claim and not opened.leaving:
            del self.assigned[claim.partition]
            self._claiming = asyncio.ensure_future(self.assign(claim.partition))

    def halt(self, claim: Claim, error: CommuniqueError) -> None:
        opened = self.assigned.get(claim.partition)
        if opened is not None and opened.claim == claim:
            opened.halted = True
            self.halted[claim.partition] = type(error).__name__
