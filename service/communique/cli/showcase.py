"""`communique demo`: the whole service on sample articles, with broker and database inside this process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from prometheus_client import Counter as Metric

from communique import app, embedded, telemetry
from communique.cli.publishing import as_binary, message
from communique.errors import CommuniqueError
from communique.kafka import reader
from communique.model import Record
from communique.settings import Settings, load
from communique.store import schema
from communique.store.roles import Roles

if TYPE_CHECKING:
    from communique.model import Message

_PACE_SECONDS = 0.08
"""Between two articles: slow enough to watch."""
_PATIENCE_SECONDS = 60.0


class DemoStalled(CommuniqueError):
    """The sample feed did not come through."""


class Audience(Protocol):
    """Who is told what happens: cli/stage.py for a person, plain lines or JSON for a program."""

    def step(self, text: str) -> None: ...

    def fed(self, number: int, total: int) -> None: ...

    def published(self, record: Record) -> None: ...

    def refused(self, record: Record) -> None: ...

    def finished(self, summary: Summary) -> None: ...

    def stays(self, service: app.Service) -> None: ...


@dataclass
class Summary:
    """What became of the sample feed."""

    articles: int = 0
    nothing: int = 0
    sequence: int = 0
    seconds: float = 0.0
    events: list[Record] = field(default_factory=list)
    letters: list[Record] = field(default_factory=list)


async def run(audience: Audience, *, keep: bool) -> None:
    """Everything from an empty machine to the last event; with `keep` until Ctrl-C."""
    began = time.monotonic()
    telemetry.configure_logging("console", "error")
    audience.step("Starting a Kafka broker and a PostgreSQL inside this process")
    with embedded.broker() as brokers, embedded.database() as url:
        settings = _settings(brokers, url)
        audience.step("Making the tables")
        await schema.migrate(app.database_of(settings), datetime.now(UTC), roles=Roles())
        audience.step("Loading languages and knowledge, starting ingest and relay")
        async with app.running(settings, asyncio.Event(), committed_only=False) as service:
            summary = await _through(service, audience)
            summary.seconds = time.monotonic() - began
            audience.finished(summary)
            if keep:
                audience.stays(service)
                await asyncio.Event().wait()


def _settings(brokers: str, url: str) -> Settings:
    """The embedded broker has no transactions; everything else is as in earnest."""
    return load(
        brokers=brokers,
        database_url=url,
        delivery="at_least_once",
        http_host="127.0.0.1",
        http_port=0,
        workers=1,
        batch_wait_seconds=0.05,
    )


async def _through(service: app.Service, audience: Audience) -> Summary:
    """Feed the samples, follow what is published, until everything that was decided has been seen."""
    summary = Summary()
    messages = list(samples(service.settings))
    async with contextlib.AsyncExitStack() as stack:
        for topic, seen, tell in (
            (service.settings.topic_events, summary.events, audience.published),
            (service.settings.topic_dead_letters, summary.letters, audience.refused),
        ):
            task = asyncio.create_task(_follow(service.settings, topic, seen, tell))
            stack.push_async_callback(_cancel, task)
        write = await stack.enter_async_context(reader.writer(service.settings))
        for number, message in enumerate(messages, 1):
            await write(message)
            audience.fed(number, len(messages))
            await asyncio.sleep(_PACE_SECONDS)
        await _until_seen(service, summary, len(messages))
    summary.articles = len(messages)
    summary.nothing = round(_total(service.metrics.outcomes, outcome="nothing"))
    return summary


def samples(settings: Settings) -> list[Message]:
    """The sample feed as a scraper would send it: CloudEvents alternately in structured and in binary mode."""
    lines = (files("communique") / "samples" / "feed.ndjson").read_bytes().splitlines()
    messages, binary = [], False
    for line in lines:
        if line.startswith(b'{"specversion"'):
            messages.append(message(as_binary(line) if binary else Record(line), settings.topic_articles))
            binary = not binary
        else:
            messages.append(message(Record(line), settings.topic_articles))
    return messages


async def _follow(settings: Settings, topic: str, seen: list[Record], tell: Callable[[Record], None]) -> None:
    records: AsyncIterator[Record] = reader.read(settings, topic, follow=True)
    async for record in records:
        seen.append(record)
        tell(record)


async def _until_seen(service: app.Service, summary: Summary, articles: int) -> None:
    moved, before = time.monotonic(), (0.0, 0)
    while True:
        decided = _total(service.metrics.outcomes)
        summary.sequence = await service.store.outbox.last_sequence()
        seen = len(summary.events) + len(summary.letters)
        if decided >= articles and seen >= summary.sequence:
            return
        for task in service.tasks.values():
            if task.done():
                await task
        if (decided, seen) != before:
            moved, before = time.monotonic(), (decided, seen)
        if time.monotonic() - moved > _PATIENCE_SECONDS:
            raise DemoStalled(
                f"After {_PATIENCE_SECONDS:g} s without progress {decided:.0f} of {articles} articles are decided and"
                f" {seen} of {summary.sequence} messages published."
            )
        await asyncio.sleep(0.05)


def _total(metric: Metric, **labels: str) -> float:
    return sum(
        sample.value
        for family in metric.collect()
        for sample in family.samples
        if sample.name.endswith("_total") and labels.items() <= sample.labels.items()
    )


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
