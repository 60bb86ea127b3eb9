"""The store behind pgbouncer in transaction mode."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from communique.model import CommitReport
from communique.store import Database, health, schema
from tests.integration.news import Feed, found, meeting, nothing, opened, refused
from tests.servers import pgbouncer

pytestmark = pytest.mark.skipif(
    pgbouncer.PROGRAM is None and not os.environ.get("CI"),
    reason="pgbouncer is not installed; on Debian: apt-get install pgbouncer",
)


@pytest.fixture
def pooled(database: Database) -> Iterator[Database]:
    """The same database, reached through the pooler, which keeps no prepared statements for anybody."""
    with pgbouncer.pooling(database.url) as url:
        yield replace(database, url=url, direct_url=database.url, statement_cache=0)


async def test_many_processes_share_few_sessions(pooled: Database) -> None:
    """Six stores with their own pools over two sessions: batches commit, and deadlines hold in every transaction."""

    async def ingest(partition: int) -> list[CommitReport]:
        async with opened(pooled) as store:
            feed = await Feed.of(store, partition)
            days = (f"2024-{partition + 1:02}-{day:02}" for day in range(1, 20, 3))
            return [await feed(found(f"{partition}-{d}", meeting(day=d)), nothing(f"n{d}"), refused()) for d in days]

    reports = await asyncio.gather(*map(ingest, range(6)))
    assert sum(report.reported for each in reports for report in each) == 42
    async with opened(pooled) as store:
        rows = await store.outbox.rows_after(0, 1000)
        assert [row.seq for row in rows] == list(range(1, 85))
        await schema.require_current(store.pool)
        assert len(await health.positions(store.pool)) == 6


async def test_the_relay_leads_and_is_woken_past_the_pooler(pooled: Database) -> None:
    """A session of its own is what lock and notification need: `direct_url` leads there."""
    async with opened(pooled) as store, store.outbox.lead():
        waiting = asyncio.ensure_future(anext(store.outbox.wakeups()))
        await asyncio.sleep(0.1)
        await (await Feed.of(store))(refused())
        await asyncio.wait_for(waiting, 5)
