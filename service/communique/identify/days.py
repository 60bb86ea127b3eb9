"""Days as the events write them, "2024", "2024-06" or "2024-06-28", and how far two of them lie apart."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from communique.wire import MeetingEvent

POSTPONED_DAYS = 14
"""A postponed meeting that takes place within so many days is the same one."""
ANNOUNCED_DAYS = 31
"""An announcement that names no day means one within so many days."""


@dataclass(frozen=True, slots=True)
class Period:
    """All days on which the meeting may have been: one for a known day, many for a month."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def gap(self, other: Period) -> int:
        """Days between both; 0 where they touch."""
        return max(0, (other.first - self.last).days, (self.first - other.last).days)


def period(event: MeetingEvent) -> Period | None:
    """When the meeting is or was; None where no report says it, or the date is no date."""
    if event.when.start is None:
        return None
    start = _period(event.when.start)
    end = _period(event.when.end) if event.when.end else start
    if start is None:
        return None
    return Period(start.first, max(start.last, end.last) if end else start.last)


def published(event: MeetingEvent) -> date | None:
    """The day on which the event's first report was published."""
    days = [_period(source.published_at[:10]) for source in event.sources if source.published_at]
    return min((day.first for day in days if day), default=None)


def _period(text: str) -> Period | None:
    parts = text.split("-")
    try:
        year, month, day = (int(part) for part in [*parts, "0", "0"][:3])
        if day:
            return Period(date(year, month, day), date(year, month, day))
        if month:
            return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return Period(date(year, 1, 1), date(year, 12, 31))
    except ValueError:
        return None
