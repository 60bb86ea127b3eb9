"""The day of an encounter: in its clause, its sentence, the sentences before, or behind a journey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from communique.extract.encounter import OFF, Rules, clause_span, nearest, word_before
from communique.extract.sides import Bound, within
from communique.model import DateMention, Document

BEHIND = 2
"""Sentences behind a journey called off in which its day may be told."""

_SINCE = 90
"""Characters of a clause with "since" before its date."""
_NOUN = 30
"""Characters of a word for an encounter before "of" and its date."""
_YEAR = 366
_OLD_DAYS = 31
"""A meeting further back than this is told as history."""


def own(
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
            and not (d.precision == "year" and word_before(document, d.start) in rules.of)
            and not (d.precision == "year" and d.relation == "past" and bound.trigger.status == "announced")
            and not _of_another(document, d, rules)
        ]
        near = [d for d in near if (d.value or d.weekday is not None) and _vague(d) == vague]
        if not near:
            continue
        if bound.trigger.status in OFF:
            near = [d for d in near if d.relation == "future"] or near
            near = [d for d in near if d.start > bound.trigger.end and ahead(document, d, bound)] or near
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
        if bound.trigger.data.extended:  # "the summit in Warsaw, which opens on Friday"
            near = [d for d in near if d.start > bound.trigger.end] or near
        days = [d for d in near if d.precision in ("day", "range")]
        best = nearest(bound.trigger.start, days or near)
        if best is not None:
            return best
    return None


def before(document: Document, bound: Bound, dates: Sequence[DateMention], rules: Rules) -> DateMention | None:
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
            and not _of_another(document, d, rules)
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


def week_before(document: Document, bound: Bound, dates: Sequence[DateMention]) -> DateMention | None:
    """The week or month of the sentence before: "führt ihn in dieser Woche nach Paris. Termine sind geplant"."""
    number = bound.trigger.sentence - 1
    if number < 0:
        return None
    sentence = document.sentences[number]
    found = within(dates, sentence.start, sentence.end)
    near = [d for d in found if d.rule.endswith(".unit") and d.bound == "on" and d.relation in ("present", "future")]
    return near[0] if len(near) == 1 and len(found) == 1 else None


def after(document: Document, bound: Bound, dates: Sequence[DateMention]) -> DateMention | None:
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


def ahead(document: Document, mention: DateMention, bound: Bound) -> bool:
    """Whether what was called off lay ahead: "für Montag geplant"."""
    if bound.trigger.data.passed:
        return False
    between = within(document.hits_of["status"], bound.trigger.end, mention.start)
    if any(e.kind == "status" and e.data.status == "announced" for hit in between for e in hit.entries):
        return True  # "put off his trip, which was to begin on Sunday"
    return mention.bound == "for" or any(status == "announced" for status, _ in bound.trigger.data.cues)


def coming(document: Document, bound: Bound, dates: Sequence[DateMention]) -> bool:
    """Whether the clause names a coming time without a day: "demnächst", "im Herbst"."""
    start, end = clause_span(document, bound)
    return any(d.relation == "future" or d.rule.endswith(".season") for d in within(dates, start, end))


def dated_before(document: Document, mention: DateMention, rules: Rules) -> bool:
    """Whether a date belongs to a phrase like "seit seiner Wahl im Februar"."""
    ahead = (
        document.folded[max(0, mention.start - _SINCE) : mention.start].rpartition(",")[2].rpartition(". ")[2].split()
    )
    return not rules.since.isdisjoint(ahead)


def old(document: Document, mention: DateMention) -> bool:
    """Whether a date lies in a month before that of the report, and more than a month back where it says the day."""
    if document.published is None or mention.value is None or mention.relation == "future":
        return False
    if len(mention.value) == len("2024-06-28"):
        return (document.published - day_of(mention.value)).days > _OLD_DAYS
    return mention.value < document.published.isoformat()[: len(mention.value)]


def day_of(day: str) -> date:
    """The calendar day of an ISO string; the first of what a shorter one names."""
    year, month, day_of_month = (*map(int, day.split("-")), 1, 1)[:3]
    return date(year, month, day_of_month)


def _of_saying(document: Document, mention: DateMention, after: int, rules: Rules) -> bool:
    """Whether a date only says when it was told: "…, teilte der Kreml am Montag mit"."""
    if mention.start < after:
        return False
    behind = document.folded[mention.end : mention.end + 20].split()
    if behind and behind[0].strip(".,:") in rules.told_behind and behind[0][-1:] in ".,:":
        return True
    ahead = document.folded[max(after, mention.start - 60) : mention.start].split()
    return any(word.strip(",.\"'“”„") in rules.said for word in ahead[-5:])


def _of_another(document: Document, mention: DateMention, rules: Rules) -> bool:
    """Whether a date belongs to a noun that is no encounter: "the events of September 14-17"."""
    if not rules.day_of or word_before(document, mention.start) not in rules.of:
        return False
    of = document.folded.rfind(" ", 0, mention.start - 1)
    noun = word_before(document, of + 1)
    ahead = within(document.hits, of - _NOUN, of)
    dated = any(hit.full_end == of and any(entry.kind == "trigger" for entry in hit.entries) for hit in ahead)
    return noun.isalpha() and noun not in rules.day_of and not dated


def _vague(mention: DateMention) -> bool:
    """Whether an expression says a day only by what was told before it: "am Abend", "danach", "am selben Tag"."""
    return mention.rule.rpartition(".")[2] in ("part", "same", "sequence")


def _recent(document: Document, mention: DateMention) -> bool:
    """Not further back than about a month before publication, not further ahead than a year."""
    if document.published is None or mention.value is None:
        return True
    return -_OLD_DAYS <= (day_of(mention.value) - document.published).days <= _YEAR
