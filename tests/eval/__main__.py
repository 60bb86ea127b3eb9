"""Scores of the extractor, by language, with what it missed: make eval [SET="PREFIX …"] [ARGS=…].

A set is a pair of files, PREFIX.jsonl and PREFIX_gold.jsonl; without one the articles beside this file are read, and
their scores are compared with those last committed in scores.json, and those of the first time are shown.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from communique import languages, pipeline
from communique.wire import MeetingEvent
from tests.eval import reliability, rows, sets
from tests.eval.judge import Verdict, judge, place
from tests.eval.rows import Rows
from tests.eval.sets import Event

COMMITTED = sets.FOLDER / "scores.json"
FIRST = sets.FOLDER / "first.json"
"""Scores of the articles beside this file when they were new: no rule had seen even their totals."""
TOLERANCE = 0.01
"""A row may fall this far below its committed value before --check fails: one change of a rare row is no regression."""


def main() -> int:
    options = _options()
    prefixes = options.sets or sets.OWN
    wanted = [code for code in languages.codes() if not options.lang or code in options.lang]
    articles = [article for prefix in prefixes for article in sets.read(prefix, wanted)]
    known = [code for code in wanted if any(article.language == code for article in articles)]
    found = sets.extract(articles, pipeline.load())
    verdicts = [judge(article, found[article.id]) for article in articles]
    scores = {code: rows.count(v for v in verdicts if v.article.language == code) for code in known}
    before = _saved(COMMITTED) if not options.sets else {}
    first = _saved(FIRST) if not options.sets else {}
    for code, counted in scores.items():
        _print_rows(code, counted, sum(a.language == code for a in articles), before.get(code, {}), first.get(code, {}))
    _print_misses(verdicts, options.misses)
    _print_reliability(verdicts)
    if options.no_persons:
        without = sets.extract(articles, pipeline.load(persons=False))
        _print_lost(verdicts, [judge(article, without[article.id]) for article in articles])
    if options.save:
        told = {code: counted.values_by_name for code, counted in scores.items()}
        COMMITTED.write_bytes(orjson.dumps({**before, **told}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    fallen = regressions(before, scores)
    for line in fallen:
        print(f"fallen: {line}", file=sys.stderr)
    return 1 if options.check and fallen else 0


def regressions(before: Mapping[str, Mapping[str, float]], scores: Mapping[str, Rows]) -> list[str]:
    """Rows that lie more than the tolerance below their committed value."""
    return [
        f"{code}: {name} {value:.3f} → {counted[name].value:.3f}"
        for code, counted in scores.items()
        for name, value in before.get(code, {}).items()
        if name in counted and counted[name].value < value - TOLERANCE
    ]


def lost(with_persons: Iterable[Verdict], without: Iterable[Verdict]) -> list[tuple[Verdict, Verdict]]:
    """Articles whose main meeting is right only with the person tables."""
    return [
        (rich, poor)
        for rich, poor in zip(with_persons, without, strict=True)
        if rich.main is not None and not rich.fault and poor.fault
    ]


# ── what is printed ──────────────────────────────────────────────────────────────────────────────────────────────────


def _print_rows(
    code: str, counted: Rows, articles: int, before: Mapping[str, float], first: Mapping[str, float]
) -> None:
    print(f"{code}: {articles} articles")
    for name, row in counted.items():
        change = row.value - before.get(name, row.value)
        moved = f"{change:+.3f}" if abs(change) >= 0.0005 else ""
        new = f"  first {first[name]:.3f}" if name in first else ""
        print(f"  {name:<28} {row.value:.3f} {moved:>7}{new}  {row.detail}")
    print()


def _print_misses(verdicts: Sequence[Verdict], most: int) -> None:
    """Misses by what was wrong; an article with two wrong fields stands under both."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        for name in verdict.fault:
            groups[name].append(verdict)
    print("Misses by field of the main meeting")
    for name, missed in sorted(groups.items(), key=lambda group: -len(group[1])):
        print(f"  {name:<28} {len(missed):>3}  {' '.join(verdict.article.id for verdict in missed)}")
        for verdict in missed[:most]:
            answer = verdict.answer or next(iter(verdict.found), None)
            print(f"    {verdict.article.id}  {_beginning(verdict.article.text)}")
            print(f"      found   {_found(answer)}\n      wanted  {_wanted(verdict.main)}")
    print()


def _print_reliability(verdicts: Sequence[Verdict]) -> None:
    table = reliability.table(verdicts)
    print("Reliability of confidence, over every meeting found\n  confidence   meetings  promised   kept")
    for row in table:
        high = min(row.high, 1.0)
        print(f"  {row.low:.1f} to {high:.1f}   {row.meetings:>8}     {row.promised:.3f}  {row.kept:.3f}")
    print(f"  expected calibration error {reliability.expected_error(table):.3f}\n")


def _print_lost(verdicts: Sequence[Verdict], without: Sequence[Verdict]) -> None:
    rich, poor = rows.count(verdicts), rows.count(without)
    print("With the person tables emptied")
    for name, row in rich.items():
        empty = poor[name].value if name in poor else 0.0
        print(f"  {name:<28} {row.value:.3f} → {empty:.3f}")
    for one, other in lost(verdicts, without):
        print(f"  lost: {one.article.id} ({', '.join(other.fault)})  {_beginning(one.article.text)}")
        if other.answer is not None:
            print(f"      found   {_found(other.answer)}\n      wanted  {_wanted(other.main)}")
    print()


def _beginning(text: str) -> str:
    return " ".join(text.split())[:100]


def _found(event: MeetingEvent | None) -> str:
    if event is None:
        return "nothing"
    people = [(person.name or person.surface, person.country, person.office) for person in event.participants]
    where = (event.where.city, event.where.country)
    return _line(event.kind, event.status, people, event.countries, event.when.start, where)


def _wanted(gold: Event | None) -> str:
    if gold is None:
        return "nothing"
    people = [(person["name"], person["country"], person["role"]) for person in gold["participants"]]
    where = (place(gold).get("name"), place(gold).get("country"))
    return _line(gold["kind"], gold["status"], people, gold["countries"], gold.get("date"), where)


def _line(
    kind: str,
    status: str,
    people: Iterable[tuple[str | None, ...]],
    countries: Iterable[str],
    day: str | None,
    where: tuple[str | None, ...],
) -> str:
    who = "; ".join(" ".join(part or "-" for part in person) for person in people)
    there = " ".join(part or "-" for part in where)
    return f"{status} {kind} | {who} | {','.join(sorted(countries))} | {day or '-'} | {there}"


def _saved(file: Path) -> dict[str, dict[str, float]]:
    return dict(orjson.loads(file.read_bytes())) if file.exists() else {}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, metavar="PREFIX")
    parser.add_argument("--lang", action="append", help="only this language; may be repeated")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show N misses of each field in full")
    parser.add_argument("--no-persons", action="store_true", help="print what is lost with the person tables emptied")
    parser.add_argument("--check", action="store_true", help="fail if a row has fallen below its committed value")
    parser.add_argument("--save", action="store_true", help="commit these scores to scores.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
