"""Which meeting is this: keys and likeness, without a database."""

from __future__ import annotations

import pytest

from communique import identify
from tests.unit.identify.reports import ALVA, BASE, BRAND, CASTRO, DORN, GUEST, person, place, report

ONE_MEETING = {
    "two outlets": (BASE, report(article="b")),
    "announced and held": (report(status="announced", published="2024-06-20"), BASE),
    "announced for the day before": (report(day="2024-06-27", status="announced"), BASE),
    "a visit and the talks during it": (report(day="2024-06-27", kind="visit"), BASE),
    "a visit and a signing on its third day": (report(day="2024-06-26", kind="visit"), report(kind="signing")),
    "talks and a reception": (BASE, report(kind="reception")),
    "a month and a day in it": (report(day="2024-06", status="announced"), BASE),
    "no date, announced two weeks before": (report(day=None, status="announced", published="2024-06-14"), BASE),
    "no date, told the day after": (report(day=None), BASE),
    "postponed and held after a week": (report(day="2024-06-21", status="postponed"), BASE),
    "postponed into the next month": (report(day="2024-06-21", status="postponed"), report(day="2024-07-03")),
    "cancelled as announced": (report(status="announced"), report(status="cancelled")),
    "cancelled without a date": (
        report(status="announced", published="2024-06-01"),
        report(day=None, status="cancelled", published="2024-06-20"),
    ),
    "one without a place": (BASE, report(country=None)),
    "a third participant": (BASE, report((ALVA, BRAND, CASTRO))),
    "only one side named": (BASE, report((ALVA,), countries=("PE", "DE"))),
    "nobody named": (BASE, report(participants=())),
    "an office instead of a name": (
        BASE,
        report(participants=(GUEST, person(None, office="president"))),
    ),
    "a name in another spelling, same office": (
        report(participants=(GUEST, person("Wolodymyr Selenskyj"))),
        report(participants=(GUEST, person("Volodymyr Zelenskyy"))),
    ),
    "a short name": (
        report(participants=(GUEST, person("Luiz Inácio Lula da Silva"))),
        report(participants=(GUEST, person("Luiz Inacio Lula", office=None))),
    ),
    "a call, by phone or by video": (report(kind="phone_call"), report(kind="video_call")),
    "talks that were a call": (report(kind="phone_call", country=None), report(country=None)),
    "a summit told with other guests": (
        report((ALVA, BRAND, CASTRO), kind="summit", organisations=("APEC",)),
        report((ALVA, DORN), kind="summit", organisations=("APEC",)),
    ),
    "two suburbs": (
        report(where=place("Berlin", 52.5, 13.4)),
        report(where=place("Potsdam", 52.4, 13.1)),
    ),
}

TWO_MEETINGS = {
    "held on days in a row": (BASE, report(day="2024-06-29")),
    "the same people a month later": (BASE, report(day="2024-07-28")),
    "a call in the morning, a meeting in the evening": (report(kind="phone_call", country=None), BASE),
    "a call, and talks without a place on another day": (
        report(kind="phone_call", country=None),
        report(day="2024-06-29", status="announced", country=None),
    ),
    "another counterpart on the same day": (BASE, report((ALVA, DORN))),
    "another minister of the same state": (
        report(participants=(person("Rosa Alva", "PE"), person("Karl Ahrens", office="foreign_minister"))),
        report(participants=(person("Rosa Alva", "PE"), person("Ida Wolff", office="foreign_minister"))),
    ),
    "other states": (BASE, report((CASTRO, BRAND))),
    "another country": (BASE, report(country="PE")),
    "opposite ends of a country": (
        report(where=place("Hamburg", 53.6, 10.0)),
        report(where=place("Munich", 48.1, 11.6)),
    ),
    "postponed, and one four months later": (report(day="2024-02-21", status="postponed"), BASE),
    "a bilateral on the margins of a summit": (
        report((ALVA, BRAND, CASTRO), kind="summit", organisations=("APEC",)),
        report(organisations=("APEC",)),
    ),
    "announced without a date, long before": (report(day=None, status="announced", published="2024-01-14"), BASE),
    "only a year known": (report(day="2024"), BASE),
    "a namesake with another identifier": (
        report(participants=(GUEST, person("Peter Brand", wikidata="Q1"))),
        report(participants=(GUEST, person("Peter Brand", wikidata="Q2"))),
    ),
    "a ceremony": (BASE, report(kind="other")),
}


@pytest.mark.parametrize("case", ONE_MEETING)
def test_reports_of_one_meeting_find_each_other(case: str) -> None:
    """They share a key, so that the database finds the candidate, and likeness says yes, whichever came first."""
    one, other = ONE_MEETING[case]
    assert set(identify.keys(one)) & set(identify.keys(other))
    assert identify.compare(one, other).same, identify.compare(one, other).reason
    assert identify.compare(other, one).same, identify.compare(other, one).reason


@pytest.mark.parametrize("case", TWO_MEETINGS)
def test_two_meetings_stay_two(case: str) -> None:
    one, other = TWO_MEETINGS[case]
    shared = set(identify.keys(one)) & set(identify.keys(other))
    assert not shared or not identify.compare(one, other).same
    assert not shared or not identify.compare(other, one).same


def test_a_verdict_says_what_speaks_against_it() -> None:
    assert identify.compare(BASE, report(kind="phone_call")).reason == "encounter against call"
    assert identify.compare(BASE, report((ALVA, DORN))).reason == "other participants"
    assert identify.compare(BASE, report(day="2024-06-29")).reason == "another day"
    assert identify.compare(BASE, report(country="PE")).reason == "another place"


def test_the_nearer_of_two_meetings_is_the_likelier() -> None:
    visit = report(day="2024-06-26", kind="visit")
    assert identify.compare(BASE, report()).likeness > identify.compare(visit, report()).likeness


@pytest.mark.parametrize(("one", "other"), [("2024-06-30", "2024-07-01"), ("2024-12-31", "2025-01-01")])
def test_days_on_both_sides_of_a_month_share_a_key(one: str, other: str) -> None:
    assert set(identify.keys(report(day=one))) & set(identify.keys(report(day=other)))


def test_a_report_with_a_thousand_countries_has_few_keys() -> None:
    """Keys are locks: a text that names everybody must not lock everything."""
    many = report(countries=tuple(f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"), kind="summit")
    assert len(identify.keys(many)) <= 100
