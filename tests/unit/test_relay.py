"""The relay over fakes, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from communique import relay
from communique.errors import OutboxBroken, PostgresWentBack
from communique.model import Message, OutboxRow
from communique.relay import Limits
from communique.telemetry import Metrics
from tests.fakes.kafka import FakeCluster, FakePublisher
from tests.fakes.store import FakeStore
from tests.simulation.clock import run

LIMITS = Limits(records=10, poll_seconds=1, keep_seconds=100)


def filled(count: int) -> FakeStore:
    store = FakeStore()
    post(store, count)
    return store


def post(store: FakeStore, count: int) -> None:
    for _ in range(count):
        store.post(Message("meetings.events.v1", b"m", (), b"{}"))


@dataclass
class Publisher(FakePublisher):
    """Fails where `failures` say so: "before" the transaction commits, or "after" it did."""

    failures: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    seconds: float = 0.0

    async def publish(self, rows: Sequence[OutboxRow]) -> None:
        await asyncio.sleep(self.seconds)
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise ConnectionError("the transaction was not committed")
        await super().publish(rows)
        self.sizes.append(len(rows))
        if failure == "after":
            raise TimeoutError("committed, but nobody said so")


async def relayed(
    store: FakeStore, publisher: FakePublisher, *, seconds: float = 30, metrics: Metrics | None = None
) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await relay.run(
        store,
        publisher,
        metrics=metrics or Metrics(),
        stop=stop,
        clock=asyncio.get_running_loop().time,
        limits=LIMITS,
    )


def test_rows_are_published_in_order_and_in_bounded_transactions() -> None:
    """25 rows, ten at most at a time."""
    store, publisher = filled(25), Publisher(FakeCluster())
    run(relayed(store, publisher))
    assert [row.seq for row in publisher.cluster.committed] == list(range(1, 26))
    assert publisher.sizes == [10, 10, 5]


@pytest.mark.parametrize(
    "failures", [["before"], ["after"], ["after", "before", "after"], ["before"] * 6, ["", "after", "", "after"]]
)
def test_a_doubtful_transaction_is_neither_lost_nor_doubled(failures: list[str]) -> None:
    """Whatever became of it: a new producer reads how far the relay came."""
    store, publisher, metrics = filled(35), Publisher(FakeCluster(), failures=list(failures)), Metrics()
    run(relayed(store, publisher, metrics=metrics, seconds=120))
    assert [row.seq for row in publisher.cluster.committed] == list(range(1, 36))
    assert metrics.registry.get_sample_value("communique_relay_restarts_total") == len([f for f in failures if f])


class Sparing(FakeStore):
    """Gives three rows at most at a time, as the outbox does where they are large."""

    async def rows_after(self, seq: int, limit: int) -> list[OutboxRow]:
        return await super().rows_after(seq, min(limit, 3))


def test_few_rows_are_not_taken_for_the_last() -> None:
    """The next are published at once, not after the slow poll."""
    store, publisher = Sparing(), Publisher(FakeCluster())
    post(store, 12)
    run(relayed(store, publisher, seconds=LIMITS.poll_seconds / 2))
    assert publisher.sizes == [3, 3, 3, 3]


def test_a_database_that_went_back_in_time_stops_the_relay() -> None:
    """Kafka has 30 messages, the outbox knows of 20: publishing on would give numbers a second meaning."""
    cluster = FakeCluster(progress=30)
    with pytest.raises(PostgresWentBack, match="up to sequence 30, but the outbox ends at 20"):
        run(relayed(filled(20), Publisher(cluster)))
    assert not cluster.committed


def test_an_outbox_with_a_gap_stops_the_relay() -> None:
    """A number that was never published may not be skipped."""
    store = filled(20)
    del store.outbox[4]
    publisher = Publisher(FakeCluster())
    with pytest.raises(OutboxBroken, match="from sequence 4 to 6"):
        run(relayed(store, publisher))
    assert not publisher.cluster.committed


def test_a_standby_takes_over_where_the_leader_ended() -> None:
    """Two relays: the second waits, then goes on after the first one's last message."""
    store, cluster = filled(15), FakeCluster()
    standby = Publisher(cluster)

    async def both() -> None:
        first = asyncio.create_task(relayed(store, Publisher(cluster), seconds=10))
        await asyncio.sleep(1)
        second = asyncio.create_task(relayed(store, standby, seconds=30))
        await first
        post(store, 5)
        await second

    run(both())
    assert [row.seq for row in cluster.committed] == list(range(1, 21))
    assert standby.sizes == [5]


def test_rows_that_come_later_are_found_by_the_slow_poll() -> None:
    """Even when no notification says so."""
    store, publisher = filled(0), Publisher(FakeCluster())

    async def main() -> None:
        running = asyncio.create_task(relayed(store, publisher))
        await asyncio.sleep(10)
        post(store, 3)
        await asyncio.sleep(1.5)
        assert len(publisher.cluster.committed) == 3
        await running

    run(main())


def test_a_notification_is_faster_than_the_poll() -> None:
    """Rows are published at once."""
    store, publisher = filled(0), Publisher(FakeCluster())

    async def main() -> None:
        running = asyncio.create_task(relayed(store, publisher))
        await asyncio.sleep(10.5)
        post(store, 3)
        await store.notify()
        await asyncio.sleep(0.01)
        assert len(publisher.cluster.committed) == 3
        await running

    run(main())


def test_published_rows_are_forgotten_when_they_are_old() -> None:
    """Not before, and never one that is not published."""
    store, publisher = filled(15), Publisher(FakeCluster())
    left: list[int] = []

    async def main() -> None:
        running = asyncio.create_task(relayed(store, publisher, seconds=200))
        await asyncio.sleep(90)
        left.append(len(store.outbox))
        post(store, 5)
        await asyncio.sleep(60)
        left.append(len(store.outbox))
        await running

    run(main())
    assert left == [15, 5]


def test_a_transaction_that_has_begun_is_finished_at_the_end() -> None:
    """The stop is looked at between transactions."""
    store, publisher = filled(10), Publisher(FakeCluster(), seconds=5)
    run(relayed(store, publisher, seconds=2))
    assert len(publisher.cluster.committed) == 10
