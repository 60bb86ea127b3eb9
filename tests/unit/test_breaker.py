"""A run of refusals stops a partition; ordinary refusals do not."""

from __future__ import annotations

import pytest

from communique.breaker import Breaker
from communique.errors import RefusalBreaker
from communique.model import Decided, Record, Rejected, Withdrawn
from communique.refusals import refusal


def decided(pattern: str) -> list[Decided]:
    """x is refused, anything else is not."""
    return [
        Decided(Record(b""), Rejected(refusal("not_json")) if mark == "x" else Withdrawn("", "", ""))
        for mark in pattern
    ]


@pytest.mark.parametrize(
    "pattern",
    ["", "....", "xx.xx.", "x" * 4 + "....", "x.x.x.x.x.x.x.x."],
)
def test_it_holds(pattern: str) -> None:
    """Fewer than five in a row, and at most half of the last ten."""
    Breaker(in_row=5, ratio=0.5, window=10).observe(decided(pattern))


@pytest.mark.parametrize("pattern", ["xxxxx", "....xxxxx", "xx.xx.xx.x"])
def test_it_trips(pattern: str) -> None:
    """Five in a row, or more than half of the last ten."""
    with pytest.raises(RefusalBreaker, match="not_json"):
        Breaker(in_row=5, ratio=0.5, window=10).observe(decided(pattern))


def test_a_run_goes_on_over_the_border_of_batches() -> None:
    """Small batches of bad records trip it like large ones."""
    breaker = Breaker(in_row=5, ratio=1, window=100)
    breaker.observe(decided("xxx"))
    with pytest.raises(RefusalBreaker):
        breaker.observe(decided("xx"))


def test_what_left_the_window_is_forgotten() -> None:
    """Old refusals do not add up for ever."""
    breaker = Breaker(in_row=100, ratio=0.5, window=4)
    for _ in range(50):
        breaker.observe(decided("x."))
