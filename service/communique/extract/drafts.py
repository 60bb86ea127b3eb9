"""One trigger with its arguments as the draft of a meeting: its status, its day and its place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from communique.extract.sides import Bound, within
from communique.languages import Language
from communique.model import DateMention, Document, Evidence, Party, PlaceMention

_M = TypeVar("_M", DateMention, PlaceMention)

OFF = frozenset({"cancelled", "postponed", "refused"})

BEHIND = 2
"""Sentences behind a journey called off in which its day may be told."""

_AFTER = 3
"""Sentences behind a journey in which its city may be told."""

_NEAR = 80
"""Characters between an invitation and the place it is for."""

_BEFORE = 1
"""Sentences before an encounter in which its city may be told."""

_SINCE = 90
"""Characters of a clause with "since" before its date."""
_YEAR = 366
_OLD_DAYS = 31
"""A meeting further back than this is told as history."""


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    sideline: tuple[str, ...]
    pluperfect: frozenset[str]
    light: frozenset[str]
    """Words that make a plain verb of the auxiliary before them: "had a meeting"."""
    airport: tuple[str, ...]
    instead: tuple[tuple[str, ...], ...]
    meant: tuple[tuple[str, ...], ...]
    since: frozenset[str]
    opinion: tuple[str, ...]
    said: frozenset[str]
    told_behind: frozenset[str]
    of: frozenset[str]
    weak: frozenset[str]
    """Ids of the triggers that are words of many other uses."""


def compile(language: Language) -> Rules:
    words = language.words
    return Rules(
        language.code,
        words.sideline,
        frozenset(words.pluperfect),
        frozenset() if words.nouns_capitalised else frozenset((*words.article, "talks", "bilateral", "separate")),
        words.airport,
        _parts(words.instead),
        _parts(words.meant),
        frozenset(words.since),
        tuple(f"{word}{mark}" for word in words.opinion for mark in (":", " |", " -")),
        frozenset(words.said),
        frozenset(words.told_behind),
        frozenset(words.of),
        frozenset(f"{language.code}.trigger.{frame.id}" for frame in language.frames if frame.weak),
    )


def _parts(phrases: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f" {part} " for part in phrase.split("+")) for phrase in phrases)


@dataclass(slots=True)
class Draft:
    """A meeting in the making."""

    people: list[Party]
    countries: list[str]
    organisations: list[str]
    mode: str
    kinds: set[str]
    status: str
    background: bool
    """Said to be history by its own words: "zuletzt"."""
    before: bool
    """In the pluperfect: before what the article tells."""
    sentence: int
    at: int
    destination: str | None
    host: int | None
    inherited: bool
    evidence: list[Evidence] = field(default_factory=list)
    date: DateMention | None = None
    place: PlaceMention | None = None
    sentences: list[int] = field(default_factory=list)
    airport: bool = False
    """True for a welcome at the airport, which is a part of the visit."""
    group_offices: tuple[str, ...] = ()
    """Offices of unnamed officials who met: "the foreign ministers of A, B and C"."""
    heading: bool = False
    """True in a headline without a day of its own, whose present tense says no time."""
    counterfactual: bool = False
    """True for what was to be: "hätte … treffen sollen"."""
    anywhere: bool = False
    """True where every word for it leaves open whether they were in one place."""
    remote: bool = False
    """True where every word for it means a call unless a place is told."""
    own_date: bool = False
    """True where a date stands in its own sentence."""
    own_place: bool = False
    """The same for the place."""
    old: bool = False
    """True where its own date is further back than a report's meeting is."""

    @property
    def entities(self) -> frozenset[object]:
        return frozenset(p.entity if p.entity >= 0 else (p.country, p.office) for p in self.people)


def _ahead(document: Document, mention: DateMention, bound: Bound) -> bool:
    """Whether what was called off lay ahead: "für Montag geplant"."""
    if bound.trigger.data.passed:
        return False
    between = within(document.hits, bound.trigger.end, mention.start)
    if any(e.kind == "status" and e.data.status == "announced" for hit in between for e in hit.entries):
        return True  # "put off his trip, which was to begin on Sunday"
    return mention.bound == "for" or any(status == "announced" for status, _ in bound.trigger.data.cues)


