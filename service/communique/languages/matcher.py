"""One Aho-Corasick pass over all surface forms of a language, then word boundaries, case and longest match.

A form written with a capital in the data wants one in the text; a form of at most five capitals wants exactly those
("US", "WHO"); a form in lower case is found in any case. Suffixes ("Perus") and prefixes ("Vizekanzler") that the
language file allows for a kind do not make another word of a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

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


class Lexicon:
    """The compiled forms of one language. Cannot be pickled: build it once in each process."""

    def __init__(self, surfaces: Iterable[Surface], inflection: Inflection, *, boundaries: bool) -> None:
        patterns: dict[str, list[tuple[int, str, Entry]]] = {}
        for surface in surfaces:
            readings = patterns.setdefault(fold(surface.form), [])
            entry = Entry(surface.kind, surface.id, surface.data, surface.ambiguous)
            reading = (_case(surface.form), surface.form, entry)
            if reading not in readings:
                readings.append(reading)
        self._readings = tuple(tuple(readings) for readings in patterns.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), store_patterns=False)
        self._boundaries = boundaries
        self._suffixes = _invert(inflection.suffixes)
        self._prefixes = _invert(inflection.prefixes)
        bent = {kind for kinds in self._suffixes.values() for kind in kinds}
        joined = {kind for kinds in self._prefixes.values() for kind in kinds}
        self._bends = tuple(any(entry.kind in bent for _, _, entry in readings) for readings in self._readings)
        self._joins = tuple(any(entry.kind in joined for _, _, entry in readings) for readings in self._readings)

    def hits(self, text: str, folded: str) -> tuple[Hit, ...]:
        """Non-overlapping longest hits by start; readings of one span stand together in one hit."""
        found: list[Hit] = []
        length = len(folded)
        boundaries, readings, suffixes, prefixes = self._boundaries, self._readings, self._suffixes, self._prefixes
        bends, joins = self._bends, self._joins
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            suffix = prefix = ""
            if boundaries:
                if start and folded[start - 1].isalnum() and folded[start].isalnum():
                    if not joins[pattern]:
                        continue
                    prefix = _word_start(folded, start)
                    if prefix not in prefixes:
                        continue
                if end < length:
                    after = folded[end]
                    if after == "'":
                        suffix = _apostrophe(folded, end, length, suffixes)
                    elif after.isalnum() and folded[end - 1].isalnum():
                        if not bends[pattern]:
                            continue
                        suffix = _REST.match(folded, end).group()  # type: ignore[union-attr]
                        if suffix not in suffixes:
                            continue
            entries = []
            for case, form, entry in readings[pattern]:
                if case and not prefix and not _cased(case, form, text, start, end):
                    continue
                if suffix and entry.kind not in suffixes[suffix]:
                    continue
                if prefix and entry.kind not in prefixes[prefix]:
                    continue
                entries.append(entry)
            if entries:
                found.append(Hit(start - len(prefix), end, end + len(suffix), suffix, prefix, tuple(entries)))
        about = [hit for hit in found if all(entry.kind in _APART for entry in hit.entries)]
        if not about:
            return _longest(found)
        others = [hit for hit in found if any(entry.kind not in _APART for entry in hit.entries)]
        return tuple(sorted((*_longest(others), *_longest(about)), key=lambda hit: (hit.start, hit.full_end)))


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


def _longest(found: list[Hit]) -> tuple[Hit, ...]:
    found.sort(key=lambda hit: (hit.start, -hit.full_end, len(hit.suffix) + len(hit.prefix)))
    out: list[Hit] = []
    for hit in found:
        if out and hit.start < out[-1].full_end:
            last = out[-1]
            if hit.start == last.start and hit.full_end == last.full_end:
                if len(hit.suffix) + len(hit.prefix) != len(last.suffix) + len(last.prefix):
                    continue  # the whole form is better than a shorter one with an ending
                entries = last.entries + tuple(e for e in hit.entries if e not in last.entries)
                out[-1] = Hit(last.start, max(last.end, hit.end), last.full_end, last.suffix, last.prefix, entries)
            elif hit.full_end - hit.start > last.full_end - last.start:
                out[-1] = hit
            continue
        out.append(hit)
    return tuple(out)
