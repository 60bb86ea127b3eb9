"""Meetings: reports find their meeting, states are merged, revisions come out. All inside the transaction.

    lock the identity keys, sorted → read the candidates, row locks sorted → decide in memory → write set by set

The keys keep two processes from making one meeting twice; the row locks keep them from merging into one state at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

import orjson
from asyncpg import Connection
from asyncpg import Record as Row
from pydantic_core import to_json

from communique import identify
from communique.identify import Known, Standing
from communique.model import Record
from communique.store.articles import Gone, Settled
from communique.store.connection import lock_number
from communique.store.queries import sql
from communique.wire import MeetingEvent

Change = Literal["reported", "updated", "retracted"]

_CANDIDATES = 100
"""Most meetings under one key that a report is compared with: the last that were added."""
_LOCKS = 400
"""Most locks of one transaction; the server has room for 64 a connection, in one pool for all."""
_ALL_KEYS = lock_number("communique.identity")


@dataclass(frozen=True, slots=True)
class Report:
    """One article's view of one meeting, and the record that makes it count now."""

    article_id: str
    ordinal: int
    event: MeetingEvent
    record: Record
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    change: Change
    event: MeetingEvent
    record: Record


@dataclass(slots=True)
class Standpoint:
    """A meeting while the batch works on it."""

    published: MeetingEvent | None
    """Its last revision; None for a meeting that is new."""
    known: Known | None
    """What its reports say now; None once the last of them is gone."""
    added: list[Report] = field(default_factory=list)

    @property
    def face(self) -> MeetingEvent:
        """What new reports are compared with."""
        event = self.known.event if self.known else self.published
        assert event is not None
        return event


async def revise(connection: Connection, settled: Settled, now: datetime) -> list[Revision]:
    """Let reports go and come; gives the new revisions in the order in which they are to be published."""
    dropped = await _drop(connection, settled.gone)
    reports = await _reports(connection, settled)
    silent = [
        (version.article.article_id, ordinal, None, event)
        for version in settled.silent
        for ordinal, event in enumerate(version.reports)
    ]
    revisions: list[Revision] = []
    standpoints: dict[str, Standpoint] = {}
    if reports or dropped:
        index, standpoints = await _read(connection, reports, list(dropped))
        for report in reports:
            await _join(connection, report, index, standpoints, revisions)
        for meeting_id, gone in dropped.items():
            _conclude(standpoints[meeting_id], gone, revisions)
    counting = [
        (r.article_id, r.ordinal, meeting_id, r.event)
        for meeting_id, standpoint in standpoints.items()
        for r in standpoint.added
    ]
    worked_on = {key: each for key, each in standpoints.items() if each.added or key in dropped}
    if worked_on:
        await _write(connection, worked_on, revisions, now)
    if counting or silent:
        await _write_sources(connection, [*counting, *silent])
    return revisions


async def _drop(connection: Connection, gone: Sequence[Gone]) -> dict[str, Gone]:
    """Take out the reports of articles that go; gives the meetings that they leave."""
    if not gone:
        return {}
    causes = {item.article_id: item for item in gone}
    rows = await connection.fetch(sql("drop_sources"), list(causes))
    left = {str(row["meeting_id"]): causes[str(row["article_id"])] for row in rows if row["meeting_id"]}
    return dict(sorted(left.items()))


async def _reports(connection: Connection, settled: Settled) -> list[Report]:
    """The reports that begin to count, in the order of their records."""
    found = [
        Report(version.article.article_id, ordinal, event, version.record, identify.keys(event))
        for version in settled.counting
        for ordinal, event in enumerate(version.reports)
    ]
    if settled.heirs:
        causes = dict(settled.heirs)
        for row in await connection.fetch(sql("sources_of_articles"), list(causes)):
            event = _event(row["report"])
            article_id = str(row["article_id"])
            found.append(Report(article_id, row["ordinal"], event, causes[article_id], identify.keys(event)))
    return sorted(found, key=lambda r: (r.record.offset, r.article_id, r.ordinal))


async def _read(
    connection: Connection, reports: Sequence[Report], dropped: list[str]
) -> tuple[dict[str, set[str]], dict[str, Standpoint]]:
    """Lock and read: identity key → meetings, and every meeting that a report may join or leaves."""
    keys = {key for report in reports for key in report.keys}
    if dropped:
        keys |= {row["key"] for row in await connection.fetch(sql("keys_of_meetings"), dropped)}
    await _lock(connection, keys)
    index: dict[str, set[str]] = defaultdict(set)
    ids = {report.event.meeting_id for report in reports} | set(dropped)
    candidates = await connection.fetch(sql("candidates"), sorted(keys), _CANDIDATES)
    ids |= {str(row["meeting_id"]) for row in candidates}
    standpoints = {}
    for row in await connection.fetch(sql("lock_meetings"), sorted(ids)):
        known = _known(row)
        standpoints[known.event.meeting_id] = Standpoint(known.event, None if _empty(known.event) else known)
    for row in candidates:
        if str(row["meeting_id"]) in standpoints:  # else it was erased just now
            index[row["key"]].add(str(row["meeting_id"]))
    remaining: dict[str, list[MeetingEvent]] = {meeting_id: [] for meeting_id in dropped}
    if dropped:
        for row in await connection.fetch(sql("sources_of_meetings"), dropped):
            remaining[str(row["meeting_id"])].append(_event(row["report"]))
    for meeting_id, events in remaining.items():
        standpoint = standpoints[meeting_id]
        standpoint.known = identify.unite(standpoint.face, events) if events else None
    return index, standpoints


