"""The breaker: a run of refusals stops the partition instead of draining the feed into the dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from communique.errors import RefusalBreaker
from communique.model import Decided, Rejected


class Breaker:
    """Watches the decisions of one partition, in order. Trips on `in_row` refusals without a break, or when more than
    `ratio` of the last `window` records were refused; the batch that trips it must not be committed."""

    def __init__(self, in_row: int, ratio: float, window: int) -> None:
        self._in_row = in_row
        self._most_in_window = ratio * window
        self._recent: deque[bool] = deque(maxlen=window)
        self._refused_in_window = 0
        self._run = 0

    def observe(self, decided: Iterable[Decided]) -> None:
        for item in decided:
            refused = isinstance(item.outcome, Rejected)
            if len(self._recent) == self._recent.maxlen:
                self._refused_in_window -= self._recent[0]
            self._recent.append(refused)
            self._refused_in_window += refused
            self._run = self._run + 1 if refused else 0
            if self._run >= self._in_row:
                raise RefusalBreaker(f"{self._run} records in a row were refused, the last as {_code(item)}.")
            if self._refused_in_window > self._most_in_window:
                raise RefusalBreaker(
                    f"{self._refused_in_window} of the last {len(self._recent)} records were refused,"
                    f" the last as {_code(item)}."
                )


def _code(item: Decided) -> str:
    return item.outcome.refusal.code if isinstance(item.outcome, Rejected) else ""
