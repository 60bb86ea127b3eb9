"""Meetings in the database: reports find their meeting, from whatever partition they come."""

from __future__ import annotations

import asyncio

import asyncpg
import orjson

from communique.model import CommitReport
from communique.store import Database, Store
from tests.integration.news import BOLUARTE, MACRON, MERZ, XI, Feed, article, found, meeting, nothing, opened, withdrawn


async def events(store: Store) -> list[tuple[str, dict[str, object]]]:
    """Type and content of all messages so far."""
    rows = await store.outbox.rows_after(0, 1000)
    return [
        (dict(row.message.headers)["ce_type"].decode().split(".")[2], orjson.loads(row.message.value or b"null"))
        for row in rows
    ]


async def test_two_languages_tell_of_one_meeting(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", language="de"))
    report = await feed(found("b", language="en"))
    assert report == CommitReport(articles=1, updated=1)
    state = orjson.loads(await rows.fetchval("SELECT state FROM api.meetings_v1"))
    assert [source["language"] for source in state["sources"]] in (["de", "en"], ["en", "de"])
    assert state["revision"] == 2


async def test_an_announcement_and_its_occurrence_are_one_meeting_in_two_revisions(store: Store) -> None:
    """Also if both come in one batch: how records fall into batches is not to be seen in the revisions."""
    feed = await Feed.of(store)
    await feed(found("a", meeting(status="announced")), found("b", meeting(status="held")))
    assert [(kind, e["revision"], e["status"]) for kind, e in await events(store)] == [
        ("reported", 1, "announced"),
        ("updated", 2, "held"),
    ]


async def test_meetings_of_the_same_people_on_other_days_or_channels_stay_apart(store: Store) -> None:
    feed = await Feed.of(store)
    report = await feed(
        found("a", meeting(day="2024-06-10"), meeting(day="2024-06-28")),
        found("b", meeting(day="2024-06-28", kind="phone_call", place=(None, None))),
        found("c", meeting((MERZ, MACRON), place=("Berlin", "DE"))),
    )
    assert report.reported == 4


async def test_a_second_article_without_news_still_adds_its_source(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a"), found("b"), found("c"))
    sources = await rows.fetch("SELECT url, publisher, language, published_at FROM api.sources_v1 ORDER BY url")
    assert [row["publisher"] for row in sources] == ["a", "b", "c"]
    assert dict(sources[0]) == {
        "url": article("a").url,
        "publisher": "a",
        "language": "en",
        "published_at": "2024-06-29",
    }


async def test_the_last_withdrawal_retracts_the_meeting_with_the_reason(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", meeting(said=["One."])), found("b", meeting(said=["Two."])))
    await feed(withdrawn("a"))
    assert [row["text"] for row in await rows.fetch("SELECT text FROM api.statements_v1")] == ["Two."]
    await feed(withdrawn("b"))
    kind, event = (await events(store))[-1]
    assert (kind, event["status"], event["reason"]) == ("retracted", "retracted", "withdrawn by the sender")
    assert await rows.fetchval("SELECT status FROM api.meetings_v1") == "retracted"


async def test_a_new_report_revives_a_retracted_meeting(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a"))
    await feed(withdrawn("a"))
    assert await feed(found("b")) == CommitReport(articles=1, updated=1)
    _, event = (await events(store))[-1]
    assert (event["revision"], event["status"], event["reason"]) == (3, "held", None)


async def test_an_article_that_returns_to_an_old_version_does_not_take_the_id_of_a_meeting_that_moved_on(
    store: Store, rows: asyncpg.Connection
) -> None:
    """The id came from the first version's content; another article has joined and holds the meeting since."""
    feed = await Feed.of(store)
    first, other = meeting(day="2024-06-10"), meeting(day="2024-06-28")
    await feed(found("a", meeting(day=None, status="announced"), text="1", published="2024-06-01"))
    await feed(found("b", other, published="2024-06-29"))
    await feed(found("a", first, text="2", published="2024-06-01"))
    await feed(found("a", meeting((XI, MERZ), day=None, status="announced"), text="3", published="2024-06-01"))
    await feed(found("a", meeting(day=None, status="announced"), text="1", published="2024-06-01"))
    current = await rows.fetch("SELECT meeting_id FROM api.meetings_v1 WHERE status <> 'retracted'")
    assert len(current) == len({row["meeting_id"] for row in current})
    assert await rows.fetchval("SELECT count(*) FROM communique.revisions") == await rows.fetchval(
        "SELECT sum(revision) FROM communique.meetings"
    )


async def test_tables_say_what_the_event_says(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a", meeting(said=["One.", "Two."])), found("b", meeting((XI, BOLUARTE, MACRON))))
    state = orjson.loads(await rows.fetchval("SELECT state FROM api.meetings_v1"))
    people = await rows.fetch("SELECT name, country, role FROM api.participants_v1 ORDER BY position")
    assert [row["name"] for row in people] == [person["name"] for person in state["participants"]]
    assert len(people) == 3
    said = await rows.fetch("SELECT speaker, act, text, topics FROM api.statements_v1 ORDER BY position")
    assert [dict(row) for row in said] == [
        {key: each[key] for key in ("speaker", "act", "text", "topics")} for each in state["statements"]
    ]
    columns = await rows.fetchrow("SELECT kind, status, starts, city, country, countries FROM api.meetings_v1")
    assert dict(columns) == {
        "kind": "talks",
        "status": "held",
        "starts": "2024-06-28",
        "city": "Beijing",
        "country": "CN",
        "countries": ["CN", "FR", "PE"],
    }


async def test_what_was_published_last_is_what_the_table_holds(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    await feed(found("a"), found("b", meeting(day="2024-06-10")), nothing("c"))
    await feed(found("d"), withdrawn("b"), found("a", meeting(said=["New."]), text="New."))
    last = {event["meeting_id"]: event for _, event in await events(store)}
    held = {str(row["meeting_id"]): orjson.loads(row["state"]) for row in await rows.fetch("TABLE api.meetings_v1")}
    assert held == last


async def test_reports_of_one_meeting_from_many_partitions_make_one_meeting(
    database: Database, rows: asyncpg.Connection
) -> None:
    """Eight processes at once, each with the same four meetings in another order: none twice, no deadlock."""
    days = ["2024-03-05", "2024-04-15", "2024-05-25", "2024-06-28"]

    async def ingest(partition: int) -> None:
        async with opened(database) as store:
            feed = await Feed.of(store, partition)
            turn = partition % 4
            for day in days[turn:] + days[:turn]:
                await feed(*(found(f"{word}{partition}-{day}", meeting(day=day)) for word in ("early", "late")))

    await asyncio.gather(*map(ingest, range(8)))
    found_rows = await rows.fetch("SELECT starts, revision, jsonb_array_length(state->'sources') FROM api.meetings_v1")
    assert sorted(tuple(row) for row in found_rows) == [(day, 16, 16) for day in days]


async def test_sources_beyond_the_bound_of_an_event_stay_in_the_table(store: Store, rows: asyncpg.Connection) -> None:
    feed = await Feed.of(store)
    report = await feed(*(found(f"outlet{n:03}") for n in range(80)))
    state = orjson.loads(await rows.fetchval("SELECT state FROM api.meetings_v1"))
    assert len(state["sources"]) == 64
    assert report.reported + report.updated == state["revision"]
    assert await rows.fetchval("SELECT count(*) FROM api.sources_v1") == 80


async def test_a_batch_with_very_many_meetings_shares_the_database_with_others(
    database: Database, rows: asyncpg.Connection
) -> None:
    """It would need more locks than the server has; instead it takes the one lock of all."""
    codes = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"]

    async def ingest(partition: int, count: int) -> None:
        async with opened(database) as store:
            feed = await Feed.of(store, partition)
            pairs = [((f"Person {a}", a), (f"Person {b}", b)) for a in codes[:20] for b in codes[20:40]][:count]
            await feed(*(found(f"{partition}-{n}", meeting(pair)) for n, pair in enumerate(pairs)))

    await asyncio.gather(ingest(0, 300), ingest(1, 300), *(ingest(partition, 20) for partition in range(2, 6)))
    assert await rows.fetchval("SELECT count(*) FROM api.meetings_v1") == 300
    assert await rows.fetchval("SELECT count(*) FROM api.sources_v1") == 680
