"""Whether confidence keeps its promise: of the meetings given 0.9, about nine in ten have every field right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.eval.judge import Verdict

EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True)
class Bin:
    """The meetings whose confidence lies between two edges: how many, their mean confidence, how many are right."""

    low: float
    high: float
    meetings: int
    promised: float
    right: int

    @property
    def kept(self) -> float:
        return self.right / self.meetings


def table(verdicts: Iterable[Verdict]) -> list[Bin]:
    """Every meeting found, the main ones and the others; history is not counted."""
    return bins([(meeting.confidence, verdict.right(meeting)) for verdict in verdicts for meeting in verdict.found])


def bins(given: Sequence[tuple[float, bool]]) -> list[Bin]:
    out = []
    for low, high in pairwise(EDGES):
        inside = [(confidence, right) for confidence, right in given if low <= confidence < high]
        if inside:
            promised = sum(confidence for confidence, _ in inside) / len(inside)
            out.append(Bin(low, high, len(inside), promised, sum(right for _, right in inside)))
    return out


def expected_error(table: Sequence[Bin]) -> float:
    """Mean distance between what is promised and what is kept, weighted by the number of meetings."""
    every = sum(row.meetings for row in table)
    return sum(row.meetings * abs(row.promised - row.kept) for row in table) / every if every else 0.0
