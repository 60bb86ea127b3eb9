"""Items of the knowledge base, and the forms under which the matcher finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
