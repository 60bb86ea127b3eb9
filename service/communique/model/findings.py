"""What the extractors find in a document and give each other, up to the whole meeting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from communique.model.facts import Person
from communique.model.values import value


@value
class Evidence:
    start: int
    end: int
    text: str
    rule: str
    """"de.person.office-name": language, field, name of the rule or lexicon entry."""


Days = tuple[str, str]
"""First and last day, each of any precision: ("2024-08-21", "2024-08-22"), ("2024-06", "2024-06")."""


@value
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


@value
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


@value
class TopicMention:
    start: int
    end: int
    topic: str
    medtop: str | None
    rule: str
    kind: Literal["topic", "organisation", "initiative", "relationship"] = "topic"
    """For the kinds other than "topic", `topic` is the canonical name as published ("APEC")."""


@value
class Statement:
    speaker: str
    """Canonical name of the person, several joined with "; ", or the country code of a government that speaks."""
    act: str
    text: str
    topics: tuple[str, ...]
    evidence: Evidence
    speaker_entities: tuple[int, ...] = ()
    """`Party.entity` of each speaker, in the order of `speaker`; empty for a government."""


@value
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


@value
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


@value
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


@value
class When:
    start: str | None
    end: str | None
    precision: Literal["day", "month", "year", "range", "unknown"]
    text: str | None
    evidence: Evidence | None


@value
class Where:
    city: str | None
    country: str | None
    venue: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    text: str | None
    evidence: Evidence | None


@value
class Topic:
    id: str
    medtop: str | None
    evidence: tuple[Evidence, ...]


@value
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
