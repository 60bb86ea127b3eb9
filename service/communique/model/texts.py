"""An article's text as the matcher and the segmentation see it. Offsets count code points, end exclusive."""

from __future__ import annotations

from bisect import bisect_left
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

    def sentence_at(self, offset: int) -> int:
        """Number of the sentence in which an offset stands; sentences are tuples that begin with their start."""
        return bisect_left(self.sentences, (offset + 1,)) - 1

    @cached_property
    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(zip(*self.tokens, strict=True)) or ((), (), (), ())

    @property
    def starts(self) -> tuple[int, ...]:
        """`start` of each token."""
        return self._columns[0]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """`text` of each token."""
        return self._columns[2]

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """`lower` of each token: for looks at many words at once."""
        return self._columns[3]

    @cached_property
    def index(self) -> Mapping[int, int]:
        """The index of the token that begins at an offset."""
        return {start: index for index, start in enumerate(self.starts)}

    @cached_property
    def kinds(self) -> tuple[frozenset[str], ...]:
        """The kinds of readings that each hit has."""
        return tuple([frozenset([entry.kind for entry in hit.entries]) for hit in self.hits])

    @cached_property
    def hits_of(self) -> Mapping[str, Sequence[Hit]]:
        """The hits with a reading of a kind, by start."""
        hits: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit, kinds in zip(self.hits, self.kinds, strict=True):
            for kind in kinds:
                hits[kind].append(hit)
        return hits
