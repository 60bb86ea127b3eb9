"""Which noun phrase is the subject of a verb, and which clause the verb stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from communique.extract.voices import Hall, Phrase, bare
from communique.languages import Language
from communique.model import Sentence
from communique.model.values import value

BREAKS = frozenset(",;:()–—\"“”„«»")  # fmt: skip
ENDS = frozenset(",.;:!?…–—\"“”„«»")  # fmt: skip
_REACH = 9
"""Tokens between a verb and a subject behind it, or what hangs on a subject before it."""


@dataclass(frozen=True, slots=True)
class Rules:
    verb_second: bool
    auxiliaries: frozenset[str]
    passive: frozenset[str]
    between: frozenset[str]
    """Words that may stand between a subject and its verb."""
    as_: frozenset[str]
    subordinators: frozenset[str]
    relative: frozenset[str]
    opening: frozenset[str]
    closing: frozenset[str]
    straight: frozenset[str]
    marks: frozenset[str]
    """All quotation marks."""

    @property
    def quotes(self) -> frozenset[str]:
        """Those that open and close what somebody says."""
        return self.straight | self.opening | self.closing


@value
class Clause:
    """The tokens [first, last) around a verb, between commas and the like."""

    first: int
    last: int


def compile(language: Language) -> Rules:
    section = language.statements
    pairs = [pair for pair in language.segmentation.quotes if "'" not in pair and "’" not in pair and "‘" not in pair]
    return Rules(
        verb_second=section.verb_second,
        auxiliaries=frozenset(section.auxiliaries),
        passive=frozenset(section.passive),
        between=frozenset((*section.auxiliaries, *section.passive, *section.adverbs)),
        as_=frozenset(section.as_),
        subordinators=frozenset(section.subordinators),
        relative=frozenset(section.relative),
        opening=frozenset(left for left, right in pairs if left != right),
        closing=frozenset(right for left, right in pairs if left != right),
        straight=frozenset(left for left, right in pairs if left == right),
        marks=frozenset(mark for pair in pairs for mark in pair),
    )


class Syntax:
    """The clauses of a document and the subjects of its verbs."""

    def __init__(self, hall: Hall, rules: Rules, marks: Sequence[int]) -> None:
        """`marks` are the tokens that are one of `Rules.quotes`."""
        self.hall, self.rules = hall, rules
        self.words = hall.words
        self.quoted = self._quotations(marks)

    def _quotations(self, marks: Sequence[int]) -> list[bool]:
        """For each token whether it stands inside quotation marks; a paragraph closes what it leaves open."""
        rules = self.rules
        quoted = [False] * len(self.words)
        paragraphs = {sentence.paragraph: sentence.last for sentence in self.hall.document.sentences}
        at = 0
        for end in paragraphs.values():
            inside, opened = False, 0
            while at < len(marks) and marks[at] < end:
                index = marks[at]
                mark = self.words[index].text
                if mark in rules.straight or mark in (rules.closing if inside else rules.opening):
                    if inside:
                        quoted[opened:index] = [True] * (index - opened)
                    inside, opened = not inside, index + 1
                at += 1
            if inside:
                quoted[opened:end] = [True] * (end - opened)
        return quoted

    # ── clauses ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def clause(self, index: int, sentence: Sentence) -> Clause:
        first, last = index, index + 1
        while first > sentence.first and not self._breaks(first - 1):
            first -= 1
        while last < sentence.last and not self._breaks(last):
            last += 1
        return Clause(first, last)

    def subordinate(self, clause: Clause, verb: int, sentence: Sentence) -> bool:
        """True for a verb of a clause that hangs on another one: "dass …", "who said"."""
        lead = self._opening(clause.first, sentence)
        while lead < verb and self.words[lead].lower in self.hall.rules.and_:
            lead += 1
        word = self.words[lead].lower
        if word in self.rules.subordinators and word not in self.rules.as_:
            return lead != verb
        if word in self.rules.relative and lead > 0 and self.words[lead - 1].text == ",":
            behind = verb + 1
            return behind >= clause.last or self.words[behind].lower in self.rules.auxiliaries | self.hall.rules.and_
        return False

    def trailing(self, clause: Clause, sentence: Sentence) -> bool:
        """True for a clause that closes the sentence: "…, Gabriel added."."""
        rest = self.words[clause.last : sentence.last]
        return clause.first > sentence.first and not any(word.text[0].isalnum() for word in rest)

    def helper(self, auxiliaries: frozenset[str], verb: int, clause: Clause) -> int | None:
        """An auxiliary of the verb: anywhere in the clause where the verb stands second, else right before it."""
        if self.rules.verb_second:
            return next((i for i in range(clause.first, clause.last) if self.words[i].lower in auxiliaries), None)
        at = verb - 1
        while at >= clause.first and self._transparent(at):
            if self.words[at].lower in auxiliaries:
                return at
            at -= 1
        return None

    def _opening(self, first: int, sentence: Sentence) -> int:
        """Where a clause begins that has words in quotation marks in its middle."""
        at = first
        while at > sentence.first and (self.quoted[at - 1] or self.words[at - 1].text in self.rules.marks):
            at -= 1
        if at in (first, sentence.first) or self._breaks(at - 1):
            return first
        while at > sentence.first and not self._breaks(at - 1):
            at -= 1
        return self._opening(at, sentence)

    def _breaks(self, index: int) -> bool:
        text = self.words[index].text
        if text == "-":  # a hyphen joins, a dash between spaces parts
            return index > 0 and self.words[index].start > self.words[index - 1].end
        return text in BREAKS or self.quoted[index]

    def _transparent(self, index: int) -> bool:
        lower = self.words[index].lower
        return lower in self.rules.between or lower.endswith("ly")

    # ── subjects ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def subject(
        self,
        verb: int,
        behind: int,
        clause: Clause,
        sentence: Sentence,
        phrases: Sequence[Phrase],
        *,
        inverts: bool,
    ) -> Phrase | None:
        """The subject of the finite verb at `verb`, behind which the clause goes on at `behind`.

        `inverts`: a verb of saying proper, which may stand before its subject in any language ("said Gabriel").
        """
        if not self.rules.verb_second:
            found = self._adjacent(verb, clause.first, phrases) or self.hall.stranger(verb - 1, sentence)
            if found is None and (verb == clause.first or self.words[verb - 1].text in ENDS):
                quoted = verb > sentence.first and self.words[verb - 1].text in self.rules.marks
                found = (
                    (self._inverted(behind, sentence, phrases) if inverts or quoted else None)
                    or self._apart(verb, clause.first, sentence, phrases)
                    or self.hall.stranger(behind, sentence)
                )
            return found
        pronoun = _at(behind, phrases)
        if pronoun is not None and pronoun.kind in ("he", "they", "nobody"):
            return pronoun
        return (
            self._ahead(verb, clause.first, phrases)
            or self._behind(behind, clause, phrases)
            or self._apart(verb, clause.first, sentence, phrases)
            or (self.hall.stranger(clause.first, sentence) if verb == clause.first + 1 else None)
            or self.hall.stranger(behind, sentence)
        )

    def _ahead(self, verb: int, first: int, phrases: Sequence[Phrase]) -> Phrase | None:
        """The phrase that opens the clause, behind one adverb at most, if it may be the subject."""
        joining = self.hall.rules.and_ | self.rules.as_
        lead = first
        while lead < verb and self.words[lead].lower in joining:
            lead += 1
        phrase = next((p for p in phrases if lead <= p.first and p.last <= verb), None)
        if phrase is None or not phrase.subject or phrase.first - lead > 1:
            return None
        adverb = phrase.first == lead or lead == first or self.words[lead].text[0].islower()
        return phrase if adverb else None

    def _behind(self, behind: int, clause: Clause, phrases: Sequence[Phrase]) -> Phrase | None:
        """The first phrase behind the verb; a body is rather the object where a noun with its article stands before."""
        led = self.words[clause.first].lower in self.hall.rules.definite and clause.first + 1 < behind
        last = min(clause.last, behind + _REACH)
        phrase = next((p for p in phrases if behind <= p.first < last and p.subject), None)
        return None if phrase is None or (led and phrase.kind == "voice") else phrase

    def _apart(self, verb: int, first: int, sentence: Sentence, phrases: Sequence[Phrase]) -> Phrase | None:
        """A subject with an apposition or a relative clause between commas: "Liu, der …, äußerte"."""
        if verb != first or first == sentence.first or self.words[first - 1].text not in (",", "–", "—", "-", ")"):
            return None
        leads = [p for p in phrases if p.subject and p.last < verb and p.kind != "nobody"]
        if len(leads) > 1 and leads[1].first == leads[0].last + 1 and _bare(leads[0]) and not _bare(leads[1]):
            return leads[1]  # "the prime minister, Boris Johnson, wrote"
        return leads[0] if leads else None

    def _inverted(self, behind: int, sentence: Sentence, phrases: Sequence[Phrase]) -> Phrase | None:
        """ "said Gabriel," and not "said Gabriel would"."""
        phrase = _at(behind, phrases)
        if phrase is None or phrase.last >= sentence.last:
            return phrase
        follow = self.words[phrase.last]
        return phrase if follow.text in ENDS or follow.lower in self.hall.rules.prepositions else None

    def _adjacent(self, verb: int, first: int, phrases: Sequence[Phrase]) -> Phrase | None:
        """The phrase that ends before the verb, over adverbs, auxiliaries and what hangs on it by a preposition."""
        by_end = {phrase.last: phrase for phrase in phrases}
        at = verb
        while at > first:
            phrase = by_end.get(at)
            if phrase is None:
                if not self._transparent(at - 1):
                    return self._hung(at, first, phrases)
                at -= 1
            elif phrase.subject:
                return phrase
            else:
                at = self._over(phrase, verb, first, by_end)
        return None

    def _over(self, phrase: Phrase, verb: int, first: int, by_end: dict[int, Phrase]) -> int:
        """Index at which the preposition before a phrase, and its article, leave off."""
        at = phrase.first - 1
        while at > first and at not in by_end and self.words[at - 1].lower not in self.hall.rules.prepositions:
            if verb - at > _REACH:
                return first
            at -= 1
        return at

    def _hung(self, at: int, first: int, phrases: Sequence[Phrase]) -> Phrase | None:
        """ "the chief of Tehran's diplomacy": a subject with a preposition and its noun between it and the verb."""
        for phrase in reversed(phrases):
            if phrase.subject and first <= phrase.first and phrase.last < at <= phrase.last + _REACH:
                hung = self.words[phrase.last].lower in self.hall.rules.prepositions
                return phrase if hung or self.words[phrase.last - 1].lower == "s" else None
        return None


def _bare(phrase: Phrase) -> bool:
    """True where the phrase says an office or a role and no name."""
    return phrase.name is None and all(bare(party) for party in phrase.parties)


def _at(index: int, phrases: Sequence[Phrase]) -> Phrase | None:
    """The phrase that begins at a token."""
    return next((phrase for phrase in phrases if phrase.first == index and phrase.subject), None)
