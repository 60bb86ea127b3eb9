"""Organisations, forums and initiatives under the name that the events give them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from countries import Name
from tables import by_hand, read

INITIATIVES = frozenset(
    {
        "abraham-accords", "bri", "gci", "gdi", "ggi", "global-gateway", "gsi", "ipef", "jcpoa", "minsk-agreements",
        "shared-future", "start", "three-seas", "board-of-peace", "crimea-platform",
    }
)  # fmt: skip
FULL_NAME = frozenset(
    {
        "acto", "alba", "amu", "antalya-forum", "arab-league", "arctic-council", "arf", "au", "b9", "boao-forum",
        "brf", "bri", "bsec", "can", "cascf", "china-celac-forum", "ciie", "commonwealth", "council-of-europe",
        "coalition-of-the-willing", "cop", "d8", "eac", "eas", "eco", "eef", "epc", "european-commission",
        "european-parliament", "five-eyes", "foreign-affairs-council", "gci", "gdi", "ggi", "gsi", "idb", "interpol",
        "ipef", "jef", "lancang-mekong", "mercosur", "msc", "nam", "ndb", "nordic-council", "osce-minsk-group",
        "pacific-alliance", "palestinian-authority", "pif", "ramstein-format", "shangri-la", "spief", "start",
        "three-seas", "ufm", "unga", "unhrc", "unsc", "visegrad", "wef", "wfp", "world-bank", "iea", "ebrd", "cjeu",
        "icj", "icc", "echr", "jcpoa", "afdb", "adb", "eib", "ecb",
    }
)  # fmt: skip
"""Published in words; all others that have an abbreviation are published under it."""
OWN_NAME = {
    "arab-league": "Arab League",
    "commonwealth": "Commonwealth",
    "unga": "UN General Assembly",
    "unsc": "UN Security Council",
    "unhrc": "UN Human Rights Council",
    "ufm": "Union for the Mediterranean",
    "three-seas": "Three Seas Initiative",
    "shared-future": "Community with a Shared Future",
    "ciie": "China International Import Expo",
    "bsec": "BSEC",
    "start": "New START",
    "ipu": "Inter-Parliamentary Union",
}


def build(folder: Path) -> list[dict[str, str]]:
    rows = read(folder / "organisations.csv") + by_hand("organisations")
    return sorted(
        (
            {
                "id": row["id"],
                "name": _published(row["id"], row["name_en"], row["abbreviation"]),
                "kind": "initiative" if row["id"] in INITIATIVES else "organisation",
            }
            for row in rows
        ),
        key=lambda row: row["id"],
    )


def _published(slug: str, name: str, abbreviation: str) -> str:
    if slug in OWN_NAME:
        return OWN_NAME[slug]
    return (name if slug in FULL_NAME or not abbreviation else abbreviation).replace("–", "-")


def names(folder: Path) -> Iterator[Name]:
    kinds = {row["id"]: row["kind"] for row in build(folder)}
    for row in read(folder / "organisations_names.csv"):
        yield row["lang"].replace("zh-Hant", "zh"), kinds[row["id"]], row["id"], row["form"], None
    for row in by_hand("organisation_names"):
        for form in row["forms"].split("|"):
            yield row["lang"], kinds[row["id"]], row["id"], form, None
