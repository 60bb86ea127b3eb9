"""What the extractors found, put together: triggers of one meeting become a draft, drafts become meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeVar

from communique.extract import confidence
from communique.extract.arguments import Bound
from communique.languages import Language
from communique.model import (
    DateMention,
    Document,
    Evidence,
    Meeting,
    Participant,
    Party,
    PlaceMention,
    Statement,
    Topic,
    TopicMention,
    When,
    Where,
)

_BELOW = frozenset({"secretary_of_state", "high_representative", "speaker_of_parliament", "national_security_adviser"})
_M = TypeVar("_M", DateMention, PlaceMention)
_KINDS = ("video_call", "phone_call", "summit", "multilateral", "talks", "reception", "meeting", "visit")
"""Of several words for one meeting the first of these is its kind."""
_REMOTE = frozenset({"phone_call", "video_call"})
_OFF = frozenset({"cancelled", "postponed", "refused"})
_AFTER = 3
"""Sentences behind a journey in which its city may be told."""
_PAST_DAYS = 5
"""What is told beside the main meeting and lies further back than this is told for comparison."""
_OLD_DAYS = 31
"""A meeting further back than this is told as history."""


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    sideline: tuple[str, ...]
    pluperfect: frozenset[str]
    airport: tuple[str, ...]
    instead: tuple[str, ...]
    since: frozenset[str]
    opinion: tuple[str, ...]
    said: frozenset[str]
    weak: frozenset[str]
    """Ids of the triggers that are words of many other uses."""


def compile(language: Language) -> Rules:
    words = language.words
    return Rules(
        language.code,
        words.sideline,
        frozenset(words.pluperfect),
        words.airport,
        words.instead,
        frozenset(words.since),
        tuple(f"{word}{mark}" for word in words.opinion for mark in (":", " |", " -")),
        frozenset(words.said),
        frozenset(f"{language.code}.trigger.{frame.id}" for frame in language.frames if frame.weak),
    )


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
    own_date: bool = False
    """True where a date stands in its own sentence."""
    own_place: bool = False
    """The same for the place."""

    @property
    def entities(self) -> frozenset[object]:
        return frozenset(p.entity if p.entity >= 0 else (p.country, p.office) for p in self.people)


def drafts(
    document: Document,
    bounds: Sequence[Bound],
    dates: Sequence[DateMention],
    places: Sequence[PlaceMention],
    rules: Rules,
) -> list[Draft]:
    """One draft for each meeting, in order of the text."""
    out: list[Draft] = []
    if document.folded.startswith(rules.opinion):
        return out
    dates = [d for d in dates if not _since(document, d, rules)]
    for bound in bounds:
        draft = _draft(document, bound, dates, places, rules)
        if draft is None:
            continue
        known = _known(out, draft, bound)
        if known is not None:
            if draft.mode in ("summit", "multilateral") and known.mode not in ("summit", "multilateral"):
                continue  # the conference at which they met
            if draft.airport and known.mode == "travel":
                continue  # who welcomes at the airport does not yet take part
            _join(known, draft, bound)
        elif not bound.refers and not _unfixed(document, draft, bound):
            out.append(draft)
    return _spread(_without_shadows(out))


def _unfixed(document: Document, draft: Draft, bound: Bound) -> bool:
    """Whether a plan of people told before says no day and no place: "beide Seiten sollten den Dialog fortsetzen"."""
    start, end = _clause_span(document, bound)
    wish = (
        bound.inherited
        and bound.trigger.data.form == "noun"
        and draft.status == "announced"
        and not any(start <= p.start < end for p in bound.people)
    )
    return wish and draft.mode != "travel" and not draft.own_date and not draft.own_place


def _ahead(mention: DateMention, bound: Bound) -> bool:
    """Whether what was called off lay ahead: "für Montag geplant"."""
    if bound.trigger.data.passed:
        return False
    return mention.bound == "for" or any(status == "announced" for status, _ in bound.trigger.data.cues)


def _since(document: Document, mention: DateMention, rules: Rules) -> bool:
    """Whether a date belongs to a phrase like "seit seiner Wahl im Februar"."""
    ahead = document.folded[max(0, mention.start - 40) : mention.start].rpartition(",")[2].split()
    return any(word in rules.since for word in ahead[-4:])


# ── one trigger ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _draft(
    document: Document, bound: Bound, dates: Sequence[DateMention], places: Sequence[PlaceMention], rules: Rules
) -> Draft | None:
    trigger = bound.trigger
    if trigger.status in ("wished", "denied"):
        return None
    frame = trigger.data.frame
    if frame.mode in ("summit", "multilateral") and bound.group is None and _sideline(document, trigger.start, rules):
        return None
    airport = frame.kind == "reception" and _at_airport(document, bound, rules)
    own = _date(document, bound, dates, rules)
    before = None if trigger.status in _OFF else _date_before(document, bound, dates, rules)
    when = own or before or _date(document, bound, dates, rules, vague=True)
    if when is None or len(when.value or "") < len("2024-06-28"):
        when = _day_after(document, bound, dates) or when
    said = trigger.status
    if said == "present" and when is None and _coming(document, bound, dates):
        said = "announced"
    status = _status(document, said, when)
    if when is not None:
        when = when.directed("future" if status == "announced" or (status in _OFF and _ahead(when, bound)) else "past")
    own_place = None if frame.mode == "call" else _place(document, bound, places)
    told = frame.mode != "call" and trigger.status not in _OFF
    where = own_place or (_place_before(document, bound, places) if told else None)
    return Draft(
        people=list(bound.people),
        countries=list(bound.countries),
        organisations=list(bound.organisations),
        mode=frame.mode,
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
        own_place=own_place is not None,
        counterfactual=_counterfactual(document, bound, rules),
        heading=_heading(document, bound),
        group_offices=bound.offices,
    )


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
    return bound.trigger.data.form in ("participle", "past", "noun") and any(w.lower in rules.pluperfect for w in words)


def _heading(document: Document, bound: Bound) -> bool:
    """Whether the trigger stands in a headline: a first line of its own without a full stop."""
    sentence = document.sentences[bound.trigger.sentence]
    if bound.trigger.sentence or len(document.sentences) < 2 or document.sentences[1].paragraph == sentence.paragraph:
        return False
    return document.text[sentence.end - 1] not in ".!?…"


def _counterfactual(document: Document, bound: Bound, rules: Rules) -> bool:
    start, end = _clause_span(document, bound)
    told = f" {document.folded[start:end]} "
    return any(f" {word} " in told for word in rules.instead)


def _clause_span(document: Document, bound: Bound) -> tuple[int, int]:
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
    for start, end in (_clause_span(document, bound), (sentence.start, sentence.end)):
        near = [
            d
            for d in dates
            if start <= d.start < end
            and not d.dateline
            and d.bound not in ("since", "before", "after")
            and not (happened and d.relation == "future")
            and not _of_saying(document, d, bound.trigger.end, rules)
        ]
        near = [d for d in near if (d.value or d.weekday is not None) and _vague(d) == vague]
        if bound.trigger.status in _OFF:
            near = [d for d in near if d.relation == "future"] or near
        if bound.trigger.status == "refused":
            near = [d for d in near if d.relation == "future" or d.bound == "for" or d.precision == "month"]
        days = [d for d in near if d.precision in ("day", "range")]
        best = _nearest(bound.trigger.start, days or near)
        if best is not None:
            return best
    return None


def _of_saying(document: Document, mention: DateMention, after: int, rules: Rules) -> bool:
    """Whether a date only says when it was told: "…, teilte der Kreml am Montag mit"."""
    if mention.start < after:
        return False
    ahead = document.folded[max(after, mention.start - 60) : mention.start].split()
    return any(word.strip(",.\"'“”„") in rules.said for word in ahead[-5:])


def _vague(mention: DateMention) -> bool:
    """Whether an expression says a day only by what was told before it: "am Abend", "danach", "am selben Tag"."""
    return mention.rule.rpartition(".")[2] in ("part", "same", "sequence")


def _date_before(document: Document, bound: Bound, dates: Sequence[DateMention], rules: Rules) -> DateMention | None:
    """The day of the nearest sentence before, in the same paragraph, where that one names just one."""
    number = bound.trigger.sentence
    paragraph = document.sentences[number].paragraph
    for back in range(number - 1, max(-1, number - 4), -1):
        sentence = document.sentences[back]
        if sentence.paragraph != paragraph and number > 1:
            return None
        near = [
            d
            for d in dates
            if sentence.start <= d.start < sentence.end
            and not d.dateline
            and d.bound == "on"
            and d.value
            and not _vague(d)
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


def _recent(document: Document, mention: DateMention) -> bool:
    """Within about a month of publication."""
    if document.published is None or mention.value is None:
        return True
    return abs((_day_of(mention.value) - document.published).days) <= _OLD_DAYS


def _day_of(day: str) -> date:
    """The calendar day of an ISO string; the first of what a shorter one names."""
    year, month, day_of_month = (*map(int, day.split("-")), 1, 1)[:3]
    return date(year, month, day_of_month)


def _day_after(document: Document, bound: Bound, dates: Sequence[DateMention]) -> DateMention | None:
    """The day that the sentence behind gives to a journey announced for some week or month."""
    number = bound.trigger.sentence + 1
    if bound.destination is None or number >= len(document.sentences):
        return None
    sentence = document.sentences[number]
    near = [
        d for d in dates if sentence.start <= d.start < sentence.end and d.value and d.precision in ("day", "range")
    ]
    planned = [d for d in near if d.precision == "range" or d.relation == "future"]
    return planned[0] if len(planned) == 1 else None


def _coming(document: Document, bound: Bound, dates: Sequence[DateMention]) -> bool:
    """Whether the clause names a coming time without a day: "demnächst", "im Herbst"."""
    start, end = _clause_span(document, bound)
    return any(start <= d.start < end and (d.relation == "future" or d.rule.endswith(".season")) for d in dates)


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


def _place(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    sentence = document.sentences[bound.trigger.sentence]
    for start, end in (_clause_span(document, bound), (sentence.start, sentence.end)):
        near = [p for p in places if start <= p.start < end and not p.dateline]
        if bound.destination is not None:
            there = [p for p in near if p.country == bound.destination]
            best = _nearest(bound.trigger.start, [p for p in there if p.city] or there)
            if best is not None and (best.city or end == sentence.end):
                return best if best.city else _city_after(document, bound, places) or best
            continue
        inside = [p for p in near if p.relation == "in"] or [p for p in near if p.relation == "to" and p.city]
        if bound.trigger.status in _OFF:
            inside = [p for p in near if p.relation in ("in", "to")]
            return _nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        inside = inside or [p for p in near if _stands_at(document, p, bound)]
        best = _nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        if best is not None:
            return best
    return None


def _stands_at(document: Document, place: PlaceMention, bound: Bound) -> bool:
    """Whether a city without a preposition of its own is where it happened: "in der Galerie von Versailles", "at
    Luanda's palace"; a capital alone may be its government."""
    if place.city is None or place.relation != "bare" or place.country not in bound.countries:
        return False
    if place.start <= document.sentences[bound.trigger.sentence].start:
        return False
    if (
        document.text[place.start - 2 : place.start] == ", "
        and document.text[: place.start - 2].rpartition(" ")[2][:1].isupper()
    ):
        return True  # "at State House, Nairobi"
    hit = next((h for h in document.hits if h.start == place.start), None)
    seat = hit is not None and any(entry.kind == "metonym" for entry in hit.entries)
    return not seat or bool(hit and hit.suffix)


