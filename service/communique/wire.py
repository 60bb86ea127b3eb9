"""The contracts: pydantic models of every message that crosses the border. Their JSON Schemas stand in schemas/.

Inside the core the frozen dataclasses of model.py are used; these models exist at the edges only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

MAX_TITLE = 1_000
MAX_BODY = 1_000_000
MAX_WORD = 1_000
MAX_ADDRESS = 2_048

Word = Annotated[str, Field(max_length=MAX_WORD)]
Address = Annotated[str, Field(max_length=MAX_ADDRESS)]
Moment = Annotated[
    str,
    Field(max_length=100, json_schema_extra={"examples": ["2024-06-28T14:30:00+02:00", "2024-06-28"]}),
]

# ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Accepted(BaseModel):
    """Input models: types are exact (no "5" for 5), unknown fields are welcome."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Author(Accepted):
    name: Word
    uri: Address | None = None


class Publisher(Accepted):
    """Who published the article. `timezone`, an IANA name, is the zone in which its naive times are read."""

    name: Word | None = None
    domain: Word | None = None
    country: Word | None = None
    id: Word | None = None
    timezone: Word | None = None


class Scraper(Accepted):
    name: Word | None = None
    version: Word | None = None
    run_id: Word | None = None


class RawArticle(Accepted):
    """The canonical raw article: the shape that every other accepted shape is brought into."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "allOf": [
                {"anyOf": [{"required": ["url"]}, {"required": ["uri"]}]},
                {
                    "anyOf": [
                        {"required": ["body"]},
                        {"required": ["body_html"]},
                        {"required": ["title", "description"]},
                        {"required": ["pub_status"]},
                    ]
                },
            ]
        },
    )

    uri: Address | None = None
    """Any URI; where there is no URL it is the article's identity."""
    url: Address | None = None
    """http(s). The same address is the same article."""
    canonical_url: Address | None = None
    title: Annotated[str, Field(max_length=MAX_TITLE)] | None = None
    body: Annotated[str, Field(max_length=MAX_BODY)] | None = None
    """Plain text, paragraphs separated by line ends. Tags in it are removed."""
    body_html: str | None = None
    """Read where `body` is missing: turned into text, never rendered."""
    description: Annotated[str, Field(max_length=MAX_BODY)] | None = None
    """Stands in for the body where there is none, together with the title."""
    language: Word | None = None
    """BCP 47; a hint only, the text decides."""
    published_at: Moment | None = None
    """Date-time or day. A naive time is read in the source's time zone if known, else in UTC."""
    modified_at: Moment | None = None
    fetched_at: Moment | None = None
    embargo_until: Moment | None = None
    authors: list[Author] = Field(default_factory=list, max_length=100)
    source: Publisher | None = None
    image_url: Address | None = None
    tags: list[Word] = Field(default_factory=list, max_length=200)
    license: Word | None = None
    pub_status: Word | None = None
    """`withheld` and `canceled` take the article back; anything else publishes it."""
    scraper: Scraper | None = None


# ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Contract(BaseModel):
    """Output models: unknown fields are tolerated by subscribers, so nothing here forbids them."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        ser_json_inf_nan="null",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Evidence(Contract):
    """Where a field comes from. Offsets count code points of the canonical body, title first where there is one."""

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
    truncated: bool = False
    """True where texts or lists were shortened to keep the message under 64 KB."""
    extractor: Extractor


def _header_name(field: str) -> str:
    return "dlq-" + field.replace("_", "-")


Count = Annotated[
    int, PlainSerializer(str, return_type=str), WithJsonSchema({"type": "string", "pattern": "^-?[0-9]+$"})
]
"""A number as a Kafka header carries it: in decimal digits."""


def padded(sequence: int) -> str:
    """So that text compares as numbers do."""
    return f"{sequence:020d}"


Sequence = Annotated[
    int, PlainSerializer(padded, return_type=str), WithJsonSchema({"type": "string", "pattern": "^[0-9]{20}$"})
]
"""A place in the one sequence of all that is published."""


class DeadLetter(BaseModel):
    """The headers that a refused record gains; its own value, key and headers stay as they were."""

    model_config = ConfigDict(
        frozen=True, populate_by_name=True, alias_generator=_header_name, use_attribute_docstrings=True
    )

    sequence: Sequence
    """Without gaps over all events (there it is `ce_sequence`) and dead letters."""
    topic: str
    """Where the record was read."""
    partition: Count
    offset: Count
    timestamp: Count
    """The record's own time, milliseconds since 1970."""
    stage: Literal["decode", "adapt", "validate", "enrich", "store"]
    error_code: str
    """Stable; README lists all of them."""
    error_message: str
    """At most 1 kB, without text of the article."""
    attempts: Count
    failed_at: str
    group: str
    service_version: str
    value_sha256: str | None = None
    """Set where the value was too large to be kept: then it holds the first 4 kB only."""
    value_bytes: Count | None = None
    key_sha256: str | None = None
    """The same for a key beyond 64 kB."""
    key_bytes: Count | None = None
    headers_dropped: Count | None = None
    """How many of the record's own headers did not fit into 64 kB."""


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SCHEMA_BASE = "urn:communique:schemas"
VERSIONS = {"raw-article": "1-0", "meeting-event": "1-0", "dead-letter": "1-0"}
"""Major and minor version of each contract. A minor one only adds; what breaks a reader is a new major and topic."""


def schema_id(name: str) -> str:
    """The `$id` of a contract's schema, and the `ce_dataschema` of its messages."""
    return f"{SCHEMA_BASE}/{name}/{VERSIONS[name]}.json"
