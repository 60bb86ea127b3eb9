"""Persons with their terms: four tables and the rows kept by hand, joined by identifier or exact name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from offices import ALONE, SPEAKS_FOR, office
from tables import Row, by_hand, fold, read
from terms import Spell, merged, succeeded

REALMS = frozenset({"AG", "AU", "BB", "BS", "BZ", "CA", "GD", "JM", "KN", "LC", "NZ", "PG", "SB", "TV", "VC"})
"""The British monarch reigns there too, but meets others for the United Kingdom."""


@dataclass
class Someone:
    """A person while being put together."""

    name: str
    wikidata: str | None
    names: set[str] = field(default_factory=set)
    spells: list[Spell] = field(default_factory=list)
    variants: list[tuple[str, str, str]] = field(default_factory=list)
    """(language, form, "full" or "short" as the table of spellings says, "last word" of a form kept by hand)"""

    @property
    def places(self) -> set[str]:
        return {spell.country or f"org:{spell.organisation}" for spell in self.spells}


def build(folder: Path, published: dict[str, str]) -> list[Someone]:
    """Everyone, sorted by name; `published` gives an organisation's name in events by its slug."""
    spells = [*_spells(folder)]
    people = _joined(spells, {(row["name"], row["country"]): row for row in by_hand("same_person")})
    _name(people, read(folder / "name_variants.csv"))
    for person in people:
        person.spells = merged(person.spells)
    succeeded([(person.name, spell) for person in people for spell in person.spells], ALONE)
    for person in people:
        for spell in person.spells:
            if spell.organisation is not None:
                spell.organisation = SPEAKS_FOR.get(spell.organisation) or published[spell.organisation]
        person.spells.sort(
            key=lambda spell: (spell.start or "", spell.office, spell.country or spell.organisation or "")
        )
    return sorted(people, key=lambda person: (fold(person.name), person.name, person.wikidata or min(person.places)))


def _spells(folder: Path) -> list[Spell]:
    """Every row, without the slips of the sources that were found by comparing them."""
    found = []
    for table in ("leaders", "leaders_extra", "cabinet_members", "foreign_ministers"):
        found += [_spell(row, table) for row in read(folder / f"{table}.csv")]
    found += [_spell(row, "persons") for row in by_hand("persons")]
    corrections = {(row["name"], row["country"], row["office"], row["start"]): row for row in by_hand("corrections")}
    kept = []
    for spell in filter(None, found):
        slip = corrections.get((spell.name, spell.country or "", spell.office, spell.start or ""))
        if slip is not None:
            spell.office = slip["new_office"] or spell.office
            spell.end = slip["new_end"] or spell.end
        if spell.office != "dropped":
            kept.append(spell)
    return kept


def _spell(row: Row, table: str) -> Spell | None:
    if row["office"] == "president_disputed" or (row["name"].startswith("Q") and row["name"][1:].isdigit()):
        return None
    country = row["country"] or None
    organisation = row.get("organisation") or None
    if organisation == "soviet-union" or (country in REALMS and row["office"] in ("king", "monarch", "queen")):
        return None
    end = row.get("end") or row.get("end_year") or None
    seen = {"cabinet_members": row.get("as_of"), "foreign_ministers": row.get("last_seen")}.get(table)
    return Spell(
        name=row["name"].removesuffix(", Jr.").strip(),
        wikidata=row.get("wikidata") or None,
        office=office(row["office"], country=country, organisation=organisation, label=row.get("office_label") or ""),
        country=country,
        organisation=organisation,
        start=row.get("start") or row.get("start_year") or None,
        end=end,
        seen=None if end else seen,
    )


def _joined(spells: list[Spell], aliases: dict[tuple[str, str], Row]) -> list[Someone]:
    """One person for each identifier; rows without one join by exact folded name and country.

    An official of an organisation joins a politician of the same full name, since they come from governments; two
    politicians of one name in two countries stay two.
    """
    people: list[Someone] = []
    by_id: dict[str, Someone] = {}
    by_name: dict[str, list[Someone]] = defaultdict(list)
    for spell in sorted(spells, key=lambda spell: (spell.wikidata is None, spell.organisation is not None)):
        place = spell.country or f"org:{spell.organisation}"
        alias = aliases.get((spell.name, place))
        name = alias["canonical"] if alias else spell.name
        person = by_id.get(spell.wikidata) if spell.wikidata else None
        if person is None:
            for other in by_name[fold(name)]:
                same_item = spell.wikidata is None or other.wikidata is None or spell.wikidata == other.wikidata
                official = place.startswith("org:") or all(item.startswith("org:") for item in other.places)
                if same_item and (place in other.places or official):
                    person = other
                    break
        if person is None:
            person = Someone(name, spell.wikidata)
            people.append(person)
        if spell.wikidata:
            by_id[spell.wikidata] = person
            person.wikidata = person.wikidata or spell.wikidata
        for form in {name, spell.name} if alias is None or alias["also"] == "yes" else {name}:
            person.names.add(form)
            if person not in by_name[fold(form)]:
                by_name[fold(form)].append(person)
        person.spells.append(spell)
    return people


def _name(people: list[Someone], variants: list[Row]) -> None:
    """Canonical name and forms per language from the table of spellings; persons not in office get no entry."""
    canonical = {(row["name"], row["country"]): row["canonical"] for row in by_hand("canonical_names")}
    by_id = {person.wikidata: person for person in people if person.wikidata}
    by_name: dict[str, list[Someone]] = defaultdict(list)
    for person in people:
        for name in sorted(person.names):
            if person not in by_name[fold(name)]:
                by_name[fold(name)].append(person)
    for row in variants:
        named = by_name[fold(row["name"])]
        person = by_id.get(row["wikidata_or_blank"]) or (named[0] if len(named) == 1 else None)
        if person is None:
            continue
        person.name = row["name"]
        person.names.add(row["name"])
        person.variants.append((row["lang"].replace("zh-Hant", "zh"), row["variant"], row["form"]))
    for row in by_hand("name_variants"):
        for person in by_name[fold(row["name"])]:
            if row["country"] in person.places:
                for form in row["forms"].split("|"):
                    person.variants += [(row["lang"], form, "full"), (row["lang"], form.split()[-1], "last word")]
    for person in people:
        for place in person.places:
            person.name = canonical.get((person.name, place), person.name)
        person.names.discard(person.name)
