"""The values that flow through the core: frozen, without behaviour beyond reading themselves.

    Record ──decode, adapt, validate──▶ Article ──language──▶ Document ──extract──▶ Meeting ──identify──▶ MeetingEvent
                                                                                                └─▶ Outcome

Offsets are Unicode code points of `Article.text`, end exclusive. Dates inside the core are ISO 8601 strings of the
precision that the text gives: "2024", "2024-06" or "2024-06-28".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from communique.wire import MeetingEvent

# ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, or one line of `communique extract`, before anything has been understood."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = ""
    partition: int = 0
    offset: int = 0
    timestamp_ms: int = 0
    """Broker or arrival time in milliseconds since 1970; the only "now" that the core knows."""


@dataclass(frozen=True, slots=True)
class Source:
    name: str | None = None
    domain: str | None = None
    country: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An accepted raw article. `text` is the canonical body, NFC, behind the title and a blank line if there is one."""

    article_id: str
    """uuid5 of the canonical URL or URI: the same address is the same article."""
    uri: str
    url: str | None
    text: str
    title: str | None = None
    language_hint: str | None = None
    published_at: datetime | None = None
    """Aware; None when the sender gave no date."""
    published_precision: Literal["second", "day"] = "second"
    zone_assumed: bool = False
    """True where the sender's time was naive and no zone of the source was known, so UTC was taken."""
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    embargo_until: datetime | None = None
    canonical_url: str | None = None
    aliases: tuple[str, ...] = ()
    """The ids that its other addresses would give: who takes it back may know it under any of them."""
    source: Source = Source()
    content_hash: bytes = b""
    """sha256 of the folded text: equal for the same report under two addresses."""
    shape: str = "canonical"
    extra: Mapping[str, Any] = field(default_factory=dict)


# ── what the matcher and the segmentation see ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


class Token(NamedTuple):
    """A word, a number or one punctuation character. A tuple, because an article has hundreds and tuples are made in
    half the time."""

    start: int
    end: int
    text: str
    lower: str


class Sentence(NamedTuple):
    start: int
    end: int
    first: int
    """Index of its first token in `Document.tokens`."""
    last: int
    """Index after its last token."""
    paragraph: int
    quoted: bool = False
    """True where the whole sentence stands inside quotation marks."""


class Entry(NamedTuple):
    """What a surface form stands for: one lexicon entry of a language file, or one item of the knowledge base.

    `kind` says which extractor reads it, `id` is the stable name that appears in evidence ("de.office.president",
    "kb.person.Q15031"), `data` is the frozen payload that the reader of that kind knows.
    """

    kind: str
    id: str
    data: Any = None
    ambiguous: bool = False
    """True where the form is also an ordinary word or another name: it needs support from its surroundings."""


class Hit(NamedTuple):
    """A surface form found in a text, at word boundaries."""

    start: int
    end: int
    """End of the form itself; a suffix such as the German genitive -s lies behind it."""
    full_end: int
    """End including the suffix."""
    suffix: str
    """"" or the folded inflection that followed, such as "s" or "'s"."""
    prefix: str
    """"" or the folded first part of a compound, such as "vize"; `start` lies before it."""
    entries: tuple[Entry, ...]
    """All readings of the form, in the order of the lexicon."""


@dataclass(frozen=True)
class Document:
    """An article's text, segmented and matched once, for the seven extractors to read."""

    article_id: str
    text: str
    folded: str
    """Lower case, one character for one of `text`."""
    language: str
    published: date | None
    """The day of publication in the source's own zone."""
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    """Longest matches of each kind, by start."""
    title_end: int = 0
    """Offset after the title, 0 where there is none."""


# ── what the extractors give each other ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Evidence:
    start: int
    end: int
    text: str
    rule: str
    """"de.person.office-name": language, field, name of the rule or lexicon entry."""


@dataclass(frozen=True, slots=True)
class Term:
    """One person's time in one office. Days are ISO strings of any precision, None where open or unknown."""

    office: str
    country: str | None
    organisation: str | None = None
    start: str | None = None
    end: str | None = None
    seen: str | None = None
    """Where `end` is unknown rather than open: the last day on which a source saw the person in office."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the knowledge base."""

    name: str
    wikidata: str | None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class City:
    """A city, town, island or region at which heads of state meet, under the name that English news give it."""

    name: str
    country: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Venue:
    """A palace, residence, hall or hotel, and the city it stands in."""

    name: str
    city: City