def dated_before(document: Document, mention: DateMention, rules: Rules) -> bool:
    """Whether a date belongs to a phrase like "seit seiner Wahl im Februar"."""
    ahead = (
        document.folded[max(0, mention.start - _SINCE) : mention.start].rpartition(",")[2].rpartition(". ")[2].split()
    )
    return any(word in rules.since for word in ahead)


def draft_of(
    document: Document, bound: Bound, dates: Sequence[DateMention], places: Sequence[PlaceMention], rules: Rules
) -> Draft | None:
    trigger = bound.trigger
    if trigger.status in ("wished", "denied"):
        return None
    frame = trigger.data.frame
    if frame.mode in ("summit", "multilateral") and bound.group is None and _sideline(document, trigger.start, rules):
        return None
    if bound.group is not None and not bound.people and _pluperfect(document, bound, rules):
        return None  # what a conference had decided long before
    airport = frame.kind == "reception" and _at_airport(document, bound, rules)
    own = _date(document, bound, dates, rules)
    lost = trigger.status in OFF or _says(_told(document, bound), (*rules.instead, *rules.meant))
    before = None if lost else _date_before(document, bound, dates, rules)
    when = own or before or _date(document, bound, dates, rules, vague=True)
    if when is None or len(when.value or "") < len("2024-06-28"):
        when = _day_after(document, bound, dates) or when
    if when is None and trigger.status == "announced":
        when = _week_before(document, bound, dates)
    said = trigger.status
    purpose = trigger.data.form == "infinitive" and said == "announced" and not trigger.data.cues
    if purpose and when is not None and when.relation == "past":
        said = "held"  # "put on his chain yesterday to welcome the ambassador"
    clause = _told(document, bound)
    unreal = _says(clause, rules.instead)
    if unreal and said == "announced":
        said = "cancelled"
    if said == "present" and when is None and _coming(document, bound, dates):
        said = "announced"
    status = _status(document, said, when)
    if when is not None:
        when = when.directed(
            "future" if status == "announced" or (status in OFF and _ahead(document, when, bound)) else "past"
        )
    own_place = None if frame.mode == "call" else _place(document, bound, places, rules)
    told = frame.mode != "call" and trigger.status not in OFF
    where = own_place or (_place_before(document, bound, places) if told else None)
    return Draft(
        people=list(bound.people),
        countries=list(bound.countries),
        organisations=list(bound.organisations),
        mode=frame.mode,
        anywhere=frame.anywhere,
        remote=frame.remote,
        kinds={"visit" if airport else bound.group or trigger.kind},
        airport=airport,
        status=status,
        background=trigger.background,
        before=_pluperfect(document, bound, rules),
        sentence=trigger.sentence,
        at=trigger.start,
        destination=bound.destination,
        host=bound.host,
        inherited=bound.inherited,
        evidence=list(trigger.evidence),
        date=when,
        place=where,
        sentences=[trigger.sentence],
        own_date=own is not None,
        old=own is not None and _old(document, own),
        own_place=own_place is not None,
        counterfactual=unreal or _says(clause, rules.meant),
        heading=_heading(document, bound),
        group_offices=bound.offices,
    )


def _old(document: Document, mention: DateMention) -> bool:
    """Whether a date lies in a month before that of the report, and more than a month back where it says the day."""
    if document.published is None or mention.value is None or mention.relation == "future":
        return False
    if len(mention.value) == len("2024-06-28"):
        return (document.published - day_of(mention.value)).days > _OLD_DAYS
    return mention.value < document.published.isoformat()[: len(mention.value)]


def _at_airport(document: Document, bound: Bound, rules: Rules) -> bool:
    sentence = document.sentences[bound.trigger.sentence]
    told = document.folded[sentence.start : sentence.end]
    return any(place in told for place in rules.airport)


def _sideline(document: Document, start: int, rules: Rules) -> bool:
    ahead = document.folded[max(0, start - 70) : start].rpartition(",")[2]
    return any(phrase in ahead for phrase in rules.sideline)


