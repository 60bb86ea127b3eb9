"""Doubts by name, and the confidence that follows from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from communique.extract import confidence
from communique.extract.confidence import Calibration, Circumstances
from communique.model import Evidence, Meeting, Participant, Person, When, Where

NOWHERE = Evidence(0, 0, "", "de.place.city")
CLEAR = Circumstances(sentence=0, rank=0, meetings=1, inherited=False, weak=False, own_day=True)
DAY = When("2024-06-24", "2024-06-24", "day", "am Montag", NOWHERE)
CITY = Where("Tallinn", "EE", None, None, None, None, "Tallinn", NOWHERE)


def person(name: str | None, country: str, *, known: bool = True) -> Participant:
    candidates = (Person(name or "", None),) if known else ()
    return Participant(name, name or "", country, None, None, None, "participant", None, (), candidates)


MEETING = Meeting(
    kind="meeting",
    status="held",
    background=False,
    when=DAY,
    where=CITY,
    participants=(person("Alar Karis", "EE"), person("Edgars Rinkēvičs", "LV")),
    countries=("EE", "LV"),
    organisations=(),
    initiatives=(),
    relationship=None,
    topics=(),
    statements=(),
    confidence=0.0,
    evidence=(),
)


def test_a_clear_meeting_has_no_doubts() -> None:
    assert confidence.doubts(MEETING, CLEAR) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"inherited": True}, ("side from another sentence",)),
        ({"weak": True}, ("weak word",)),
        ({"sentence": 2}, ("deep in the text",)),
        ({"sentence": 6}, ("deep in the text", "very deep in the text")),
        ({"rank": 1}, ("not the main meeting",)),
        ({"meetings": 3}, ("one of several meetings",)),
        ({"own_day": False}, ("day from another sentence",)),
    ],
)
def test_how_it_is_told_can_be_doubtful(changes: dict[str, int], expected: tuple[str, ...]) -> None:
    assert confidence.doubts(MEETING, replace(CLEAR, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"participants": MEETING.participants[:1]}, {"one participant", "country without participant"}),
        ({"participants": (*MEETING.participants, person("A B", "LT"))}, {"more than two participants"}),
        ({"participants": (person(None, "EE"), person("A B", "LV"))}, {"unnamed participant"}),
        ({"participants": (person("A B", "EE", known=False), person("C D", "LV"))}, {"unknown person"}),
        ({"kind": "summit"}, {"conference"}),
        ({"kind": "visit"}, {"journey"}),
        ({"status": "ongoing"}, {"under way"}),
        ({"status": "announced"}, {"still to come"}),
        ({"status": "postponed"}, {"called off"}),
        ({"when": replace(DAY, evidence=None)}, {"no day told"}),
        ({"when": replace(DAY, evidence=None), "status": "announced"}, {"no day planned", "still to come"}),
        ({"when": replace(DAY, precision="month")}, {"day not exact"}),
        ({"where": replace(CITY, country=None, city=None)}, {"no place told"}),
        ({"where": replace(CITY, city=None)}, {"only a country told"}),
        ({"where": replace(CITY, evidence=replace(NOWHERE, rule="de.place.dateline"))}, {"place from the dateline"}),
    ],
)
def test_what_is_missing_is_a_doubt(changes: dict[str, object], expected: set[str]) -> None:
    assert set(confidence.doubts(replace(MEETING, **changes), CLEAR)) == expected


def test_a_call_needs_no_place() -> None:
    call = replace(MEETING, kind="phone_call", where=replace(CITY, city=None, country=None, evidence=None))
    assert confidence.doubts(call, CLEAR) == ()


def test_no_doubt_raises_the_confidence() -> None:
    """The shipped factors are none above zero, and belong to doubts that exist."""
    shipped = confidence.load()
    assert {*shipped.factors} <= {*confidence.NAMES}
    assert max(shipped.factors.values()) <= 0
    clear = confidence.confidence(())
    assert all(confidence.confidence((name,)) <= clear for name in confidence.NAMES)


def test_confidence_stays_between_its_bounds() -> None:
    sure, doubtful = Calibration(9.0, {}), Calibration(-9.0, {})
    assert confidence.confidence((), sure) == confidence.HIGHEST
    assert confidence.confidence((), doubtful) == confidence.LOWEST


def test_odds_are_multiplied() -> None:
    """Even odds, halved: one in three."""
    assert confidence.confidence(("weak word",), Calibration(0.0, {"weak word": -0.6931})) == 0.33
