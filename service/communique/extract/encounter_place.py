"""The place of an encounter: in its clause, its sentence or the one before, or behind a journey."""

from __future__ import annotations

from collections.abc import Sequence

from communique.extract.encounter import OFF, Rules, clause_span, nearest, word_before
from communique.extract.sides import Bound, within
from communique.model import DateMention, Document, PlaceMention, Sentence

_AFTER = 3
"""Sentences behind a journey in which its city may be told."""

_NEAR = 80
"""Characters between an invitation and the place it is for."""

_BEHIND = 6
"""Characters between a place and the date that belongs to it."""

_BEFORE = 1
"""Sentences before an encounter in which its city may be told."""


def own(document: Document, bound: Bound, places: Sequence[PlaceMention], rules: Rules) -> PlaceMention | None:
    sentence = document.sentences[bound.trigger.sentence]
    for start, end in (clause_span(document, bound), (sentence.start, sentence.end)):
        near = [p for p in within(places, start, end) if not p.dateline and not _invited(document, p)]
        if bound.destination is not None:
            there = [p for p in near if p.country == bound.destination]
            goals = [p for p in there if p.relation == "to"]
            best = nearest(bound.trigger.start, [p for p in goals if p.city] or [p for p in there if p.city] or there)
            if best is not None and (best.city or end == sentence.end):
                return best if best.city else _city_after(document, bound, places) or best
            continue
        if bound.trigger.data.frame.topical:  # "they discussed the war in Syria"
            near = [p for p in near if p.start < bound.trigger.start or (p.city and p.country in bound.countries)]
        near = [p for p in near if p.city or not _talked_of(document, start, p)]
        near = [p for p in near if p.city or word_before(document, p.start) not in rules.outside]
        if (start, end) == (sentence.start, sentence.end):
            near = [p for p in near if not _earlier(document, p, sentence, rules)]
        own = (start, end) == clause_span(document, bound)  # "with Kenyatta, who had flown to Addis Ababa"
        inside = [p for p in near if p.relation == "in"] or [p for p in near if own and p.relation == "to" and p.city]
        if bound.trigger.status in OFF:
            inside = [p for p in near if p.relation in ("in", "to")]
            return nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        inside = inside or [p for p in near if _stands_at(document, p, bound, rules)]
        best = nearest(bound.trigger.start, [p for p in inside if p.city] or inside)
        if best is not None:
            return best
    return None


def before(
    document: Document,
    bound: Bound,
    places: Sequence[PlaceMention],
    dates: Sequence[DateMention],
    when: DateMention | None,
) -> PlaceMention | None:
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
            if not p.dateline and p.relation in ("in", "to") and p.city and not _another_day(document, p, dates, when)
        ]
        if near:
            return near[-1]
    return None


def _another_day(
    document: Document, place: PlaceMention, dates: Sequence[DateMention], when: DateMention | None
) -> bool:
    """Whether the date right behind a place tells of another time: "the accord signed in Doha in February"."""
    for date in within(dates, place.end, place.end + _BEHIND):
        if "," not in document.text[place.end : date.start] and date.value and when is not None and when.value:
            return date.precision in ("month", "year") and date.precision != when.precision
    return False


def _city_after(document: Document, bound: Bound, places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The one city of the country travelled to that the next sentence names."""
    for number in range(bound.trigger.sentence + 1, min(bound.trigger.sentence + 1 + _AFTER, len(document.sentences))):
        sentence = document.sentences[number]
        near = [p for p in within(places, sentence.start, sentence.end) if p.country == bound.destination and p.city]
        if near:
            return near[0] if len({p.city for p in near}) == 1 and near[0].relation in ("in", "to") else None
    return None


def _talked_of(document: Document, start: int, place: PlaceMention) -> bool:
    """Whether a country stands behind a verb whose object is a topic: "discussed the Christians in Russia"."""
    return any(
        entry.kind == "trigger" and entry.data[0].topical
        for hit in within(document.hits_of["trigger"], start, place.start)
        for entry in hit.entries
    )


def _earlier(document: Document, place: PlaceMention, sentence: Sentence, rules: Rules) -> bool:
    """Whether a place says where somebody was before: "Putin, der aus der Steiermark gekommen war"."""
    _, comma, ahead = document.folded[sentence.start : place.start].rpartition(", ")
    head, tail = ahead.split(), document.folded[place.end : sentence.end].partition(",")[0].split()
    relative = bool(comma and head) and head[0] in rules.relative
    return relative and any(word.strip(".") in rules.pluperfect for word in (*head, *tail))


def _invited(document: Document, place: PlaceMention) -> bool:
    """Whether somebody was only asked to come there: "lud ihn nach Lima ein"."""
    if place.relation != "to":
        return False
    for hit in within(document.hits_of["status"], place.start - _NEAR, place.start + _NEAR):
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
    return bool(hit.suffix) or word_before(document, place.start) in rules.of
