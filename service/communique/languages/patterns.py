"""Patterns that spare a language file the writing out of inflected forms.

    "bilateral~ Beziehungen"         "~" is each of the endings that the section lists
    "(Handels|Wirtschafts)abkommen"  one of the alternatives
    "Krieg[s|es]"                    one of them, or nothing

Groups do not nest.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from communique.text import fold, tokens

Value = TypeVar("Value")

_PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(~)|([^()\[\]~]+)")


def expand(pattern: str, endings: Sequence[str] = ()) -> Iterator[str]:
    """Every form that the pattern stands for."""
    choices: list[Sequence[str]] = []
    for group, option, tilde, plain in _PIECE.findall(pattern):
        if plain:
            choices.append((plain,))
        elif tilde:
            choices.append(endings or ("",))
        elif group:
            choices.append(group.split("|"))
        else:
            choices.append(("", *option.split("|")))
    return ("".join(parts) for parts in itertools.product(*choices))


def expand_all(patterns: Iterable[str], endings: Sequence[str] = ()) -> tuple[str, ...]:
    """The forms of several patterns, in order, each once."""
    return tuple(dict.fromkeys(form for pattern in patterns for form in expand(pattern, endings)))


class PhraseTable(Generic[Value]):
    """Phrases of whole words, looked up by where they begin among the tokens of a text."""

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        alone: dict[str, list[Value]] = {}
        longer: dict[tuple[str, str], list[tuple[tuple[str, ...], Value]]] = {}
        for phrase, value in phrases:
            folded = fold(phrase)
            first, *rest = (token.lower for token in tokens(folded, folded))
            if rest:
                longer.setdefault((first, rest[0]), []).append((tuple(rest), value))
            else:
                alone.setdefault(first, []).append(value)
        for entries in longer.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._alone, self._longer = alone, longer
        self._firsts = frozenset((*alone, *(first for first, _ in longer)))

    @property
    def firsts(self) -> frozenset[str]:
        """The words with which a phrase may begin."""
        return self._firsts

    def may_begin(self, words: Sequence[str], index: int) -> bool:
        """Whether a phrase begins with the folded word at `index`, as far as that word and the next one tell."""
        first = words[index]
        return first in self._alone or (index + 1 < len(words) and (first, words[index + 1]) in self._longer)

    def at(self, words: tuple[str, ...], index: int, end: int) -> Iterator[tuple[int, Value]]:
        """Index behind the phrase, and its value, for each phrase that begins at `index`; the longest first."""
        if index + 1 < end:
            for rest, value in self._longer.get((words[index], words[index + 1]), ()):
                last = index + 1 + len(rest)
                if last <= end and words[index + 1 : last] == rest:
                    yield last, value
        for value in self._alone.get(words[index], ()):
            yield index + 1, value