def _pluperfect(document: Document, bound: Bound, rules: Rules) -> bool:
    clause = bound.trigger.data.clause
    words = document.tokens[clause.first : clause.last]
    if bound.trigger.data.form not in ("participle", "past", "noun"):
        return False
    for word, follow in itertools.zip_longest(words, words[1:]):
        light = bound.trigger.data.form == "noun" and follow is not None and follow.lower in rules.light
        if word.lower in rules.pluperfect and not light:
            return True
    return False


def _heading(document: Document, bound: Bound) -> bool:
    """Whether the trigger stands in a headline: a first line of its own without a full stop."""
    sentence = document.sentences[bound.trigger.sentence]
    if bound.trigger.sentence or len(document.sentences) < 2 or document.sentences[1].paragraph == sentence.paragraph:
        return False
    return document.text[sentence.end - 1] not in ".!?…"


def _told(document: Document, bound: Bound) -> str:
    """The words of the trigger's clause, for an infinitive those of the sentence up to it, a space on each side."""
    clause = bound.trigger.data.clause
    first = (
        document.sentences[bound.trigger.sentence].first if bound.trigger.data.form == "infinitive" else clause.first
    )
    return f" {' '.join([word[3] for word in document.tokens[first : clause.last]])} "


def _says(told: str, phrases: Sequence[Sequence[str]]) -> bool:
    """Whether one of the phrases stands there, all its parts."""
    return any(parts[0] in told and all(part in told for part in parts) for parts in phrases)


def clause_span(document: Document, bound: Bound) -> tuple[int, int]:
    clause = bound.trigger.data.clause
    return document.tokens[clause.first].start, document.tokens[clause.last - 1].end


def _nearest(at: int, found: Sequence[_M]) -> _M | None:
    return min(found, key=lambda m: min(abs(m.start - at), abs(m.end - at)), default=None)


def _date(
    document: Document, bound: Bound, dates: Sequence[DateMention], rules: Rules, *, vague: bool = False
) -> DateMention | None:
    """The date in the trigger's clause, else in its sentence; never a coming day for what a verb says has happened."""
    sentence = document.sentences[bound.trigger.sentence]
    happened = bound.trigger.status == "held" and bound.trigger.data.form in ("past", "participle")
    for start, end in (clause_span(document, bound), (sentence.start, sentence.end)):
        near = [
            d
            for d in within(dates, start, end)
            if not d.dateline
            and d.bound not in ("since", "before", "after")
            and not (d.bound == "until" and d.precision in ("month", "year"))
            and not (happened and d.relation == "future")
            and not (bound.trigger.status == "announced" and bound.trigger.data.cues and d.relation == "past")
            and not _of_saying(document, d, bound.trigger.end, rules)
            and not (d.precision == "year" and _word_before(document, d.start) in rules.of)
        ]
        near = [d for d in near if (d.value or d.weekday is not None) and _vague(d) == vague]
        if bound.trigger.status in OFF:
            near = [d for d in near if d.relation == "future"] or near
            near = [d for d in near if d.start > bound.trigger.end and _ahead(document, d, bound)] or near
        if bound.trigger.status == "refused":
            meant = bound.trigger.data.form == "infinitive"  # "refused to see her on Tuesday"
            near = [
                d
                for d in near
                if d.relation == "future"
                or d.bound == "for"
                or d.precision == "month"
                or (meant and d.start - bound.trigger.end >= 0 and start <= bound.trigger.start < end)
            ]
        days = [d for d in near if d.precision in ("day", "range")]
        best = _nearest(bound.trigger.start, days or near)
        if best is not None:
            return best
    return None


def _of_saying(document: Document, mention: DateMention, after: int, rules: Rules) -> bool:
    """Whether a date only says when it was told: "…, teilte der Kreml am Montag mit"."""
    if mention.start < after:
        return False
    behind = document.folded[mention.end : mention.end + 20].split()
    if behind and behind[0].strip(".,:") in rules.told_behind and behind[0][-1:] in ".,:":
        return True
    ahead = document.folded[max(after, mention.start - 60) : mention.start].split()
    return any(word.strip(",.\"'“”„") in rules.said for word in ahead[-5:])


