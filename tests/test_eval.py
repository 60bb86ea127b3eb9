"""The scorer counts what it says, and the extractor does not lean on the person tables more than it must."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from communique import pipeline
from communique.pipeline import Pipeline
from communique.wire import MeetingEvent
from tests.eval import __main__ as command
from tests.eval import calibrate, judge, reliability, rows, sets
from tests.eval.calibrate import Example
from tests.eval.sets import Article

GRAMMAR = (
    "Der tschadische Außenminister Issa Dallo traf am Montag in Tunis seinen marokkanischen Amtskollegen Omar Sefrioui."
)
SURNAMES = "In Tallinn trafen sich am Montag Stubb und Karis."


def person(name: str, country: str, role: str = "foreign_minister") -> dict[str, Any]:
    return {"name": name, "surface": name, "country": country, "organisation": None, "role": role}


def event(*people: dict[str, Any], city: str, country: str, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "meeting",
        "status": "held",
        "participants": list(people),
        "countries": [one["country"] for one in people],
        "date": "2024-06-24",
        "place": {"name": city, "country": country, "surface": city},
    } | changes


TUNIS = event(person("Issa Dallo", "TD"), person("Omar Sefrioui", "MA"), city="Tunis", country="TN")
TALLINN = event(
    person("Alexander Stubb", "FI", "president"), person("Alar Karis", "EE", "president"), city="Tallinn", country="EE"
)


def article(text: str, *events: dict[str, Any]) -> Article:
    return Article(f"own-{len(text)}", "de", "2024-06-28", None, text, events, 0, None)


@cache
def reader() -> Pipeline:
    return pipeline.load(["de"])


@cache
def found(text: str) -> tuple[MeetingEvent, ...]:
    one = article(text)
    return sets.extract([one], reader())[one.id]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ()),
        ({"kind": "talks"}, ()),
        ({"kind": "phone_call"}, ("kind",)),
        ({"status": "ongoing"}, ()),
        ({"status": "announced"}, ("status",)),
        ({"date": "2024-06"}, ()),
        ({"date": None}, ()),
        ({"date": "2024-06-25"}, ("date",)),
        ({"place": {"name": "Tunis", "country": "LY"}}, ("place country",)),
        ({"place": {"name": None, "country": None}}, ()),
        ({"participants": [person("Omar Sefrioui", "MA")]}, ("participant too many",)),
        ({"participants": [person("Issa Dallo", "TD"), person("Omar Sefrioui", "DZ")]}, ("participant country",)),
        ({"participants": [*TUNIS["participants"], person("A B", "LY")]}, ("participant missing",)),
        ({"background": True}, ("false alarm",)),
    ],
)
def test_the_wrong_field_is_named(changes: dict[str, Any], fault: tuple[str, ...]) -> None:
    """Kinds in person count alike, so do the stages of a status, and a date is right as far as the gold knows it."""
    assert judge.judge(article(GRAMMAR, TUNIS | changes), found(GRAMMAR)).fault == fault


def test_nothing_found_is_missed() -> None:
    verdict = judge.judge(article(GRAMMAR, TUNIS), ())
    assert verdict.fault == ("missed",)
    assert rows.count([verdict])["main meeting all right"].value == 0


def test_a_perfect_answer_scores_one_in_every_row() -> None:
    counted = rows.count([judge.judge(article(GRAMMAR, TUNIS), found(GRAMMAR))])
    assert {row.value for row in counted.values()} == {1.0}


@pytest.mark.parametrize(
    ("name", "alias", "same"),
    [
        ("Nicolás Maduro", "Nicolas Maduro", True),
        ("Abdel Fattah el-Sisi", "el Sisi", True),
        ("Xi Jinping", "Xi", True),
        ("Olaf Scholz", "Rolf Scholz", False),
        ("", "Xi", False),
    ],
)
def test_names_are_equal_when_one_holds_the_other(name: str, alias: str, same: bool) -> None:
    assert judge.same_name(name, [alias]) is same


def test_a_fallen_row_is_seen_and_a_small_change_is_not() -> None:
    counted = rows.count([judge.judge(article(GRAMMAR, TUNIS), ())])
    before = {"de": {"main meeting all right": 0.5, "meetings": command.TOLERANCE, "unknown row": 1.0}}
    assert command.regressions(before, {"de": counted}) == ["de: main meeting all right 0.500 → 0.000"]


def test_reliability_compares_promise_and_share() -> None:
    table = reliability.bins([(0.9, True), (0.9, False), (0.2, False)])
    assert [(row.meetings, row.promised, row.kept) for row in table] == [(1, 0.2, 0.0), (2, 0.9, 0.5)]
    assert reliability.expected_error(table) == pytest.approx((0.2 + 2 * 0.4) / 3)


def test_the_fit_lowers_what_is_often_wrong_and_raises_nothing() -> None:
    right = [Example(str(n), ("journey",), True) for n in range(30)]
    wrong = [Example(str(n), ("weak word",), n % 3 == 0) for n in range(30)]
    fitted = calibrate.fit([*right, *wrong])
    assert fitted.factors["weak word"] < -1
    assert fitted.factors["journey"] == 0


def test_a_set_is_read_from_two_files(tmp_path: Path) -> None:
    line = {"id": "a", "lang": "de", "date": "2024-06-28", "text": GRAMMAR}
    unnamed = TUNIS | {"participants": [*TUNIS["participants"], person("A B", "LY") | {"name": None}]}
    (tmp_path / "own.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (tmp_path / "own_gold.jsonl").write_text(
        json.dumps({"id": "a", "events": [unnamed], "main": 0}) + "\n", encoding="utf-8"
    )
    [read] = sets.read(tmp_path / "own", ["de"])
    assert read == replace(article(GRAMMAR, TUNIS), id="a")
    assert sets.read(tmp_path / "own", ["en"]) == []


def test_without_the_person_tables_only_bare_names_are_lost() -> None:
    """Office, country and name are read by grammar; who a surname alone may be only the tables know."""
    articles = [article(GRAMMAR, TUNIS), article(SURNAMES, TALLINN)]
    poor = sets.extract(articles, pipeline.load(["de"], persons=False))
    with_persons = [judge.judge(one, found(one.text)) for one in articles]
    without = [judge.judge(one, poor[one.id]) for one in articles]
    assert [verdict.fault for verdict in with_persons] == [(), ()]
    assert [one.article.text for one, _ in command.lost(with_persons, without)] == [SURNAMES]