async def _lock(connection: Connection, keys: set[str]) -> None:
    """Keep everybody else from the meetings under these keys. A batch with very many keys keeps everybody from all."""
    if len(keys) > _LOCKS:
        await connection.execute(sql("lock_all_keys"), _ALL_KEYS)
    else:
        await connection.fetchrow(sql("lock_keys"), sorted(map(lock_number, keys)), _ALL_KEYS)


async def _join(
    connection: Connection,
    report: Report,
    index: dict[str, set[str]],
    standpoints: dict[str, Standpoint],
    revisions: list[Revision],
) -> None:
    """Find the report's meeting, or make it one, and publish what it changes."""
    likes = []
    for meeting_id in sorted({found for key in report.keys for found in index[key]}):
        verdict = identify.compare(standpoints[meeting_id].face, report.event)
        if verdict.same:
            likes.append((verdict.likeness, meeting_id))
    if likes:
        meeting_id = max(likes)[1]
        standpoint = standpoints[meeting_id]
        if standpoint.known is None:
            standpoint.known = identify.unite(standpoint.face, [report.event])
        else:
            standpoint.known = identify.merge(standpoint.known, report.event)
    else:
        event = await _with_free_id(connection, report, standpoints)
        meeting_id = event.meeting_id
        standpoint = standpoints[meeting_id] = Standpoint(None, identify.first(event))
    standpoint.added.append(report)
    for key in report.keys:
        index[key].add(meeting_id)
    _publish(standpoint, report.record, revisions)


async def _with_free_id(connection: Connection, report: Report, standpoints: dict[str, Standpoint]) -> MeetingEvent:
    """The report under an id that no other meeting has. Taken is its own only if an article went back to an old version
    after its meeting had moved on."""
    event = report.event
    while event.meeting_id in standpoints:
        event = identify.renamed(event, report.article_id)
        if event.meeting_id not in standpoints and await connection.fetch(sql("lock_meetings"), [event.meeting_id]):
            standpoints[event.meeting_id] = Standpoint(event, None)
    return event


def _publish(standpoint: Standpoint, record: Record, revisions: list[Revision]) -> None:
    """A revision, if what is known differs from what was published."""
    assert standpoint.known is not None
    before, now = standpoint.published, standpoint.known.event
    if before is not None and now.model_copy(update={"revision": before.revision}) == before:
        standpoint.known = Known(before, standpoint.known.standings)
        return
    event = now.model_copy(update={"revision": before.revision + 1 if before else 1})
    standpoint.known = Known(event, standpoint.known.standings)
    standpoint.published = event
    revisions.append(Revision("updated" if before else "reported", event, record))


def _conclude(standpoint: Standpoint, gone: Gone, revisions: list[Revision]) -> None:
    """A meeting that lost reports: publish what the others say, or take it back if there is no other."""
    if standpoint.known is not None:
        _publish(standpoint, gone.record, revisions)
    elif standpoint.published is not None and standpoint.published.status != "retracted":
        event = identify.retracted(standpoint.published, gone.reason)
        standpoint.published = event
        revisions.append(Revision("retracted", event, gone.record))


async def _write(
    connection: Connection, standpoints: dict[str, Standpoint], revisions: Sequence[Revision], now: datetime
) -> None:
    """Write the revisions and, once for each meeting, the state that they end in. Also where nothing that is published
    changes, because the event is full, what the next merge must remember does."""
    json = _JsonOnce()
    events = [each.published for each in standpoints.values() if each.published]
    standings = [_packed(each.known.standings if each.known else ()) for each in standpoints.values()]
    await connection.execute(sql("write_meetings"), list(map(json, events)), standings, now)
    keys = sorted({(key, meeting_id) for meeting_id, each in standpoints.items() for r in each.added for key in r.keys})
    if keys:
        await connection.execute(sql("write_keys"), [key for key, _ in keys], [owner for _, owner in keys], now)
    if not revisions:
        return
    changes, states = [r.change for r in revisions], [json(r.event) for r in revisions]
    await connection.execute(sql("write_revisions"), changes, states, now)
    revised = {r.event.meeting_id for r in revisions}
    again = [meeting_id for meeting_id in revised if standpoints[meeting_id].face.revision > 1]
    if again:
        await connection.execute(sql("drop_participants"), again)
        await connection.execute(sql("drop_statements"), again)
    await connection.execute(sql("write_participants"), list(revised))
    await connection.execute(sql("write_statements"), list(revised))


class _JsonOnce:
    """The JSON of events, each made once: the last revision of a meeting is also its state."""

    def __init__(self) -> None:
        self._made: dict[int, str] = {}

    def __call__(self, event: MeetingEvent) -> str:
        if id(event) not in self._made:
            self._made[id(event)] = event.model_dump_json()
        return self._made[id(event)]


async def _write_sources(connection: Connection, sources: Iterable[tuple[str, int, str | None, MeetingEvent]]) -> None:
    rows = list(sources)
    await connection.execute(
        sql("write_sources"),
        [article_id for article_id, _, _, _ in rows],
        [ordinal for _, ordinal, _, _ in rows],
        [meeting_id for _, _, meeting_id, _ in rows],
        [event.model_dump_json() for _, _, _, event in rows],
    )


def _empty(event: MeetingEvent) -> bool:
    return event.status == "retracted"


def _event(json: str) -> MeetingEvent:
    return MeetingEvent.model_validate_json(json)


def _known(row: Row) -> Known:
    standings = tuple(Standing(**fields) for fields in orjson.loads(row["standings"]))
    return Known(_event(row["state"]), standings)


def _packed(standings: Iterable[Standing]) -> str:
    return to_json([asdict(standing) for standing in standings]).decode()
