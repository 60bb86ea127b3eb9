"""Reports of meetings, in as few words as a row of a table has room for."""

from __future__ import annotations

import uuid
from typing import Any

from communique import identify
from communique.wire import Evidence, Extractor, MeetingEvent, Participant, SourceReport, When, Where

ALVA, BRAND, CASTRO, DORN = "Rosa Alva", "Peter Brand", "Luis Castro", "Eva Dorn"
STATES = {ALVA: "PE", BRAND: "DE", CASTRO: "CL", DORN: "DE"}


def report(
    people: tuple[str, ...] = (ALVA, BRAND),
    day: str | None = "2024-06-28",
    status: str = "held",
    kind: str = "talks",
    country: str | None = "DE",
    *,
    article: str = "a",
    published: str | None = "2024-06-29",
    **others: Any,
) -> MeetingEvent:
    """One article's report, in as few words as a row of a table has room for."""
    article_id = str(uuid.uuid5(uuid.NAMESPACE_URL, article))
    proof = Evidence(article_id=article_id, start=0, end=4, text="text", rule="test")
    precision = "unknown" if day is None else {4: "year", 7: "month"}.get(len(day), "day")
    fields: dict[str, Any] = {
        "meeting_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"meeting {article}")),
        "revision": 1,
        "kind": kind,
        "status": status,
        "when": When(start=day, end=day, precision=precision, evidence=proof),
        "where": Where(country=country, evidence=proof),
        "participants": tuple(
            Participant(name=name, surface=name, country=STATES[name], office="president", evidence=(proof,))
            for name in people
        ),
        "countries": tuple(STATES[name] for name in people),
        "sources": (SourceReport(article_id=article_id, published_at=published),),
        "confidence": 0.5,
        "extractor": Extractor(name="communique", version="1", languages="1"),
    }
    return identify.canonical(MeetingEvent(**{**fields, **others}))


def person(name: str | None, country: str | None = "DE", **others: Any) -> Participant:
    return Participant(name=name, surface=name or "", country=country, **{"office": "chancellor", **others})


def place(city: str, latitude: float, longitude: float) -> Where:
    return Where(city=city, country="DE", latitude=latitude, longitude=longitude)


BASE = report()
GUEST, HOST = person(ALVA, "PE", office="president"), person(BRAND, office="president")
