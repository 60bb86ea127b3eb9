"""Whatever comes in whatever order from whatever partition: the tables agree with each other and with the messages."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter

import asyncpg
import orjson
import pytest

from communique import identify
from communique.model import Outcome
from communique.store import Database
from communique.wire import MeetingEvent
from tests.integration.news import BOLUARTE, MACRON, MERZ, XI, Feed, found, meeting, nothing, opened, refused, withdrawn

NAMES = [f"outlet{n}" for n in range(16)]
TEXTS = [f"Text {n}." for n in range(24)]
MEETINGS = [
    meeting(people, day, status, said=[f"{status} on {day}."])
    for people in ((XI, BOLUARTE), (MERZ, MACRON), (XI, MERZ))
    for day in ("2024-06-10", "2024-06-28")
    for status in ("announced", "held")
]


def anything(dice: random.Random) -> Outcome:
    """A report, a change, a withdrawal, a copy, a refusal: names and texts are few, so that they meet."""
    name, text = dice.choice(NAMES), dice.choice(TEXTS)
    turn = dice.random()
    if turn < 0.55:
        # The same text always reports the same: what one article says twice in a text would be a change otherwise.
        about = random.Random(text)
        return found(name, *about.sample(MEETINGS, about.choice((1, 1, 2))), text=text)
    if turn < 0.7:
        return nothing(name, text=f"{text} No meeting.")
    return withdrawn(name) if turn < 0.92 else refused()


@pytest.mark.parametrize("round_", range(4))
async def test_tables_and_messages_agree_after_anything(
    database: Database, rows: asyncpg.Connection, round_: int
) -> None:
    seed = int(os.environ.get("COMMUNIQUE_STRESS_SEED") or random.SystemRandom().randrange(10**6)) + round_
    print(f"seed {seed}")

    async def ingest(partition: int) -> None:
        dice = random.Random(f"{seed} {partition}")
        async with opened(database) as store:
            feed = await Feed.of(store, partition)
            for _ in range(25):
                await feed(*(anything(dice) for _ in range(dice.randint(1, 12))))

    await asyncio.gather(*map(ingest, range(6)))
    await articles_agree(rows)
    await meetings_agree(rows)
    await messages_agree(rows)


async def articles_agree(rows: asyncpg.Connection) -> None:
    """Each text that a living article has counts for exactly one of them, and the others point to it."""
    articles = {row["article_id"]: row for row in await rows.fetch("SELECT * FROM communique.articles")}
    owners = {row["content_hash"]: row["article_id"] for row in await rows.fetch("TABLE communique.contents")}
    living = {key: row for key, row in articles.items() if row["withdrawn_at"] is None}
    assert set(owners) == {row["content_hash"] for row in living.values()}
    for key, row in living.items():
        owner = owners[row["content_hash"]]
        assert row["duplicate_of"] == (None if owner == key else owner)
    sources = await rows.fetch("SELECT article_id FROM communique.sources WHERE meeting_id IS NOT NULL")
    counting = Counter(row["article_id"] for row in sources)
    expected = {key: row["meetings"] for key, row in living.items() if row["duplicate_of"] is None and row["meetings"]}
    assert counting == expected


async def meetings_agree(rows: asyncpg.Connection) -> None:
    """Each meeting is what its reports say together, and is retracted exactly if it has none."""
    reports: dict[str, list[MeetingEvent]] = {}
    for row in await rows.fetch("SELECT meeting_id, report FROM communique.sources WHERE meeting_id IS NOT NULL"):
        reports.setdefault(str(row["meeting_id"]), []).append(MeetingEvent.model_validate_json(row["report"]))
    for row in await rows.fetch("SELECT meeting_id, state FROM communique.meetings"):
        state = MeetingEvent.model_validate_json(row["state"])
        own = reports.pop(str(row["meeting_id"]), [])
        assert (state.status == "retracted") == (not own)
        if own:
            assert identify.unite(state, own).event == state
    assert not reports


async def messages_agree(rows: asyncpg.Connection) -> None:
    """The sequence has no gap, each revision went out once in its order, and the last is what the table holds."""
    outbox = await rows.fetch("SELECT seq, topic, value FROM communique.outbox ORDER BY seq")
    assert [row["seq"] for row in outbox] == list(range(1, len(outbox) + 1))
    last: dict[str, dict[str, object]] = {}
    for row in outbox:
        if row["topic"] == "meetings.events.v1":
            event = orjson.loads(row["value"])
            assert event["revision"] == 1 + int(last.get(event["meeting_id"], {}).get("revision", 0))  # type: ignore[call-overload]
            last[event["meeting_id"]] = event
    held = {str(row["meeting_id"]): orjson.loads(row["state"]) for row in await rows.fetch("TABLE communique.meetings")}
    assert held == last
    refusals = await rows.fetchval("SELECT sum(refused) FROM communique.ingest_position")
    assert refusals == sum(row["topic"] == "articles.dead-letter.v1" for row in outbox)
