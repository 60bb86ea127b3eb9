"""Names of persons, compared without regard to accents, order and small differences of transliteration."""

from __future__ import annotations

import difflib
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, without accents, apostrophes and hyphens."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    spaced = "".join(c if c.isalnum() else "" if c in "'’ʼ`.ʹ" else " " for c in plain)
    return tuple(spaced.split())


def agree(one: str, other: str) -> bool:
    """Whether one name's words are contained in the other's and they share the first or the last word."""
    a, b = folded(one), folded(other)
    if not a or not b:
        return False
    if set(a) <= set(b) or set(b) <= set(a):
        return a[0] == b[0] or a[-1] == b[-1]
    return False


def resemble(one: str, other: str) -> bool:
    """Whether two names may be two spellings of one: "Selenskyj" and "Zelenskyy". Too weak to stand alone."""
    a, b = folded(one), folded(other)
    return bool(a and b) and difflib.SequenceMatcher(None, a[-1], b[-1], autojunk=False).ratio() >= 0.7
