"""One state out of all reports of a meeting, the same whatever the order in which they arrive.

Each field is the best of the reports under an order that never ties, or a union that is cut by such an order:

* A report that only looks back (background) adds its source, and facts only as long as no other report has any.
* Facts: who was there knows better than who announced it; then the more exact; then the first to publish.
* Status: held and ongoing beat everything; among announced, postponed, cancelled and refused the last to publish wins.

What must be remembered of each report for that, beyond the event itself, is its `Standing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from communique.identify.codes import coded
from communique.identify.likeness import CALLS, same_person
from communique.identify.names import folded
from communique.wire import Evidence, MeetingEvent, Participant, SourceReport, Statement, Topic, When, Where

_STANDINGS, _SOURCES, _PARTICIPANTS, _TOPICS, _STATEMENTS, _EVIDENCE = 256, 64, 40, 40, 40, 3
_STATEMENT_CHARACTERS = 10_000
"""Bounds that keep the event under 64 KB. What does not fit stays in the table of sources."""

_SETTLED = {"held": 3, "ongoing": 2, "announced": 1}
_WEIGHT = {"announced": 0, "postponed": 1, "refused": 2, "cancelled": 3}
_PRECISION = {"day": 4, "range": 3, "month": 2, "year": 1, "unknown": 0}


Ranks = Mapping[str, tuple[Any, ...]]
"""Article id → the rank of its best report; smaller is better."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a report counts for, apart from its facts."""

    article_id: str
    background: bool
    kind: str
    status: str
    published: str
    relationship: str | None
    confidence: float

    @property
    def rank(self) -> tuple[Any, ...]:
        """Smaller is better; no two reports tie."""
        return (self.background, -_SETTLED.get(self.status, 0), self.published, self.article_id, self.kind, self.status)


@dataclass(frozen=True)
class Known:
    """A meeting as it stands: the event and the standings of its reports."""

    event: MeetingEvent
    standings: tuple[Standing, ...]


def first(report: MeetingEvent) -> Known:
    """What is known from a single report."""
    source = report.sources[0] if report.sources else SourceReport(article_id="")
    standing = Standing(
        article_id=source.article_id,
        background=report.background,
        kind=report.kind,
        status=report.status,
        published=_moment(source.published_at),
        relationship=report.relationship,
        confidence=report.confidence,
    )
    return Known(report, (standing,))


def canonical(report: MeetingEvent) -> MeetingEvent:
    """The report in the order and with the bounds that merging gives, so that merging it again changes nothing."""
    return _united(report, report, first(report).standings)


def merge(known: Known, report: MeetingEvent) -> Known:
    """What is known with one more report. The event is the same object, or has the next revision."""
    other = first(report)
    standings = tuple(sorted({*known.standings, *other.standings}, key=lambda s: s.rank)[:_STANDINGS])
    event = _united(known.event, report, standings)
    if event == known.event:
        return known if standings == known.standings else replace(known, standings=standings)
    return Known(event.model_copy(update={"revision": known.event.revision + 1}), standings)


def unite(state: MeetingEvent, reports: Iterable[MeetingEvent]) -> Known:
    """What is known from these reports alone, under the id and the revision of the state that they replace."""
    ordered = iter(reports)
    known = first(next(ordered))
    for report in ordered:
        known = merge(known, report)
    identity = {"meeting_id": state.meeting_id, "revision": state.revision}
    return replace(known, event=known.event.model_copy(update=identity))


def retracted(state: MeetingEvent, reason: str) -> MeetingEvent:
    """The next and last revision of a meeting that no article reports any more."""
    update = {"revision": state.revision + 1, "status": "retracted", "reason": reason, "plover": None, "cameo": None}
    return state.model_copy(update=update)


def _united(state: MeetingEvent, report: MeetingEvent, standings: tuple[Standing, ...]) -> MeetingEvent:
    """Both events as one with the revision and the id of the state."""
    ranks: dict[str, tuple[Any, ...]] = {}
    for standing in standings:
        ranks.setdefault(standing.article_id, standing.rank)
    counting = [standing for standing in standings if not standing.background] or list(standings)
    base = {
        "sources": _sources(state.sources, report.sources),
        "extractor": max(state.extractor, report.extractor, key=lambda e: (e.version, e.languages, e.name)),
        "background": all(standing.background for standing in standings),
        "reason": None,
        "kind": _kind(counting),
        "status": _status(counting),
        "relationship": next((s.relationship for s in counting if s.relationship), None),
        "confidence": max(standing.confidence for standing in counting),
    }
    if state.background != report.background:
        facts = _facts(report if state.background else state)
    else:
        facts = {
            "when": min(state.when, report.when, key=lambda when: _when_rank(when, ranks)),
            "where": min(state.where, report.where, key=lambda where: _where_rank(where, ranks)),
            "participants": _participants((*state.participants, *report.participants), ranks),
            "countries": _names(state.countries, report.countries),
            "organisations": _names(state.organisations, report.organisations),
            "initiatives": _names(state.initiatives, report.initiatives),
            "topics": _topics((*state.topics, *report.topics), ranks),
            "statements": _statements((*state.statements, *report.statements), ranks),
        }
    return coded(state.model_copy(update={**base, **facts}))


def _facts(event: MeetingEvent) -> dict[str, Any]:
    names = ("when", "where", "participants", "countries", "organisations", "initiatives", "topics", "statements")
    return {name: getattr(event, name) for name in names}


