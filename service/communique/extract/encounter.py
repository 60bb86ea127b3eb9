"""What the day and the place of an encounter have in common: the words of a language, and where they may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from communique.extract.sides import Bound
from communique.languages import Language
from communique.model import DateMention, Document, PlaceMention

_M = TypeVar("_M", DateMention, PlaceMention)

OFF = frozenset({"cancelled", "postponed", "refused"})


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    sideline: tuple[str, ...]
    at_it: frozenset[str]
    pluperfect: frozenset[str]
    relative: frozenset[str]
    outside: frozenset[str]
    beside: frozenset[str]
    day_of: frozenset[str]
    light: frozenset[str]
    """Words that make a plain verb of the auxiliary before them: "had a meeting"."""
    airport: tuple[str, ...]
    both: tuple[str, ...]
    instead: tuple[tuple[str, ...], ...]
    meant: tuple[tuple[str, ...], ...]
    since: frozenset[str]
    opinion: tuple[str, ...]
    said: frozenset[str]
    told_behind: frozenset[str]
    of: frozenset[str]
    weak: frozenset[str]
    """Ids of the triggers that are words of many other uses."""


def compile(language: Language) -> Rules:
    words = language.words
    return Rules(
        language.code,
        words.sideline,
        frozenset(words.at_it),
        frozenset(words.pluperfect),
        frozenset(words.relative),
        frozenset(words.outside),
        frozenset(words.beside),
        frozenset(words.day_of),
        frozenset() if words.nouns_capitalised else frozenset((*words.article, "talks", "bilateral", "separate")),
        words.airport,
        tuple(f" {phrase} " for phrase in words.both),
        _parts(words.instead),
        _parts(words.meant),
        frozenset(words.since),
        tuple(f"{word}{mark}" for word in words.opinion for mark in (":", " |", " -")),
        frozenset(words.said),
        frozenset(words.told_behind),
        frozenset(words.of),
        frozenset(f"{language.code}.trigger.{frame.id}" for frame in language.frames if frame.weak),
    )


def _parts(phrases: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f" {part} " for part in phrase.split("+")) for phrase in phrases)


def clause_span(document: Document, bound: Bound) -> tuple[int, int]:
    clause = bound.trigger.data.clause
    return document.tokens[clause.first].start, document.tokens[clause.last - 1].end


def nearest(at: int, found: Sequence[_M]) -> _M | None:
    if len(found) < 2:
        return found[0] if found else None
    return min(found, key=lambda m: min(abs(m.start - at), abs(m.end - at)))


def word_before(document: Document, start: int) -> str:
    """The word right before an offset: "of" makes "the floods of 2021" a name."""
    ahead = document.folded[max(0, start - 12) : start].rpartition(" ")[0].split()
    return ahead[-1] if ahead else ""
