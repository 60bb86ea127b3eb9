"""What only a real broker does to a publisher: open transactions, an answer that does not come, refused messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from communique import relay
from communique.kafka import KafkaPublisher, internals, reader, topics
from communique.model import Message, OutboxRow
from communique.relay import Limits
from communique.settings import Settings
from communique.telemetry import Metrics
from tests.fakes.store import FakeStore
from tests.servers.kafka import Broker, running, transactions_ended

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own_broker() -> Iterator[Broker]:
    """A broker that a test may freeze."""
    with running() as broker:
        yield broker


def settings_of(broker: Broker, name: str) -> Settings:
    return Settings(
        brokers=broker.bootstrap,
        topic_articles=f"{name}.articles",
        topic_events=f"{name}.events",
        topic_dead_letters=f"{name}.dead-letters",
        topic_progress=f"{name}.progress",
        transactional_id=name,
        topic_partitions=3,
        topic_replication=1,
        relay_commit_seconds=4,
        request_timeout_seconds=3,
    )


def rows(topic: str, first: int, last: int) -> list[OutboxRow]:
    return [
        OutboxRow(seq, Message(topic, b"%d" % (seq % 7), (), b"%d" % seq), datetime.now(UTC))
        for seq in range(first, last + 1)
    ]


async def published(settings: Settings) -> list[int]:
    await transactions_ended(settings.brokers, settings.topic_events)
    return sorted([int(record.value or b"0") async for record in reader.read(settings, settings.topic_events)])


async def test_a_transaction_that_a_killed_relay_left_open_is_aborted_by_the_next(kafka: Broker) -> None:
    """Its rows are never seen, and nobody waits for the time-out of the transaction."""
    settings = settings_of(kafka, "left-open")
    await topics.create(settings)
    killed = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="left-open")
    await killed.start()
    await killed.begin_transaction()
    for row in rows(settings.topic_events, 1, 5):
        await killed.send_and_wait(settings.topic_events, row.message.value, row.message.key)
    publisher = KafkaPublisher(settings)
    began = time.monotonic()
    assert await publisher.start() == 0
    assert time.monotonic() - began < 5
    await publisher.publish(rows(settings.topic_events, 1, 3))
    await publisher.close()
    assert await published(settings) == [1, 2, 3]
    await internals.close(killed, seconds=3)


async def test_a_message_that_the_broker_refuses_takes_its_whole_transaction_with_it(kafka: Broker) -> None:
    """aiokafka would commit the rest; here nothing is seen, and the progress stays."""
    settings = settings_of(kafka, "refused")
    await topics.create(settings)
    publisher = KafkaPublisher(settings)
    await publisher.start()
    keyless = OutboxRow(2, Message(settings.topic_events, None, (), b"a compacted topic wants keys"), datetime.now(UTC))
    with pytest.raises(Exception, match=r".*"):  # whatever the client makes of it
        await publisher.publish([*rows(settings.topic_events, 1, 1), keyless, *rows(settings.topic_events, 3, 3)])
    await publisher.close()
    assert await publisher.start() == 0
    await publisher.close()
    assert await published(settings) == []


async def test_a_frozen_broker_costs_time_and_nothing_else(own_broker: Broker) -> None:
    """No answer within the deadline: the producer is thrown away; whatever became of the transaction, each message is
    seen once."""
    settings = settings_of(own_broker, "frozen")
    await topics.create(settings)
    store, stop, metrics = FakeStore(), asyncio.Event(), Metrics()
    running = asyncio.create_task(
        relay.run(
            store,
            KafkaPublisher(settings),
            metrics=metrics,
            stop=stop,
            clock=time.time,
            limits=Limits(records=5, poll_seconds=0.05),
        )
    )

    async def post(first: int, last: int) -> None:
        for row in rows(settings.topic_events, first, last):
            store.post(row.message)
            await asyncio.sleep(0.01)

    await post(1, 60)
    own_broker.pause()
    await post(61, 100)
    await asyncio.sleep(5)
    own_broker.resume()
    await post(101, 160)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if metrics.registry.get_sample_value("communique_relay_sequence") == 160:
            break
        await asyncio.sleep(0.2)
    stop.set()
    await running
    assert await published(settings) == list(range(1, 161))
    assert (metrics.registry.get_sample_value("communique_relay_restarts_total") or 0) >= 1
