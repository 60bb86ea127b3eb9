"""The dateline of an agency report: where and when it was written, before the text itself begins.

MOSKAU, 16. August (TASS). …      Wien (APA) – …      BEIJING, Jan. 10 (Xinhua) -- …      Rom. …      MANILA - …
"""

from __future__ import annotations

import re
from functools import lru_cache

from communique.model.values import value

_CAPITAL = r"[^\W\d_a-zà-öø-ÿ]"
_WORD = rf"{_CAPITAL}[\w'’.-]*\.?"
_NAME = rf"{_WORD}(?: (?:{_WORD}|(?:e[ls]|a[lst]|ash)-{_WORD}|auf|am|an|der|im|bei|ob|of|the|de|la|le|el|du|do)){{0,4}}"
_DATELINE = re.compile(
    rf"(?P<head>{_NAME}(?: ?/ ?{_NAME}){{0,2}}?)"
    r"(?:(?:, [^()\n]{1,40}?)?"
    r"(?:(?P<agency>\s*\([^()\n]{2,40}\)|\.?\s*/[A-ZÄÖÜ][\w .]{1,30}/|\. [A-Z][A-Za-z]{3,14}(?=\s*[-–—])"
    r"|\s-\w{2,6}-)\s*[.:,]?\s*[-–—]{0,2}"
    r"|\s*[-–—]{1,2}|:)"
    r"|(?:, (?:\d{1,2}\.? [^\W\d_]{3,9}|[^\W\d_]{3,9}\.? \d{1,2}))?\.)(?=\s)"
)
_LINE = re.compile(rf"(?:[^\n]{{0,40}}?, )?(?P<head>{_NAME}), [^\n]{{0,16}}\d[^\n]{{0,16}}(?=\n)")
"""A line of its own, as over press releases: "Berlin, 5. Mai 2024"."""
_LONGEST = 120
_PARAGRAPHS = 3
"""A dateline stands in one of the first paragraphs: behind the title, the byline or a summary."""


@value
class Dateline:
    start: int
    end: int
    """Where the report itself begins."""
    head_end: int
    """End of the name of the town."""
    sure: bool
    """True where an agency or a line of its own shows that it is one; else the head must be a known place."""


@lru_cache(maxsize=2)
def find(text: str) -> tuple[Dateline, ...]:
    """Candidates at the start of the first paragraphs, in order; kept for the next extractor that asks."""
    found, at = [], 0
    for _ in range(_PARAGRAPHS):
        while at < len(text) and text[at].isspace():
            at += 1
        end = text.find("\n", at)
        line = 0 <= end - at <= _LONGEST and _LINE.match(text, at)
        match = line or _DATELINE.match(text, at, min(at + _LONGEST, len(text)))
        if match:
            sure = bool(line) or match["agency"] is not None
            found.append(Dateline(match.start("head"), match.end(), match.end("head"), sure))
        if end < 0:
            break
        at = end
    return tuple(found)
