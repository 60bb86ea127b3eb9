"""A small phrase grammar over tokens: templates of a language file, compiled into one trie.

    "am [späten|frühen] {weekday} [{part}]"     [ ] may be missing, | separates alternatives
    "({month}|{monthnumber}) {year}"            ( ) groups alternatives
    "[am] \\({day}.{monthnumber}.\\)"            \\( is a parenthesis in the text

`{weekday}` is a slot: any word of that class, or a number that the class admits. Everything else is a literal token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communique.model import Token

Slots = tuple[tuple[str, int | str], ...]
"""Class and value of each slot, in the order of the text."""

Accept = Callable[[int, int], bool]
"""May refuse the tokens from an index up to another."""

_PIECE = re.compile(r"\{(\w+)\}|([\[\](|)])|\\([()])|([^\W\d_]+|\d+|[^\w\s])")
_DEEPEST = 24
"""No phrase has more tokens than this."""


@dataclass(frozen=True, slots=True)
class Word:
    """One reading of a word form: the class that it fills and its value there."""

    slot: str
    value: int | str
    capital: bool = False
    """The form counts only with a capital: "May", "Mai"."""


@dataclass(frozen=True, slots=True)
class Phrase:
    meaning: str
    first: int
    """Index of its first token."""
    last: int
    """Index after its last token."""
    slots: Slots

    def all(self, slot: str) -> tuple[int | str, ...]:
        return tuple(value for name, value in self.slots if name == slot)

    def numbers(self, slot: str) -> tuple[int, ...]:
        return tuple(value for name, value in self.slots if name == slot and isinstance(value, int))

    def number(self, slot: str) -> int | None:
        return next(iter(self.numbers(slot)), None)

    def word(self, slot: str) -> str | None:
        return next((value for name, value in self.slots if name == slot and isinstance(value, str)), None)


class _Node:
    __slots__ = ("literals", "meaning", "slots")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.slots: dict[str, _Node] = {}
        self.meaning: str | None = None


class Phrases:
    """All templates of one section."""

    def __init__(
        self,
        templates: Mapping[Any, Sequence[str]],
        words: Mapping[str, Sequence[Word]],
        numbers: Callable[[str], Sequence[Word]],
    ) -> None:
        """`words` by folded form; `numbers` gives the readings of a run of digits."""
        self._words = words
        self._numbers = numbers
        self._root = _Node()
        for meaning, patterns in templates.items():
            for pattern in patterns:
                for sequence in _expand(pattern):
                    self._add(sequence, meaning, pattern)
        self._second = self._openings()
        self._alone = frozenset(form for form in self._second if any(node.meaning for node in self._after(form)))

    def find(self, tokens: Sequence[Token], accept: Accept) -> Iterator[Phrase]:
        """Longest phrases from left to right, none overlapping."""
        at, last = 0, len(tokens) - 1
        second, alone = self._second, self._alone
        while at <= last:
            lower = tokens[at].lower
            follow = second.get(lower)
            if follow is None:
                promising = lower.isdigit()
            elif at < last:
                after = tokens[at + 1].lower
                promising = after in follow or lower in alone or after.isdigit()
            else:
                promising = lower in alone
            found = self._longest(self._root, tokens, at, at, (), accept) if promising else None
            if found:
                yield found
                at = found.last
            else:
                at += 1

    def _openings(self) -> dict[str, frozenset[str]]:
        """The words that may stand first, each with those that may stand second: most are refused by one look."""
        forms: dict[str, list[str]] = {}
        for form, readings in self._words.items():
            for word in readings:
                forms.setdefault(word.slot, []).append(form)
        first = {*self._root.literals, *(form for slot in self._root.slots for form in forms.get(slot, ()))}
        return {
            opening: frozenset(
                form
                for node in self._after(opening)
                for form in (*node.literals, *(form for slot in node.slots for form in forms.get(slot, ())))
            )
            for opening in first
        }

    def _after(self, form: str) -> Iterator[_Node]:
        """Where the trie stands after one word."""
        if form in self._root.literals:
            yield self._root.literals[form]
        for word in self._words.get(form, ()):
            if word.slot in self._root.slots:
                yield self._root.slots[word.slot]

    def _longest(
        self,
        node: _Node,
        tokens: Sequence[Token],
        first: int,
        at: int,
        slots: Slots,
        accept: Callable[[int, int], bool],
    ) -> Phrase | None:
        best = None
        if node.meaning is not None and accept(first, at):
            best = Phrase(node.meaning, first, at, slots)
        if at == len(tokens) or at - first == _DEEPEST:
            return best
        token = tokens[at]
        paths = []
        literal = node.literals.get(token.lower)
        if literal is not None:
            paths.append((literal, slots))
        if node.slots:
            readings = self._numbers(token.text) if token.text.isdigit() else self._words.get(token.lower, ())
            for word in readings:
                child = node.slots.get(word.slot)
                if child is not None and (not word.capital or token.text[0].isupper()):
                    paths.append((child, (*slots, (word.slot, word.value))))
        for child, filled in paths:
            found = self._longest(child, tokens, first, at + 1, filled, accept)
            if found and (best is None or found.last > best.last):
                best = found
        return best

    def _add(self, sequence: Sequence[str], meaning: str, pattern: str) -> None:
        node = self._root
        for piece in sequence:
            branch = node.slots if piece.startswith("{") else node.literals
            node = branch.setdefault(piece.strip("{}"), _Node())
        if node.meaning not in (None, meaning):
            raise ValueError(f"{' '.join(sequence)!r} of {pattern!r} means {node.meaning} and {meaning}")
        if node is self._root:
            raise ValueError(f"{pattern!r} matches nothing at all")
        node.meaning = meaning


def _expand(pattern: str) -> list[tuple[str, ...]]:
    """Every token sequence that a template stands for, slots written "{name}"."""
    pieces = [match.groups() for match in _PIECE.finditer(pattern)]
    sequences, at = _alternatives(pieces, 0)
    if at != len(pieces):
        raise ValueError(f"unbalanced brackets in {pattern!r}")
    return sequences


def _alternatives(pieces: Sequence[tuple[str | None, ...]], at: int) -> tuple[list[tuple[str, ...]], int]:
    done: list[tuple[str, ...]] = []
    open_: list[tuple[str, ...]] = [()]
    while at < len(pieces):
        slot, bracket, parenthesis, literal = pieces[at]
        if bracket in ("]", ")"):
            break
        at += 1
        if bracket == "|":
            done += open_
            open_ = [()]
        elif bracket:
            inner, at = _alternatives(pieces, at)
            at += 1
            if bracket == "[":
                inner = [(), *inner]
            open_ = [left + right for left in open_ for right in inner]
        else:
            piece = f"{{{slot}}}" if slot else (parenthesis or literal or "").lower()
            open_ = [(*left, piece) for left in open_]
    return done + open_, at
