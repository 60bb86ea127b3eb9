"""How sure a meeting is: what speaks against it, and the share of meetings with such doubts that were wholly right.

Each doubt is a yes or no that a reader of the article can check, and each can only lower the confidence: the odds of
"every field is right" start at a base and are divided by a factor for each doubt. Base and factors stand in
confidence.toml with the articles and the day they were fitted to; `make calibrate` writes that file, `make eval` prints
how well the promise is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

from communique.model import Meeting
from communique.model.values import value

LOWEST, HIGHEST = 0.05, 0.97
"""No sentence is so clear, or so doubtful, that the articles it was fitted to could tell more."""
_REMOTE = ("phone_call", "video_call")
_OFF = ("cancelled", "postponed", "refused")


@value
class Circumstances:
    """How a meeting stands in its article."""

    sentence: int
    """Number of the sentence that tells it first, from 0."""
    rank: int
    """0 for the main meeting."""
    meetings: int
    """How many meetings the article reports."""
    inherited: bool
    """One side was filled in from the sentences before."""
    weak: bool
    """Only a word of many other uses speaks of it ("sprach", "received")."""
    own_day: bool
    """The day stands in the sentence that tells it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logarithms of the base odds and of each doubt's factor, the latter zero or less."""

    base: float
    factors: Mapping[str, float]


def doubts(meeting: Meeting, at: Circumstances) -> tuple[str, ...]:
    """What speaks against a meeting, in the order in which a reader would notice."""
    return tuple(_doubts(meeting, at))


def confidence(told: Collection[str], calibration: Calibration | None = None) -> float:
    """The share of meetings with these doubts that have every field right; between LOWEST and HIGHEST."""
    known = calibration or load()
    odds = known.base + sum(known.factors.get(doubt, 0.0) for doubt in told)
    return round(min(HIGHEST, max(LOWEST, 1 / (1 + exp(-odds)))), 2)


@cache
def load() -> Calibration:
    data = tomllib.loads((files("communique.extract") / "confidence.toml").read_text(encoding="utf-8"))
    return Calibration(float(data["base"]), {name: float(value) for name, value in data["factors"].items()})


def _doubts(meeting: Meeting, at: Circumstances) -> Iterator[str]:
    people = meeting.participants
    if at.inherited:
        yield "side from another sentence"
    if at.weak:
        yield "weak word"
    if at.sentence > 1:
        yield "deep in the text"
    if at.sentence > 5:
        yield "very deep in the text"
    if at.rank > 0:
        yield "not the main meeting"
    if at.meetings > 2:
        yield "one of several meetings"
    if len(people) < 2:
        yield "one participant"
    if len(people) > 2:
        yield "more than two participants"
    if any(person.name is None for person in people):
        yield "unnamed participant"
    if any(person.name is not None and not person.candidates for person in people):
        yield "unknown person"
    if {*meeting.countries} - {person.country for person in people}:
        yield "country without participant"
    if meeting.kind in ("summit", "multilateral"):
        yield "conference"
    if meeting.kind == "visit":
        yield "journey"
    if meeting.status == "ongoing":
        yield "under way"
    elif meeting.status == "announced":
        yield "still to come"
    elif meeting.status in _OFF:
        yield "called off"
    yield from _about_day(meeting, at)
    yield from _about_place(meeting)


def _about_day(meeting: Meeting, at: Circumstances) -> Iterator[str]:
    if meeting.when.evidence is None:
        yield "no day told" if meeting.status in ("held", "ongoing") else "no day planned"
    else:
        if not at.own_day:
            yield "day from another sentence"
        if meeting.when.precision != "day":
            yield "day not exact"


def _about_place(meeting: Meeting) -> Iterator[str]:
    if meeting.kind in _REMOTE:
        return
    if meeting.where.country is None:
        yield "no place told"
    elif meeting.where.evidence is None or meeting.where.city is None:
        yield "only a country told"
    elif meeting.where.evidence.rule.endswith("dateline"):
        yield "place from the dateline"


NAMES = (
    "side from another sentence",
    "weak word",
    "deep in the text",
    "very deep in the text",
    "not the main meeting",
    "one of several meetings",
    "one participant",
    "more than two participants",
    "unnamed participant",
    "unknown person",
    "country without participant",
    "conference",
    "journey",
    "under way",
    "still to come",
    "called off",
    "no day told",
    "no day planned",
    "day from another sentence",
    "day not exact",
    "no place told",
    "only a country told",
    "place from the dateline",
)
"""Every doubt there is, for the fit."""
