"""One service's world on the shared servers: topics and a database of its own, and the settings that lead there."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from communique import app
from communique.app import database_of
from communique.kafka import topics
from communique.settings import Settings, variable
from communique.store import schema
from tests.delivery.articles import Sent
from tests.delivery.laws import Input, Subscriber, Verdict, judge, moved
from tests.delivery.proxies import Proxy
from tests.servers.kafka import Broker
from tests.servers.postgres import fresh_database

QUICK = {
    "topic_partitions": "4",
    "topic_replication": "1",
    "session_timeout_seconds": "3",
    "heartbeat_seconds": "0.5",
    "rebalance_timeout_seconds": "5",
    "request_timeout_seconds": "5",
    "relay_commit_seconds": "10",
    "relay_poll_seconds": "0.2",
    "retry_first_seconds": "0.1",
    "retry_most_seconds": "1",
    "shutdown_seconds": "10",
    "connect_seconds": "3",
    "batch_records": "50",
    "workers": "0",
    "http_port": "0",
    "log_format": "json",
}
"""As the service runs in production, with less patience: what takes a minute there takes seconds here."""


@dataclass(frozen=True)
class Site:
    """Values of settings, by their names; the same for a loop in this process and for a process of its own."""

    values: Mapping[str, str]
    given: Input

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(dict(self.values))

    @property
    def environment(self) -> dict[str, str]:
        return {variable(name): value for name, value in self.values.items()}

    @property
    def environment_of_a_process(self) -> dict[str, str]:
        """The whole environment of a command that a person would start here."""
        return {**os.environ, **self.environment}

    def but(self, **values: str) -> Site:
        """The same place, reached or used in another way."""
        return replace(self, values={**self.values, **values})

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.settings.database_url.get_secret_value())
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def subscriber(self) -> AsyncIterator[Subscriber]:
        subscriber = Subscriber(self.settings)
        await subscriber.start()
        try:
            yield subscriber
        finally:
            await subscriber.stop()

    async def send(self, records: Iterable[Sent]) -> None:
        """Write records to the input topic and remember where they went."""
        async with producer(self.settings) as sender:
            await self.send_with(sender, records)

    async def send_with(self, sender: AIOKafkaProducer, records: Iterable[Sent]) -> None:
        waiting = []
        for record in records:
            waiting.append((record, await put(sender, self.given.topic, record)))
        for record, future in waiting:
            place = await future
            kept = record if record.kind == "unreadable" else replace(record, value=None)
            self.given.sent[place.partition, place.offset] = kept

    async def positions(self) -> dict[int, int]:
        """Partition → next offset."""
        async with self.database() as database:
            return await moved(database, self.given.topic)

    async def decided(self) -> int:
        """So many records have an outcome."""
        return sum((await self.positions()).values())

    async def owners(self) -> dict[int, tuple[str, int]]:
        """Partition → who claimed it last, and how often it was claimed."""
        async with self.database() as database:
            rows = await database.fetch("SELECT * FROM communique.ingest_position WHERE topic = $1", self.given.topic)
            return {row["partition"]: (row["owner"], row["owner_epoch"]) for row in rows}

    async def claimed(self, seconds: float = 30, *, besides: Iterable[str] = ()) -> set[str]:
        """Wait until every partition is claimed, by others than these; gives the owners."""
        deadline = time.monotonic() + seconds
        while True:
            owners = await self.owners()
            names = {name for name, _ in owners.values()}
            if len(owners) == self.settings.topic_partitions and not names & set(besides):
                return names
            assert time.monotonic() < deadline, f"claimed by {owners}"
            await asyncio.sleep(0.05)

    async def settled(self, subscriber: Subscriber, seconds: float = 60) -> Verdict:
        """Wait until every record is decided and every message published, or the time is over; then ask the laws.

        A last record is sent through when all seems done: whatever was published a second time, by a relay that had
        just started, lies before it.
        """
        deadline = time.monotonic() + seconds
        await self._all_through(subscriber, deadline)
        await self.send([Sent("unreadable", b"the last word", b"?")])
        await self._all_through(subscriber, deadline)
        async with self.database() as database:
            return await judge(database, subscriber, self.given)

    async def _all_through(self, subscriber: Subscriber, deadline: float) -> None:
        async with self.database() as database:
            ends = self.given.ends()
            while await moved(database, self.given.topic) != ends and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            head = await database.fetchval("SELECT next_seq FROM communique.outbox_head")
            await subscriber.received(head - 1, max(2.0, deadline - time.monotonic()))


@asynccontextmanager
async def site(brokers: str, postgres_url: str, **values: str) -> AsyncIterator[Site]:
    """A site on running servers, with its topics and tables made."""
    name = uuid.uuid4().hex[:8]
    names = {
        "topic_articles": f"articles.{name}",
        "topic_events": f"events.{name}",
        "topic_dead_letters": f"letters.{name}",
        "topic_progress": f"progress.{name}",
        "group": f"group-{name}",
        "transactional_id": f"relay-{name}",
    }
    async with fresh_database(postgres_url) as url:
        one = Site(
            {**QUICK, **names, "brokers": brokers, "database_url": url, **values}, Input(names["topic_articles"])
        )
        await topics.create(one.settings)
        await schema.migrate(database_of(one.settings), datetime.now(UTC))
        yield one


@asynccontextmanager
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Someone who writes articles, and is sure that they arrived once."""
    sender = AIOKafkaProducer(
        bootstrap_servers=settings.brokers, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=256 * 1024
    )
    try:
        await sender.start()
        yield sender
    finally:
        await sender.stop()


async def put(sender: AIOKafkaProducer, topic: str, record: Sent) -> asyncio.Future:
    """Hand one record to a producer. One with neither key nor value goes as a batch; `send` would decline it."""
    if record.key is None and record.value is None:
        batch = sender.create_batch()
        batch.append(key=None, value=None, timestamp=None)
        return await sender.send_batch(batch, topic, partition=0)
    return await sender.send(topic, key=record.key, value=record.value)


async def until(true: Callable[[], bool], seconds: float = 30, what: str = "it") -> None:
    """Wait for a condition; AssertionError when it does not come true in time."""

    async def asked() -> bool:
        return true()

    await eventually(asked, seconds, what)


async def eventually(
    true: Callable[[], Awaitable[object]], seconds: float = 30, what: str = "it", every: float = 0.02
) -> None:
    """The same for a condition that has to be asked for."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        await asyncio.sleep(every)


@asynccontextmanager
async def serving(place: Site, *loops: app.Loop) -> AsyncIterator[app.Service]:
    """The service in this process: its real loops on its real clients."""
    async with app.running(place.settings, asyncio.Event(), loops or app.LOOPS) as service:
        yield service


def through(proxy: Proxy, url: str) -> str:
    """The URL of the same database behind a proxy."""
    return urlunsplit(urlsplit(url)._replace(netloc=f"postgres@127.0.0.1:{proxy.port}"))


@pytest.fixture
async def place(kafka: Broker, postgres: str) -> AsyncIterator[Site]:
    """A site on the servers that all tests share."""
    async with site(kafka.bootstrap, postgres) as made:
        yield made
