"""Servers that go away, come back, freeze, forget or are set back, under the whole service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import asyncpg
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from communique import ingest, pipeline, relay, store
from communique.app import database_of
from communique.kafka import KafkaPublisher, KafkaSource
from communique.telemetry import Metrics
from communique.workers import InProcess
from tests.delivery.articles import feed
from tests.delivery.processes import Process
from tests.delivery.site import Site, eventually, serving, site, until
from tests.servers import kafka as kafka_server
from tests.servers import postgres as postgres_server
from tests.servers.kafka import Broker
from tests.servers.postgres import Server

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture(scope="module")
def own_broker(kafka: Broker) -> Iterator[Broker]:
    """A broker that a test may stop. Asks for the shared one first, which says what is missing."""
    with kafka_server.running() as broker:
        yield broker


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A PostgreSQL that a test may stop."""
    with postgres_server.running() as server:
        yield server


@asynccontextmanager
async def flowing(place: Site, seed: int) -> AsyncIterator[None]:
    """Articles come in all the time."""
    enough = asyncio.Event()

    async def feeding() -> None:
        articles = feed(seed)
        while not enough.is_set():
            await place.send(islice(articles, 100))
            await asyncio.sleep(0.2)

    task = asyncio.create_task(feeding())
    try:
        yield
    finally:
        enough.set()
        await task


@pytest.mark.parametrize("away", ["restart", "freeze"])
async def test_the_broker_goes_away(own_broker: Broker, postgres: str, away: str) -> None:
    """Restarted, or frozen for longer than requests last: ingest and relay go on without being started anew."""
    async with site(own_broker.bootstrap, postgres) as place, place.subscriber() as subscriber, serving(place):
        await place.send(islice(feed(41), 1500))
        await until(lambda: subscriber.messages > 20, what="work to go on")
        if away == "restart":
            own_broker.stop()
            await asyncio.sleep(2)
            own_broker.start()
        else:
            own_broker.pause()
            await asyncio.sleep(8)
            own_broker.resume()
        await place.send(islice(feed(42), 500))
        verdict = await place.settled(subscriber)
    assert verdict.clean, verdict


@pytest.mark.parametrize("end", [Server.stop, Server.kill], ids=["fast shutdown", "crash"])
async def test_postgres_goes_away(kafka: Broker, own_server: Server, end: Callable[[Server], None]) -> None:
    """In the middle of transactions, for seconds: everybody waits, and goes on without being started anew."""
    async with site(kafka.bootstrap, own_server.url) as place, place.subscriber() as subscriber, serving(place):
        async with flowing(place, 43):
            await until(lambda: subscriber.messages > 20, what="work to go on")
            end(own_server)
            await asyncio.sleep(3)
            own_server.start()
            already = subscriber.messages
            await until(lambda: subscriber.messages > already + 20, what="work to go on again")
        verdict = await place.settled(subscriber)
    assert verdict.clean, verdict


async def test_postgres_is_set_back(kafka: Broker, own_server: Server, tmp_path: Path) -> None:
    """Restored from a backup that is older than what was published: the relay refuses to run and says why, instead of
    giving new messages numbers that subscribers have seen."""
    async with site(kafka.bootstrap, own_server.url) as place, place.subscriber() as subscriber:
        async with serving(place):
            await place.send(islice(feed(45), 300))
            assert (await place.settled(subscriber)).clean
        await _copy(own_server, place, "backup")
        async with serving(place):
            await place.send(islice(feed(46), 300))
            assert (await place.settled(subscriber)).clean
        published = subscriber.messages
        await _restore(own_server, place, "backup")
        refusing = Process("relay", "refusing", place.environment, tmp_path)
        refusing.start()
        await until(lambda: refusing.exit_code is not None, what="the relay to refuse")
        assert refusing.exit_code == 1
        assert "set back" in refusing.last_words
        await asyncio.sleep(1)
        assert subscriber.messages == published


async def _copy(server: Server, place: Site, name: str) -> None:
    admin = await asyncpg.connect(server.url)
    await admin.execute(f"DROP DATABASE IF EXISTS {name}")
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {_name(place)}")
    await admin.close()


async def _restore(server: Server, place: Site, name: str) -> None:
    admin = await asyncpg.connect(server.url)
    await admin.execute(f"DROP DATABASE {_name(place)} WITH (FORCE)")
    await admin.execute(f"ALTER DATABASE {name} RENAME TO {_name(place)}")
    await admin.close()


def _name(place: Site) -> str:
    return place.settings.database_url.get_secret_value().rpartition("/")[2]


async def test_retention_passes_the_position(place: Site) -> None:
    """Records were deleted before they were read: that partition halts and is reported, the position stays where it
    is for an operator to decide, and the other partitions go on."""
    async with place.subscriber() as subscriber:
        async with serving(place):
            await place.send(islice(feed(47), 200))
            assert (await place.settled(subscriber)).clean
        before = place.given.ends()
        await place.send(islice(feed(48), 400))
        admin = AIOKafkaAdminClient(bootstrap_servers=place.settings.brokers)
        await admin.start()
        await admin.delete_records({TopicPartition(place.given.topic, 2): RecordsToDelete(before_offset=before[2] + 5)})
        await admin.close()
        async with serving(place) as service:
            await until(lambda: service.source.halted == {2: "PositionLost"}, what="the partition to halt")
            wanted = {**place.given.ends(), 2: before[2]}

            async def others_decided() -> bool:
                return await place.positions() == wanted

            await eventually(others_decided, what="the other partitions to be decided")
        assert not subscriber.faults


async def test_the_clock_steps(place: Site) -> None:
    """Forwards by a day and back by two, again and again while articles are decided and published: no promise rests on
    the clock."""
    started, steps = time.time(), 0

    def clock() -> float:
        nonlocal steps
        steps += 1
        return started + (steps // 20 % 3 - 1) * 86_400

    settings, metrics, stop = place.settings, Metrics(), asyncio.Event()
    publication = store.Publication(settings.topic_events, settings.topic_dead_letters)
    async with (
        place.subscriber() as subscriber,
        store.connect(database_of(settings), publication, lambda: datetime.fromtimestamp(clock(), UTC)) as database,
    ):
        source = KafkaSource(settings, database, metrics, owner="clock", clock=clock)
        quick = relay.Limits(records=20, keep_seconds=3600, retry_first_seconds=0.1)
        loops = [
            ingest.run(source, InProcess(pipeline.load), database, metrics=metrics, stop=stop, clock=clock),
            relay.run(database.outbox, KafkaPublisher(settings), metrics=metrics, stop=stop, clock=clock, limits=quick),
        ]
        running = [asyncio.create_task(loop) for loop in loops]
        await place.send(islice(feed(49), 1000))
        verdict = await place.settled(subscriber)
        stop.set()
        await asyncio.gather(*running)
    assert verdict.clean, verdict
