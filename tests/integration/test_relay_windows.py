"""Failure windows between Postgres and Kafka, each opened on purpose: every message is seen once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests.delivery.articles import Sent, feed
from tests.delivery.processes import Process
from tests.delivery.proxies import END_TXN, PRODUCE, Deed, Proxy, Trap, is_kafka, kafka_requests
from tests.delivery.site import Site, eventually, serving, until
from tests.integration.test_ingest_windows import behind, proxy_to, sprung
from tests.servers.kafka import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
async def kafka_proxy(kafka: Broker) -> AsyncIterator[Proxy]:
    async with Proxy(kafka.behind_proxy, kafka_requests, kafka.proxy_port) as proxy:
        yield proxy


@asynccontextmanager
async def filled_outbox(place: Site, seed: int, records: int = 400) -> AsyncIterator[None]:
    """Records are decided and nothing is published yet."""
    async with serving(place, "ingest"):
        await place.send(islice(feed(seed), records))
        await until_decided(place)
        yield


async def until_decided(place: Site) -> None:
    async def decided() -> bool:
        return await place.decided() == len(place.given.sent)

    await eventually(decided, what="all records to be decided")


def through(proxy: Proxy, place: Site, **values: str) -> Site:
    return place.but(brokers=f"127.0.0.1:{proxy.port}", **values)


async def published_in_all(place: Site) -> int:
    """Messages on the outgoing topics, those of aborted transactions included."""
    topics = (place.settings.topic_events, place.settings.topic_dead_letters)
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=place.settings.brokers, auto_offset_reset="earliest")
    await consumer.start()
    count = 0
    while found := await consumer.getmany(timeout_ms=1000):
        count += sum(map(len, found.values()))
    await consumer.stop()
    return count


@pytest.mark.parametrize(
    ("deed", "copies"),
    [
        pytest.param("hold", 2, id="killed between send and commit"),
        pytest.param("hold the answer", 1, id="killed after commit, before it remembered"),
    ],
)
async def test_a_relay_is_killed_around_the_commit(
    place: Site, kafka_proxy: Proxy, tmp_path: Path, deed: Deed, copies: int
) -> None:
    """The next relay aborts or completes what the dead one left, and asks Kafka how far it came. Of an aborted
    transaction both copies lie in the topic, and subscribers see one."""
    async with place.subscriber() as subscriber, filled_outbox(place, 31):
        trap = kafka_proxy.set(Trap(is_kafka(END_TXN), deed))
        victim = Process("relay", "victim", through(kafka_proxy, place).environment, tmp_path)
        victim.start()
        await sprung(trap)
        victim.kill()
        async with serving(place, "relay"):
            verdict = await place.settled(subscriber)
    assert verdict.clean, verdict
    the_last_word = 1
    assert await published_in_all(place) == copies * (subscriber.messages - the_last_word) + the_last_word


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param("lose the answer", id="committed"),
        pytest.param("cut before", id="not committed"),
    ],
)
async def test_the_end_of_a_transaction_is_unknown(place: Site, kafka_proxy: Proxy, deed: Deed) -> None:
    """The connection breaks while the commit is under way. The relay does not guess, it looks up what it published."""
    async with place.subscriber() as subscriber, filled_outbox(place, 32):
        traps = [kafka_proxy.set(Trap(is_kafka(END_TXN), deed)) for _ in range(2)]
        async with serving(through(kafka_proxy, place, relay_records="20"), "relay"):
            verdict = await place.settled(subscriber)
    assert all(trap.sprung.is_set() for trap in traps)
    assert verdict.clean, verdict


async def test_connections_break_while_messages_are_on_their_way(place: Site, kafka_proxy: Proxy) -> None:
    """The same message may be sent again by the client; it counts once."""
    async with place.subscriber() as subscriber, filled_outbox(place, 33):
        deeds: tuple[Deed, ...] = ("lose the answer", "cut before", "lose the answer")
        traps = [kafka_proxy.set(Trap(is_kafka(PRODUCE), deed)) for deed in deeds]
        async with serving(through(kafka_proxy, place, relay_records="20"), "relay"):
            verdict = await place.settled(subscriber)
    assert all(trap.sprung.is_set() for trap in traps)
    assert verdict.clean, verdict


async def test_two_relays(place: Site, tmp_path: Path) -> None:
    """One publishes, the other stands by and takes over when the first is killed."""
    async with place.subscriber() as subscriber, filled_outbox(place, 34):
        relays = [Process("relay", f"relay-{number}", place.environment, tmp_path) for number in (1, 2)]
        for relay in relays:
            relay.start()
        assert (await place.settled(subscriber)).clean
        await asyncio.sleep(1)
        leading = [relay for relay in relays if "relay leads" in relay.last_words]
        assert len(leading) == 1, "both lead"
        leading[0].kill()
        await place.send(islice(feed(35), 300))
        verdict = await place.settled(subscriber)
        for relay in relays:
            relay.kill()
    assert verdict.clean, verdict


async def test_a_relay_goes_on_after_it_lost_the_lead(place: Site, kafka_proxy: Proxy, tmp_path: Path) -> None:
    """Its connection to Postgres is cut and another leads, while its own commit is still on the way to Kafka: the late
    commit is refused, and what it sent is never seen."""
    async with place.subscriber() as subscriber, proxy_to(place) as database_proxy, filled_outbox(place, 36):
        zombie_place = through(kafka_proxy, behind(database_proxy, place), relay_commit_seconds="60")
        zombie = Process("relay", "zombie", zombie_place.environment, tmp_path)
        trap = kafka_proxy.set(Trap(is_kafka(END_TXN), "delay"))
        zombie.start()
        await sprung(trap)
        database_proxy.open = False
        database_proxy.cut()
        async with serving(place, "relay"):
            assert (await place.settled(subscriber)).clean
            trap.release.set()
            await until(lambda: "relay starts again" in zombie.last_words, what="the zombie to notice")
            database_proxy.open = True
            await place.send(islice(feed(37), 300))
            verdict = await place.settled(subscriber)
        zombie.kill()
    assert verdict.clean, verdict


async def test_a_batch_fails_inside_a_transaction(place: Site) -> None:
    """The broker takes the events and refuses a dead letter. A commit would succeed all the same; the relay does not
    commit, and when the broker takes it, everything is published once."""
    await _limit(place, place.settings.topic_dead_letters, 20_000)
    async with place.subscriber() as subscriber, serving(place) as service:
        await place.send(islice(feed(38), 200))
        await place.send([Sent("unreadable", b"large", b"{" + b" " * 60_000)])
        await place.send(islice(feed(39), 200))
        restarts = service.metrics.relay_restarts
        await until(lambda: restarts._value.get() >= 2, what="the relay to be refused twice")
        assert all(key != b"large" for key, _, _ in subscriber.letters.values())
        await _limit(place, place.settings.topic_dead_letters, 1_000_000)
        verdict = await place.settled(subscriber)
    assert verdict.clean, verdict


async def _limit(place: Site, topic: str, max_message_bytes: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=place.settings.brokers)
    await admin.start()
    change = {"max.message.bytes": str(max_message_bytes)}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, change)])
    await admin.close()
