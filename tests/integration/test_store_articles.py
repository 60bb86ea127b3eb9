"""Articles: versions, duplicates, and who takes the place of one that is withdrawn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg

from communique.model import Batch, CommitReport, Decided
from communique.store import Database, Publication, Store, connect
from communique.store.codec import unpacked
from communique.store.queries import sql
from tests.integration.news import (
    MACRON,
    MERZ,
    TOPIC,
    Feed,
    article,
    found,
    meeting,
    nothing,
    opened,
    record,
    withdrawn,
)

EARLY, LATE = datetime(2024, 6, 29, 8, tzinfo=UTC), datetime(2024, 6, 29, 20, tzinfo=UTC)


async def test_the_same_article_at_a_second_offset_counts_as_duplicate(store: Store) -> None:
    feed = await Feed.of(store)
    assert await feed(found("a")) == CommitReport(articles=1, reported=1)
    assert await feed(found("a")) == CommitReport(duplicates=1)


async def test_the_same_text_at_a_second_address_adds_no_revision(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", text="One text."))
    assert await feed(found("b", text="One text.")) == CommitReport(duplicates=1)
    twin = await rows.fetchval("SELECT duplicate_of FROM communique.articles WHERE url LIKE '%//b.%'")
    assert str(twin) == article("a").article_id


async def test_duplicates_inside_one_batch_count_once(store: Store) -> None:
    feed = await Feed.of(store)
    report = await feed(found("a", text="One."), found("a", text="One."), found("b", text="One."), nothing("c"))
    assert report == CommitReport(articles=2, duplicates=2, reported=1)


async def test_a_changed_article_replaces_its_reports(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", meeting(said=["First."]), text="One.", modified=EARLY))
    report = await feed(found("a", meeting(said=["Second."]), text="Two.", modified=LATE))
    assert report == CommitReport(articles=1, updated=1)
    assert [row["text"] for row in await rows.fetch("SELECT text FROM api.statements_v1")] == ["Second."]
    assert await rows.fetchval("SELECT count(*) FROM api.sources_v1") == 1


async def test_a_changed_article_keeps_its_meeting_though_it_was_the_only_source(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a", meeting(status="announced"), text="One."))
    await feed(found("a", meeting(status="held"), text="Two."))
    one, two = [row.message for row in await store.outbox.rows_after(0, 9)]
    assert one.key == two.key
    assert dict(two.headers)["ce_revision"] == b"2"


async def test_a_changed_article_without_the_meeting_takes_it_back(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a", text="One."))
    assert await feed(nothing("a", text="Two.")) == CommitReport(articles=1, retracted=1)


async def test_an_older_version_changes_nothing(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a", text="New.", modified=LATE))
    assert await feed(nothing("a", text="Old.", modified=EARLY)) == CommitReport(duplicates=1)


async def test_the_last_version_inside_one_batch_counts(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    report = await feed(nothing("a", text="1"), found("a", text="2"), withdrawn("a"), found("a", text="3"))
    assert report == CommitReport(articles=1, duplicates=1, reported=1)
    assert await rows.fetchval("SELECT withdrawn_at FROM communique.articles") is None


async def test_a_withdrawn_article_that_was_never_here_is_nothing(store: Store) -> None:
    assert await (await Feed.of(store))(withdrawn("a")) == CommitReport()


async def test_a_withdrawn_article_may_come_back(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a"))
    assert await feed(withdrawn("a")) == CommitReport(retracted=1)
    assert await feed(withdrawn("a")) == CommitReport()
    assert await feed(found("a")) == CommitReport(articles=1, updated=1)
    assert len({row.message.key for row in await store.outbox.rows_after(0, 9)}) == 1


async def test_an_article_is_withdrawn_under_any_of_its_addresses(store: Store) -> None:
    """It is stored under its canonical address; the sender's key is its URL."""
    feed = await Feed.of(store)
    await feed(found("canonical", also=["url", "uri"]))
    assert await feed(withdrawn("url")) == CommitReport(retracted=1)
    assert await feed(found("canonical", also=["url", "uri"])) == CommitReport(articles=1, updated=1)
    assert await feed(withdrawn("uri")) == CommitReport(retracted=1)
    assert await feed(withdrawn("url"), withdrawn("uri"), withdrawn("canonical")) == CommitReport()


async def test_a_withdrawal_that_names_more_addresses_finds_what_is_stored_under_one(store: Store) -> None:
    """The canonical address came to light only with the withdrawal."""
    feed = await Feed.of(store)
    await feed(found("url"))
    assert await feed(withdrawn("canonical", also=["url"])) == CommitReport(retracted=1)


async def test_articles_that_share_an_address_besides_their_own_are_not_withdrawn_together(store: Store) -> None:
    """A sender puts the same URI on all that it sends, and takes one back."""
    feed = await Feed.of(store)
    await feed(found("a", also=["shared"]), found("b", meeting((MERZ, MACRON)), also=["shared"]))
    assert await feed(withdrawn("a", also=["shared"])) == CommitReport(retracted=1)