def _word_before(document: Document, start: int) -> str:
    """The word right before an offset: "of" makes "the floods of 2021" a name."""
    return document.folded[max(0, start - 12) : start].rpartition(" ")[0].rpartition(" ")[2]


def _vague(mention: DateMention) -> bool:
    """Whether an expression says a day only by what was told before it: "am Abend", "danach", "am selben Tag"."""
    return mention.rule.rpartition(".")[2] in ("part", "same", "sequence")


def _date_before(document: Document, bound: Bound, dates: Sequence[DateMention], rules: Rules) -> DateMention | None:
    """The day of the nearest sentence before, in the same paragraph, where that one names just one."""
    number = bound.trigger.sentence
    happened = bound.trigger.status == "held" and bound.trigger.data.form in ("past", "participle")
    paragraph = document.sentences[number].paragraph
    for back in range(number - 1, max(-1, number - 4), -1):
        sentence = document.sentences[back]
        if sentence.paragraph != paragraph and number > 1:
            return None
        near = [
            d
            for d in within(dates, sentence.start, sentence.end)
            if not d.dateline
            and d.bound == "on"
            and d.value
            and not _vague(d)
            and not d.rule.endswith(".ahead")
            and not (happened and d.relation == "future")
        ]
        days = [
            d
            for d in near
            if d.precision in ("day", "range")
            and _recent(document, d)
            and not _of_saying(document, d, sentence.start, rules)
        ]
        if days:
            return days[-1] if len({d.value for d in days}) == 1 else None
    return None


def _week_before(document: Document, bound: Bound, dates: Sequence[DateMention]) -> DateMention | None:
    """The week or month of the sentence before: "führt ihn in dieser Woche nach Paris. Termine sind geplant"."""
    number = bound.trigger.sentence - 1
    if number < 0:
        return None
    sentence = document.sentences[number]
    found = within(dates, sentence.start, sentence.end)
    near = [d for d in found if d.rule.endswith(".unit") and d.bound == "on" and d.relation in ("present", "future")]
    return near[0] if len(near) == 1 and len(found) == 1 else None


def _recent(document: Document, mention: DateMention) -> bool:
    """Not further back than about a month before publication, not further ahead than a year."""
    if document.published is None or mention.value is None:
        return True
    return -_OLD_DAYS <= (day_of(mention.value) - document.published).days <= _YEAR


def day_of(day: str) -> date:
    """The calendar day of an ISO string; the first of what a shorter one names."""
    year, month, day_of_month = (*map(int, day.split("-")), 1, 1)[:3]
    return date(year, month, day_of_month)


def _day_after(document: Document, bound: Bound, dates: Sequence[DateMention]) -> DateMention | None:
    """The day that the next sentence gives to a journey announced for some week or month, or called off."""
    if bound.destination is None:
        return None
    number = bound.trigger.sentence + 1
    reach = BEHIND if bound.trigger.status in OFF else 1
    for sentence in document.sentences[number : number + reach]:
        near = [d for d in within(dates, sentence.start, sentence.end) if d.value and d.precision in ("day", "range")]
        planned = [d for d in near if d.precision == "range" or d.relation == "future"]
        if planned:
            return planned[0] if len(planned) == 1 else None
    return None


def _coming(document: Document, bound: Bound, dates: Sequence[DateMention]) -> bool:
    """Whether the clause names a coming time without a day: "demnächst", "im Herbst"."""
    start, end = clause_span(document, bound)
    return any(d.relation == "future" or d.rule.endswith(".season") for d in within(dates, start, end))


def _status(document: Document, said: str, when: DateMention | None) -> str:
    today = document.published.isoformat() if document.published else None
    if said == "present":
        if when is None:
            return "ongoing"
        if when.value is None:
            return "announced"
        if when.relation == "past" or (today and when.relation != "unknown" and when.value < today[: len(when.value)]):
            return "held"
        return "announced"
    if said in ("held", "ongoing") and when is not None and when.value and today and when.relation == "future":
        return "announced" if when.value > today[: len(when.value)] else said
    return said