def _city_after(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The one city of the country travelled to that the next sentence names."""
    for number in range(bound.trigger.sentence + 1, min(bound.trigger.sentence + 1 + _AFTER, len(document.sentences))):
        sentence = document.sentences[number]
        near = [
            p for p in places if sentence.start <= p.start < sentence.end and p.country == bound.destination and p.city
        ]
        if near:
            return near[0] if len({p.city for p in near}) == 1 and near[0].relation in ("in", "to") else None
    return None


def _place_before(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The city of the sentence before, in the same paragraph."""
    number = bound.trigger.sentence
    if (
        number == 0
        or bound.destination is not None
        or document.sentences[number - 1].paragraph != document.sentences[number].paragraph
    ):
        return None
    before = document.sentences[number - 1]
    near = [
        p
        for p in places
        if before.start <= p.start < before.end and not p.dateline and p.relation in ("in", "to") and p.city
    ]
    return near[-1] if near else None


# ── several triggers, one meeting ────────────────────────────────────────────────────────────────────────────────────


def _known(out: Sequence[Draft], draft: Draft, bound: Bound) -> Draft | None:
    """The meeting already told that a trigger speaks of."""
    for known in reversed(out):
        if _one(known, draft, bound):
            return known
    return None


def _one(known: Draft, draft: Draft, bound: Bound) -> bool:
    if bool(known.kinds & _REMOTE) != bool(draft.kinds & _REMOTE) and not _spoken(known, draft, bound):
        return False
    if bound.adds:
        return known.entities <= draft.entities
    if bound.refers and draft.status not in ("announced", *_OFF):
        return known.entities == draft.entities or draft.entities <= known.entities
    abroad = set(known.countries) - {p.country for p in known.people}
    if len(abroad) > 1 and any(p.country in abroad for p in draft.people):
        return False  # one of the group, told by itself
    if known.mode == "travel" and draft.mode != "travel" and draft.own_date and draft.sentence != known.sentence:
        return False  # a programme point with a day of its own
    if known.heading and draft.sentence <= 2 and known.entities & draft.entities:
        return True  # the headline and the lead
    apart = known.mode == "travel" and draft.mode != "travel" and draft.sentence != known.sentence
    if apart and known.status in ("announced", "ongoing") and not bound.refers:
        return False  # the journey is the news, what is planned on it comes beside it
    same = known.entities == draft.entities and known.entities
    reach = 2 if known.status in _OFF and draft.counterfactual else 1
    part = (
        draft.entities
        and (draft.entities <= known.entities or known.entities <= draft.entities)
        and draft.sentence - known.sentences[-1] <= reach
    )
    if not (same or part):
        return False
    off = known.status in _OFF and draft.sentence - known.sentence <= 2 and draft.status in ("announced", *_OFF)
    if _class(known.status) != _class(draft.status) and not (off and draft.counterfactual):
        return False
    if (
        (known.background or known.before) != (draft.background or draft.before)
        and draft.date is not None
        and known.sentence != draft.sentence
    ):
        return False
    if known.date is not None and draft.date is not None and not _compatible(known.date, draft.date):
        return False
    if known.place is None or draft.place is None or not known.place.country or not draft.place.country:
        return True
    talked_of = bound.inherited and not draft.own_date and draft.place.country not in draft.countries
    return known.place.country == draft.place.country or talked_of  # "they discussed the mission in Haiti"


def _spoken(known: Draft, draft: Draft, bound: Bound) -> bool:
    """Whether a call and a talk are one: "das Gespräch … die beiden telefonierten", with no other day or place."""
    if bound.refers and draft.mode == "encounter":
        return True
    if known.sentence == draft.sentence and known.entities == draft.entities:
        return True
    talk, call = (draft, known) if known.kinds & _REMOTE else (known, draft)
    if talk.kinds != {"talks"} or talk.entities != call.entities:
        return False
    if talk.place is not None and talk.own_place:
        return False
    return not (talk.own_date and call.own_date)


def _class(status: str) -> str:
    return "held" if status in ("held", "ongoing") else "off" if status in _OFF else status


def _compatible(one: DateMention, other: DateMention) -> bool:
    if one.value is None or other.value is None:
        return True
    short = min(len(one.value), len(other.value))
    return (
        one.value[:short] == other.value[:short]
        or (one.value <= other.value <= (one.until or one.value))
        or (other.value <= one.value <= (other.until or other.value))
    )


def _join(known: Draft, draft: Draft, bound: Bound) -> None:
    known.kinds |= draft.kinds
    if known.mode == "travel" and draft.mode != "travel":
        known.mode = draft.mode
    entities = known.entities
    if not bound.refers or bound.adds:
        known.people.extend(
            p for p in draft.people if (p.entity if p.entity >= 0 else (p.country, p.office)) not in entities
        )
        known.countries.extend(c for c in draft.countries if c not in known.countries)
        known.organisations.extend(o for o in draft.organisations if o not in known.organisations)
    if known.date is None or (draft.date is not None and len(draft.date.value or "") > len(known.date.value or "")):
        known.date = draft.date or known.date
    if known.place is None or (draft.place is not None and draft.place.city and not known.place.city):
        known.place = draft.place or known.place
    known.destination = known.destination or draft.destination
    if known.status in _OFF and draft.counterfactual and draft.date is not None:
        known.date = draft.date  # the day it was to be on, not the one on which it was called off
    known.host = known.host if known.host is not None else draft.host
    known.evidence.extend(draft.evidence)
    known.sentences.append(draft.sentence)
    if known.status == "ongoing" and draft.status == "held":
        known.status = "held"
    if known.status == "refused" and draft.status in ("postponed", "cancelled"):
        known.status = draft.status
    if known.heading and draft.date is not None:
        known.status, known.date, known.heading = draft.status, draft.date, False


def _without_shadows(out: list[Draft]) -> list[Draft]:
    """Drops the visit that only carries a meeting: "during his visit to Berlin he met …"."""
    kept = []
    for draft in out:
        if draft.mode == "travel" and _class(draft.status) != "off":
            carried = [
                other
                for other in out
                if other is not draft
                and other.mode != "travel"
                and draft.entities <= other.entities
                and abs(other.sentence - draft.sentence) <= 1
                and _class(other.status) == _class(draft.status)
                and not (draft.own_date and other.own_date and other.sentence != draft.sentence)
            ]
            if carried:
                main = carried[0]
                if main.place is None and draft.place is not None:
                    main.place = draft.place
                if main.date is None:
                    main.date = draft.date
                continue
        kept.append(draft)
    return kept


def _spread(out: list[Draft]) -> list[Draft]:
    """Of "met the presidents of A, B and C" and the meetings told one by one behind it the latter stay."""
    kept: list[Draft] = []
    for draft in out:
        abroad = [c for c in draft.countries if c not in {p.country for p in draft.people}]
        singles = [
            other
            for other in out
            if other is not draft
            and len(abroad) > 1
            and draft.entities < other.entities
            and other.sentence >= draft.sentence
            and any(p.country in abroad for p in other.people)
        ]
        for other in singles:
            other.date = other.date or draft.date
            other.place = other.place or draft.place
            if other.status == "ongoing":
                other.status = draft.status
        told = {p.country for other in singles for p in other.people}
        if 2 * len(told & set(abroad)) < len(abroad):
            kept.append(draft)
            continue
        rest = [c for c in draft.countries if c not in told or c in {p.country for p in draft.people}]
        if singles and len(rest) < 2:
            continue
        draft.countries = rest
        kept.append(draft)
    return kept


# ── drafts to meetings ───────────────────────────────────────────────────────────────────────────────────────────────


def meetings(
    document: Document,
    drafts: Sequence[Draft],
    statements: Sequence[Statement],
    topics: Sequence[TopicMention],
    places: Sequence[PlaceMention],
    rules: Rules,
) -> tuple[Meeting, ...]:
    """Meetings with the main one first."""
    _set_back(document, drafts)
    _inherit_places(drafts)
    built = [_meeting(document, draft, topics, places, rules) for draft in drafts]
    order = sorted(
        range(len(built)),
        key=lambda i: (
            built[i].background,
            drafts[i].status in _OFF and False,
            drafts[i].sentence,
            drafts[i].mode == "travel",
        ),
    )
    ordered = [_weighed(built[i], drafts[i], rank, len(built), rules) for rank, i in enumerate(order)]
    if not ordered:
        return ()
    return _with_statements(ordered, statements)


def _set_back(document: Document, drafts: Sequence[Draft]) -> None:
    """Marks what only looks back: told in the pluperfect of an earlier day, or of the same people without a day."""
    main = min(drafts, key=lambda d: (d.background, d.sentence))
    today = document.published
    for draft in drafts:
        if draft is main or draft.background or draft.status not in ("held", "ongoing"):
            continue
        own = draft.date.value if draft.date and draft.own_date else None
        told = main.date.value if main.date and main.status in ("held", "ongoing") else None
        earlier = own is not None and told is not None and own < told[: len(own)]
        if own is not None and today is not None:
            exact = len(own) == len("2024-06-28")
            old = (today - _day_of(own)).days > _PAST_DAYS if exact else own < today.isoformat()[: len(own)]
        else:
            exact = old = False
        if old or (earlier or not exact if draft.before else earlier and draft.entities == main.entities):
            draft.background = True


def _inherit_places(drafts: Sequence[Draft]) -> None:
    """A meeting told after another of the same day and host took place in the same city."""
    for number, draft in enumerate(drafts):
        if draft.place is not None or draft.background or draft.mode == "call" or draft.mode == "travel":
            continue
        for other in reversed(drafts[:number]):
            there = other.place is not None and other.place.city and other.mode != "call" and not other.background
            same_day = draft.date is None or other.date is None or draft.date.value == other.date.value
            if there and same_day and draft.entities & other.entities:
                draft.place = other.place
                break


def _meeting(
    document: Document, draft: Draft, topics: Sequence[TopicMention], places: Sequence[PlaceMention], rules: Rules
) -> Meeting:
    kind = next(kind for kind in _KINDS if kind in draft.kinds)
    if kind in ("talks", "meeting") and _ministers(draft):
        kind = "multilateral"
    when = _when(document, draft, rules)
    where = _where(document, draft, kind, places, rules)
    background = draft.background or _old(document, when)
    span_start = document.sentences[min(draft.sentences)].start
    span_end = document.sentences[max(draft.sentences)].end
    near = [t for t in topics if span_start <= t.start < span_end] if len(draft.sentences) > 0 else []
    return Meeting(
        kind=kind,
        status=draft.status,
        background=background,
        when=when,
        where=where,
        participants=tuple(_participant(p, draft, where) for p in draft.people),
        countries=tuple(draft.countries),
        organisations=tuple(
            dict.fromkeys((*draft.organisations, *(t.topic for t in near if t.kind == "organisation")))
        ),
        initiatives=tuple(dict.fromkeys(t.topic for t in topics if t.kind == "initiative")),
        relationship=next((t.topic for t in topics if t.kind == "relationship"), None),
        topics=_topics(document, topics),
        statements=(),
        confidence=0.0,
        evidence=tuple(draft.evidence),
    )


def _ministers(draft: Draft) -> bool:
    """Whether officials of three states or more met, below the level of leaders."""
    bodies = {p.organisation for p in draft.people if p.organisation and not p.country}
    if len(draft.countries) + len(bodies) < 3:
        return False
    offices = [*(p.office for p in draft.people if p.office), *draft.group_offices]
    return bool(offices) and all(
        ("minister" in office and office != "prime_minister") or office in _BELOW for office in offices
    )


def _when(document: Document, draft: Draft, rules: Rules) -> When:
    mention = draft.date
    if mention is not None and mention.value is not None:
        evidence = Evidence(mention.start, mention.end, document.text[mention.start : mention.end], mention.rule)
        return When(mention.value, mention.until or mention.value, mention.precision, evidence.text, evidence)
    nothing = When(None, None, "unknown", None, None)
    if document.published is None or draft.status not in ("held", "ongoing") or draft.background:
        return nothing
    day = document.published.isoformat()
    if draft.status == "ongoing":
        return When(day, day, "day", None, None)
    return When(day[:7], day[:7], "month", None, None)


def _where(document: Document, draft: Draft, kind: str, places: Sequence[PlaceMention], rules: Rules) -> Where:
    if kind in _REMOTE:
        return Where(None, None, None, None, None, None, None, None)
    mention = draft.place
    dateline = next((p for p in places if p.dateline and p.city), None)
    if (
        mention is not None
        and dateline is not None
        and dateline.country in draft.countries
        and draft.status in ("held", "ongoing")
    ):
        if mention.city is None and mention.country == dateline.country:
            mention = dateline  # "in Serbien", written in Belgrad
        elif mention.venue is not None and mention.country not in draft.countries:
            mention = dateline  # a palace of that name elsewhere
    if mention is None:
        dateline = next((p for p in places if p.dateline), None) if draft.status != "refused" else None
        there = draft.destination in (None, dateline.country) if dateline is not None else False
        if (
            dateline is not None
            and there
            and (dateline.country in draft.countries or draft.status in ("held", "ongoing"))
            and not draft.background
        ):
            mention = dateline
    if mention is None:
        country = draft.destination or (None if draft.status == "refused" else _host_country(draft))
        return Where(None, country, None, None, None, None, None, None)
    evidence = Evidence(mention.start, mention.end, document.text[mention.start : mention.end], mention.rule)
    if mention.dateline and mention.country is None and draft.people:
        return Where(mention.city, draft.people[0].country, None, None, None, None, evidence.text, evidence)
    return Where(
        mention.city,
        mention.country,
        mention.venue,
        mention.latitude,
        mention.longitude,
        mention.geonames_id,
        evidence.text,
        evidence,
    )


def _host_country(draft: Draft) -> str | None:
    """Who receives does so at home, where nothing else is said."""
    return next((p.country for p in draft.people if draft.host is not None and p.entity == draft.host), None)


def _old(document: Document, when: When) -> bool:
    if document.published is None or when.start is None:
        return False
    year, month = int(when.start[:4]), int(when.start[5:7] or 12)
    months = (document.published.year - year) * 12 + document.published.month - month
    return months >= 2


def _participant(party: Party, draft: Draft, where: Where) -> Participant:
    role: Literal["host", "guest", "participant"] = "participant"
    if draft.host is not None and draft.host == party.entity:
        role = "host"
    elif where.country is not None and party.country is not None and where.country in draft.countries:
        role = "host" if party.country == where.country else "guest"
    return Participant(
        name=party.name,
        surface=party.surface,
        country=party.country,
        organisation=party.organisation,
        office=party.office,
        office_text=party.office_text,
        role=role,
        wikidata=None,
        evidence=party.evidence,
        candidates=party.candidates,
    )


def _topics(document: Document, topics: Sequence[TopicMention]) -> tuple[Topic, ...]:
    found: dict[str, list[TopicMention]] = {}
    for mention in topics:
        if mention.kind == "topic":
            found.setdefault(mention.topic, []).append(mention)
    return tuple(
        Topic(
            name,
            where[0].medtop,
            tuple(Evidence(m.start, m.end, document.text[m.start : m.end], m.rule) for m in where[:3]),
        )
        for name, where in found.items()
    )


def _weighed(meeting: Meeting, draft: Draft, rank: int, meetings: int, rules: Rules) -> Meeting:
    """A meeting with what speaks against it, and how sure it is."""
    own_day = draft.own_date or draft.date is None
    weak = all(evidence.rule in rules.weak for evidence in draft.evidence)
    at = confidence.Circumstances(draft.sentence, rank, meetings, draft.inherited, weak, own_day)
    doubts = confidence.doubts(meeting, at)
    return replace(meeting, doubts=doubts, confidence=confidence.confidence(doubts))


def _with_statements(ordered: list[Meeting], statements: Sequence[Statement]) -> tuple[Meeting, ...]:
    """Each statement goes to the first meeting that its speaker took part in, else to the main one."""
    given: list[list[Statement]] = [[] for _ in ordered]
    for statement in statements:
        speakers = {name.strip() for name in statement.speaker.split(";")}
        place = 0
        for number, meeting in enumerate(ordered):
            names = {c.name for p in meeting.participants for c in p.candidates[:1]} | {
                p.name for p in meeting.participants
            }
            if not meeting.background and speakers & names:
                place = number
                break
        given[place].append(statement)
    return tuple(replace(m, statements=tuple(s)) for m, s in zip(ordered, given, strict=True))
