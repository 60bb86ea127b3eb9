"""Build the tables of communique.knowledge: python scripts/build_knowledge FOLDER

FOLDER holds the fact tables that knowledge/data/README.md describes. Output is sorted and depends on nothing else:
running it twice gives the same bytes.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import countries
import organisations
import persons
import places
import small_towns
import surnames
from checks import assert_sound
from tables import by_hand, write

TARGET = Path(__file__).parents[2] / "service/communique/knowledge/data"
DATE = "2026-11-23"
"""When the fact tables were made; a test tells when the newest term lies too far before it."""


def main(folder: Path, target: Path) -> None:
    published = {row["id"]: row["name"] for row in organisations.build(folder)}
    people = persons.build(folder, published)
    keys = surnames.keys(people)
    given = surnames.given_names(people)
    towns = places.build()
    names = [
        *countries.names(folder),
        *organisations.names(folder),
        *places.names(folder, towns),
        *places.venue_names(),
        *surnames.names(people, keys),
    ]
    assert_sound(folder, people, towns, published, names)
    write(
        target / "persons.jsonl",
        [
            [
                keys[id(person)],
                person.name,
                person.wikidata,
                sorted({*person.names, *surnames.turned(person)} - {person.name}),
                surnames.derived(person, given),
                _terms(person),
            ]
            for person in people
        ],
    )
    write(target / "countries.jsonl", [[row["iso"], row["name"]] for row in countries.build()])
    write(target / "cities.jsonl", [town.row() for town in towns])
    write(target / "towns.jsonl", small_towns.build(towns))
    write(target / "venues.jsonl", places.venues(towns))
    write(
        target / "organisations.jsonl",
        [[row["id"], row["name"], row["kind"]] for row in organisations.build(folder)],
    )
    _write_names(target / "names", names, towns)
    write(target / "built.jsonl", [{"date": DATE, "sources": "see README.md"}])


def _terms(person: persons.Someone) -> list[list[str | None]]:
    rows = []
    for spell in person.spells:
        row = [spell.office, spell.country, spell.organisation, spell.start, spell.end, spell.seen]
        while row[-1] is None:
            row.pop()
        rows.append(row)
    return rows


def _write_names(folder: Path, names: list[countries.Name], towns: list[places.Place]) -> None:
    """One file a language: [kind, id, form], a metonym with its meaning, ["word", "", form] for an ordinary word."""
    english = {town.key: town.name for town in towns}
    by_language: dict[str, set[tuple[str, str, str, str]]] = defaultdict(set)
    for language, kind, key, form, meaning in names:
        form = unicodedata.normalize("NFC", form).strip()
        if kind == "city" and english.get(key) == form:
            continue
        by_language[language].add((kind, key, form, meaning or ""))
    for row in by_hand("left_out_names"):
        for form in row["forms"].split("|"):
            by_language[row["lang"]] -= {item for item in by_language[row["lang"]] if item[::2] == (row["kind"], form)}
    for row in by_hand("ordinary_words"):
        for form in row["forms"].split("|"):
            by_language[row["lang"]].add(("word", "", form, ""))
    for language, rows in by_language.items():
        write(folder / f"{language}.jsonl", [_short(row) for row in sorted(rows)])


def _short(row: tuple[str, ...]) -> list[Any]:
    return list(row) if row[-1] else list(row[:-1])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: python scripts/build_knowledge FOLDER [TARGET]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET)
