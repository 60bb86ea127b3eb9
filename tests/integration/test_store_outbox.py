"""The outbox: one gapless sequence in the order of commits, and a relay that leads alone."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import asyncpg
import orjson
import pytest

from communique.errors import DatabaseUnavailable
from communique.model import Batch, Decided
from communique.store import Database, Store, Waits
from tests.integration.news import TOPIC, Feed, found, meeting, opened, record, refused
from tests.servers.postgres import named


async def test_events_carry_the_sequence_of_their_row(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a"), refused(), found("b", meeting(day="2024-06-10")))
    rows = await store.outbox.rows_after(0, 10)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [int(dict(row.message.headers)["ce_sequence"]) for row in rows[:2]] == [1, 2]
    assert [row.message.topic for row in rows] == ["meetings.events.v1"] * 2 + ["articles.dead-letter.v1"]


async def test_the_context_of_the_sender_goes_with_the_event(store: Store) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    own = record(0, headers=(("traceparent", b"00-abc"),))
    await store.commit(Batch(claim, 0, 1, (Decided(own, found("a")),)))
    (row,) = await store.outbox.rows_after(0, 10)
    assert dict(row.message.headers)["traceparent"] == b"00-abc"


async def test_a_dead_letter_keeps_bytes_that_no_text_column_takes(store: Store) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    own = record(0, value=b"\x00\xff not json", headers=(("odd\x00name", b"\x00\xfe"), ("ce_id", b"7")))
    await store.commit(Batch(claim, 0, 1, (Decided(own, refused()),)))
    (row,) = await store.outbox.rows_after(0, 10)
    assert (row.message.key, row.message.value) == (own.key, own.value)
    assert row.message.headers[:2] == own.headers
    assert dict(row.message.headers)["dlq-error-code"] == b"not_json"
    assert dict(row.message.headers)["dlq-attempts"] == b"1"


async def test_a_dead_letter_that_is_refused_again_counts_its_attempts(store: Store) -> None:
    claim = await store.claim(TOPIC, 0, "one")
    own = record(0, headers=(("dlq-attempts", b"2"),))
    await store.commit(Batch(claim, 0, 1, (Decided(own, refused()),)))
    (row,) = await store.outbox.rows_after(0, 10)
    assert [value for name, value in row.message.headers if name == "dlq-attempts"] == [b"3"]


async def test_the_sequence_has_no_gap_while_eight_processes_write_and_some_fail(database: Database) -> None:
    """A reader that follows them sees every number once, in order, with nothing missing before what it has seen."""
    seen: list[int] = []
    done = asyncio.Event()

    async def write(partition: int) -> None:
        async with opened(database) as store:
            feed = await Feed.of(store, partition)
            for n in range(12):
                day = f"2024-{partition + 1:02}-{2 * n + 1:02}"
                lines = (found(f"{partition}-{n}", meeting(day=day)), refused())
                if n % 4 == 3:
                    writing = asyncio.create_task(feed(*lines))
                    await asyncio.sleep(0.002 * partition)
                    writing.cancel()
                    await asyncio.wait((writing,))
                    feed = await Feed.of(store, partition)
                else:
                    await feed(*lines)

    async def read() -> None:
        async with opened(database) as store:
            while not (done.is_set() and len(seen) == await store.outbox.last_sequence()):
                rows = await store.outbox.rows_after(seen[-1] if seen else 0, 7)
                seen.extend(row.seq for row in rows)
                await asyncio.sleep(0.001)

    reading = asyncio.create_task(read())
    await asyncio.gather(*map(write, range(8)))
    done.set()
    await reading
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= 8 * 9 * 2


async def test_published_rows_are_forgotten_and_the_sequence_goes_on(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(refused(), refused(), refused())
    assert await store.outbox.forget(2) == 2
    await feed(refused())
    assert [row.seq for row in await store.outbox.rows_after(0, 10)] == [3, 4]
    assert await store.outbox.last_sequence() == 4


async def test_large_messages_are_handed_out_in_smaller_numbers(store: Store) -> None:
    """A flood of large dead letters must not fill the relay's memory; the order and the wholeness stay."""
    claim = await store.claim(TOPIC, 0, "one")
    large = [Decided(record(n, value=b"x" * 900_000), refused()) for n in range(50)]
    await store.commit(Batch(claim, 0, 50, tuple(large)))
    first = await store.outbox.rows_after(0, 500)
    assert [row.seq for row in first] == list(range(1, 37))
    assert [row.seq for row in await store.outbox.rows_after(36, 500)] == list(range(37, 51))


