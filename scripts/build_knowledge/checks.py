"""What must hold before anything is written."""

from __future__ import annotations

import re
from pathlib import Path

import countries
from persons import Someone
from places import Place
from tables import read

SOURCES = ("leaders", "leaders_extra", "cabinet_members", "foreign_ministers")
COUNTRY_KEYS = ("country", "demonym", "inhabitant", "region", "region_adjective")
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def assert_sound(
    folder: Path, people: list[Someone], towns: list[Place], published: dict[str, str], names: list[countries.Name]
) -> None:
    identifiers = {row["wikidata"] for table in SOURCES for row in read(folder / f"{table}.csv")}
    known = set(countries.codes())
    organisations = {*published.values(), "EU"}
    for person in people:
        _check(person.wikidata is None or person.wikidata in identifiers, f"identifier from no source: {person.name}")
        for spell in person.spells:
            _check(spell.country is None or spell.country in known, f"no country code: {spell}")
            _check(spell.organisation is None or spell.organisation in organisations, f"no organisation: {spell}")
            _check(bool(spell.country) != bool(spell.organisation), f"country or organisation: {spell}")
            for day in (spell.start, spell.end, spell.seen):
                _check(day is None or bool(DAY.fullmatch(day)), f"no day: {spell}")
    keys = [town.key for town in towns]
    _check(len(keys) == len(set(keys)), "two places with one key")
    for language, kind, key, form, meaning in names:
        _check(bool(form.strip()), f"empty form: {language} {kind} {key}")
        _check((kind == "metonym") == (meaning is not None), f"meaning: {language} {kind} {key}")
        if kind in COUNTRY_KEYS or (kind == "metonym" and not key.startswith("org:")):
            _check(key in known, f"no country code: {language} {kind} {key} {form}")
        if kind == "metonym" and key.startswith("org:"):
            _check(key.removeprefix("org:") in published, f"no organisation: {key}")
    cities = {(language, form.casefold()) for language, kind, _, form, _ in names if kind == "city"}
    cities |= {(language, town.name.casefold()) for town in towns for language in countries.LANGUAGES}
    for language, kind, key, form, _ in names:
        if kind == "region":
            _check(
                (language, form.casefold()) not in cities, f"a city bears the name of a region: {language} {key} {form}"
            )


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise SystemExit(message)
