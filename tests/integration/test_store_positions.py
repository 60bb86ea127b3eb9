"""Positions: one owner, one move for each batch, and no doubt about a COMMIT whose answer was lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import asyncpg
import pytest

from communique.errors import DatabaseUnavailable, Fenced
from communique.store import Database, Store, Waits
from communique.store.queries import sql
from tests.delivery.proxies import Proxy, Trap, is_commit, postgres_requests
from tests.integration.news import NOW, TOPIC, Feed, batch, found, nothing, opened, refused, withdrawn


async def test_the_first_claim_ever_knows_no_offset(store: Store) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    assert (claim.next_offset, claim.epoch) == (None, 1)
    assert await store.position(TOPIC, 0) is None


async def test_a_claim_begins_where_the_last_batch_ended(store: Store) -> None:
    await (await Feed.of(store))(nothing("a"), nothing("b"))
    assert (await store.claim(TOPIC, 0, "two")).next_offset == 2


async def test_the_first_batch_may_begin_anywhere(store: Store) -> None:
    """A topic whose oldest records are gone does not begin at 0."""
    claim = await store.claim(TOPIC, 0, "one")
    await store.commit(batch(claim, 700, nothing("a")))
    assert await store.position(TOPIC, 0) == 701


async def test_a_batch_may_end_behind_its_last_record(store: Store) -> None:
    """Control records and compaction leave offsets without a record."""
    claim = await store.claim(TOPIC, 0, "one")
    await store.commit(batch(claim, 0, nothing("a"), end=5))
    assert await store.position(TOPIC, 0) == 5


async def test_an_empty_batch_moves_the_position(store: Store) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    await store.commit(batch(claim, 0, end=3))
    assert await store.position(TOPIC, 0) == 3


async def test_every_record_is_counted_by_what_it_was_decided_to_be(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a"), nothing("b"), nothing("c"))
    await feed(withdrawn("a"), refused())
    assert dict(await rows.fetchrow("SELECT found, nothing, withdrawn, refused FROM communique.ingest_position")) == {
        "found": 1,
        "nothing": 2,
        "withdrawn": 1,
        "refused": 1,
    }


async def test_a_batch_of_an_earlier_owner_is_fenced_and_leaves_nothing(store: Store, rows: asyncpg.Connection) -> None:
    """A zombie wakes up and writes late."""
    zombie = await store.claim(TOPIC, 0, "zombie")
    await store.claim(TOPIC, 0, "heir")
    with pytest.raises(Fenced, match="epoch 1"):
        await store.commit(batch(zombie, 0, found("a"), refused()))
    assert await store.outbox.last_sequence() == 0
    assert await rows.fetchval("SELECT count(*) FROM communique.articles") == 0


@pytest.mark.parametrize("start", [0, 3], ids=["again", "with a gap"])
async def test_a_batch_that_does_not_begin_at_the_position_is_fenced(store: Store, start: int) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    await store.commit(batch(claim, 0, nothing("a"), nothing("b")))
    with pytest.raises(Fenced):
        await store.commit(batch(claim, start, nothing("c"), end=start + 1 if start else 1))


async def test_a_claim_waits_for_the_transaction_of_a_hanging_owner(database: Database) -> None:
    """The owner was stopped in the middle of a transaction; the database ends it after a while."""
    waits = Waits(lock=0.3, idle_in_transaction=1.0)
    impatient = replace(database, waits=waits)
    async with opened(impatient) as store:
        hanging = await store.claim(TOPIC, 0, "hanging")
        stopped = await asyncpg.connect(database.url)
        await stopped.execute(impatient.begin())
        arguments = (hanging.topic, hanging.partition, hanging.epoch, 0, 9, NOW, 0, 0, 0, 0)
        assert await stopped.fetchval(sql("advance"), *arguments) == 9
        heir = await store.claim(TOPIC, 0, "heir")
        assert (heir.next_offset, heir.epoch) == (None, 2)
        stopped.terminate()


@pytest.mark.parametrize(
    ("deed", "took_effect"), [("lose the answer", True), ("cut before", False)], ids=["answer lost", "commit lost"]
)
async def test_a_commit_without_an_answer_takes_effect_exactly_once(
    database: Database, rows: asyncpg.Connection, deed: str, took_effect: bool
) -> None:
    """Whether the database did it or not: the batch is decided once, and the report says what it did."""
    async with through_a_proxy(database) as (proxy, store):
        claim = await store.claim(TOPIC, 0, "one")
        proxy.set(Trap(is_commit, deed))  # type: ignore[arg-type]
        report = await store.commit(batch(claim, 0, found("a"), nothing("b"), refused()))
    assert (report.articles, report.reported, report.dead_letters) == (2, 1, 1)
    assert await rows.fetchval("SELECT next_seq FROM communique.outbox_head") == 3
    assert await rows.fetchval("SELECT count(*) FROM communique.outbox") == 2
    assert await rows.fetchval("SELECT next_offset FROM communique.ingest_position") == 3


async def test_a_batch_is_tried_again_after_the_database_was_away(database: Database) -> None:
    """The answer is lost and then the database is away: the loop calls again with the same batch, and is not fenced."""
    async with through_a_proxy(database) as (proxy, store):
        claim = await store.claim(TOPIC, 0, "one")
        trap = proxy.set(Trap(is_commit, "lose the answer"))
        again = batch(claim, 0, found("a"))
        committing = asyncio.create_task(store.commit(again))
        await trap.sprung.wait()
        proxy.open = False
        with pytest.raises(DatabaseUnavailable):
            await committing
        proxy.open = True
        report = await store.commit(again)
        assert (report.articles, report.reported) == (1, 1)
        assert await store.outbox.last_sequence() == 1


class through_a_proxy:
    """A store whose connections a test can cut."""

    def __init__(self, database: Database) -> None:
        parts = urlsplit(database.url)
        self._parts, self._database = parts, database
        self._proxy = Proxy((parts.hostname or "", parts.port or 5432), postgres_requests)

    async def __aenter__(self) -> tuple[Proxy, Store]:
        await self._proxy.__aenter__()
        user = self._parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{self._proxy.port}" if user else f"127.0.0.1:{self._proxy.port}"
        url = self._parts._replace(netloc=netloc, query="sslmode=disable").geturl()
        self._opened = opened(replace(self._database, url=url))
        return self._proxy, await self._opened.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        await self._opened.__aexit__(*raised)  # type: ignore[arg-type]
        await self._proxy.__aexit__(*raised)
