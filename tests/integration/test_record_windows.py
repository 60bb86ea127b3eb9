"""Records that come twice, come back, or cannot be read, through the whole service on the real servers."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from tests.delivery.articles import Mix, Sent, feed
from tests.delivery.laws import differences
from tests.delivery.processes import COMMAND
from tests.delivery.site import Site, eventually, serving, site
from tests.integration.test_kafka_source import _harm
from tests.servers import kafka as kafka_server
from tests.servers.kafka import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

SOURCES_TWICE = """
SELECT count(*) FROM (SELECT FROM communique.sources GROUP BY article_id, meeting_id HAVING count(*) > 1)
"""
ONLY_ARTICLES = Mix(meeting=0.3, again=0, copy=0, unreadable=0, withdrawal=0)


async def test_the_same_article_comes_at_different_offsets(place: Site) -> None:
    """On several partitions, and so perhaps at the same moment in different transactions: three records are decided,
    one article is stored, its meeting has it once as a source."""
    articles = list(islice(feed(61, ONLY_ARTICLES), 100))
    async with place.subscriber() as subscriber, serving(place):
        for number in range(3):
            await place.send(replace(article, key=b"%d-%s" % (number, article.key)) for article in articles)
        verdict = await place.settled(subscriber)
        async with place.database() as database:
            twice = await database.fetchval(SOURCES_TWICE)
            stored = await database.fetchval("SELECT count(*) FROM communique.articles")
    assert verdict.clean, verdict
    assert (stored, twice) == (100, 0)
    assert len(subscriber.holds) > 5
    for _, state in subscriber.holds.values():
        urls = Counter(source["url"] for source in json.loads(state)["sources"])
        assert set(urls.values()) == {1}, urls


async def test_dead_letters_are_replayed_twice(place: Site) -> None:
    """Articles that a wrong setting refused are sent in again, twice over: each counts once, as if it had come once."""
    articles = list(islice(feed(62, ONLY_ARTICLES), 60))
    async with place.subscriber() as subscriber:
        async with serving(place.but(article_shape="feedparser")):
            await place.send(articles)
            await _decided(place, 60)
            await subscriber.received(1)
        refused = len(subscriber.letters)
        assert refused > 20, "the wrong shape should have refused many"
        for _ in range(2):
            await asyncio.to_thread(_replay, place)
        async with serving(place):
            await _decided(place, 60 + 2 * refused)
            async with place.database() as database:
                head = await database.fetchval("SELECT next_seq FROM communique.outbox_head")
                await subscriber.received(head - 1)
                assert await database.fetchval("SELECT count(*) FROM communique.articles") == 60
                assert await differences(database, subscriber) == []
    assert not subscriber.faults
    assert len(subscriber.letters) == refused
    for _, state in subscriber.holds.values():
        assert set(Counter(source["url"] for source in json.loads(state)["sources"]).values()) == {1}


def _replay(place: Site) -> None:
    command = [COMMAND, "dlq", "replay", "--all", "--yes"]
    done = subprocess.run(command, env=place.environment_of_a_process, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


async def _decided(place: Site, count: int) -> None:
    async def enough() -> bool:
        return await place.decided() >= count

    await eventually(enough, what=f"{count} decided records")
    assert await place.decided() == count


@pytest.fixture(scope="module")
def own_broker(kafka: Broker) -> Iterator[Broker]:
    """A broker whose files a test may damage. Asks for the shared one first, which says what is missing."""
    with kafka_server.running() as broker:
        yield broker


@pytest.mark.parametrize("damage", ["checksum", "codec"])
async def test_a_batch_is_poison(own_broker: Broker, postgres: str, damage: str) -> None:
    """Damaged on the broker's disk, or compressed with a codec that nobody knows: each of its records is refused, and
    what lies before and behind is decided as ever."""
    articles = feed(63, ONLY_ARTICLES)
    async with site(own_broker.bootstrap, postgres, topic_partitions="1") as place:
        for _ in range(3):
            await place.send(islice(articles, 3))
        own_broker.stop()
        log = next((own_broker.directory / "data").glob(f"{place.given.topic}-0/*.log"))
        _harm(log, second_batch=damage)
        own_broker.start()
        for offset in (3, 4, 5):  # what became of their bytes nobody can tell
            place.given.sent[0, offset] = Sent("unreadable", None, None)
        async with place.subscriber() as subscriber, serving(place):
            verdict = await place.settled(subscriber)
    assert verdict.clean, verdict
    assert [subscriber.letters[0, offset][2] for offset in (3, 4, 5)] == ["batch_unreadable"] * 3


def odd(body: bytes = b"text", more: bytes = b"", address: bytes = b"") -> bytes:
    return b'{"url": "https://odd.example/%s", "body": "%s"%s}' % (address, body, more)


ODD = {
    "NUL": odd(b"a\\u0000b"),
    "half of a surrogate pair": odd(b"a\\ud800b"),
    "before the first day": odd(more=b', "published_at": "0001-01-01T00:00:00+14:00"'),
    "after the last day": odd(more=b', "published_at": "9999-12-31T23:59:59-14:00"'),
    "5000 digits": odd(more=b', "extra": ' + b"9" * 5000),
    "an address of 20 kB": odd(address=b"x" * 20_000),
    "950 kB": odd(b"word " * 190_000, more=b', "title": "' + b"t" * 999 + b'"'),
    "every script": odd("\u202eمرحبا 你好 🇩🇪".encode() * 50),
    "nothing but triggers": odd(b"met " * 20_000),
    "nothing but names": odd(b"Xi Jinping " * 5_000),
}
"""What it is → its bytes; the address is made different for each."""


async def test_records_are_poison(place: Site) -> None:
    """Whatever they are, each is decided once, and its neighbours in the same transaction are stored."""
    articles = list(islice(feed(64, ONLY_ARTICLES), 40))
    poison = [
        Sent("again", b"odd", value.replace(b"odd.example", b"odd%d.example" % number))
        for number, value in enumerate(ODD.values())
    ]
    async with place.subscriber() as subscriber, serving(place.but(batch_records="10")):
        for number, record in enumerate(poison):
            await place.send(
                [*articles[4 * number : 4 * number + 2], record, *articles[4 * number + 2 : 4 * number + 4]]
            )
        await _decided(place, len(articles) + len(poison))
        async with place.database() as database:
            addresses = {row["uri"] for row in await database.fetch("SELECT uri FROM communique.articles")}
            assert addresses >= {article.address for article in articles}
            head = await database.fetchval("SELECT next_seq FROM communique.outbox_head")
            await subscriber.received(head - 1)
            assert await differences(database, subscriber) == []
    assert not subscriber.faults
