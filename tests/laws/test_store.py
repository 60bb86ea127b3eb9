"""What the two loops rely on in a database, over the fake and over a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Protocol

import pytest

from communique import ingest, relay, store
from communique.errors import Fenced
from communique.kafka.source import Positions
from communique.model import Batch, Claim, Decided, Record, Rejected
from communique.refusals import refusal
from communique.store import schema
from tests.fakes.store import FakeStore
from tests.servers.postgres import fresh_database

TOPIC = "articles.raw.v1"


class Whole(Positions, ingest.Store, Protocol):
    """The side of ingest."""

    async def position(self, topic: str, partition: int) -> int | None: ...


Pair = tuple[Whole, relay.Outbox]


@pytest.fixture(params=["fake", pytest.param("postgres", marks=pytest.mark.postgres)])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    if request.param == "fake":
        fake = FakeStore()
        yield fake, fake
        return
    async with fresh_database(request.getfixturevalue("postgres")) as url:
        database = store.Database(url=url)
        await schema.migrate(database, datetime.now(UTC))
        async with store.connect(database, store.Publication(), lambda: datetime.now(UTC)) as real:
            yield real, real.outbox


def refused(claim: Claim, start: int, end: int) -> Batch:
    """A batch whose records are all refused: each becomes one message."""
    return Batch(
        claim,
        start,
        end,
        tuple(
            Decided(
                Record(b"{", key=b"k", topic=TOPIC, partition=claim.partition, offset=offset),
                Rejected(refusal("not_json")),
            )
            for offset in range(start, end)
        ),
    )


async def sequence(outbox: relay.Outbox) -> list[int]:
    return [row.seq for row in await outbox.rows_after(0, 1000)]


async def test_a_claim_says_where_to_begin_and_raises_the_epoch(pair: Pair) -> None:
    """Nowhere at the very first start; afterwards where the last batch ended."""
    database, _ = pair
    first = await database.claim(TOPIC, 0, "a")
    assert (first.next_offset, await database.position(TOPIC, 0)) == (None, None)
    await database.commit(refused(first, 5, 8))
    second = await database.claim(TOPIC, 0, "b")
    assert (second.next_offset, second.epoch) == (8, first.epoch + 1)
    assert (await database.claim(TOPIC, 1, "b")).next_offset is None


async def test_a_fenced_owner_changes_nothing(pair: Pair) -> None:
    """A zombie that writes late is told so."""
    database, outbox = pair
    zombie = await database.claim(TOPIC, 0, "a")
    await database.commit(refused(zombie, 0, 2))
    owner = await database.claim(TOPIC, 0, "b")
    with pytest.raises(Fenced):
        await database.commit(refused(zombie, 2, 4))
    assert await database.position(TOPIC, 0) == 2
    assert await sequence(outbox) == [1, 2]
    await database.commit(refused(owner, 2, 4))
    assert await sequence(outbox) == [1, 2, 3, 4]


async def test_a_batch_that_begins_behind_the_position_is_refused(pair: Pair) -> None:
    """What lies between would never be decided."""
    database, outbox = pair
    claim = await database.claim(TOPIC, 0, "a")
    await database.commit(refused(claim, 0, 2))
    with pytest.raises(Fenced):
        await database.commit(refused(claim, 3, 5))
    assert await sequence(outbox) == [1, 2]


async def test_the_same_batch_again_does_nothing(pair: Pair) -> None:
    """Its first COMMIT took effect, but the answer was lost."""
    database, outbox = pair
    claim = await database.claim(TOPIC, 0, "a")
    batch = refused(claim, 0, 3)
    await database.commit(batch)
    await database.commit(batch)
    assert await sequence(outbox) == [1, 2, 3]
    assert await database.position(TOPIC, 0) == 3


async def test_the_outbox_is_numbered_without_a_gap_over_all_partitions(pair: Pair) -> None:
    """Whoever commits, and however many at once."""
    database, outbox = pair
    claims = [await database.claim(TOPIC, partition, "a") for partition in range(4)]
    for start in range(0, 12, 3):
        await asyncio.gather(*(database.commit(refused(claim, start, start + 3)) for claim in claims))
    assert await sequence(outbox) == list(range(1, 49))
    assert await outbox.last_sequence() == 48
    assert [row.seq for row in await outbox.rows_after(10, 5)] == [11, 12, 13, 14, 15]


async def test_what_is_forgotten_is_gone_and_the_numbers_go_on(pair: Pair) -> None:
    """Only what was published is ever forgotten."""
    database, outbox = pair
    claim = await database.claim(TOPIC, 0, "a")
    await database.commit(refused(claim, 0, 5))
    assert await outbox.forget(3) == 3
    assert await outbox.forget(3) == 0
    assert await sequence(outbox) == [4, 5]
    await database.commit(refused(claim, 5, 6))
    assert (await sequence(outbox), await outbox.last_sequence()) == ([4, 5, 6], 6)


async def test_one_relay_leads_and_the_next_one_follows(pair: Pair) -> None:
    """The second stands by until the first has left."""
    _, outbox = pair
    leading = asyncio.Event()

    async def second() -> None:
        async with outbox.lead():
            leading.set()

    async with outbox.lead():
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.2)
        assert not leading.is_set()
    await asyncio.wait_for(waiting, 10)
    assert leading.is_set()


async def test_a_commit_wakes_the_leading_relay(pair: Pair) -> None:
    """Sooner than its slow poll would."""
    database, outbox = pair
    claim = await database.claim(TOPIC, 0, "a")
    async with outbox.lead():
        wakeups = outbox.wakeups()
        woken = asyncio.ensure_future(anext(wakeups))
        await asyncio.sleep(0.2)
        await database.commit(refused(claim, 0, 1))
        await asyncio.wait_for(woken, 5)
