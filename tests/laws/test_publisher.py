"""What the relay relies on in a publisher, over the fake and over a real Kafka."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

import pytest

from communique import embedded
from communique.kafka import KafkaPublisher, reader, topics
from communique.model import Message, OutboxRow
from communique.relay import Publisher
from communique.settings import Settings
from tests.fakes.kafka import FakeCluster, FakePublisher
from tests.servers.kafka import Broker, transactions_ended

EVENTS = "meetings.events.v1"
_RIGS = itertools.count(1)


class Rig(Protocol):
    """One transactional id, its publishers, and what subscribers see."""

    topic: str

    def publisher(self) -> Publisher: ...

    async def seen(self) -> list[tuple[bytes | None, bytes | None]]: ...


class FakeRig:
    topic = EVENTS

    def __init__(self) -> None:
        self._cluster = FakeCluster()

    def publisher(self) -> Publisher:
        return FakePublisher(self._cluster)

    async def seen(self) -> list[tuple[bytes | None, bytes | None]]:
        return [(row.message.key, row.message.value) for row in self._cluster.committed]


class KafkaRig:
    def __init__(self, address: str, delivery: str = "exactly_once") -> None:
        number = next(_RIGS)
        self.topic = f"laws-publisher-{number}.dead-letters"
        self._settings = Settings(
            brokers=address,
            topic_articles=f"laws-publisher-{number}.articles",
            topic_events=f"laws-publisher-{number}.events",
            topic_dead_letters=self.topic,  # not compacted, so that it takes messages without a key
            topic_progress=f"laws-publisher-{number}.progress",
            transactional_id=f"laws-publisher-{number}",
            topic_partitions=1,
            topic_replication=1,
            delivery=delivery,
            check_crcs=delivery == "exactly_once",
        )

    async def create(self) -> None:
        await topics.create(self._settings)

    def publisher(self) -> Publisher:
        return KafkaPublisher(self._settings)

    async def seen(self) -> list[tuple[bytes | None, bytes | None]]:
        if self._settings.delivery == "exactly_once":
            await transactions_ended(self._settings.brokers, self.topic)
        return [(record.key, record.value) async for record in reader.read(self._settings, self.topic)]


@asynccontextmanager
async def _rig(name: str, request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    if name == "fake":
        yield FakeRig()
    elif name == "embedded":
        with embedded.broker() as address:
            yield KafkaRig(address, "at_least_once")
    else:
        broker: Broker = request.getfixturevalue("kafka")
        rig = KafkaRig(broker.bootstrap)
        await rig.create()
        yield rig


@pytest.fixture(params=["fake", "embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with _rig(request.param, request) as made:
        yield made


@pytest.fixture(params=["fake", pytest.param("kafka", marks=pytest.mark.kafka)])
async def transactional(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Those that fence: the embedded broker does not."""
    async with _rig(request.param, request) as made:
        yield made


def rows(topic: str, *numbers: int) -> list[OutboxRow]:
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        OutboxRow(seq, Message(topic, b"meeting", (("ce_id", b"%d" % seq),), b"%d" % seq), created) for seq in numbers
    ]


async def test_before_the_first_message_the_last_is_zero(rig: Rig) -> None:
    """The outbox counts from one."""
    publisher = rig.publisher()
    assert await publisher.start() == 0
    await publisher.close()


async def test_the_next_publisher_knows_how_far_the_last_one_came(rig: Rig) -> None:
    """The progress is committed with the rows."""
    first = rig.publisher()
    await first.start()
    await first.publish(rows(rig.topic, 1, 2, 3))
    await first.publish(rows(rig.topic, 4))
    await first.close()
    second = rig.publisher()
    assert await second.start() == 4
    await second.publish(rows(rig.topic, 5))
    await second.close()
    assert [value for _, value in await rig.seen()] == [b"1", b"2", b"3", b"4", b"5"]


async def test_progress_is_found_behind_many_records(rig: Rig) -> None:
    """However long the relay has run."""
    publisher = rig.publisher()
    await publisher.start()
    for seq in range(1, 91):
        await publisher.publish(rows(rig.topic, seq))
    await publisher.close()
    again = rig.publisher()
    assert await again.start() == 90
    await again.close()


async def test_a_new_publisher_fences_the_old_one(transactional: Rig) -> None:
    """The zombie's rows are never seen, and the new one's are seen once."""
    zombie, successor = transactional.publisher(), transactional.publisher()
    await zombie.start()
    await zombie.publish(rows(transactional.topic, 1))
    assert await successor.start() == 1
    with pytest.raises(Exception, match=r".*"):  # each client has an error of its own for it
        await zombie.publish(rows(transactional.topic, 2))
    await zombie.close()
    await successor.publish(rows(transactional.topic, 2))
    await successor.close()
    assert [value for _, value in await transactional.seen()] == [b"1", b"2"]


async def test_a_message_without_key_and_value_is_published(rig: Rig) -> None:
    """A refused record may have had neither."""
    publisher = rig.publisher()
    await publisher.start()
    bare = Message(rig.topic, None, (("dlq-offset", b"3"),), None)
    await publisher.publish([OutboxRow(1, bare, datetime(2026, 1, 1, tzinfo=UTC)), *rows(rig.topic, 2)])
    await publisher.close()
    assert sorted(await rig.seen(), key=lambda pair: pair[0] or b"") == [(None, None), (b"meeting", b"2")]


async def test_closing_twice_and_starting_again_is_allowed(rig: Rig) -> None:
    """The loop closes whatever happened."""
    publisher = rig.publisher()
    await publisher.close()
    await publisher.start()
    await publisher.close()
    await publisher.close()
    assert await publisher.start() == 0
    await publisher.close()
