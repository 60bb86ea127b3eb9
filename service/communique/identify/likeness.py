"""Whether a report is about a known meeting: kind, people, day and place must each allow it.

Decisions that are not obvious:

* A visit and the talks held during it are one meeting: reports tell the same trip as either. So a visit reaches
  from the day before to two days after its first day.
* A call and an encounter on one day are two meetings. Phone and video are one class: outlets confuse them. Talks for
  which no place is known may have been a call on that very day: in many languages people "talk" on the phone.
* A gathering (a summit of a body, a meeting of three or more states) and a bilateral meeting on its margins are two.
* Two encounters of the same people that were held on different known days are two meetings, even on days in a row.
  Only where one side is an announcement may the day differ by one.
* A postponed meeting that takes place within two weeks is the same meeting; months later it is another.
* A city may differ (a suburb, a residence), the country may not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from communique.identify.days import ANNOUNCED_DAYS, POSTPONED_DAYS, period, published
from communique.identify.names import agree, resemble
from communique.wire import MeetingEvent, Participant

CALLS = frozenset({"phone_call", "video_call"})
_OPEN_STATUSES = frozenset({"announced", "postponed", "cancelled", "refused"})
_APART_KM = 300.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`likeness` ranks several meetings that would do; it means nothing where `same` is false."""

    same: bool
    reason: str
    likeness: int = 0


def same(state: MeetingEvent, report: MeetingEvent) -> bool:
    """Whether the report is about this meeting."""
    return compare(state, report).same


def compare(state: MeetingEvent, report: MeetingEvent) -> Verdict:
    """The decision with its reason: "same …" or the first thing that speaks against it."""
    if not _channels_agree(state, report):
        return Verdict(False, f"{_channel(state)} against {_channel(report)}")
    people = _people(state, report)
    if people is None:
        return Verdict(False, "other participants")
    days = _days(state, report)
    if days is None:
        return Verdict(False, "another day")
    if not _places_agree(state, report):
        return Verdict(False, "another place")
    kinds = 2 if state.kind == report.kind else 0
    cities = 3 if state.where.city and state.where.city == report.where.city else 0
    return Verdict(True, "same participants, day and place", 4 * people + days + kinds + cities)


def _channels_agree(state: MeetingEvent, report: MeetingEvent) -> bool:
    if _channel(state) == _channel(report):
        return True
    pair = (state, report)
    if not any(event.kind in CALLS for event in pair) or not any(map(_might_be_a_call, pair)):
        return False
    return state.when.start is not None and state.when.start == report.when.start


def _might_be_a_call(event: MeetingEvent) -> bool:
    return event.kind == "talks" and event.where.country is None and event.where.city is None


def _channel(event: MeetingEvent) -> str:
    if event.kind in CALLS:
        return "call"
    if event.kind == "other":
        return "ceremony"
    if event.kind == "multilateral" or (event.kind == "summit" and (len(_parties(event)) > 2 or event.organisations)):
        return "gathering"
    return "encounter"


def _parties(event: MeetingEvent) -> frozenset[str]:
    """Countries, and the organisations of those who act for no country."""
    bodies = (p.organisation for p in event.participants if p.organisation and not p.country)
    return frozenset({*event.countries, *(p.country for p in event.participants if p.country), *bodies})


def _people(state: MeetingEvent, report: MeetingEvent) -> int | None:
    """How many participants agree; None where the two cannot be the same circle."""
    ours = [p for p in state.participants if p.name or p.office]
    theirs = [p for p in report.participants if p.name or p.office]
    matched = _matched(ours, theirs)
    fewer = min(len(ours), len(theirs))
    shared = _parties(state) & _parties(report)
    if _channel(state) == "gathering":
        bodies = set(state.organisations) & set(report.organisations)
        return (
            matched + len(bodies) if bodies or (fewer and matched * 2 >= fewer and matched + len(shared) > 1) else None
        )
    smaller = min(len(_parties(state)), len(_parties(report)))
    if fewer == 0:
        return 0 if len(shared) >= 2 and len(shared) == smaller else None
    if fewer == 1:
        return matched if matched and (len(shared) >= 2 or (smaller < 2 and len(ours) == len(theirs))) else None
    return matched if matched >= 2 and matched * 2 >= fewer else None


def _matched(ours: list[Participant], theirs: list[Participant]) -> int:
    left = list(ours)
    count = 0
    for person in theirs:
        twin = next((other for other in left if same_person(other, person)), None)
        if twin is not None:
            left.remove(twin)
            count += 1
    return count


def same_person(one: Participant, other: Participant) -> bool:
    """By Wikidata item where both have one, else by name; by country and office where one has no name."""
    if one.wikidata and other.wikidata:
        return one.wikidata == other.wikidata
    post = one.office is not None and (one.country, one.office) == (other.country, other.office)
    if one.name and other.name:
        return agree(one.name, other.name) or (post and resemble(one.name, other.name))
    return post


def _days(state: MeetingEvent, report: MeetingEvent) -> int | None:
    """0 to 6, the more exact the more; None where the days exclude each other."""
    ours, theirs = period(state), period(report)
    if ours is None or theirs is None:
        return _undated(state, report)
    gap = ours.gap(theirs)
    if gap == 0:
        if ours.exact and theirs.exact:
            return 6
        return 4 if ours.exact or theirs.exact else 2
    if gap == 1 and (state.status in _OPEN_STATUSES) != (report.status in _OPEN_STATUSES):
        return 3
    for before, after, days in (
        (state, report, (theirs.first - ours.first).days),
        (report, state, (ours.first - theirs.first).days),
    ):
        if before.kind == "visit" and -1 <= days <= 2:
            return 3
        if before.status == "postponed" and after.status != "postponed" and 0 <= days <= POSTPONED_DAYS:
            return 1
    return None


def _undated(state: MeetingEvent, report: MeetingEvent) -> int | None:
    """A report without a day lies near its publication: before it if held, after it if it is still to come."""
    dated, undated = (state, report) if period(report) is None else (report, state)
    near, when = published(undated), period(dated)
    if when is None:
        other = published(dated)
        return 1 if near and other and abs((near - other).days) <= POSTPONED_DAYS else None
    if near is None:
        return None
    after = (when.first - near).days
    if undated.status in _OPEN_STATUSES:
        return 1 if -1 <= after <= ANNOUNCED_DAYS else None
    return 1 if -7 <= after <= 0 else None


def _places_agree(state: MeetingEvent, report: MeetingEvent) -> bool:
    ours, theirs = state.where, report.where
    if "call" in (_channel(state), _channel(report)):
        return True
    if ours.country and theirs.country and ours.country != theirs.country:
        return False
    if "visit" in (state.kind, report.kind) or not (ours.latitude and theirs.latitude):
        return True
    if ours.longitude is None or theirs.longitude is None:
        return True
    return _kilometres(ours.latitude, ours.longitude, theirs.latitude, theirs.longitude) <= _APART_KM


def _kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, half)))
