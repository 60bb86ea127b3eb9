"""Topics are made with the policies of the contract, and a difference is found."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from communique.errors import UserError
from communique.kafka import reader, topics
from communique.model import Message
from communique.settings import Settings
from tests.servers.kafka import Broker

pytestmark = pytest.mark.kafka


def settings(broker: Broker, name: str) -> Settings:
    return Settings(
        brokers=broker.bootstrap,
        topic_articles=f"{name}.articles",
        topic_events=f"{name}.events",
        topic_dead_letters=f"{name}.dead-letters",
        topic_progress=f"{name}.progress",
        topic_partitions=3,
        topic_replication=1,
    )


async def test_created_topics_pass_the_check(kafka: Broker) -> None:
    """And creating again creates nothing."""
    given = settings(kafka, "created")
    assert len(await topics.check(given)) == 4
    assert set(await topics.create(given)) == {policy.topic for policy in topics.policies(given)}
    assert await topics.check(given) == ()
    assert await topics.create(given) == ()


async def test_a_topic_with_another_policy_is_reported(kafka: Broker) -> None:
    """What breaks a promise is told from what is a matter of size."""
    given = settings(kafka, "differs")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics(
        [
            NewTopic(given.topic_events, 3, 1, topic_configs={"cleanup.policy": "delete"}),
            NewTopic(given.topic_progress, 2, 1, topic_configs={"cleanup.policy": "compact", "segment.ms": "86400000"}),
            NewTopic(given.topic_articles, 5, 1, topic_configs={"retention.ms": "1000"}),
        ]
    )
    while len([t for t in await admin.list_topics() if t.startswith("differs.")]) < 3:  # noqa: ASYNC110 - Kafka tells no one
        await asyncio.sleep(0.05)
    await admin.close()
    found = {
        (d.topic.removeprefix("differs."), d.what): (d.wanted, d.found, d.fatal) for d in await topics.check(given)
    }
    assert found == {
        ("events", "cleanup.policy"): ("compact", "delete", True),
        ("progress", "partitions"): ("1", "2", True),
        ("articles", "partitions"): ("3", "5", False),
        ("articles", "retention.ms"): ("604800000", "1000", False),
        ("articles", "max.message.bytes"): ("2250000", "1048588", False),
        ("dead-letters", "topic"): ("exists", None, True),
    }


async def test_reading_a_topic_through_ends_where_it_ended(kafka: Broker) -> None:
    """Over all partitions; a topic that is not there is said in a sentence."""
    given = settings(kafka, "read")
    await topics.create(given)
    async with reader.writer(given) as write:
        for number in range(50):
            await write(Message(given.topic_events, b"%d" % number, (), b"v"))
    keys = [record.key async for record in reader.read(given, given.topic_events)]
    assert sorted(keys, key=lambda key: int(key or b"0")) == [b"%d" % number for number in range(50)]
    assert [record async for record in reader.read(given, given.topic_events, from_beginning=False)] == []
    with pytest.raises(UserError, match="no topic nowhere"):
        [record async for record in reader.read(given, "nowhere")]


async def test_replaying_a_dead_letter_sends_the_article_again(kafka: Broker) -> None:
    """To its own topic, with its own bytes."""
    given = settings(kafka, "replay")
    await topics.create(given)
    reason = (("dlq-topic", given.topic_articles.encode()), ("dlq-attempts", b"1"), ("dlq-error-code", b"not_json"))
    async with reader.writer(given) as write:
        await write(Message(given.topic_dead_letters, b"k", (("x", b"y"), *reason), b"{"))
    dead = [record async for record in reader.read(given, given.topic_dead_letters)]
    assert await reader.replay(given, dead) == 1
    [again] = [record async for record in reader.read(given, given.topic_articles)]
    assert (again.key, again.value, again.headers) == (b"k", b"{", (("x", b"y"), ("dlq-attempts", b"1")))