# ── what the standings decide ────────────────────────────────────────────────────────────────────────────────────────


def _kind(counting: list[Standing]) -> str:
    """The best report's; but a visit only where nobody names the encounter itself, and a call where anybody says so."""
    settled = max(_SETTLED.get(standing.status, 0) for standing in counting)
    kinds = [standing.kind for standing in counting if _SETTLED.get(standing.status, 0) == settled]
    calls = [kind for kind in kinds if kind in CALLS]
    return next((kind for kind in (*calls, *kinds) if kind != "visit"), "visit")


def _status(counting: list[Standing]) -> str:
    for settled in ("held", "ongoing"):
        if any(standing.status == settled for standing in counting):
            return settled
    return max(counting, key=lambda s: (s.published, _WEIGHT.get(s.status, 0), s.article_id)).status


# ── what the facts decide ────────────────────────────────────────────────────────────────────────────────────────────


def _best(evidence: Evidence | None, ranks: Ranks) -> tuple[Any, ...]:
    """The rank of the report that a fact comes from; a report that is not remembered is the last."""
    if evidence is None:
        return (True, 1, "", "", "", "")
    return ranks.get(evidence.article_id, (True, 0, "", evidence.article_id, "", ""))


def _when_rank(when: When, ranks: Ranks) -> tuple[Any, ...]:
    return (when.start is None, -_PRECISION[when.precision], _best(when.evidence, ranks))


def _where_rank(where: Where, ranks: Ranks) -> tuple[Any, ...]:
    return (where.city is None, where.country is None, where.venue is None, _best(where.evidence, ranks))


def _participants(people: Iterable[Participant], ranks: Ranks) -> tuple[Participant, ...]:
    """Each person once, with the fields of the best report, gaps filled from the others."""
    ordered = sorted(people, key=lambda p: (_first_rank(p.evidence, ranks), p.surface))
    united: list[Participant] = []
    for person in ordered:
        twin = next((n for n, other in enumerate(united) if same_person(other, person)), None)
        if twin is None:
            united.append(person)
        else:
            united[twin] = _filled(united[twin], person, ranks)
    return tuple(united[:_PARTICIPANTS])


def _filled(better: Participant, other: Participant, ranks: Ranks) -> Participant:
    update: dict[str, Any] = {
        field: getattr(other, field)
        for field in ("country", "organisation", "office", "office_text")
        if getattr(better, field) is None and getattr(other, field) is not None
    }
    if other.name and (better.name is None or (other.wikidata and not better.wikidata)):
        update |= {"name": other.name, "wikidata": other.wikidata}
    if better.role == "participant":
        update["role"] = other.role
    update["evidence"] = _evidence((*better.evidence, *other.evidence), ranks)
    return better.model_copy(update=update)


def _topics(topics: Iterable[Topic], ranks: Ranks) -> tuple[Topic, ...]:
    united: dict[str, Topic] = {}
    for topic in topics:
        known = united.get(topic.id)
        if known is None:
            united[topic.id] = topic
        else:
            evidence = _evidence((*known.evidence, *topic.evidence), ranks)
            united[topic.id] = Topic(id=topic.id, medtop=known.medtop or topic.medtop, evidence=evidence)
    ordered = sorted(united.values(), key=lambda t: (_first_rank(t.evidence, ranks), t.id))
    return tuple(ordered[:_TOPICS])


def _statements(statements: Iterable[Statement], ranks: Ranks) -> tuple[Statement, ...]:
    """Each once; two articles that quote the same words count as one."""
    united: dict[tuple[Any, ...], Statement] = {}
    for said in sorted(statements, key=lambda s: (*_place(s.evidence, ranks), s.act, s.text)):
        united.setdefault((folded(said.speaker), said.act, said.text.casefold()), said)
    kept: list[Statement] = []
    room = _STATEMENT_CHARACTERS
    for said in list(united.values())[:_STATEMENTS]:
        room -= len(said.text)
        if room < 0:
            break
        kept.append(said)
    return tuple(kept)


def _evidence(items: Iterable[Evidence], ranks: Ranks) -> tuple[Evidence, ...]:
    return tuple(sorted(set(items), key=lambda e: (*_place(e, ranks), e.end, e.rule))[:_EVIDENCE])


def _first_rank(evidence: tuple[Evidence, ...], ranks: Ranks) -> tuple[Any, ...]:
    return min((_place(item, ranks) for item in evidence), default=((True, 1, "", "", "", ""), 0))


def _place(evidence: Evidence, ranks: Ranks) -> tuple[Any, ...]:
    return (_best(evidence, ranks), evidence.start)


def _sources(ours: Iterable[SourceReport], theirs: Iterable[SourceReport]) -> tuple[SourceReport, ...]:
    united = {source.article_id: source for source in (*theirs, *ours)}
    ordered = sorted(united.values(), key=lambda s: (_moment(s.published_at), s.article_id))
    return tuple(ordered[:_SOURCES])


def _names(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*ours, *theirs}))


def _moment(published: str | None) -> str:
    """A moment of publication that sorts as text; the unknown is last."""
    if published is None:
        return "~"
    try:
        when = datetime.fromisoformat(published)
    except ValueError:
        return "~" + published
    return published if when.tzinfo is None else when.astimezone(UTC).isoformat()
