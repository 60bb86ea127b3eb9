"""A transactional topic in memory and its publisher: fences, aborts, and hides what is not committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from communique.errors import ClientDied
from communique.model import OutboxRow


@dataclass
class FakeCluster:
    """What the brokers know of one transactional id."""

    committed: list[OutboxRow] = field(default_factory=list)
    progress: int = 0
    epoch: int = 0
    open: list[OutboxRow] = field(default_factory=list)

    def fence(self) -> int:
        """A new producer: the one before is out, and its open transaction aborted."""
        self.epoch += 1
        self.open.clear()
        return self.epoch

    def check(self, epoch: int) -> None:
        if epoch != self.epoch:
            raise ClientDied(f"Producer epoch {epoch} was fenced by {self.epoch}.")

    def commit(self, epoch: int) -> None:
        self.check(epoch)
        self.committed += self.open
        self.progress = self.open[-1].seq
        self.open.clear()


@dataclass
class FakePublisher:
    cluster: FakeCluster
    epoch: int = 0

    async def start(self) -> int:
        self.epoch = self.cluster.fence()
        return self.cluster.progress

    async def publish(self, rows: Sequence[OutboxRow]) -> None:
        if not self.epoch:
            raise ClientDied("The publisher is not started.")
        self.cluster.check(self.epoch)
        self.cluster.open += rows
        self.cluster.commit(self.epoch)

    async def close(self) -> None:
        self.epoch = 0
