"""An article's text as the matcher and the segmentation see it. Offsets count code points, end exclusive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


class Token(NamedTuple):
    """A word, a number or one punctuation character. A tuple, because an article has hundreds and tuples are made in
    half the time."""

    start: int
    end: int
    text: str
    lower: str


class Sentence(NamedTuple):
    start: int
    end: int
    first: int
    """Index of its first token in `Document.tokens`."""
    last: int
    """Index after its last token."""
    paragraph: int
    quoted: bool = False
    """True where the whole sentence stands inside quotation marks."""


class Entry(NamedTuple):
    """What a surface form stands for: one lexicon entry of a language file, or one item of the knowledge base.

    `kind` says which extractor reads it, `id` is the stable name that appears in evidence ("de.office.president",
    "kb.person.Q15031"), `data` is the frozen payload that the reader of that kind knows.
    """

    kind: str
    id: str
    data: Any = None
    ambiguous: bool = False
    """True where the form is also an ordinary word or another name: it needs support from its surroundings."""


class Hit(NamedTuple):
    """A surface form found in a text, at word boundaries."""

    start: int
    end: int
    """End of the form itself; a suffix such as the German genitive -s lies behind it."""
    full_end: int
    """End including the suffix."""
    suffix: str
    """"" or the folded inflection that followed, such as "s" or "'s"."""
    prefix: str
    """"" or the folded first part of a compound, such as "vize"; `start` lies before it."""
    entries: tuple[Entry, ...]
    """All readings of the form, in the order of the lexicon."""


@dataclass(frozen=True)
class Document:
    """An article's text, segmented and matched once, for the seven extractors to read."""

    article_id: str
    text: str
    folded: str
    """Lower case, one character for one of `text`."""
    language: str
    published: date | None
    """The day of publication in the source's own zone."""
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    """Longest matches of each kind, by start."""
    title_end: int = 0
    """Offset after the title, 0 where there is none."""

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """`lower` of each token: for looks at many words at once."""
        return tuple([token.lower for token in self.tokens])

    @cached_property
    def hits_of(self) -> Mapping[str, Sequence[Hit]]:
        """The hits with a reading of a kind, by start."""
        kinds: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in self.hits:
            for kind in {entry.kind for entry in hit.entries}:
                kinds[kind].append(hit)
        return kinds

    @cached_property
    def index(self) -> Mapping[int, int]:
        """The index of the token that begins at an offset; made once, for all extractors that ask."""
        return {token[0]: index for index, token in enumerate(self.tokens)}
