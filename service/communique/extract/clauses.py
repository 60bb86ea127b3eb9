"""A sentence cut into clauses, so that a word says something only about what it stands with."""

from __future__ import annotations

from dataclasses import dataclass

from communique.languages import Language
from communique.model import Document, Sentence

_STOPS = frozenset(";:–—")
_DASH = frozenset("–—")


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens [first, last) of a document."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Openers:
    after_comma: frozenset[str]
    anywhere: frozenset[str]


def openers(language: Language) -> Openers:
    return Openers(frozenset(language.words.clause), frozenset(language.words.clause_anywhere))


def split(document: Document, sentence: Sentence, openers: Openers) -> tuple[Clause, ...]:
    """The clauses of a sentence in order; together they cover it."""
    words = document.tokens
    out: list[Clause] = []
    first = sentence.first
    for at in range(sentence.first + 1, sentence.last - 1):
        word = words[at]
        cut = False
        if word.text == ",":
            cut = words[at + 1].lower in openers.after_comma
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
