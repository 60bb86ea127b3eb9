"""One trigger with its arguments as the draft of a meeting: its status, its day and its place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from communique.extract import encounter_day, encounter_place
from communique.extract.encounter import OFF, Rules
from communique.extract.sides import Bound
from communique.model import DateMention, Document, Evidence, Party, PlaceMention


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
        return frozenset([p.entity if p.entity >= 0 else (p.country, p.office) for p in self.people])


def draft_of(
    document: Document,
    bound: Bound,
    dates: Sequence[DateMention],
    places: Sequence[PlaceMention],
    rules: Rules,
    *,
    alone: bool,
) -> Draft | None:
    """None for what is only wished for or denied, and for the conference at which something else in the sentence was;
    `alone` says that there is nothing else."""
    trigger = bound.trigger
    if trigger.status in ("wished", "denied"):
        return None
    frame = trigger.data.frame
    conference = frame.mode in ("summit", "multilateral") and bound.group is None
    if conference and _sideline(document, trigger.start, rules, alone=alone and not bound.inherited):
        return None
    if bound.group is not None and not bound.people and _pluperfect(document, bound, rules):
        return None  # what a conference had decided long before
    airport = frame.kind == "reception" and _at_airport(document, bound, rules)
    own = encounter_day.own(document, bound, dates, rules)
    clause = _told(document, bound)
    unreal, meant = _says(clause, rules.instead), _says(clause, rules.meant)
    lost = trigger.status in OFF or unreal or meant
    before = None if lost else encounter_day.before(document, bound, dates, rules)
    when = own or before or encounter_day.own(document, bound, dates, rules, vague=True)
    if when is None or len(when.value or "") < len("2024-06-28"):
        when = encounter_day.after(document, bound, dates) or when
    if when is None and trigger.status == "announced":
        when = encounter_day.week_before(document, bound, dates)
    said = trigger.status
    purpose = trigger.data.form == "infinitive" and said == "announced" and not trigger.data.cues
    if purpose and when is not None and when.relation == "past":
        said = "held"  # "put on his chain yesterday to welcome the ambassador"
    if unreal and said == "announced":
        said = "cancelled"
    if said == "present" and when is None and encounter_day.coming(document, bound, dates):
        said = "announced"
    status = _status(document, said, when)
    if when is not None:
        when = when.directed(
            "future"
            if status == "announced" or (status in OFF and encounter_day.ahead(document, when, bound))
            else "past"
        )
    own_place = None if frame.mode == "call" else encounter_place.own(document, bound, places, rules)
    told = frame.mode != "call" and trigger.status not in OFF
    where = own_place or (encounter_place.before(document, bound, places, dates, when) if told else None)
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
        old=own is not None and encounter_day.old(document, own),
        own_place=own_place is not None,
        counterfactual=unreal or meant,
        heading=_heading(document, bound),
        group_offices=bound.offices,
    )


def _at_airport(document: Document, bound: Bound, rules: Rules) -> bool:
    sentence = document.sentences[bound.trigger.sentence]
    told = document.folded[sentence.start : sentence.end]
    return any(place in told for place in rules.airport)


def _sideline(document: Document, start: int, rules: Rules, *, alone: bool) -> bool:
    ahead = document.folded[max(0, start - 70) : start].rpartition(",")[2]
    return any(phrase in ahead for phrase in rules.sideline if not (alone and phrase in rules.at_it))


def _pluperfect(document: Document, bound: Bound, rules: Rules) -> bool:
    clause = bound.trigger.data.clause
    words = document.lower[clause.first : clause.last]
    if bound.trigger.data.form not in ("participle", "past", "noun") or rules.pluperfect.isdisjoint(words):
        return False
    for word, follow in itertools.zip_longest(words, words[1:]):
        light = bound.trigger.data.form == "noun" and follow in rules.light
        if word in rules.pluperfect and not light:
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
    return f" {' '.join(document.lower[first : clause.last])} "


def _says(told: str, phrases: Sequence[Sequence[str]]) -> bool:
    """Whether one of the phrases stands there, all its parts."""
    return any(all(part in told for part in parts) for parts in phrases if parts[0] in told)


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
