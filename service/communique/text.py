"""Text as the extractors read it: folding that keeps offsets, tokens, sentences.

The splitter is our own: sentencex glues "so Xi. China" and splits "dem 28. Juni", and mending its output takes the same
rules as doing it once. What differs between languages stands in their files (abbreviations, quotes, segmentation).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from communique.model import Sentence, Token

_TOKEN = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*|\d+|[^\w\s]|_")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
LONGEST_SENTENCE = 200
"""Tokens."""
_STOPS = frozenset(".,;:")
_END = re.compile(
    r"[.!?…。！？；](?:(?<=[.!?…])(?<![.!?…].)[.!?…]*[\"'”“»«’)\]]*(?=\s)|(?<=[。！？；])[。！？；]*[”’」』）]*)"
)
"""Begins with one set of characters rather than with an alternative, so that a search can skip to the next of them;
tried once for a run of full stops, not at each of them."""
_OPENERS = "\"'„“”»«‚‘’([¿¡—–-"
_ROMAN = re.compile(r"[IVX]+$")
_WORD = re.compile(r"\w+")
_WORD_BEFORE = re.compile(r"[\w.'’-]+")
"""Matched against the text before a full stop, backwards: forwards each start would be tried."""
_PLAIN = tuple(zip("’‘ʼ‐‑–—\u00a0\u202f\u2009İşţŞŢ", "'''----   ișțȘȚ", strict=True))


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What a language file says about its sentences."""

    abbreviations: frozenset[str]
    """Folded words, without the full stop, after which a full stop ends no sentence: "dr", "u.a"."""
    ordinals: bool
    """True where a number with a full stop is an ordinal ("28. Juni")."""
    after_ordinal: frozenset[str]
    """Folded words that follow an ordinal and not a sentence: months, "jahrestag"."""


def fold(text: str) -> str:
    """Lower case with plain apostrophes, hyphens and spaces; one character for each character of `text`."""
    plain = text
    for fancy, usual in _PLAIN:
        if fancy in plain:
            plain = plain.replace(fancy, usual)
    folded = plain.lower()
    if len(folded) == len(text):
        return folded
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


@lru_cache(maxsize=32_768)
def squeeze(text: str) -> str:
    """Case, accents, punctuation and spacing folded away: the key under which two spellings are one.

    Remembered, because the same names come again and again, a hundred times in one article.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", plain).strip()


def tokens(text: str, folded: str) -> tuple[Token, ...]:
    """Words, runs of digits and single punctuation characters; a hyphen or apostrophe is a token of its own."""
    found: list[tuple[int, int, str, str]] = []
    end = -1
    # Most of what stands between two blanks is one word, or one word and a full stop or comma: no pattern is needed.
    for chunk in text.split(" "):
        start = end + 1
        end = start + len(chunk)
        if chunk.isalpha():
            found.append((start, end, chunk, folded[start:end]))
        elif chunk:
            last, mark = end - 1, chunk[-1]
            if mark in _STOPS and (word := chunk[:-1]).isalpha():
                found.append((start, last, word, folded[start:last]))
                found.append((last, end, mark, mark))
            else:
                for match in _TOKEN.finditer(text, start, end):
                    left, right = match.span()
                    found.append((left, right, text[left:right], folded[left:right]))
    return tuple([tuple.__new__(Token, fields) for fields in found])


def sentences(text: str, words: Sequence[Token], segmentation: Segmentation) -> tuple[Sentence, ...]:
    """Sentences in order, none empty; a line break always ends one (headlines and datelines carry no full stop).

    What is longer than any sentence, a table or a list or worse, is cut, so that reading takes no longer than the text.
    """
    out: list[tuple[int, int, int, int, int, bool]] = []
    first = 0
    for paragraph, (start, end) in enumerate(_paragraphs(text)):
        for right in _split(text, start, end, segmentation):
            behind = bisect_left(words, (right,), first)  # tokens are tuples that begin with their start
            while first < behind:
                last = behind if behind - first <= LONGEST_SENTENCE else first + LONGEST_SENTENCE
                out.append((words[first][0], words[last - 1][1], first, last, paragraph, False))
                first = last
    return tuple([tuple.__new__(Sentence, fields) for fields in out])


def _paragraphs(text: str) -> list[tuple[int, int]]:
    out, at = [], 0
    for gap in _PARAGRAPH.finditer(text):
        if gap.start() > at:
            out.append((at, gap.start()))
        at = gap.end()
    if at < len(text):
        out.append((at, len(text)))
    return out


def _split(text: str, start: int, end: int, segmentation: Segmentation) -> list[int]:
    """Where the sentences of a paragraph end."""
    out, at = [], start
    for stop in _END.finditer(text, start, end):
        behind = stop.end()
        if behind < end and _ends(text, stop, at, segmentation):
            out.append(behind)
            at = behind
    out.append(end)
    return out


def _ends(text: str, stop: re.Match[str], sentence_start: int, segmentation: Segmentation) -> bool:
    at, behind = stop.span()
    if text[at] != ".":
        return True
    last = text[max(sentence_start, at - 30) : at].rpartition(" ")[2]
    plain = len(last) > 1 and last.isalpha() and not last.isupper()
    if plain and behind == at + 1 and text[behind + 1 : behind + 2].isupper():  # nearly all: no "12.", "X.", "U.S."
        return last.lower() not in segmentation.abbreviations
    after = text[behind : behind + 40].lstrip()
    head = after.lstrip(_OPENERS)
    if head[:1].islower():
        return False
    if behind > at + 1:
        return True
    before = _WORD_BEFORE.match(text[max(sentence_start, at - 30) : at][::-1])
    if before is None:
        return True
    word = before.group()[::-1].lstrip("'’-")
    folded = word.lower()
    if folded in segmentation.abbreviations or folded.rpartition("-")[2] in segmentation.abbreviations:
        return False
    if len(word) == 1 and word.isalpha() and word.isupper():
        return False  # an initial: "J. D. Vance"
    if segmentation.ordinals and ((word.isdigit() and len(word) <= 2) or _ROMAN.match(word)):
        follower = _WORD.match(head)
        return not (follower and (word.isdigit() is False or follower.group().lower() in segmentation.after_ordinal))
    return not (len(word) > 1 and "." in word and len(word) <= 6 and after[:1].isalnum() and word.lower() != word)