def _place(document: Document, bound: Bound, places: Sequence[PlaceMention], rules: Rules) -> PlaceMention | None:
    sentence = document.sentences[bound.trigger.sentence]
    for start, end in (clause_span(document, bound), (sentence.start, sentence.end)):
        near = [p for p in within(places, start, end) if not p.dateline and not _invited(document, p)]
        if bound.destination is not None:
            there = [p for p in near if p.country == bound.destination]
            goals = [p for p in there if p.relation == "to"]
            best = _nearest(bound.trigger.start, [p for p in goals if p.city] or [p for p in there if p.city] or there)
            if best is not None and (best.city or end == sentence.end):
                return best if best.city else _city_after(document, bound, places) or best
            continue
        if bound.trigger.data.frame.topical:  # "they discussed the war in Syria"
            near = [p for p in near if p.start < bound.trigger.start or (p.city and p.country in bound.countries)]
        near = [p for p in near if p.city or not _talked_of(document, start, p)]
        own = (start, end) == clause_span(document, bound)  # "with Kenyatta, who had flown to Addis Ababa"
        inside = [p for p in near if p.relation == "in"] or [p for p in near if own and p.relation == "to" and p.city]
        if bound.trigger.status in OFF:
            inside = [p for p in near if p.relation in ("in", "to")]
            return _nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        inside = inside or [p for p in near if _stands_at(document, p, bound, rules)]
        best = _nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        if best is not None:
            return best
    return None


def _talked_of(document: Document, start: int, place: PlaceMention) -> bool:
    """Whether a country stands behind a verb whose object is a topic: "discussed the Christians in Russia"."""
    return any(
        entry.kind == "trigger" and entry.data[0].topical
        for hit in within(document.hits, start, place.start)
        for entry in hit.entries
    )


def _invited(document: Document, place: PlaceMention) -> bool:
    """Whether somebody was only asked to come there: "lud ihn nach Lima ein"."""
    if place.relation != "to":
        return False
    for hit in within(document.hits, place.start - _NEAR, place.start + _NEAR):
        if any(entry.kind == "status" and entry.data.status == "invited" for entry in hit.entries):
            low, high = sorted((hit.start, place.start))
            if high - low < _NEAR and "," not in document.text[low:high]:
                return True
    return False


def _stands_at(document: Document, place: PlaceMention, bound: Bound, rules: Rules) -> bool:
    """Whether a city without a preposition of its own is where it happened: "in der Galerie von Versailles", "at
    Luanda's palace"; a capital alone may be its government."""
    if place.city is None or place.venue or place.relation != "bare" or place.country not in bound.countries:
        return False
    if place.start <= document.sentences[bound.trigger.sentence].start:
        return False
    if (
        document.text[place.start - 2 : place.start] == ", "
        and document.text[: place.start - 2].rpartition(" ")[2][:1].isupper()
    ):
        return True  # "at State House, Nairobi"
    hit = next((h for h in document.hits if h.start == place.start), None)
    if hit is None or any(entry.kind == "country" for entry in hit.entries):
        return False  # "Singapore and Indonesia agreed"
    if any(p.start <= place.start < p.end for p in bound.people):
        return False  # "the crown prince of Abu Dhabi"
    return bool(hit.suffix) or _word_before(document, place.start) in rules.of


def _city_after(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The one city of the country travelled to that the next sentence names."""
    for number in range(bound.trigger.sentence + 1, min(bound.trigger.sentence + 1 + _AFTER, len(document.sentences))):
        sentence = document.sentences[number]
        near = [p for p in within(places, sentence.start, sentence.end) if p.country == bound.destination and p.city]
        if near:
            return near[0] if len({p.city for p in near}) == 1 and near[0].relation in ("in", "to") else None
    return None


def _place_before(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The city of the nearest sentence before that names one: in the same paragraph, or in the lead."""
    number = bound.trigger.sentence
    if bound.destination is not None:
        return None
    paragraph = document.sentences[number].paragraph
    for back in range(number - 1, max(-1, number - _BEFORE - 1), -1):
        before = document.sentences[back]
        if before.paragraph != paragraph and number > 1:
            return None
        near = [
            p
            for p in within(places, before.start, before.end)
            if not p.dateline and p.relation in ("in", "to") and p.city
        ]
        if near:
            return near[-1]
    return None