async def test_a_database_that_was_set_back_shows_it(database: Database, postgres: str) -> None:
    """The relay compares this number with what it published, and refuses to start."""
    async with opened(database) as store:
        await (await Feed.of(store))(refused())
    backup = urlsplit(database.url).path[1:] + "_backup"
    admin = await asyncpg.connect(postgres)
    try:
        await admin.execute(f"CREATE DATABASE {backup} TEMPLATE {urlsplit(database.url).path[1:]}")
        async with opened(database) as store:
            await (await Feed.of(store))(refused(), refused())
            assert await store.outbox.last_sequence() == 3
        async with opened(Database(named(postgres, backup))) as store:
            assert await store.outbox.last_sequence() == 1
            assert await store.position(TOPIC, 0) == 1
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {backup} WITH (FORCE)")
        await admin.close()


async def test_a_second_relay_stands_by_until_the_first_leaves(database: Database) -> None:
    async with opened(database) as one, opened(database) as two:
        order: list[str] = []

        async def follow() -> None:
            async with two.outbox.lead():
                order.append("two")

        async with one.outbox.lead():
            following = asyncio.create_task(follow())
            await asyncio.sleep(0.3)
            order.append("one")
        await following
        assert order == ["one", "two"]


async def test_a_leader_that_hangs_is_succeeded(database: Database) -> None:
    """Its process stands still, its connection does not: only the missing heartbeat gives it away."""
    impatient = replace(database, waits=Waits(leader=0.6))
    leads, hangs = threading.Event(), threading.Event()

    async def lead_and_hang() -> None:
        async with opened(impatient) as store, store.outbox.lead():
            wakeups = store.outbox.wakeups()
            leads.set()
            hangs.wait(20)  # blocks the event loop, as SIGSTOP would
            with pytest.raises(DatabaseUnavailable):
                await asyncio.wait_for(anext(wakeups), 5)

    hanging = asyncio.create_task(asyncio.to_thread(asyncio.run, lead_and_hang()))
    await asyncio.to_thread(leads.wait, 20)
    async with opened(impatient) as heir, heir.outbox.lead():
        await asyncio.sleep(1.5)
        hangs.set()
        await hanging
        waiting = asyncio.ensure_future(anext(heir.outbox.wakeups()))
        await (await Feed.of(heir))(refused())
        await asyncio.wait_for(waiting, 5)


async def test_the_leader_is_woken_once_for_many_commits(database: Database) -> None:
    async with opened(database) as relay, opened(database) as ingest:
        feed = await Feed.of(ingest)
        async with relay.outbox.lead():
            wakeups = relay.outbox.wakeups()
            waiting = asyncio.ensure_future(anext(wakeups))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            await feed(refused())
            await asyncio.wait_for(waiting, 5)
            for _ in range(5):
                await feed(refused())
            await asyncio.sleep(0.2)
            await asyncio.wait_for(anext(wakeups), 5)
            once_more = asyncio.ensure_future(anext(wakeups))
            await asyncio.sleep(0.2)
            assert not once_more.done()
            once_more.cancel()
            await asyncio.wait((once_more,))


async def test_a_leader_that_loses_its_connection_learns_it(database: Database, rows: asyncpg.Connection) -> None:
    async with opened(database) as store, store.outbox.lead():
        waiting = asyncio.ensure_future(anext(store.outbox.wakeups()))
        await asyncio.sleep(0.1)
        await rows.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        with pytest.raises(DatabaseUnavailable, match="leader"):
            await asyncio.wait_for(waiting, 5)


async def test_a_new_event_is_readable_json(store: Store) -> None:
    await (await Feed.of(store))(found("a"))
    (row,) = await store.outbox.rows_after(0, 1)
    assert orjson.loads(row.message.value or b"")["revision"] == 1
