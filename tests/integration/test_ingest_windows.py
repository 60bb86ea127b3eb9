"""Failure windows between Kafka and Postgres, each opened on purpose: the laws hold afterwards."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from tests.delivery.articles import feed
from tests.delivery.processes import Process
from tests.delivery.proxies import Deed, Proxy, Trap, is_begin, is_commit, postgres_requests
from tests.delivery.site import Site, serving, through, until

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


def proxy_to(place: Site) -> Proxy:
    """A proxy before the database of a site."""
    address = place.settings.database_url.get_secret_value().rpartition("@")[2].partition("/")[0]
    host, _, port = address.partition(":")
    return Proxy((host, int(port)), postgres_requests)


def behind(proxy: Proxy, place: Site, **values: str) -> Site:
    return place.but(database_url=through(proxy, place.settings.database_url.get_secret_value()), **values)


async def sprung(trap: Trap) -> None:
    async with asyncio.timeout(30):
        await trap.sprung.wait()


@pytest.mark.parametrize(
    ("deed", "decided"),
    [
        pytest.param("hold", False, id="crash before COMMIT"),
        pytest.param("hold the answer", True, id="crash after COMMIT, before the Kafka offset"),
    ],
)
async def test_a_crash_around_the_commit(place: Site, tmp_path: Path, deed: Deed, decided: bool) -> None:
    """Before COMMIT nothing of the batch is there, after it all; the next process goes on from what Postgres says,
    although Kafka's own offset says that nothing was read."""
    async with place.subscriber() as subscriber, proxy_to(place) as proxy:
        victim = Process("ingest", "victim", behind(proxy, place).environment, tmp_path)
        victim.start()
        await place.claimed()
        trap = proxy.set(Trap(is_commit, deed))
        await place.send(islice(feed(11), 300))
        await sprung(trap)
        victim.kill()
        assert await place.decided() > 0 or not decided
        async with serving(place):
            verdict = await place.settled(subscriber)
    assert verdict.clean, verdict


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param("lose the answer", id="COMMIT succeeded"),
        pytest.param("cut before", id="COMMIT never arrived"),
    ],
)
async def test_the_answer_to_a_commit_is_lost(place: Site, deed: Deed) -> None:
    """The process lives on and looks up what became of it: the batch is neither repeated nor dropped."""
    async with place.subscriber() as subscriber, proxy_to(place) as proxy:
        async with serving(behind(proxy, place)):
            await place.claimed()
            traps = [proxy.set(Trap(is_commit, deed)) for _ in range(3)]
            await place.send(islice(feed(12), 500))
            verdict = await place.settled(subscriber)
        assert all(trap.sprung.is_set() for trap in traps)
    assert verdict.clean, verdict


async def test_a_zombie_writes_late(place: Site, tmp_path: Path) -> None:
    """An owner freezes with a batch in hand, its partitions go to another, then it wakes and sends its transaction: it
    is fenced, and what it wanted to write is not written."""
    async with place.subscriber() as subscriber, proxy_to(place) as proxy:
        zombie = Process("ingest", "zombie", behind(proxy, place, batch_records="20").environment, tmp_path)
        zombie.start()
        owners = await place.claimed()
        trap = proxy.set(Trap(is_begin, "delay"))
        await place.send(islice(feed(13), 300))
        await sprung(trap)
        zombie.freeze()
        async with serving(place):
            await place.claimed(besides=owners)
            assert (await place.settled(subscriber)).clean
            trap.release.set()
            zombie.thaw()
            await until(lambda: "its partition is another's" in zombie.last_words, what="the zombie to be fenced")
            await place.send(islice(feed(14), 300))
            verdict = await place.settled(subscriber)
        zombie.kill()
    assert verdict.clean, verdict


async def test_records_are_delivered_before_the_seek(place: Site) -> None:
    """Kafka's own offset is far behind and the claim is slow: records come that were decided long ago. They are not
    decided again."""
    async with place.subscriber() as subscriber, proxy_to(place) as proxy:
        async with serving(place):
            await place.send(islice(feed(15), 300))
            assert (await place.settled(subscriber)).clean
        await _set_back(place)
        claim = proxy.set(Trap(lambda request: b"INSERT INTO communique.ingest_position" in request, "delay"))
        async with serving(behind(proxy, place)) as service:
            await sprung(claim)
            await asyncio.sleep(1)
            assert len(service.source.claimed) < place.settings.topic_partitions
            claim.release.set()
            await place.send(islice(feed(16), 300))
            verdict = await place.settled(subscriber)
    assert verdict.clean, verdict


async def _set_back(place: Site) -> None:
    """Say to Kafka that the group has read nothing."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.settings.brokers, group_id=place.settings.group, enable_auto_commit=False
    )
    await consumer.start()
    partitions = [TopicPartition(place.given.topic, number) for number in range(place.settings.topic_partitions)]
    consumer.assign(partitions)
    await consumer.commit({tp: OffsetAndMetadata(0, "") for tp in partitions})
    await consumer.stop()


async def test_partitions_move_while_batches_are_in_hand(place: Site, tmp_path: Path) -> None:
    """Members come and go, by the dozen: what is in hand is committed before it is given away, or fenced."""
    async with place.subscriber() as subscriber, serving(place):
        for number in range(3):
            await place.send(islice(feed(20 + number), 400))
            guest = Process("ingest", f"guest-{number}", place.environment, tmp_path)
            guest.start()
            await until(lambda guest=guest: '"claimed"' in guest.last_words, what="the guest to get a partition")
            assert guest.stop() == 0, guest.last_words
        verdict = await place.settled(subscriber)
    assert verdict.clean, verdict
