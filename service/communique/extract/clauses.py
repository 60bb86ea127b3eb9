"""A sentence cut into clauses, so that a word says something only about what it stands with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from communique.languages import Language
from communique.model import Document, Sentence, Token
from communique.model.values import value

_STOPS = frozenset(";:–—")
_DASH = frozenset("–—")
_MARKS = frozenset(",;:-")
"""The stops and the comma as they are folded: a dash is a hyphen there."""

_NAMED = frozenset({"office", "inhabitant", "country"})

_PERSONAL = frozenset({"office", "inhabitant", "country", "person", "surname", "metonym", "organisation"})

_TOPIC = 6
"""Words of a topic before the comma of its list."""

_LIST = 8
"""Words of a topic up to "and"."""

_TELLER = 7
"""Words behind a comma in which who tells it and the verb of saying stand: ", Foreign Minister Jack Straw told …"."""


@value
class Clause:
    """Tokens [first, last) of a document."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Openers:
    after_comma: frozenset[str]
    anywhere: frozenset[str]
    said: frozenset[str]
    article: frozenset[str]
    topic: frozenset[str]
    and_: frozenset[str]


def openers(language: Language) -> Openers:
    return Openers(
        frozenset(language.words.clause),
        frozenset(language.words.clause_anywhere),
        frozenset(language.words.said),
        frozenset(language.words.article),
        frozenset(language.words.topic),
        frozenset(language.words.and_),
    )


def split(document: Document, sentence: Sentence, openers: Openers) -> tuple[Clause, ...]:
    """The clauses of a sentence in order; together they cover it."""
    words = document.tokens
    out: list[Clause] = []
    first = sentence.first
    inner = enumerate(document.lower[sentence.first + 1 : sentence.last - 1], sentence.first + 1)
    for at in [at for at, word in inner if word in _MARKS or word in openers.anywhere]:
        word = words[at]
        cut = False
        if word.text == ",":
            opens = words[at + 1].lower in openers.after_comma and not _apposed(document, at, openers)
            opens = opens and not _goes_on(document, first, at, openers)
            cut = opens or _tells(words[at + 1 : at + _TELLER], openers)
        elif word.text in _STOPS:
            cut = True
            if word.text in _DASH:
                cut = words[at - 1].end < word.start
        elif word.lower in openers.anywhere and words[at - 1].text != ",":
            if at - first >= 3:
                out.append(Clause(first, at))
                first = at
            continue
        if cut and at + 1 - first >= 1:
            out.append(Clause(first, at + 1))
            first = at + 1
    out.append(Clause(first, sentence.last))
    return tuple(out)


def _tells(words: Sequence[Token], openers: Openers) -> bool:
    """Whether a clause begins that only says who told what stands before it."""
    for word in words:
        if word.lower in openers.said:
            return True
        if not (word.text[0].isupper() or word.lower == "the"):
            return False
    return False


def _goes_on(document: Document, first: int, comma: int, openers: Openers) -> bool:
    """Whether a list of topics goes on: "über den Handel, die Lage im Sudan und das Klima"."""
    words = document.tokens
    if words[comma + 1].lower not in openers.article or comma + 2 >= len(words):
        return False
    if not words[comma + 2].text[0].isupper() or not any(
        word.lower in openers.topic for word in words[max(first, comma - _TOPIC) : comma]
    ):
        return False
    at = bisect_left(document.hits, words[comma + 2].start, key=lambda hit: hit.start)
    if not _kinds(document, at, words[comma + 2].start).isdisjoint(_PERSONAL):
        return False
    for word in words[comma + 3 : comma + 3 + _LIST]:
        if word.text in ",.;:":
            return False
        if word.lower in openers.and_:
            return True
    return False


def _apposed(document: Document, comma: int, openers: Openers) -> bool:
    """Whether somebody or a state with an article goes on: "Che Jun, dem Parteisekretär", ", der Russe A"."""
    words = document.tokens
    if words[comma + 1].lower not in openers.article or comma + 2 >= len(words):
        return False
    at = bisect_left(document.hits, words[comma + 2].start, key=lambda hit: hit.start)
    kinds = _kinds(document, at, words[comma + 2].start)
    if "demonym" in kinds and "inhabitant" not in kinds:  # ", den britischen Premierminister A"
        return "office" in _kinds(document, at + 1, document.hits[at].full_end + 1)
    return not kinds.isdisjoint(_NAMED)


def _kinds(document: Document, at: int, start: int) -> set[str]:
    """The kinds of the hit of that number, if it begins there."""
    hits = document.hits
    return {entry.kind for entry in hits[at].entries} if at < len(hits) and hits[at].start == start else set()
