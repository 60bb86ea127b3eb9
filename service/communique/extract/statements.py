"""What was said at a meeting: by whom, with what act, about which topics. One statement a sentence.

Three things make a sentence a statement: a verb of saying with a subject ("Maas entgegnete, …", "…, Rutte noted"), a
source ("laut …", "according to …"), or the grammar of reported speech, which goes on with the last speaker: German
subjunctives, or sentences inside a quotation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from communique.extract import voices
from communique.extract.voices import Floor, Hall, Phrase, Speaker
from communique.languages import Language, generated
from communique.languages.patterns import PhraseTable, expand_all
from communique.languages.sections import Cue, Saying
from communique.model import Document, Evidence, Party, Sentence, Statement, TopicMention

_BREAKS = frozenset(',;:()–—"“”„«»')
_ENDS = frozenset(',.;:!?…–—"“”„«»')
_REACH = 9
"""Tokens between a verb and a subject behind it."""


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    voices: voices.Rules
    sayings: PhraseTable[tuple[Saying, bool]]
    """Each form with its entry; True for a participle."""
    cues: PhraseTable[int]
    """Each form with the index of its entry in `acts`."""
    acts: tuple[Cue, ...]
    sources: PhraseTable[str]
    verb_second: bool
    null_subject: bool
    auxiliaries: frozenset[str]
    passive: frozenset[str]
    parenthesis: frozenset[str]
    as_: frozenset[str]
    between: frozenset[str]
    """Words that may stand between a subject and its verb."""
    subordinators: frozenset[str]
    relative: frozenset[str]
    own_sources: PhraseTable[str]
    actors: frozenset[str]
    certain: frozenset[str]
    possible: frozenset[str]
    opening: frozenset[str]
    closing: frozenset[str]
    straight: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """One verb of saying with its subject."""

    speaker: Speaker
    act: str
    soft: bool
    rule: str
    at: int
    trailing: bool
    """True where it closes the sentence: "…, Gabriel added."."""


def compile(language: Language) -> Rules:
    section = language.statements
    quotes = language.segmentation.quotes
    straight = frozenset(left for left, right in quotes if left == right)
    subjunctive = section.subjunctive
    listed = generated.words(subjunctive.generated) if subjunctive.generated else frozenset()
    return Rules(
        code=language.code,
        voices=voices.compile(language),
        sayings=PhraseTable(
            (form, (saying, participle))
            for saying in section.sayings
            for patterns, participle in ((saying.forms, False), (saying.participles, True))
            for form in expand_all(patterns)
        ),
        cues=PhraseTable((form, n) for n, cue in enumerate(section.cues) for form in expand_all(cue.forms)),
        acts=section.cues,
        sources=PhraseTable((form, form) for form in expand_all(section.sources)),
        verb_second=section.verb_second,
        null_subject=section.null_subject,
        auxiliaries=frozenset(section.auxiliaries),
        passive=frozenset(section.passive),
        parenthesis=frozenset(section.parenthesis),
        as_=frozenset(section.as_),
        between=frozenset((*section.auxiliaries, *section.passive, *section.adverbs)),
        subordinators=frozenset(section.subordinators),
        relative=frozenset(section.relative),
        own_sources=PhraseTable((form, form) for form in expand_all(section.own_sources)),
        actors=frozenset(section.actors),
        certain=listed | frozenset(subjunctive.certain),
        possible=frozenset(subjunctive.possible),
        opening=frozenset(left for left, right in quotes if left != right and len(left) == 1) - frozenset("'‘’"),
        closing=frozenset(right for left, right in quotes if left != right and len(right) == 1) - frozenset("'‘’"),
        straight=straight - frozenset("'"),
    )


def find(
    document: Document, parties: Sequence[Party], topics: Sequence[TopicMention], rules: Rules
) -> tuple[Statement, ...]:
    """Statements in the order of the text; the title makes none."""
    reader = _Reader(document, Hall(document, parties, rules.voices), rules)
    starts = [topic.start for topic in topics]
    out: list[Statement] = []
    for sentence in document.sentences:
        if sentence.end <= document.title_end:
            continue
        said = reader.read(sentence)
        if said is None:
            continue
        within = topics[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        text = document.text[sentence.start : sentence.end]
        out.append(
            Statement(
                speaker=said.speaker.label,
                act=said.act,
                text=text,
                topics=tuple(dict.fromkeys(topic.topic for topic in within if topic.kind == "topic")),
                evidence=Evidence(sentence.start, sentence.end, text, f"{rules.code}.statement.{said.rule}"),
                speaker_entities=tuple(entity for _, entity in said.speaker.people),
            )
        )
    return tuple(out)


class _Reader:
    """Reads the sentences of a document in order and remembers who has the floor."""

    def __init__(self, document: Document, hall: Hall, rules: Rules) -> None:
        self.document, self.hall, self.rules = document, hall, rules
        self.words = document.tokens
        self.quoted = self._quotations()
        self.floor = Floor(hall)

    def read(self, sentence: Sentence) -> Said | None:
        """The statement that the sentence makes, if any; afterwards the floor is its speaker's."""
        phrases = self.hall.phrases(sentence)
        said = (
            self._explicit(sentence, phrases) or self._sourced(sentence, phrases) or self._reported(sentence, phrases)
        )
        if said is None:
            self._listen(sentence, phrases)
            return None
        act = self._act(sentence, said)
        self.floor.give(said.speaker, chain=True)
        return Said(said.speaker, act, said.soft, said.rule, said.at, said.trailing)

    def _quotations(self) -> list[bool]:
        """For each token whether it stands inside quotation marks; a paragraph closes what it leaves open."""
        rules, inside = self.rules, False
        quoted = [False] * len(self.words)
        paragraph = -1
        for sentence in self.document.sentences:
            if sentence.paragraph != paragraph:
                paragraph, inside = sentence.paragraph, False
            for index in range(sentence.first, sentence.last):
                mark = self.words[index].text
                if inside and (mark in rules.closing or mark in rules.straight):
                    inside = False
                elif not inside and (mark in rules.opening or mark in rules.straight):
                    inside = True
                else:
                    quoted[index] = inside
        return quoted

    # ── a verb of saying ─────────────────────────────────────────────────────────────────────────────────────────────

    def _explicit(self, sentence: Sentence, phrases: list[Phrase]) -> Said | None:
        found = list(self._verbs(sentence, phrases))
        if not found:
            return None
        best = max(found, key=lambda said: (said.speaker.rank, said.trailing and said.speaker.rank == 3, -said.at))
        same = [said for said in found if said.speaker == best.speaker]
        firm = next((said for said in same if not said.soft), None)
        return firm or next((said for said in same if said.act != "says"), best)

    def _verbs(self, sentence: Sentence, phrases: list[Phrase]) -> Iterator[Said]:
        index = sentence.first
        while index < sentence.last:
            last = index + 1
            if not self.quoted[index]:
                readings = [
                    (end, *value)
                    for end, value in self.rules.sayings.at(self.words, index, sentence.last)
                    if self._complete(value[0], end, sentence)
                ]
                if readings:
                    # the more a reading asks for, the better it is
                    end, saying, participle = max(readings, key=lambda r: (_demands(r[1]), r[0]))
                    said = self._verb(index, end, saying, participle, sentence, phrases)
                    if said is not None:
                        yield said
                        last = end
                elif self.words[index].lower in self.rules.parenthesis:
                    said = self._parenthesis(index, sentence, phrases)
                    if said is not None:
                        yield said
            index = last

    def _complete(self, saying: Saying, end: int, sentence: Sentence) -> bool:
        words = self.words
        if saying.particle is not None:
            return any(
                words[i].lower == saying.particle and (i + 1 == sentence.last or not words[i + 1].text[0].isalnum()
                                                       or words[i + 1].lower in self.hall.rules.and_)
                for i in range(end, sentence.last)
            )  # fmt: skip
        if saying.complement:
            return any(words[i].lower in saying.complement for i in range(end, sentence.last))
        if saying.beside:
            return any(words[i].lower in saying.beside for i in range(sentence.first, sentence.last))
        return True

    def _verb(
        self, index: int, end: int, saying: Saying, participle: bool, sentence: Sentence, phrases: list[Phrase]
    ) -> Said | None:
        first, last = self._clause(index, sentence)
        helper = next(
            (i for i in range(first, last) if self.words[i].lower in self.rules.auxiliaries and i != index), None
        )
        if any(self.words[i].lower in self.rules.passive for i in range(first, last)) and (
            participle or helper is None
        ):
            finite = not participle and not any(value[1] for _, value in self.rules.sayings.at(self.words, index, end))
            if not finite:
                return None
        verb, behind = index, end
        if participle or (helper is not None and self.rules.verb_second):
            if helper is None:
                if participle and not self._finite_too(index, end):
                    return None
            else:
                verb, behind = helper, helper + 1
        if self._subordinate(first, verb, last):
            return None
        phrase = self._subject(verb, behind, first, last, sentence, phrases)
        if phrase is None:
            speaker = self._unsaid(verb, first, sentence, phrases)
        elif phrase.kind == "nobody":
            speaker = self._nobody(sentence, phrases)
        else:
            speaker = self.floor.whom(phrase, self.words[verb])
        if speaker is None or (saying.plural and len(speaker.people or speaker.states) < 2):
            return None
        if saying.thing and self._person_behind(end, phrase, phrases):
            return None
        soft = saying.soft or saying.act == "says"
        return Said(speaker, saying.act, soft, saying.id, index, self._trailing(first, last, sentence))

    def _finite_too(self, index: int, end: int) -> bool:
        return any(not value[1] and last == end for last, value in self.rules.sayings.at(self.words, index, end))

    def _parenthesis(self, index: int, sentence: Sentence, phrases: list[Phrase]) -> Said | None:
        """ ", so Xi." """
        before = self.words[index - 1].text if index > sentence.first else ""
        phrase = next((phrase for phrase in phrases if phrase.first == index + 1 and phrase.subject), None)
        if phrase is None or before not in _ENDS:
            return None
        speaker = self.floor.whom(phrase, None)
        return None if speaker is None else Said(speaker, "says", True, "so", index, True)

    def _nobody(self, sentence: Sentence, phrases: list[Phrase]) -> Speaker | None:
        """ "hieß es": a voice of the same sentence, else whoever had the floor."""
        for phrase in phrases:
            if phrase.kind == "voice" and (speaker := self.floor.whom(phrase, None)) is not None:
                return speaker
        return self.floor.last if self.floor.chain else None

    def _unsaid(self, verb: int, first: int, sentence: Sentence, phrases: list[Phrase]) -> Speaker | None:
        """The subject of the verb before: "… and said", or of a language that drops it."""
        before = self.words[verb - 1].lower if verb > first else ""
        joined = before in self.hall.rules.and_ or (verb == first and first > sentence.first and self._after_and(first))
        if joined:
            lead = next((p for p in phrases if p.subject and p.last <= verb and p.kind != "nobody"), None)
            return self.floor.whom(lead, self.words[verb]) if lead is not None else None
        return self.floor.last if self.rules.null_subject else None

    def _after_and(self, first: int) -> bool:
        return self.words[first - 1].lower in self.hall.rules.and_

    # ── its subject ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _clause(self, index: int, sentence: Sentence) -> tuple[int, int]:
        """The tokens around a verb up to the next comma or mark on either side."""
        first = index
        while first > sentence.first and not self._breaks(first - 1):
            first -= 1
        last = index + 1
        while last < sentence.last and not self._breaks(last):
            last += 1
        return first, last

    def _breaks(self, index: int) -> bool:
        text = self.words[index].text
        if text == "-":  # a hyphen joins, a dash between spaces parts
            return index > 0 and self.words[index].start > self.words[index - 1].end
        return text in _BREAKS or self.quoted[index]

    def _subordinate(self, first: int, verb: int, last: int) -> bool:
        lead = first
        while lead < verb and self.words[lead].lower in self.hall.rules.and_:
            lead += 1
        word = self.words[lead].lower
        if word in self.rules.as_:
            return False
        if word in self.rules.subordinators:
            return lead != verb
        if word in self.rules.relative and lead > 0 and self.words[lead - 1].text == ",":
            final = verb + 1 >= last or self.words[verb + 1].lower in self.rules.auxiliaries | self.hall.rules.and_
            return final or not self.rules.verb_second
        return False

    def _subject(
        self, verb: int, behind: int, first: int, last: int, sentence: Sentence, phrases: list[Phrase]
    ) -> Phrase | None:
        if not self.rules.verb_second:
            found = self._adjacent(verb, first, sentence, phrases)
            after_mark = verb == first or self.words[verb - 1].text in _ENDS
            if found is None and after_mark:
                found = self._next(behind, phrases) or self._apart(verb, first, sentence, phrases)
            return (
                found
                or self.hall.stranger(verb - 1, sentence)
                or (after_mark and self.hall.stranger(behind, sentence))
                or None
            )
        pronoun = self._next(behind, phrases)
        if pronoun is not None and pronoun.kind in ("he", "they", "nobody"):
            return pronoun
        return (
            self._before(verb, first, phrases)
            or self._behind(behind, first, last, phrases)
            or self._apart(verb, first, sentence, phrases)
            or (self.hall.stranger(first, sentence) if verb == first + 1 else None)
            or self.hall.stranger(behind, sentence)
        )

    def _next(self, behind: int, phrases: list[Phrase]) -> Phrase | None:
        """The phrase directly behind the verb."""
        return next((phrase for phrase in phrases if phrase.first == behind and phrase.subject), None)

    def _before(self, verb: int, first: int, phrases: list[Phrase]) -> Phrase | None:
        """The phrase that opens the clause, if it may be the subject."""
        lead = first
        while lead < verb and (
            self.words[lead].lower in self.hall.rules.and_ or self.words[lead].lower in self.rules.as_
        ):
            lead += 1
        for phrase in phrases:
            if lead <= phrase.first < verb and phrase.last <= verb:
                ahead = range(lead, phrase.first)
                plain = all(self.words[i].text[0].islower() or i == first for i in ahead) and len(ahead) <= 1
                return phrase if phrase.subject and plain else None
        return None

    def _behind(self, behind: int, first: int, last: int, phrases: list[Phrase]) -> Phrase | None:
        """The first phrase behind the verb; a body is rather the object where a noun with its article stands before."""
        led = self.words[first].lower in self.hall.rules.definite and first + 1 < behind
        for phrase in phrases:
            if behind <= phrase.first < min(last, behind + _REACH) and phrase.subject:
                return None if led and phrase.kind == "voice" else phrase
        return None

    def _apart(self, verb: int, first: int, sentence: Sentence, phrases: list[Phrase]) -> Phrase | None:
        """A subject with an apposition or a relative clause between commas: "Liu, der …, äußerte"."""
        if verb != first or first == sentence.first or self.words[first - 1].text not in (",", "–", "—", "-", ")"):
            return None
        return next((p for p in phrases if p.subject and p.last < verb and p.kind != "nobody"), None)

    def _adjacent(self, verb: int, first: int, sentence: Sentence, phrases: list[Phrase]) -> Phrase | None:
        """The phrase that ends before the verb, over adverbs, auxiliaries and what hangs on it by a preposition."""
        at = verb
        by_end = {phrase.last: phrase for phrase in phrases}
        while at > first:
            phrase = by_end.get(at)
            if phrase is not None:
                if phrase.subject:
                    return phrase
                at = phrase.first - 1
                while at > first and at not in by_end and self.words[at - 1].lower not in self.hall.rules.prepositions:
                    if verb - at > _REACH:
                        return None
                    at -= 1
                continue
            word = self.words[at - 1]
            if word.lower not in self.rules.between and not word.lower.endswith("ly"):
                return None
            at -= 1
        return None

    def _person_behind(self, end: int, subject: Phrase | None, phrases: list[Phrase]) -> bool:
        return any(
            phrase is not subject and phrase.kind != "sides" and phrase.first - end <= 1 and phrase.first >= end
            and not all(party.collective for party in phrase.parties)
            for phrase in phrases
        )  # fmt: skip

    def _trailing(self, first: int, last: int, sentence: Sentence) -> bool:
        return first > sentence.first and all(not w.text[0].isalnum() for w in self.words[last : sentence.last])

    # ── a source ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _sourced(self, sentence: Sentence, phrases: list[Phrase]) -> Said | None:
        for index in range(sentence.first, sentence.last):
            if self.quoted[index]:
                continue
            for _ in self.rules.own_sources.at(self.words, index, sentence.last):
                if self.floor.single is not None:
                    return Said(self.floor.single, "says", True, "own-source", index, False)
            for end, _ in self.rules.sources.at(self.words, index, sentence.last):
                speaker = self._source(end, sentence, phrases)
                if speaker is not None:
                    return Said(speaker, "says", True, "source", index, False)
        return None

    def _source(self, end: int, sentence: Sentence, phrases: list[Phrase]) -> Speaker | None:
        for phrase in phrases:
            if end <= phrase.first <= end + 1:
                return self.floor.whom(phrase, None)
        return None

    # ── reported speech ──────────────────────────────────────────────────────────────────────────────────────────────

    def _reported(self, sentence: Sentence, phrases: list[Phrase]) -> Said | None:
        quote = sum(self.quoted[sentence.first : sentence.last])
        only_quote = quote > 3 and quote >= 0.8 * (sentence.last - sentence.first)
        if not only_quote and not self._subjunctive(sentence):
            return None
        speaker = self._attributed(sentence, phrases) or self.floor.last
        return None if speaker is None else Said(speaker, "says", True, "reported", sentence.first, False)

    def _attributed(self, sentence: Sentence, phrases: list[Phrase]) -> Speaker | None:
        """Any verb between comma and subject at the end of reported speech: "…, versuchte er zu beruhigen."."""
        for phrase in reversed(phrases):
            verb = phrase.first - 1
            if not phrase.subject or verb <= sentence.first or self.words[verb - 1].text not in _ENDS:
                continue
            word = self.words[verb]
            if word.text[0].islower() and not self._connects(word.lower):
                return self.floor.whom(phrase, word)
        return None

    def _connects(self, word: str) -> bool:
        rules = self.rules
        return (
            word in rules.subordinators or word in rules.relative or word in self.hall.rules.and_
            or word in self.hall.rules.prepositions or word in rules.certain or word in rules.possible
        )  # fmt: skip

    def _subjunctive(self, sentence: Sentence) -> bool:
        """True where a main clause stands in the subjunctive of reported speech."""
        rules, words = self.rules, self.words
        if not (rules.certain or rules.possible):
            return False
        for index in range(sentence.first, sentence.last):
            word = words[index].lower
            if self.quoted[index] or (words[index].text[0].isupper() and index > sentence.first):
                continue
            if word in rules.certain or (word in rules.possible and self.floor.chain):
                first, last = self._clause(index, sentence)
                if not self._subordinate(first, index, last):
                    return True
        return False

    # ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _listen(self, sentence: Sentence, phrases: list[Phrase]) -> None:
        """A sentence that says nothing still tells whom a pronoun in the next one means."""
        self.floor.chain = False
        for phrase in phrases:
            if phrase.kind != "party" or not phrase.subject:
                continue
            speaker = self.floor.whom(phrase, None)
            if speaker is not None and speaker.people:
                self.floor.give(speaker, chain=False)
                return

    def _act(self, sentence: Sentence, said: Said) -> str:
        if not said.soft:
            return said.act
        found: set[int] = set()
        for index in range(sentence.first, sentence.last):
            for end, cue in self.rules.cues.at(self.words, index, sentence.last):
                if cue not in found and self._speaks_for_itself(self.rules.acts[cue], index, end, sentence):
                    found.add(cue)
        return self.rules.acts[min(found)].act if found else said.act

    def _speaks_for_itself(self, cue: Cue, index: int, end: int, sentence: Sentence) -> bool:
        words = self.words
        if cue.beside and not any(words[i].lower in cue.beside for i in range(end, sentence.last)):
            return False
        if not cue.actor:
            return True
        near = (index - 1, end, end + 1)
        return any(
            sentence.first <= i < sentence.last and (words[i].lower in self.rules.actors or i in self.hall.actors)
            for i in near
        )


def _demands(saying: Saying) -> int:
    """How much a reading asks for: the more, the surer it is."""
    return (saying.particle is not None) + bool(saying.beside) + bool(saying.complement)