@dataclass(frozen=True, slots=True)
class Surface:
    """One form of one item of the knowledge base, for the matcher.

    kind: person, surname, country, demonym, inhabitant, region, adjective, metonym, city, town, venue, organisation or
    initiative. A region's adjective ("bayerisch") has two kinds: it qualifies an office as the region does, and names
    no place. A town is a city that no automaton knows (Knowledge.towns).
    data: Person · tuple of Persons, the likeliest first · ISO code (country, demonym, inhabitant, region, adjective) ·
    (ISO code or "org:<slug>", meaning) for a metonym · City (city, town) · Venue · published name (organisation,
    initiative).
    """

    form: str
    kind: str
    id: str
    data: Any
    ambiguous: bool = False
    """The form is also an ordinary word, or too short or common a name: only with grammar or context beside it."""


Days = tuple[str, str]
"""First and last day, each of any precision: ("2024-08-21", "2024-08-22"), ("2024-06", "2024-06")."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date expression, resolved against the day of publication.

    `value` is the reading to take when nothing else is known. Where the words leave the direction open ("am Montag",
    "im September", "the following day") `relation` is "unknown", `past` and `future` hold both readings, and whoever
    reads the verb asks for `directed`.
    """

    start: int
    end: int
    value: str | None
    """First day: "2024-06-28", "2024-06" or "2024"; None where it cannot be resolved. A week or weekend is a month."""
    until: str | None
    """Last day of a range; equal to `value` for a single date."""
    precision: Literal["day", "month", "year", "range", "unknown"]
    relation: Literal["past", "future", "present", "unknown"]
    """What the words themselves say of the direction ("gestern", "kommende Woche"), before any verb is read."""
    rule: str
    """"de.date.weekday": language, field and meaning of the pattern."""
    dateline: bool = False
    """In the dateline ("MOSKAU, 16. August (TASS)"): when the report was written, not when the meeting was."""
    past: Days | None = None
    """Reading under a past verb: the latest such day on or before publication."""
    future: Days | None = None
    """Reading under a future verb: the first such day on or after publication."""
    weekday: int | None = None
    """0 (Monday) to 6 where the expression is a weekday without a date; of a range the first."""
    bound: Literal["on", "since", "until", "before", "after", "for"] = "on"
    """What the preposition makes of it: "seit Montag" began, "bis Freitag" ends then, "für Dienstag" is planned."""
    shift: int | None = None
    """Set where the expression counts in days from the day told before it: "am selben Tag" 0, "tags zuvor" -1.
    `value`, `past` and `future` then count from the nearest day named before it in the text."""

    def directed(self, direction: Literal["past", "future"]) -> DateMention:
        """The same mention under a past or a future verb; unchanged where the words decide themselves."""
        reading = self.past if direction == "past" else self.future
        if self.relation != "unknown" or reading is None:
            return self
        return replace(self, value=reading[0], until=reading[1])


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place at which something may have happened: a city, a country, a venue.

    A venue gives its city; a country alone leaves `city` None; a town that no table knows leaves `country` None unless
    the words beside it name one.
    """

    start: int
    end: int
    city: str | None
    """English name; as written for a town that no table knows."""
    country: str | None
    venue: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    rule: str
    """Language, field and construction: "de.place.city", "en.place.capital", "de.place.dateline"."""
    relation: Literal["in", "to", "from", "topic", "bare"] = "bare"
    """in: "in Berlin", "Pariser Treffen" · to: "nach Paris", "China-Reise" · from: "aus Wien" · topic: where something
    that is talked about is ("Krieg in der Ukraine") · bare: no grammar of place, so that a capital may stand for its
    government ("Peking kritisierte", "zwischen Berlin und Paris")."""
    dateline: bool = False
    """Where the report was written; the meeting's place only if nothing in the text says otherwise."""

    @property
    def locative(self) -> bool:
        """True where the grammar makes it the place of what is told or the goal of a journey."""
        return self.relation in ("in", "to")


@dataclass(frozen=True, slots=True)
class TopicMention:
    start: int
    end: int
    topic: str
    medtop: str | None
    rule: str
    kind: Literal["topic", "organisation", "initiative", "relationship"] = "topic"
    """For the kinds other than "topic", `topic` is the canonical name as published ("APEC")."""


