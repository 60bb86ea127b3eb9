"""How fast it is, end to end over a real Kafka and a real PostgreSQL on this machine.

Throughput: a topic that is filled beforehand, one `communique run`, the time from the first decision until the last
record is decided and the last event published. Latency: articles at a moderate rate, from the moment an article is
handed to Kafka until a subscriber has the event. The input is one article on meetings in ten, texts of 3 kB.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from tests.delivery.articles import BENCH, feed
from tests.delivery.processes import Process
from tests.delivery.site import Site, eventually, producer, put, site, until
from tests.servers.kafka import free_ports

PRODUCTION = {
    "session_timeout_seconds": "45",
    "heartbeat_seconds": "3",
    "rebalance_timeout_seconds": "60",
    "request_timeout_seconds": "30",
    "relay_commit_seconds": "30",
    "relay_poll_seconds": "1",
    "batch_records": "500",
    "log_level": "warning",
}
"""Over the impatient settings of the tests: those that a deployment has."""
START_SECONDS = 60
STANDSTILL_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Throughput:
    """`stages` gives the seconds that all batches together spent in each stage."""

    articles_a_second: float
    events: int
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the hand-over of an article until a subscriber has its event."""

    rate: float
    events: int
    p50: float
    p95: float
    p99: float


async def throughput(
    brokers: str, postgres_url: str, delivery: str, workers: int, articles: int, seed: int
) -> Throughput:
    """Fill a topic, then let one process work it off."""
    async with site(brokers, postgres_url, **PRODUCTION, delivery=delivery) as place:
        async with producer(place.settings) as sender:
            await place.send_with(sender, islice(feed(seed, BENCH), articles))
        async with _counting(place) as arrived, place.database() as database:

            async def decided() -> int:
                count: int = await database.fetchval(_DECIDED)
                return count

            async def all_decided() -> bool:
                return await decided() >= articles

            with _service(place, workers) as port:
                await eventually(decided, START_SECONDS, "the first batch", every=0.005)
                began, before = time.monotonic(), await decided()
                await eventually(all_decided, STANDSTILL_SECONDS, "the last batch")
                events = await database.fetchval("SELECT next_seq - 1 FROM communique.outbox_head")
                await until(lambda: arrived() >= events, STANDSTILL_SECONDS, "the last event")
                return Throughput((articles - before) / (time.monotonic() - began), events, _stages(port))


async def latency(brokers: str, postgres_url: str, delivery: str, rate: int, seconds: int, seed: int) -> Latency:
    """Send at a steady rate and look at the clock when events arrive."""
    async with site(brokers, postgres_url, **PRODUCTION, delivery=delivery) as place:
        consumer = _subscriber(place)
        await consumer.start()
        sent_at: dict[str, float] = {}
        took: dict[str, float] = {}

        async def receiving() -> None:
            async for record in consumer:
                now = time.monotonic()
                for source in json.loads(record.value)["sources"]:
                    if source["url"] not in took and source["url"] in sent_at:
                        took[source["url"]] = now - sent_at[source["url"]]

        task = asyncio.create_task(receiving())
        with _service(place, 1):
            await place.claimed(60)
            async with producer(place.settings) as sender:
                began = time.monotonic()
                for number, article in enumerate(islice(feed(seed, BENCH), rate * seconds)):
                    await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                    sent_at[article.address] = time.monotonic()
                    await put(sender, place.given.topic, article)
            await asyncio.sleep(3)
        task.cancel()
        await consumer.stop()
    # The first seconds are those of a process that has just been started.
    settled = sorted(value for url, value in took.items() if sent_at[url] > began + 3)
    assert len(settled) > 20, "too few events to speak of percentiles"
    p50, p95, p99 = (1000 * settled[min(len(settled) - 1, int(share * len(settled)))] for share in (0.5, 0.95, 0.99))
    return Latency(rate, len(settled), p50, p95, p99)


@contextmanager
def _service(place: Site, workers: int) -> Iterator[int]:
    """`communique run` as a process of its own; gives the port of its metrics."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="communique-bench-") as logs:
        environment = place.but(workers=str(workers), http_port=str(port)).environment
        process = Process("both", "service", environment, Path(logs))
        process.start()
        try:
            yield port
        except BaseException:
            print(process.last_words)
            raise
        finally:
            process.kill()


@asynccontextmanager
async def _counting(place: Site) -> AsyncIterator[Callable[[], int]]:
    """A subscriber that counts; gives a function that says how many events have come."""
    count = 0

    async def counting() -> None:
        nonlocal count
        async for _ in consumer:
            count += 1

    consumer = _subscriber(place)
    await consumer.start()
    task = asyncio.create_task(counting())
    try:
        yield lambda: count
    finally:
        task.cancel()
        await consumer.stop()


def _subscriber(place: Site) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        place.settings.topic_events,
        bootstrap_servers=place.settings.brokers,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if place.settings.delivery == "exactly_once" else "read_uncommitted",
        # aiokafka asks a broker for nothing else while a fetch waits there: with its 500 ms we would measure that.
        fetch_max_wait_ms=50,
    )


def _stages(port: int) -> dict[str, float]:
    """Stage → seconds, from the service's own metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    found = re.findall(r'^communique_stage_seconds_sum\{stage="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {stage: float(seconds) for stage, seconds in found}


_DECIDED = "SELECT coalesce(sum(found + nothing + withdrawn + refused), 0)::bigint FROM communique.ingest_position"
