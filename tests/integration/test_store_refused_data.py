"""A record that the database cannot take costs itself and nobody else."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from communique.model import CommitReport, Found, Outcome
from communique.store import Store
from tests.integration.news import TOPIC, Feed, batch, found, meeting, nothing, refused


def with_text(outcome: Found, text: str) -> Found:
    """The same, with a text in the report that no reader should ever have let through."""
    (report,) = outcome.meetings
    return replace(outcome, meetings=(report.model_copy(update={"relationship": text}),))


POISONS = {
    "a zero byte": lambda name: with_text(found(name), "a\x00b"),
    "half a character": lambda name: with_text(found(name), "a\ud800b"),
    "a number too large": lambda name: replace(found(name), meetings=found(name).meetings * 40_000),
    "a zero byte in the address": lambda name: replace(
        nothing(name), article=replace(nothing(name).article, uri="https://\x00")
    ),
}


@pytest.mark.parametrize("poison", POISONS)
async def test_the_one_record_is_found_and_dead_lettered(store: Store, rows: asyncpg.Connection, poison: str) -> None:
    feed = await Feed.of(store)
    days = [f"2024-06-{2 * n + 1:02}" for n in range(6)]
    outcomes: list[Outcome] = [found(f"good{n}", meeting(day=day)) for n, day in enumerate(days)]
    outcomes.insert(4, POISONS[poison]("bad"))
    report = await feed(*outcomes)
    assert report == CommitReport(articles=6, reported=6, dead_letters=1)
    assert await store.position(TOPIC, 0) == 7
    (letter,) = [row.message for row in await store.outbox.rows_after(0, 99) if "dead" in row.message.topic]
    headers = dict(letter.headers)
    assert (headers["dlq-offset"], headers["dlq-stage"]) == (b"4", b"store")
    assert headers["dlq-error-code"] == b"store_refused"
    assert await rows.fetchval("SELECT count(*) FROM communique.articles") == 6


async def test_a_batch_of_nothing_but_poison_goes_to_the_dead_letters(store: Store) -> None:
    feed = await Feed.of(store)
    report = await feed(*(with_text(found(f"bad{n}"), "\x00") for n in range(5)))
    assert report == CommitReport(dead_letters=5)
    assert await store.outbox.last_sequence() == 5


async def test_the_sequence_has_no_gap_after_a_refused_batch(store: Store) -> None:
    feed = await Feed.of(store)
    await feed(found("a"), with_text(found("bad"), "\x00"), refused())
    assert [row.seq for row in await store.outbox.rows_after(0, 9)] == [1, 2, 3]


async def test_offsets_without_a_record_are_passed_over(store: Store) -> None:
    """Halves end where the next record begins, and the last one ends where the batch ends."""
    claim = await store.claim(TOPIC, 0, "one")
    made = batch(claim, 0, found("a"), with_text(found("bad"), "\x00"), nothing("c"), end=9)
    await store.commit(made)
    assert await store.position(TOPIC, 0) == 9
