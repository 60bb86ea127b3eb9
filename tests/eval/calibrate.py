"""Fits the confidence of meetings to articles with gold: make calibrate [SET="PREFIX …"].

A logistic regression over the doubts of extract/confidence.py, with no factor above zero (a doubt never helps) and the
factors drawn towards zero, so that a doubt seen five times does not decide. Judged by cross-validation over articles;
then fitted to all of them and written to confidence.toml.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from communique import adapters, languages, pipeline
from communique.extract import confidence
from communique.extract.confidence import Calibration
from communique.model import Article, Meeting
from communique.pipeline import Pipeline
from tests.eval import reliability, sets
from tests.eval.judge import judge

TARGET = Path(confidence.__file__).with_suffix(".toml")
FOLDS = 5
RIDGE = 2.0
"""Strength of the pull towards zero, in meetings."""
STEPS = 4000


@dataclass(frozen=True)
class Example:
    """A meeting that was found: its article, its doubts, and whether every field is right."""

    article: str
    doubts: tuple[str, ...]
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="make calibrate", description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, metavar="PREFIX")
    parser.add_argument("--dry", action="store_true", help="print and write nothing")
    options = parser.parse_args()
    prefixes = options.sets or list(sets.OWN)
    examples = collect(prefixes, pipeline.load())
    right = sum(example.right for example in examples)
    print(f"{len(examples)} meetings in {len({e.article for e in examples})} articles, {right} of them wholly right\n")
    promised = [(confidence.confidence(e.doubts, c), e.right) for c, e in _held_out(examples)]
    table = reliability.bins(promised)
    print("Reliability on held-out articles\n  confidence   meetings  promised   kept")
    for row in table:
        high = min(row.high, 1.0)
        print(f"  {row.low:.1f} to {high:.1f}   {row.meetings:>8}     {row.promised:.3f}  {row.kept:.3f}")
    brier = sum((given - right) ** 2 for given, right in promised) / len(promised)
    print(f"  expected calibration error {reliability.expected_error(table):.3f}, Brier score {brier:.3f}\n")
    fitted = fit(examples)
    for name in sorted(fitted.factors, key=lambda doubt: fitted.factors[doubt]):
        seen = [example for example in examples if name in example.doubts]
        kept = sum(example.right for example in seen) / len(seen) if seen else 0.0
        print(f"  {fitted.factors[name]:+.2f}  {name:<28} {len(seen):>4} meetings, {kept:.2f} right")
    if not options.dry:
        TARGET.write_text(_rendered(fitted, examples, [prefix.name for prefix in prefixes]), encoding="utf-8")
        print(f"\nwrote {TARGET.name}")


def collect(prefixes: Sequence[Path], reader: Pipeline) -> list[Example]:
    """Every meeting found in the articles of some sets; history is left out."""
    examples = []
    for prefix in prefixes:
        for article in sets.read(prefix, languages.codes()):
            accepted = adapters.read(article.record)
            assert isinstance(accepted, Article)
            meetings = reader.meetings(accepted, article.language)
            events = reader.events(accepted, article.language)
            verdict = judge(article, events)
            examples += [_example(article.id, m, verdict.right(e)) for m, e in zip(meetings, events, strict=True)
                         if not m.background]  # fmt: skip
    return examples


def fit(examples: Sequence[Example]) -> Calibration:
    """The most likely base and factors, none above zero."""
    seen = np.array([[name in example.doubts for name in confidence.NAMES] for example in examples], dtype=float)
    right = np.array([example.right for example in examples], dtype=float)
    base, factors = 0.0, np.zeros(len(confidence.NAMES))
    pace = 4.0 / (len(examples) * (1 + seen.sum(axis=1).max()))
    for _ in range(STEPS):
        error = right - _share(base + seen @ factors)
        base += pace * float(error.sum())
        factors = np.minimum(0.0, factors + pace * (seen.T @ error - RIDGE * factors))
    return Calibration(base, dict(zip(confidence.NAMES, map(float, factors), strict=True)))


def _example(article: str, meeting: Meeting, right: bool) -> Example:
    return Example(article, meeting.doubts, right)


def _held_out(examples: Sequence[Example]) -> list[tuple[Calibration, Example]]:
    """Each example with a calibration that has not seen its article."""
    out = []
    for fold in range(FOLDS):
        inside = [example for example in examples if crc32(example.article.encode()) % FOLDS == fold]
        outside = [example for example in examples if crc32(example.article.encode()) % FOLDS != fold]
        calibration = fit(outside)
        out += [(calibration, example) for example in inside]
    return out


def _share(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-odds))


def _rendered(fitted: Calibration, examples: Sequence[Example], names: Sequence[str]) -> str:
    right = sum(example.right for example in examples)
    lines = [
        "# Written by `make calibrate`; extract/confidence.py says what the figures mean.",
        f"# Fitted on {date.today().isoformat()} to {len(examples)} meetings ({right} wholly right) of the sets "
        f"{', '.join(names)}.",
        "",
        f"base = {fitted.base:.3f}",
        "",
        "[factors]",
        *(f'"{name}" = {value:.3f}' for name, value in fitted.factors.items() if value <= -0.0005),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
