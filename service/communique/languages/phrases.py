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
from communique.model.values import value

Slots = tuple[tuple[str, int | str], ...]
"""Class and value of each slot, in the order of the text."""

Accept = Callable[[int, int], bool]
"""May refuse the tokens from an index up to another."""

_PIECE = re.compile(r"\{(\w+)\}|([\[\](|)])|\\([()])|([^\W\d_]+|\d+|[^\w\s])")
_NUMBER = "#"
"""Stands for any run of digits where only the kinds of words are looked at."""
_END = ""
"""Among the words that may stand third: two are a phrase."""
_DEEPEST = 24
"""No phrase has more tokens than this."""


@dataclass(frozen=True, slots=True)
class Word:
    """One reading of a word form: the class that it fills and its value there."""

    slot: str
    value: int | str
    capital: bool = False
    """The form counts only with a capital: "May", "Mai"."""


@value
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
        for name, filler in self.slots:
            if name == slot and isinstance(filler, int):
                return filler
        return None

    def word(self, slot: str) -> str | None:
        for name, filler in self.slots:
            if name == slot and isinstance(filler, str):
                return filler
        return None


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
        self._forms: dict[str, list[str]] = {}
        for form, readings in words.items():
            for word in readings:
                self._forms.setdefault(word.slot, []).append(form)
        openings = {*self._root.literals, *(form for slot in self._root.slots for form in self._forms.get(slot, ()))}
        self._second = {form: self._followers(self._after(form)) for form in openings}
        self._alone = frozenset(form for form in openings if any(node.meaning for node in self._after(form)))
        self._second_of_number = self._followers(self._after(_NUMBER))
        self._alone_of_number = frozenset(slot for slot, node in self._root.slots.items() if node.meaning)
        self._third: dict[tuple[str, str], frozenset[str]] = {}

    def find(
        self, tokens: Sequence[Token], accept: Accept, begin: int = 0, stop: int | None = None
    ) -> Iterator[Phrase]:
        """Longest phrases from left to right, none overlapping, that begin at one of the tokens [begin, stop)."""
        done, last = begin, len(tokens) - 1
        alone, second, second_of_number = self._alone, self._second, self._second_of_number
        # Most tokens of a text open no phrase: one comprehension refuses them at half the price of a loop.
        some = enumerate(tokens[begin:stop], begin)
        openings = [at for at, token in some if (word := token.lower) in second or word.isdigit()]
        for at in openings:
            if at < done:
                continue
            first, after = tokens[at][3], tokens[at + 1][3] if at < last else ""
            follow = second.get(first, second_of_number)
            if after not in follow and not after.isdigit() and first in second and first not in alone:
                continue
            found = self._longest(self._root, tokens, at, at, (), accept) if self._promising(tokens, at) else None
            if found:
                yield found
                done = found.last

    def _promising(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the words from here on can be a phrase, by three looks: nearly all cannot ("in der Stadt")."""
        first, last = tokens[at].lower, len(tokens) - 1
        follow = self._second.get(first)
        if follow is None:
            if any(word.slot in self._alone_of_number for word in self._numbers(first)):
                return True
            first, follow = _NUMBER, self._second_of_number
        elif first in self._alone:
            return True
        second = _class(tokens[at + 1].lower, follow) if at < last else None
        if second is None:
            return False
        third = self._third.get((first, second))
        if third is None:  # as many pairs as the templates have, each looked up once
            nodes = [child for node in self._after(first) for child in self._children(node, second)]
            ends = {_END} if any(node.meaning for node in nodes) else set()
            third = self._third[first, second] = self._followers(nodes) | ends
        return _END in third or (at + 1 < last and _class(tokens[at + 2].lower, third) is not None)

    def _after(self, form: str) -> list[_Node]:
        """Where the trie may stand after one word; any slot may be a number's."""
        return list(self._children(self._root, form))

    def _children(self, node: _Node, form: str) -> Iterator[_Node]:
        if form == _NUMBER:
            yield from node.slots.values()
        if form in node.literals:
            yield node.literals[form]
        for word in self._words.get(form, ()):
            if word.slot in node.slots:
                yield node.slots[word.slot]

    def _followers(self, nodes: Sequence[_Node]) -> frozenset[str]:
        """The words that may stand behind, and the mark of a number."""
        followers = {form for node in nodes for form in node.literals}
        for slot in {slot for node in nodes for slot in node.slots}:
            followers |= {_NUMBER, *self._forms.get(slot, ())}
        return frozenset(followers)

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


def _class(form: str, among: frozenset[str]) -> str | None:
    """The word, or the mark of a number, as far as it is among those."""
    if form in among and form != _NUMBER:
        return form
    return _NUMBER if form.isdigit() and _NUMBER in among else None