@dataclass(frozen=True, slots=True)
class Statement:
    speaker: str
    """Canonical name of the person, several joined with "; ", or the country code of a government that speaks."""
    act: str
    text: str
    topics: tuple[str, ...]
    evidence: Evidence
    speaker_entities: tuple[int, ...] = ()
    """`Party.entity` of each speaker, in the order of `speaker`; empty for a government."""


@dataclass(frozen=True, slots=True)
class Party:
    """One participant as the text names them: a person, an office without a name, or a whole government.

    `country`, `organisation` and `office` are what the text and the language file say; `person` is the item of the
    knowledge base that the name may stand for.
    """

    start: int
    end: int
    name: str | None
    """As written, without office and genitive; None for an office or a government alone."""
    surface: str
    """Verbatim text of the name, or of the office where there is none."""
    country: str | None
    organisation: str | None
    office: str | None
    office_text: str | None
    candidates: tuple[Person, ...]
    evidence: tuple[Evidence, ...]
    entity: int = -1
    """Number of the person or body in this document: two mentions of one person carry the same number."""
    pronoun: bool = False
    """True where only a pronoun stands in the text; what it stands for is filled in."""
    plural: bool = False
    """True for several unnamed persons ("die Außenminister der EU-Staaten")."""
    collective: bool = False
    """True for a government, a delegation or unnamed persons: counts for `countries`, is no participant."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or idiom that makes a sentence report an encounter."""

    start: int
    end: int
    sentence: int
    frame: str
    """Id of the frame in the language file."""
    kind: str
    status: str
    """From tense, modality and negation: held, ongoing, announced, postponed, cancelled, refused."""
    background: bool
    evidence: tuple[Evidence, ...]
    data: Any = None
    """The language file's frame, for arguments.py."""


@dataclass(frozen=True, slots=True)
class Participant:
    name: str | None
    surface: str
    country: str | None
    organisation: str | None
    office: str | None
    office_text: str | None
    role: Literal["host", "guest", "participant", "mediator"]
    wikidata: str | None
    evidence: tuple[Evidence, ...]
    candidates: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    start: str | None
    end: str | None
    precision: Literal["day", "month", "year", "range", "unknown"]
    text: str | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Where:
    city: str | None
    country: str | None
    venue: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    text: str | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    medtop: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Meeting:
    """One meeting as one article reports it."""

    kind: str
    status: str
    background: bool
    when: When
    where: Where
    participants: tuple[Participant, ...]
    countries: tuple[str, ...]
    organisations: tuple[str, ...]
    initiatives: tuple[str, ...]
    relationship: str | None
    topics: tuple[Topic, ...]
    statements: tuple[Statement, ...]
    confidence: float
    evidence: tuple[Evidence, ...]
    """The trigger's, for kind and status."""
    doubts: tuple[str, ...] = ()
    """What speaks against it, by the names of extract/confidence.py."""


# ── what comes out of the pipeline ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was refused. `code` is stable and documented in README; `message` holds no article text."""

    stage: Literal["decode", "adapt", "validate", "enrich", "store"]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """The article reports at least one meeting; the main one first."""

    article: Article
    language: str
    meetings: tuple[MeetingEvent, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A readable article without a meeting."""

    article: Article
    language: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The sender takes the article back: a null value, or `pub_status` withheld or canceled."""

    article_id: str
    uri: str
    reason: str
    aliases: tuple[str, ...] = ()
    """As those of an article."""


@dataclass(frozen=True, slots=True)
class Rejected:
    refusal: Refusal


Outcome = Found | Nothing | Withdrawn | Rejected


# ── what the loops and the store exchange ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Claim:
    """Ownership of one partition, won by raising the epoch of its row in `ingest_position`."""

    topic: str
    partition: int
    next_offset: int | None
    """Where to seek; None at a group's very first start."""
    epoch: int


@dataclass(frozen=True, slots=True)
class Decided:
    record: Record
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Drained:
    """Records of one partition as a source hands them over; what the source itself had to refuse is decided already.

    `end` is the consumer's position after the drain, not last offset + 1: control records and compaction leave gaps.
    """

    claim: Claim
    start: int
    end: int
    records: tuple[Record | Decided, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Decided records of one partition: the half-open offset range [start, end) that one transaction commits."""

    claim: Claim
    start: int
    end: int
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class CommitReport:
    """What one committed batch changed."""

    articles: int = 0
    duplicates: int = 0
    reported: int = 0
    updated: int = 0
    retracted: int = 0
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """An outgoing Kafka message, as the outbox keeps it."""

    topic: str
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    seq: int
    message: Message
    created_at: datetime