async def test_inside_one_batch_the_order_decides_whatever_the_addresses(
    store: Store, rows: asyncpg.Connection
) -> None:
    feed = await Feed.of(store)
    assert await feed(found("canonical", also=["url"]), withdrawn("url")) == CommitReport()
    assert await rows.fetchval("SELECT count(*) FROM communique.articles") == 0
    await feed(found("canonical", also=["url"]))
    report = await feed(withdrawn("url"), found("canonical", also=["url"]))
    assert report == CommitReport(articles=1)
    assert await rows.fetchval("SELECT count(*) FROM communique.articles WHERE withdrawn_at IS NULL") == 1


async def test_a_duplicate_takes_the_place_of_a_withdrawn_article(store: Store, rows: asyncpg.Connection) -> None:
    """The meeting does not end while another outlet still has the same text."""
    feed = await Feed.of(store)
    await feed(found("a", text="One."), found("b", text="One."), found("c", text="One."))
    assert await feed(withdrawn("a")) == CommitReport(updated=1)
    assert await rows.fetchval("SELECT url FROM api.sources_v1") == article("b").url
    assert await feed(withdrawn("b")) == CommitReport(updated=1)
    assert await feed(withdrawn("c")) == CommitReport(retracted=1)


async def test_a_duplicate_takes_the_place_of_a_changed_article(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", text="One."), found("b", text="One."))
    await feed(nothing("a", text="Something else."))
    assert await rows.fetchval("SELECT url FROM api.sources_v1") == article("b").url


async def test_a_withdrawn_duplicate_leaves_the_meeting_alone(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a", text="One."), found("b", text="One."))
    assert await feed(withdrawn("b")) == CommitReport()
    assert await feed(withdrawn("a")) == CommitReport(retracted=1)


async def test_of_many_processes_that_store_one_text_one_counts(database: Database, rows: asyncpg.Connection) -> None:
    """The order of the addresses differs in each, so that they would wait in a circle if the store let them."""
    names = [f"outlet{n}" for n in range(12)]

    async def ingest(partition: int) -> CommitReport:
        async with opened(database) as store:
            feed = await Feed.of(store, partition)
            order = names[partition:] + names[:partition]
            return await feed(*(found(name, text=f"Text {names.index(name) // 2}.") for name in order))

    reports = await asyncio.gather(*map(ingest, range(6)))
    assert sum(report.articles for report in reports) == 6
    assert sum(report.duplicates for report in reports) == 6 * 12 - 6
    assert await rows.fetchval("SELECT count(*) FROM communique.articles WHERE duplicate_of IS NULL") == 6


async def test_withdrawing_an_article_while_its_twin_arrives_leaves_the_twin(
    database: Database, rows: asyncpg.Connection
) -> None:
    async def race(number: int) -> None:
        async with opened(database) as one, opened(database) as two:
            first, second = await Feed.of(one, 2 * number), await Feed.of(two, 2 * number + 1)
            text = f"Text {number}."
            await first(found(f"a{number}", text=text))
            await asyncio.gather(first(withdrawn(f"a{number}")), second(found(f"b{number}", text=text)))

    for number in range(8):
        await race(number)
    living = "SELECT count(*) FROM communique.articles WHERE duplicate_of IS NULL AND withdrawn_at IS NULL"
    assert await rows.fetchval(living) == 8
    assert await rows.fetchval("SELECT count(*) FROM communique.sources WHERE meeting_id IS NOT NULL") == 8


async def test_the_bytes_of_an_accepted_article_are_kept(store: Store, rows: asyncpg.Connection) -> None:
    headers = (("traceparent", b"00-1"), ("raw", b"\x00\xff"))
    claim = await store.claim(TOPIC, 0, "one")
    own = record(0, value=b'{"body": "\x00"}', headers=headers)
    await store.commit(Batch(claim, 0, 1, (Decided(own, nothing("a")),)))
    kept = await rows.fetchrow(sql("raw_article"), article("a").article_id)
    assert (kept["value"], kept["key"], unpacked(kept["headers"])) == (own.value, own.key, headers)


async def test_a_clock_that_steps_back_loses_no_article(database: Database, rows: asyncpg.Connection) -> None:
    """Months without a partition are caught, and order comes from offsets and revisions, never from the clock."""
    clock = iter([datetime(2031, 5, 1, tzinfo=UTC)] * 3 + [datetime(1999, 1, 1, tzinfo=UTC)] * 9)
    async with connect(database, Publication(), lambda: next(clock)) as store:
        feed = await Feed.of(store)
        await feed(found("a"))
        await feed(found("b"))
    assert await rows.fetchval("SELECT count(*) FROM communique.raw_articles_other") == 2
    assert await rows.fetchval("SELECT revision FROM api.meetings_v1") == 2
