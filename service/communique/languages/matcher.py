"""One Aho-Corasick pass over all surface forms of a language, then word boundaries, case and longest match.

A form written with a capital in the data wants one in the text; a form of at most five capitals wants exactly those
("US", "WHO"); a form in lower case is found in any case. Suffixes ("Perus") and prefixes ("Vizekanzler") that the
language file allows for a kind do not make another word of a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ahocorasick_rs

from communique.languages.sections import Inflection
from communique.model import Entry, Hit, Surface
from communique.text import fold

_LONGEST_AFFIX = 14
_APART = frozenset({"topic", "relationship"})
"""Kinds that say what is talked about: "political consultations" is a topic and holds a word for an encounter too."""
_REST = re.compile(r"[^\W_]*")
_UPPER = 1
_EXACT = 2

_PROPER, _JOINS, _BENDS, _EXACTLY, _ABOUT = 1, 2, 4, 8, 16
"""What a form is: nothing in lower case, allowed behind a prefix, allowed before a suffix, wanted in just its capitals,
perhaps a topic.
One byte a form, because most of what the automaton finds is refused by it, and reading more costs a cache miss."""

_Reading = tuple[int, str, Entry]
"""Wanted case, form as written in the data, what it stands for."""
_Match = tuple[int, int, int, int, int, str, str, tuple[Entry, ...]]
"""Start with the prefix, minus the end with the suffix, length of both, order, end, suffix, prefix, readings: sorts as
the choice among them wants it."""


class _Form(NamedTuple):
    readings: tuple[_Reading, ...]
    capital: tuple[Entry, ...]
    """What it stands for with a capital."""
    small: tuple[Entry, ...]
    """What it stands for in lower case."""


class Lexicon:
    """The compiled forms of one language. Cannot be pickled: build it once in each process.

    The automaton runs over words that begin with a capital ("The Chancellor'S Visit"), in which "he" is no part of
    "The": of all places where a short form stands inside of another word, none is looked at.
    """

    def __init__(self, surfaces: Iterable[Surface], inflection: Inflection, *, boundaries: bool) -> None:
        patterns: dict[str, list[_Reading]] = {}
        for surface in surfaces:
            readings = patterns.setdefault(fold(surface.form), [])
            entry = Entry(surface.kind, surface.id, surface.data, surface.ambiguous)
            reading = (_case(surface.form), surface.form, entry)
            if reading not in readings:
                readings.append(reading)
        self._boundaries = boundaries
        self._suffixes = _invert(inflection.suffixes)
        self._prefixes = _invert(inflection.prefixes)
        self._suffix_heads = frozenset(suffix[0] for suffix in self._suffixes)
        self._longest_suffix = max((len(suffix) for suffix in self._suffixes), default=0)
        bent = {kind for kinds in self._suffixes.values() for kind in kinds}
        joined = {kind for kinds in self._prefixes.values() for kind in kinds}
        needles: list[str] = []
        forms: list[_Form] = []
        traits = bytearray()
        for pattern, found in patterns.items():
            kinds = {entry.kind for _, _, entry in found}
            joins = not kinds.isdisjoint(joined)
            trait = (
                (_PROPER if not joins and all(case == _UPPER for case, _, _ in found) else 0)
                | (_JOINS if joins else 0)
                | (_BENDS if not kinds.isdisjoint(bent) else 0)
                | (_ABOUT if not kinds.isdisjoint(_APART) else 0)
                | (_EXACTLY if any(case == _EXACT for case, _, _ in found) else 0)
            )
            capital = tuple(entry for _, _, entry in found)
            small = tuple(entry for case, _, entry in found if not case)
            needle = _title(pattern)
            inside = pattern[:1] + needle[1:] if joins else needle  # as it stands behind a prefix
            for form in dict.fromkeys((needle, inside)):
                needles.append(form)
                traits.append(trait)
                forms.append(_Form(tuple(found), capital, small))
        self._traits = bytes(traits)
        self._forms = tuple(forms)
        self._automaton = ahocorasick_rs.AhoCorasick(needles, store_patterns=False)

    def hits(self, text: str, folded: str) -> tuple[Hit, ...]:
        """Non-overlapping longest hits by start; readings of one span stand together in one hit."""
        found: list[_Match] = []
        about: list[_Match] = []
        order = 0
        length, longest = len(folded), self._longest_suffix
        boundaries, forms, suffixes, prefixes = self._boundaries, self._forms, self._suffixes, self._prefixes
        heads, traits = self._suffix_heads, self._traits
        for pattern, start, end in self._automaton.find_matches_as_indexes(_title(folded), overlapping=True):
            how = traits[pattern]
            if how & _PROPER and not text[start].isupper():
                continue
            suffix = prefix = ""
            if boundaries:
                if start and folded[start - 1].isalnum() and folded[start].isalnum():
                    if not how & _JOINS:
                        continue
                    prefix = _word_start(folded, start)
                    if prefix not in prefixes:
                        continue
                if end < length and (after := folded[end]) != " ":
                    if after == "'":
                        suffix = _apostrophe(folded, end, length, suffixes)
                    elif after.isalnum() and folded[end - 1].isalnum():
                        if not how & _BENDS or after not in heads:
                            continue
                        suffix = folded[end : end + longest + 1]
                        if not suffix.isalnum():
                            suffix = _REST.match(suffix).group()  # type: ignore[union-attr]
                        if suffix not in suffixes:
                            continue
            readings, capital, small = forms[pattern]
            if prefix or suffix or how & _EXACTLY:
                entries = tuple(
                    [
                        entry
                        for case, form, entry in readings
                        if (not case or prefix or _cased(case, form, text, start, end))
                        and (not suffix or entry.kind in suffixes[suffix])
                        and (not prefix or entry.kind in prefixes[prefix])
                    ]
                )
            else:
                entries = capital if text[start].isupper() else small
            if entries:
                affixes = len(prefix) + len(suffix)
                full_end = end + len(suffix)
                order += 1
                match = (start - len(prefix), -full_end, affixes, order, end, suffix, prefix, entries)
                if how & _ABOUT and all(entry.kind in _APART for entry in entries):
                    about.append(match)
                else:
                    found.append(match)
        if not about:
            return _longest(found)
        return tuple(sorted((*_longest(found), *_longest(about)), key=lambda hit: (hit.start, hit.full_end)))


def _case(form: str) -> int:
    letters = [c for c in form if c.isalpha()]
    if letters and len(letters) <= 5 and all(c.isupper() for c in letters):
        return _EXACT
    return _UPPER if form[:1].isupper() else 0


def _cased(case: int, form: str, text: str, start: int, end: int) -> bool:
    if case == _EXACT:
        return text[start:end] == form
    return text[start].isupper()


def _invert(affixes: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for kind, forms in affixes.items():
        for form in forms:
            kinds.setdefault(fold(form), set()).add(kind)
    return {form: frozenset(of) for form, of in kinds.items()}


def _word_start(folded: str, start: int) -> str:
    at = start
    while at and start - at <= _LONGEST_AFFIX and folded[at - 1].isalnum():
        at -= 1
    return folded[at:start]


def _apostrophe(folded: str, end: int, length: int, suffixes: Mapping[str, frozenset[str]]) -> str:
    for size in (2, 1):
        suffix = folded[end : end + size]
        if suffix in suffixes and not (end + size < length and folded[end + size].isalnum()):
            return suffix
    return ""


def _longest(found: list[_Match]) -> tuple[Hit, ...]:
    found.sort()
    out: list[Hit] = []
    behind = 0
    for start, before, affixes, _, end, suffix, prefix, entries in found:
        full_end = -before
        if start >= behind:
            out.append(Hit(start, end, full_end, suffix, prefix, entries))
            behind = full_end
            continue
        last = out[-1]
        if start == last.start and full_end == behind:
            if affixes == len(last.suffix) + len(last.prefix):  # else: a whole form is better than one with an ending
                both = last.entries + tuple(entry for entry in entries if entry not in last.entries)
                out[-1] = last._replace(end=max(last.end, end), entries=both)
        elif full_end - start > behind - last.start:
            out[-1] = Hit(start, end, full_end, suffix, prefix, entries)
            behind = full_end
    return tuple(out)


def _title(folded: str) -> str:
    """Each word with a capital, one character for each of `folded`."""
    titled = folded.title()
    if len(titled) == len(folded):
        return titled
    out: list[str] = []
    inside = False
    for character in folded:
        capital = character if inside else character.title()
        out.append(capital if len(capital) == 1 else character)  # "ß" has none
        inside = character.islower()
    return "".join(out)
