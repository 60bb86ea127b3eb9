"""Reads the committed tables into frozen values; data/README.md says where each fact comes from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from communique.model import City, Person, Surface, Term, Venue
from communique.text import squeeze

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Known:
    """A person with the forms that hold in every language of Latin script."""

    id: str
    person: Person
    others: tuple[str, ...]
    """Further full names."""
    surnames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A form of one language, for the item of `kind` that has this id."""

    kind: str
    id: str
    form: str
    meaning: str | None


@dataclass(frozen=True, slots=True)
class Towns:
    """Towns that the matcher does not know, by name."""

    rows: Mapping[str, tuple[list[Any], ...]]
    """[form, country, latitude, longitude, GeoNames id, 1 for an ordinary word, name where the form is another] by
    folded form; missing at the end means 0 or null."""

    def named(self, form: str) -> tuple[Surface, ...]:
        """All towns of this name, in any country; ambiguous where a dictionary has the name as a word, too."""
        return tuple(_town(form, *row) for row in self.rows.get(_key(form), ()))


@dataclass(frozen=True, slots=True)
class Tables:
    built: date
    """When the facts were collected."""
    persons: tuple[Known, ...]
    countries: Mapping[str, str]
    """English name by ISO code."""
    cities: Mapping[str, City]
    """The most populous first."""
    towns: Towns
    venues: Mapping[str, Venue]
    organisations: Mapping[str, tuple[str, str]]
    """Published name and kind, organisation or initiative, by slug."""
    names: Mapping[str, tuple[Name, ...]]
    """By language; kind "word" marks a form that is also an ordinary word."""


def read(*, persons: bool = True) -> Tables:
    cities = {
        key: City(name, country, latitude, longitude, geonames, bool(capital))
        for key, name, country, latitude, longitude, geonames, capital in _rows(DATA / "cities.jsonl")
    }
    return Tables(
        built=date.fromisoformat(_rows(DATA / "built.jsonl")[0]["date"]),
        persons=tuple(_known(*row) for row in _rows(DATA / "persons.jsonl")) if persons else (),
        countries=dict(_rows(DATA / "countries.jsonl")),
        cities=cities,
        towns=_towns(DATA / "towns.jsonl"),
        venues={key: Venue(name, cities[city]) for key, name, city in _rows(DATA / "venues.jsonl")},
        organisations={slug: (name, kind) for slug, name, kind in _rows(DATA / "organisations.jsonl")},
        names={file.stem: _names(file, persons=persons) for file in sorted((DATA / "names").glob("*.jsonl"))},
    )


def _rows(file: Path) -> list[Any]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def _known(
    key: str, name: str, wikidata: str | None, others: list[str], surnames: list[str], terms: list[Any]
) -> Known:
    person = Person(name, wikidata, tuple(Term(*term) for term in terms))
    return Known(key, person, tuple(others), tuple(surnames))


def _towns(file: Path) -> Towns:
    by_form: dict[str, tuple[list[Any], ...]] = {}
    for row in _rows(file):
        key = _key(row[0])
        by_form[key] = (*by_form[key], row) if key in by_form else (row,)
    return Towns(by_form)


def _town(
    asked: str, form: str, country: str, latitude: float, longitude: float, id: int, word: int = 0, name: str = ""
) -> Surface:
    city = City(name or form, country, latitude, longitude, id)
    return Surface(asked, "town", f"kb.city.{id}", city, ambiguous=bool(word))


def _key(name: str) -> str:
    """Of a name and of its spelling in plain letters alike."""
    if not name.isascii():
        name = plain(name)
    return name.lower().replace("-", " ") if name.replace(" ", "").replace("-", "").isalpha() else squeeze(name)


_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae"})


def plain(form: str) -> str:
    """Letters of Latin script without accents; other scripts as they are."""
    if form.isascii() or any("ɏ" < character < "Ḁ" for character in form):
        return form
    decomposed = unicodedata.normalize("NFD", form.translate(_LETTERS))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare if bare.isascii() else form


def _names(file: Path, *, persons: bool) -> tuple[Name, ...]:
    rows = (row if len(row) == 4 else (*row, None) for row in _rows(file))
    return tuple(Name(*row) for row in rows if persons or row[0] not in ("person", "reign", "surname"))
