"""The corpus: own sentences in every language, with what is to be read from them and what is not.

One TOML file a language. Each of its texts says in `about` which phenomenon it is there for, and in `expect` what it
reports: "nothing", one meeting, or a list of meetings, the main one first. A meeting names only the fields that the
text is about:

    { kind = "talks", status = "held", who = ["Hage Geingob, NA, president"], date = "2023-06-27", city = "Windhoek" }

`who` is complete: name, country or organisation, office; office and country may be left out, and a name in brackets
is the surface of somebody whom the text does not name. `countries` is complete too, in any order. `topics` and `acts`
("Hage Geingob praises") are contained in what is found. "none" demands that a field is empty.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from communique.model import Found, Nothing, Outcome, Record
from communique.wire import MeetingEvent

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One text of the corpus."""

    language: str
    number: int
    about: str
    text: str
    published: date
    expect: tuple[Mapping[str, Any], ...] = field(hash=False)

    @property
    def negative(self) -> bool:
        return not self.expect

    @property
    def id(self) -> str:
        return f"{self.language}-{self.number:03}-{self.about}"

    @property
    def record(self) -> Record:
        """The text as a feed would bring it; with its language, for one sentence full of names does not tell it."""
        uri = f"urn:corpus:{self.language}:{self.number}"
        day = self.published.isoformat()
        return Record(orjson.dumps({"uri": uri, "body": self.text, "published_at": day, "language": self.language}))


def codes() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def read(file: Path) -> list[Case]:
    """Every case of one file, in order."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return [_case(file.stem, number, entry, data["published"]) for number, entry in enumerate(data["texts"], 1)]


def _case(language: str, number: int, entry: Mapping[str, Any], published: date) -> Case:
    unknown = {*entry} - {"about", "text", "published", "expect"}
    if unknown:
        raise ValueError(f"{language} {number}: no such key: {', '.join(sorted(unknown))}")
    expect = entry["expect"]
    meetings = () if expect == "nothing" else (expect,) if isinstance(expect, dict) else tuple(expect)
    return Case(language, number, entry["about"], entry["text"], entry.get("published", published), meetings)


def differences(case: Case, outcome: Outcome) -> list[str]:
    """What was read otherwise than expected, a line each; empty where all is right."""
    if not isinstance(outcome, Found | Nothing):
        return [f"outcome: {outcome}"]
    if outcome.language != case.language:
        return [f"language: {outcome.language}"]
    found = outcome.meetings if isinstance(outcome, Found) else ()
    if len(found) != len(case.expect):
        return [f"{len(found)} meetings instead of {len(case.expect)}: " + "; ".join(map(brief, found))]
    return [line for meeting, want in zip(found, case.expect, strict=True) for line in _unlike(meeting, want)]


def brief(meeting: MeetingEvent) -> str:
    who = ", ".join(_person(p.name, p.surface, p.country or p.organisation, p.office) for p in meeting.participants)
    where = "/".join(filter(None, (meeting.where.city, meeting.where.country)))
    past = " (background)" if meeting.background else ""
    return (
        f"{meeting.status} {meeting.kind}{past} of [{who}] {','.join(meeting.countries)} {meeting.when.start} {where}"
    )


def _person(name: str | None, surface: str, country: str | None, office: str | None) -> str:
    return " ".join(part for part in (name or f"({surface})", country, office) if part)


def _unlike(meeting: MeetingEvent, want: Mapping[str, Any]) -> Iterator[str]:
    for name, value in want.items():
        match name:
            case "who":
                right = _everybody(meeting, value)
            case "countries":
                right = {*meeting.countries} == {*value}
            case "topics":
                right = {*value} <= {topic.id for topic in meeting.topics}
            case "acts":
                right = {*value} <= {*_acts(meeting)}
            case _:
                right = value == _FIELDS[name](meeting)
        if not right:
            yield f"{name} is not {value!r}: {_told(meeting, name)}"


_FIELDS: Mapping[str, Any] = {
    "kind": lambda m: m.kind,
    "status": lambda m: m.status,
    "background": lambda m: m.background,
    "date": lambda m: m.when.start or "none",
    "until": lambda m: m.when.end or "none",
    "city": lambda m: m.where.city or "none",
    "country": lambda m: m.where.country or "none",
    "venue": lambda m: m.where.venue or "none",
    "relationship": lambda m: m.relationship or "none",
    "organisations": lambda m: sorted(m.organisations),
    "initiatives": lambda m: sorted(m.initiatives),
    "host": lambda m: next((p.name or p.surface for p in m.participants if p.role == "host"), "none"),
}


def _told(meeting: MeetingEvent, name: str) -> str:
    match name:
        case "topics":
            return ", ".join(topic.id for topic in meeting.topics)
        case "acts":
            return ", ".join(_acts(meeting))
        case "until" | "venue" | "relationship" | "organisations" | "initiatives" | "host":
            return f"{_FIELDS[name](meeting)}"
        case _:
            return brief(meeting)


def _acts(meeting: MeetingEvent) -> list[str]:
    return [f"{'; '.join(sorted(said.speaker.split('; ')))} {said.act}" for said in meeting.statements]


def _everybody(meeting: MeetingEvent, who: Sequence[str]) -> bool:
    left = list(meeting.participants)
    for line in who:
        name, country, office = (*(part.strip() for part in line.split(",")), "", "")[:3]
        for person in left:
            named = f"({person.surface})" if person.name is None else person.name
            place = person.country or person.organisation
            if named == name and country in ("", place) and office in ("", person.office):
                left.remove(person)
                break
        else:
            return False
    return not left
