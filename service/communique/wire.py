"""The contracts: pydantic models of every message that crosses the border. Their JSON Schemas stand in schemas/.

Inside the core the frozen dataclasses of model.py are used; these models exist at the edges only.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Contract(BaseModel):
    """Output models: unknown fields are tolerated by subscribers, so nothing here forbids them."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")


class Evidence(Contract):
    """Where a field comes from. Offsets count Unicode code points of the canonical body, title first where there is one."""

    article_id: str
    start: int
    end: int
    text: str
    rule: str


class When(Contract):
    start: str | None = None
    end: str | None = None
    precision: Literal["day", "month", "year", "range", "unknown"] = "unknown"
    text: str | None = None
    evidence: Evidence | None = None


class Where(Contract):
    city: str | None = None
    country: str | None = None
    venue: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames_id: int | None = None
    text: str | None = None
    evidence: Evidence | None = None


class Participant(Contract):
    name: str | None = None
    surface: str
    country: str | None = None
    organisation: str | None = None
    office: str | None = None
    office_text: str | None = None
    role: Literal["host", "guest", "participant", "mediator"] = "participant"
    wikidata: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Topic(Contract):
    id: str
    medtop: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Statement(Contract):
    speaker: str
    act: str
    text: str
    topics: tuple[str, ...] = ()
    evidence: Evidence


class Plover(Contract):
    event: str
    mode: str | None = None


class SourceReport(Contract):
    article_id: str
    url: str | None = None
    publisher: str | None = None
    language: str | None = None
    published_at: str | None = None


class Extractor(Contract):
    name: str
    version: str
    languages: str


class MeetingEvent(Contract):
    """The whole present state of one meeting."""

    meeting_id: str
    revision: int = Field(ge=1)
    kind: str
    status: str
    background: bool = False
    when: When = When()
    where: Where = Where()
    participants: tuple[Participant, ...] = ()
    countries: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    initiatives: tuple[str, ...] = ()
    relationship: str | None = None
    topics: tuple[Topic, ...] = ()
    statements: tuple[Statement, ...] = ()
    plover: Plover | None = None
    cameo: str | None = None
    sources: tuple[SourceReport, ...] = ()
    confidence: float = Field(ge=0, le=1)
    reason: str | None = None
    """Why the meeting was retracted; null otherwise."""
    extractor: Extractor
