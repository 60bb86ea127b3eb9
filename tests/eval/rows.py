"""Counts verdicts: one row for each thing that can be right or wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.eval import judge
from tests.eval.judge import Verdict


@dataclass
class Row:
    """A share (right of all) or, where things can be found too much, an F1 (right, too many, missed)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    share: bool = True

    @property
    def value(self) -> float:
        if self.share:
            return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0
        told = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / told if told else 0.0

    @property
    def detail(self) -> str:
        if self.share:
            return f"{self.right}/{self.right + self.wrong}"
        found, wanted = self.right + self.wrong, self.right + self.missed
        precision, recall = self.right / found if found else 0.0, self.right / wanted if wanted else 0.0
        return f"P {precision:.3f} R {recall:.3f}  (right {self.right}, too many {self.wrong}, missed {self.missed})"


class Rows(dict[str, Row]):
    """Rows by name, in order of their first count."""

    def answer(self, name: str, right: bool) -> None:
        row = self.setdefault(name, Row())
        row.right += right
        row.wrong += not right

    def find(self, name: str, right: int, found: int, wanted: int) -> None:
        row = self.setdefault(name, Row(share=False))
        row.right += right
        row.wrong += found - right
        row.missed += wanted - right

    @property
    def values_by_name(self) -> dict[str, float]:
        return {name: round(row.value, 4) for name, row in self.items()}


def count(verdicts: Iterable[Verdict]) -> Rows:
    rows = Rows()
    for verdict in verdicts:
        hit = bool(verdict.found and verdict.wanted)
        rows.find("article detected", hit, bool(verdict.found), bool(verdict.wanted))
        rows.find("meetings", len(verdict.pairs), len(verdict.found), len(verdict.wanted))
        if verdict.main is None:
            continue
        rows.answer("main meeting found", verdict.answer is not None)
        _main(rows, verdict)
        if verdict.article.statements is not None:
            _statements(rows, verdict)
    return rows


def _main(rows: Rows, verdict: Verdict) -> None:
    gold, event = verdict.main, verdict.answer
    assert gold is not None
    if event is None:
        rows.find("participants", 0, 0, len(gold["participants"]))
        rows.answer("main meeting all right", False)
        return
    people = judge.persons(event, gold)
    rows.find("participants", len(people), len(event.participants), len(gold["participants"]))
    for person, wanted in people:
        rows.answer("participant country", person.country == wanted.get("country"))
        if wanted.get("role"):
            rows.answer("participant office", person.office == wanted["role"])
    rows.answer("kind", event.kind == gold["kind"])
    rows.answer("kind, in-person kinds alike", judge.kind_alike(event, gold))
    rows.answer("status", event.status == gold["status"])
    rows.answer("status, held/announced/off", judge.status_alike(event, gold))
    if gold.get("date"):
        rows.answer("date", judge.day_right(event, gold))
    else:
        rows.answer("no date invented", event.when.start is None)
    place = judge.place(gold)
    if place.get("country"):
        rows.answer("place country", event.where.country == place["country"])
    else:
        rows.answer("no place invented", event.where.country is None)
    if place.get("name"):
        rows.answer("place city", judge.same_name(event.where.city, (place["name"], place.get("surface"))))
    rows.answer("countries", {*event.countries} == {*(gold.get("countries") or ())})
    rows.answer("main meeting all right", not verdict.fault)


def _statements(rows: Rows, verdict: Verdict) -> None:
    pairs, found, wanted = judge.statements(verdict)
    rows.find("statements", len(pairs), found, wanted)
    for said, want in pairs:
        rows.answer("statement speaker", judge.same_name(said.speaker, [want["speaker"]]))
        rows.answer("statement act", said.act == want.get("act"))
