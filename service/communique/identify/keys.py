"""Identity keys: two reports of one meeting share at least one, whatever their languages and the order they arrive in.

A key is a pair of parties in a month: "CN+PE@2024-06", "dina boluarte+xi jinping@2024-06". The pair of countries holds
where a name is spelt in an unknown way, the pair of persons where a country is missing. A day within two days of the
end of a month has the key of the neighbour too, since a report may be a day off. Meetings of many (summits) have a key
for each single party and each organisation, for two reports may name different ones.

Keys only find candidates and say what to lock; likeness.py decides.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations

from communique.identify.days import ANNOUNCED_DAYS, POSTPONED_DAYS, period, published
from communique.identify.names import folded
from communique.wire import MeetingEvent

_PAIRED = 5
"""Up to so many parties all pairs are keys."""
_MOST = 12
"""Most single parties of a gathering that become keys."""


def keys(event: MeetingEvent) -> tuple[str, ...]:
    """All keys of a report, sorted."""
    return tuple(sorted(f"{pair}@{bucket}" for pair in _parties(event) for bucket in _buckets(event)))


def _parties(event: MeetingEvent) -> set[str]:
    states = sorted({*event.countries, *(p.country for p in event.participants if p.country)})
    bodies = sorted({p.organisation for p in event.participants if p.organisation and not p.country})
    persons = sorted({" ".join(folded(p.name)) for p in event.participants if p.name})
    parties = [*states, *bodies]
    found = {f"{a}+{b}" for a, b in combinations(parties[:_PAIRED], 2)}
    found |= {f"{a}+{b}" for a, b in combinations(persons[:_PAIRED], 2)}
    if event.kind in ("summit", "multilateral", "other") or len(parties) > _PAIRED or not found:
        found |= {f"{party}+" for party in parties[:_MOST]}
        found |= {f"{body}+" for body in sorted(event.organisations)[:_PAIRED]}
        found |= {f"{person}+" for person in persons[:_PAIRED]} if not found else set()
    return found


def _buckets(event: MeetingEvent) -> set[str]:
    when = period(event)
    if when is None:
        day = published(event)
        return set() if day is None else _months(_shifted(day, -2), _shifted(day, ANNOUNCED_DAYS))
    if event.when.precision == "year" or len(event.when.start or "") == 4:
        return {str(when.first.year)}
    last = min(when.last, _shifted(when.first, ANNOUNCED_DAYS))
    if event.status == "postponed":
        return _months(_shifted(when.first, -2), _shifted(last, POSTPONED_DAYS))
    if len(event.when.start or "") > 7:
        return _months(_shifted(when.first, -2), _shifted(last, 2))
    return _months(when.first, last)


def _months(first: date, last: date) -> set[str]:
    days = {first, last, *(_shifted(first, n) for n in range(0, (last - first).days, 28))}
    return {f"{day.year:04}-{day.month:02}" for day in days}


def _shifted(day: date, by: int) -> date:
    """The day so many days away, or the end of the calendar."""
    return date.fromordinal(min(max(day.toordinal() + by, 1), date.max.toordinal()))
