"""What a date phrase means on the calendar, given the day of publication and the day told before it. Pure arithmetic.

Where the year or the direction stays open, both readings are kept: under a past verb the latest such day on or before
publication, under a future verb the first on or after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from communique.languages.phrases import Phrase
from communique.model import Days
from communique.model.values import value

Direction = Literal["past", "future", "present", "unknown"]
Precision = Literal["day", "month", "year", "range", "unknown"]

_NEAR = timedelta(days=92)
"""A day without a year that lies this near to publication is that day; the other reading is nine months off."""


@value
class Reading:
    """What one phrase means; the fields are those of DateMention."""

    value: str | None
    until: str | None
    precision: Precision
    relation: Direction
    past: Days | None = None
    future: Days | None = None
    weekday: int | None = None
    shift: int | None = None


@value
class Context:
    published: date | None
    told: Reading | None
    """The nearest day named before, to the day, if any."""
    told_near: bool = False
    """True where it stands in the same breath, so that "am Abend" belongs to it."""
    named: Reading | None = None
    """The nearest one told by weekday or date: "the day before" does not count from "today"."""


def read(phrase: Phrase, context: Context) -> Reading | None:
    """None where the numbers are no date ("31. Februar") or the phrase is none."""
    reader = _READERS.get(phrase.meaning)
    reading = reader(phrase, context) if reader else None
    if reading is not None and reading.relation == "unknown":
        if phrase.word("past") and reading.past:
            return _settle(reading, reading.past, "past")
        if phrase.word("future") and reading.future:
            return _settle(reading, reading.future, "future")
    return reading


def _settle(reading: Reading, days: Days, relation: Direction) -> Reading:
    return replace(reading, value=days[0], until=days[1], relation=relation)


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _date(phrase: Phrase, context: Context) -> Reading | None:
    days = phrase.numbers("day")
    months = phrase.numbers("month") or phrase.numbers("monthnumber")
    month_days = ((months[0], days[0]), (months[-1], days[-1]))
    published = context.published
    year = phrase.number("year")
    step = phrase.number("step")
    if year is None and step is not None and published and phrase.word("unit"):
        year = published.year + step
    if year is not None:
        span = _span(year, *month_days)
        return _settled(span, published) if span else None
    if published is None:
        possible = _span(2000, *month_days)  # a leap year
        return Reading(None, None, "unknown", "unknown") if possible else None
    spans = [span for y in (-1, 0, 1) if (span := _span(published.year + y, *month_days))]
    weekday = phrase.number("weekday")
    fitting = [span for span in spans if span[0].weekday() == weekday]
    if len(fitting) == 1:
        return _settled(fitting[0], published)
    past = max((span for span in spans if span[0] <= published), default=None)
    future = min((span for span in spans if span[0] >= published), default=None)
    nearest = min(spans, key=lambda span: abs(span[0] - published), default=None)
    if nearest is None:
        return None
    if abs(nearest[0] - published) <= _NEAR:
        return _settled(nearest, published)
    return _open(nearest, past, future)


def _span(year: int, first: tuple[int, int], last: tuple[int, int]) -> tuple[date, date] | None:
    try:
        start = date(year, *first)
        end = date(year, *last)
        return (start, end) if end >= start else (start, end.replace(year=year + 1))
    except ValueError:
        return None


def _settled(span: tuple[date, date], published: date | None) -> Reading:
    start, end = span
    relation: Direction = "unknown"
    if published:
        relation = "past" if end < published else "future" if start > published else "present"
    return Reading(start.isoformat(), end.isoformat(), "day" if start == end else "range", relation)


def _open(chosen: tuple[date, date], past: tuple[date, date] | None, future: tuple[date, date] | None) -> Reading:
    return Reading(
        chosen[0].isoformat(),
        chosen[1].isoformat(),
        "day" if chosen[0] == chosen[1] else "range",
        "unknown",
        past=_iso(past) if past else None,
        future=_iso(future) if future else None,
    )


def _iso(span: tuple[date, date]) -> Days:
    return span[0].isoformat(), span[1].isoformat()


def _weekday(phrase: Phrase, context: Context) -> Reading:
    weekdays = phrase.numbers("weekday")
    first, length = weekdays[0], timedelta(days=(weekdays[-1] - weekdays[0]) % 7)
    step = phrase.number("step")
    published = context.published
    if published is None:
        relation: Direction = "unknown" if not step else "past" if step < 0 else "future"
        return Reading(None, None, "unknown", relation, weekday=first)
    if step is not None and phrase.word("unit"):
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
        start = monday + timedelta(days=first)
        return replace(_settled((start, start + length), published), weekday=first)
    behind, ahead = timedelta(days=(published.weekday() - first) % 7), timedelta(days=(first - published.weekday()) % 7)
    if step:
        start = published - (behind or timedelta(7)) if step < 0 else published + (ahead or timedelta(7))
        return replace(_settled((start, start + length), published), weekday=first)
    past = (published - behind, published - behind + length)
    future = (published + ahead, published + ahead + length)
    return replace(_open(past, past, future), weekday=first)


def _offset(phrase: Phrase, context: Context) -> Reading:
    offset = phrase.number("offset") or phrase.number("offset_adjective") or phrase.number("step") or 0
    if phrase.word("unit"):
        offset += 1 if offset > 0 else -1  # the day before yesterday
    relation: Direction = "past" if offset < 0 else "future" if offset else "present"
    if context.published is None:
        return Reading(None, None, "unknown", relation)
    day = (context.published + timedelta(days=offset)).isoformat()
    return Reading(day, day, "day", relation)


def _nth(phrase: Phrase, context: Context) -> Reading:
    return _shifted(context, (phrase.number("ordinal") or 1) - 1)


def _same(phrase: Phrase, context: Context) -> Reading:
    return _shifted(context, 0)


def _sequence(phrase: Phrase, context: Context) -> Reading | None:
    return _shifted(context, 0) if context.told else None


def _part(phrase: Phrase, context: Context) -> Reading:
    return _shifted(context if context.told_near else replace(context, told=None), 0)


def _shift_back(phrase: Phrase, context: Context) -> Reading:
    return _shift(phrase, context, -1)


def _shift_ahead(phrase: Phrase, context: Context) -> Reading:
    return _shift(phrase, context, 1)


def _shift(phrase: Phrase, context: Context, sign: int) -> Reading:
    unit, count = _unit_of(phrase), phrase.number("count") or 1
    if unit == "day":
        return _shifted(replace(context, told=context.named), sign * count)
    told = context.named.value if context.named else None
    origin = date.fromisoformat(told) if told else context.published
    return _moved(origin, unit, sign * count, "unknown")


def _shifted(context: Context, days: int) -> Reading:
    """Counted from the day told before, or from publication where there is none."""
    told = context.told
    if told is None:
        if context.published is None:
            return Reading(None, None, "unknown", "unknown", shift=days)
        day = (context.published + timedelta(days=days)).isoformat()
        return Reading(day, day, "day", "unknown", past=(day, day), future=(day, day), shift=days)
    if told.value is None:
        return Reading(None, None, "unknown", told.relation, shift=days)
    day = _moved_day(told.value, days)
    past = _moved_day(told.past[0], days) if told.past else None
    future = _moved_day(told.future[0], days) if told.future else None
    return Reading(
        day,
        day,
        "day",
        told.relation if told.relation in ("past", "future") and not days else "unknown",
        past=(past, past) if past else (day, day),
        future=(future, future) if future else (day, day),
        shift=days,
    )


def _moved_day(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


# ── weeks, months, years ─────────────────────────────────────────────────────────────────────────────────────────────


def _month(phrase: Phrase, context: Context) -> Reading:
    months = phrase.numbers("month")
    first, length = months[0], (months[-1] - months[0]) % 12
    year, step, published = phrase.number("year"), phrase.number("step"), context.published
    if year is None and published and step is not None and phrase.word("unit"):
        year = published.year + step
    if year is not None:
        return _settled_month(year, first, length, published)
    if published is None:
        relation: Direction = "unknown" if not step else "past" if step < 0 else "future"
        return Reading(None, None, "unknown", relation)
    past_year = published.year - (first > published.month)
    future_year = published.year + (first < published.month)
    if step:
        same = first == published.month
        return _settled_month(past_year - same if step < 0 else future_year + same, first, length, published)
    behind, ahead = (published.month - first) % 12, (first - published.month) % 12
    past, future = _months(past_year, first, length), _months(future_year, first, length)
    chosen = past if behind <= ahead else future
    return Reading(chosen[0], chosen[1], "month" if not length else "range", "unknown", past=past, future=future)


def _settled_month(year: int, month: int, length: int, published: date | None) -> Reading:
    start, end = _months(year, month, length)
    return Reading(start, end, "month" if not length else "range", _relation(start, end, published))


def _months(year: int, month: int, length: int) -> Days:
    return f"{year:04}-{month:02}", f"{year + (month + length - 1) // 12:04}-{(month + length - 1) % 12 + 1:02}"


def _relation(start: str, end: str, published: date | None) -> Direction:
    if published is None:
        return "unknown"
    day = published.isoformat()
    return "past" if end < day[: len(end)] else "future" if start > day[: len(start)] else "present"


def _unit(phrase: Phrase, context: Context) -> Reading:
    """ "kommende Woche", "im vergangenen Monat", "Ende des Jahres", "am Wochenende", "earlier this month"."""
    step, published = phrase.number("step"), context.published
    unit = phrase.word("unit") or phrase.word("weekend") or phrase.word("plural_unit") or ""
    if before := phrase.word("last_unit"):
        unit, step = before, -1
    said: Direction = "past" if phrase.word("past") else "future" if phrase.word("future") else "unknown"
    if step:
        said = "past" if step < 0 else "future"
    if published is None:
        return Reading(None, None, "unknown", said)
    if unit == "weekend":
        past = _month_of(published - timedelta(days=(published.weekday() - 5) % 7))
        future = _month_of(published + timedelta(days=max(5 - published.weekday(), 0)))
        value = future if said == "future" else past
        return Reading(value, value, "month", said, past=(past, past), future=(future, future))
    if phrase.word("plural_unit") or unit == "day":
        return _some_days(published, unit, said)
    reading = _moved(published, unit, step or 0, said if said != "unknown" else "present")
    phase = phrase.word("phase")
    if unit == "year" and phase in ("start", "end"):
        month = f"{(reading.value or '')[:4]}-{'01' if phase == 'start' else '12'}"
        return Reading(month, month, "month", _relation(month, month, published))
    return reading


def _some_days(published: date, unit: str, said: Direction) -> Reading:
    """ "in den vergangenen Tagen" is this month, unless it has just begun or is about to end; weeks are too vague."""
    other = published + timedelta(weeks=1 if said == "future" else -1)
    if unit == "day" and (published.year, published.month) == (other.year, other.month):
        month = _month_of(published)
        return Reading(month, month, "month", said)
    return Reading(None, None, "unknown", said)


def _ago(phrase: Phrase, context: Context) -> Reading:
    return _moved(context.published, _unit_of(phrase), -(phrase.number("count") or 1), "past")


def _ahead(phrase: Phrase, context: Context) -> Reading:
    return _moved(context.published, _unit_of(phrase), phrase.number("count") or 1, "future")


def _unit_of(phrase: Phrase) -> str:
    return phrase.word("unit") or phrase.word("plural_unit") or "day"


def _moved(origin: date | None, unit: str, count: int, relation: Direction) -> Reading:
    """`count` units from a day, as precise as the unit: days to the day, weeks and months to the month."""
    if origin is None:
        return Reading(None, None, "unknown", relation)
    try:
        if unit == "day":
            day = (origin + timedelta(days=count)).isoformat()
            return Reading(day, day, "day", relation)
        if unit in ("week", "weekend"):
            month = _month_of(origin + timedelta(weeks=count))
            return Reading(month, month, "month", relation)
        if unit == "month":
            index = origin.year * 12 + origin.month - 1 + count
            month = _month_of(date(index // 12, index % 12 + 1, 1))
            return Reading(month, month, "month", relation)
        year = f"{date(origin.year + count, 1, 1).year:04}"
    except (ValueError, OverflowError):
        return Reading(None, None, "unknown", relation)
    return Reading(year, year, "year", relation)


def _month_of(day: date) -> str:
    return day.isoformat()[:7]


def _year(phrase: Phrase, context: Context) -> Reading:
    year = f"{phrase.number('year'):04}"
    return Reading(year, year, "year", _relation(year, year, context.published))


def _season(phrase: Phrase, context: Context) -> Reading:
    """A season gives its year; without one ("im Herbst") nothing."""
    year, step, published = phrase.number("year"), phrase.number("step"), context.published
    middle = phrase.number("season") or 1
    if year is None and published and step:
        passed = published.month > middle
        year = published.year - (not passed) if step < 0 else published.year + passed
    elif year is None and published and step == 0:
        year = published.year
    if year is None:
        return Reading(None, None, "unknown", "unknown")
    text = f"{year:04}"
    return Reading(text, text, "year", _relation(text, text, published))


def _vague_past(phrase: Phrase, context: Context) -> Reading:
    return Reading(None, None, "unknown", "past")


def _vague_future(phrase: Phrase, context: Context) -> Reading:
    return Reading(None, None, "unknown", "future")


_READERS: Mapping[str, Callable[[Phrase, Context], Reading | None]] = {
    "date": _date,
    "weekday": _weekday,
    "offset": _offset,
    "month": _month,
    "unit": _unit,
    "ago": _ago,
    "ahead": _ahead,
    "shift_back": _shift_back,
    "shift_ahead": _shift_ahead,
    "same": _same,
    "sequence": _sequence,
    "nth": _nth,
    "part": _part,
    "year": _year,
    "bare_year": _year,
    "season": _season,
    "vague_past": _vague_past,
    "vague_future": _vague_future,
}
COUNTED = frozenset({"shift_back", "shift_ahead", "same", "sequence", "nth"})
"""Meanings that count from a day told before, however far back; "part" does so only within a breath."""
