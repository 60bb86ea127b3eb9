"""What was said at a meeting: by whom, with what act, about which topics. One statement a sentence.

Three things make a sentence a statement: a verb of saying with a subject ("Maas entgegnete, …", "…, Rutte noted"), a
source ("laut …", "according to …"), or the grammar of reported speech, which goes on with the last speaker: German
subjunctives, or sentences inside a quotation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from communique.extract import subjects, voices
from communique.extract.speakers import Floor, Speaker
from communique.extract.subjects import ENDS, Clause, Syntax
from communique.extract.voices import Hall, Phrase
from communique.languages import Language, generated
from communique.languages.patterns import PhraseTable, expand_all
from communique.languages.sections import Cue, Saying
from communique.model import Document, Evidence, Party, Sentence, Statement, TopicMention
from communique.model.values import value

_SAYING, _SOURCE, _SUBJUNCTIVE, _QUOTE = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    voices: voices.Rules
    subjects: subjects.Rules
    sayings: PhraseTable[tuple[Saying, bool]]
    """Each form with its entry; True for a participle."""
    parenthesis: frozenset[str]
    sources: PhraseTable[bool]
    """True for a source that means the last speaker."""
    certain: frozenset[str]
    possible: frozenset[str]
    cues: PhraseTable[int]
    """Each form with the index of its entry in `acts`."""
    acts: tuple[Cue, ...]
    actors: frozenset[str]
    null_subject: bool
    marks: Mapping[str, int]
    """Every word at which a saying, a source, a subjunctive or a quotation may begin, and which: one look a word."""


@value
class Said:
    """One verb of saying, or what stands for it, with its speaker."""

    speaker: Speaker
    rule: str
    act: str = "says"
    soft: bool = True
    """True where the words of the speech decide over the act."""
    at: int = 0
    trailing: bool = False


def compile(language: Language) -> Rules:
    section = language.statements
    subjunctive = section.subjunctive
    listed = generated.words(subjunctive.generated) if subjunctive.generated else frozenset()
    certain, possible = listed | frozenset(subjunctive.certain), frozenset(subjunctive.possible)
    parenthesis = frozenset(section.parenthesis)
    sayings = PhraseTable(
        (form, (saying, participle))
        for saying in section.sayings
        for patterns, participle in ((saying.forms, False), (saying.participles, True))
        for form in expand_all(patterns)
    )
    sources = PhraseTable(
        (form, own)
        for patterns, own in ((section.sources, False), (section.own_sources, True))
        for form in expand_all(patterns)
    )
    cues = PhraseTable((form, n) for n, cue in enumerate(section.cues) for form in expand_all(cue.forms))
    speakers, syntax = voices.compile(language), subjects.compile(language)
    return Rules(
        code=language.code,
        voices=speakers,
        subjects=syntax,
        sayings=sayings,
        parenthesis=parenthesis,
        sources=sources,
        certain=certain,
        possible=possible,
        cues=cues,
        acts=section.cues,
        actors=frozenset(section.actors),
        null_subject=section.null_subject,
        marks=_marks(
            (_SAYING, sayings.firsts | parenthesis),
            (_SOURCE, sources.firsts),
            (_SUBJUNCTIVE, certain | possible),
            (_QUOTE, syntax.quotes),
        ),
    )


def _marks(*groups: tuple[int, frozenset[str]]) -> dict[str, int]:
    marks: dict[str, int] = {}
    for mark, words in groups:
        for word in words:
            marks[word] = marks.get(word, 0) | mark
    return marks


def find(
    document: Document, parties: Sequence[Party], topics: Sequence[TopicMention], rules: Rules
) -> tuple[Statement, ...]:
    """Statements in the order of the text; the title makes none."""
    reader = _Reader(document, parties, rules)
    starts = [topic.start for topic in topics]
    out: list[Statement] = []
    for number, sentence in enumerate(document.sentences):
        if sentence.end <= document.title_end:
            continue
        said = reader.read(number, sentence)
        if said is None:
            continue
        within = topics[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        text = document.text[sentence.start : sentence.end]
        out.append(
            Statement(
                speaker=said.speaker.label,
                act=reader.act(sentence, said),
                text=text,
                topics=tuple(dict.fromkeys(topic.topic for topic in within if topic.kind == "topic")),
                evidence=Evidence(sentence.start, sentence.end, text, f"{rules.code}.statement.{said.rule}"),
                speaker_entities=tuple(entity for _, entity in said.speaker.people),
            )
        )
    return tuple(out)


class _Reader:
    """Reads the sentences of a document in order and remembers who has the floor."""

    def __init__(self, document: Document, parties: Sequence[Party], rules: Rules) -> None:
        self.rules, self.words, self.lower = rules, document.tokens, document.lower
        lower, marks = self.lower, rules.marks
        marked = [(index, marks[word]) for index, word in enumerate(lower) if word in marks]
        self.hall = Hall(document, parties, rules.voices)
        self.syntax = Syntax(self.hall, rules.subjects, [index for index, mark in marked if mark & _QUOTE])
        self.opening = [sentence.first for sentence in document.sentences]
        self.sayings = [index for index, mark in marked if mark & _SAYING and self._may_say(index)]
        self.sources = [index for index, mark in marked if mark & _SOURCE and rules.sources.may_begin(lower, index)]
        self.subjunctives = [index for index, mark in marked if mark & _SUBJUNCTIVE and self._may_be_verb(index)]
        self.speaking = self._speaking()
        """Numbers of the sentences in which somebody may speak."""
        self.naming = {document.sentence_at(start) for start in self.hall.party_starts}
        """Numbers of the sentences in which a party stands."""
        self.floor = Floor(self.hall, Sentence(0, 0, 0, 0, 0))
        self.unknown = False
        """True where somebody speaks in the sentence whom the text does not make known."""

    def _may_say(self, index: int) -> bool:
        return self.rules.sayings.may_begin(self.lower, index) or self.lower[index] in self.rules.parenthesis

    def _may_be_verb(self, index: int) -> bool:
        """True for a word in lower case, or one that opens its sentence."""
        return not self.words[index].text[0].isupper() or self.opening[self._number(index)] == index

    def _number(self, index: int) -> int:
        """Of the sentence in which a token stands."""
        return bisect_right(self.opening, index) - 1

    def _speaking(self) -> set[int]:
        quoted, found = self.syntax.quoted, {*self.sayings, *self.sources, *self.subjunctives}
        numbers = {self._number(index) for index in found}
        if True in quoted:
            sentences = enumerate(self.hall.document.sentences)
            numbers.update(number for number, sentence in sentences if True in quoted[sentence.first : sentence.last])
        return numbers

    def read(self, number: int, sentence: Sentence) -> Said | None:
        """The statement that the sentence makes, if any; afterwards the floor is its speaker's."""
        self.floor.sentence, self.unknown = sentence, False
        said = None
        if number in self.speaking:
            said = self._explicit(sentence) or self._sourced(sentence) or self._reported(sentence)
        if said is None or not said.speaker.people:
            if said is None and self.unknown:
                self.floor.leave()
            self.floor.chain = False
            if number in self.naming:
                self._listen(sentence)
        if said is not None:
            self.floor.give(said.speaker, chain=True)
        return said

    def _listen(self, sentence: Sentence) -> None:
        """A sentence in which no person speaks still tells whom a pronoun in the next one means."""
        for phrase in self.hall.phrases(sentence):
            if phrase.kind != "party" or not phrase.subject:
                continue
            speaker = self.floor.whom(phrase, None)
            if speaker is not None and speaker.people:
                self.floor.give(speaker, chain=False)
                return

    # ── a verb of saying ─────────────────────────────────────────────────────────────────────────────────────────────

    def _explicit(self, sentence: Sentence) -> Said | None:
        found = list(self._verbs(sentence))
        if not found:
            return None
        best = max(found, key=lambda said: (said.speaker.rank, said.trailing and said.speaker.rank == 3, -said.at))
        same = [said for said in found if said.speaker == best.speaker]
        firm = next((said for said in same if not said.soft), None)
        return firm or next((said for said in same if said.act != "says"), best)

    def _verbs(self, sentence: Sentence) -> Iterator[Said]:
        behind = sentence.first
        for index in _within(self.sayings, sentence):
            if index < behind or self.syntax.quoted[index]:
                continue
            said: Said | None = None
            readings = [
                (end, *value)
                for end, value in self.rules.sayings.at(self.lower, index, sentence.last)
                if self._complete(value[0], end, sentence)
            ]
            if readings:
                end, saying, _ = max(readings, key=lambda reading: (_demands(reading[1]), reading[0]))
                same = [participle for last, _, participle in readings if last == end]
                said = self._verb(index, end, saying, any(same), not all(same), sentence)
                behind = end
            elif self.words[index].lower in self.rules.parenthesis:
                said = self._parenthesis(index, sentence)
            if said is not None:
                yield said

    def _complete(self, saying: Saying, end: int, sentence: Sentence) -> bool:
        """True where everything stands in the sentence that makes the verb one of saying."""
        if saying.particle is not None:
            told = enumerate(self.lower[end : sentence.last], end)
            return any(word == saying.particle and self._closes(index, sentence) for index, word in told)
        if saying.complement:
            return not saying.complement.isdisjoint(self.lower[end : sentence.last])
        if saying.beside:
            return not saying.beside.isdisjoint(self.lower[sentence.first : sentence.last])
        return True

    def _closes(self, index: int, sentence: Sentence) -> bool:
        """True for the last word of a clause."""
        if index + 1 == sentence.last:
            return True
        follow = self.words[index + 1]
        return not follow.text[0].isalnum() or follow.lower in self.hall.rules.and_

    def _verb(
        self,
        index: int,
        end: int,
        saying: Saying,
        participle: bool,
        finite: bool,
        sentence: Sentence,
    ) -> Said | None:
        syntax = self.syntax
        clause = syntax.clause(index, sentence)
        place = self._finite(index, end, participle, finite, clause)
        if place is None:
            return None
        verb, behind = place
        if syntax.subordinate(clause, verb, sentence):
            return None
        phrases = self.hall.phrases(sentence)
        phrase = syntax.subject(verb, behind, clause, sentence, phrases, inverts=saying.act == "says")
        if phrase is None:
            speaker = self._unsaid(verb, clause, sentence, phrases)
        elif phrase.kind == "nobody":
            speaker = self._nobody(phrases)
        else:
            speaker = self.floor.whom(phrase, self.words[verb])
        self.unknown |= speaker is None
        if speaker is None or (saying.plural and len(speaker.people or speaker.states) < 2):
            return None
        if saying.thing and _person_behind(end, phrase, phrases):
            return None
        soft = saying.soft or saying.act == "says"
        return Said(speaker, saying.id, saying.act, soft, index, syntax.trailing(clause, sentence))

    def _finite(self, index: int, end: int, participle: bool, finite: bool, clause: Clause) -> tuple[int, int] | None:
        """The finite verb, which is the auxiliary of a participle, and what is behind it; None in the passive."""
        syntax, rules = self.syntax, self.rules.subjects
        helper = syntax.helper(rules.auxiliaries, index, clause) if participle else None
        if helper is not None and rules.verb_second:
            return helper, helper + 1
        if helper is None and not finite:
            return None
        may_be_passive = participle or not rules.verb_second
        passive = may_be_passive and syntax.helper(rules.passive, index, clause) is not None
        return None if passive else (index, end)

    def _parenthesis(self, index: int, sentence: Sentence) -> Said | None:
        """ ", so Xi." """
        if index == sentence.first or self.words[index - 1].text not in ENDS:
            return None
        leads = (phrase for phrase in self.hall.phrases(sentence) if phrase.first == index + 1 and phrase.subject)
        phrase = next(leads, None)
        if phrase is None:
            return None
        speaker = self.floor.whom(phrase, None)
        return None if speaker is None else Said(speaker, "parenthesis", at=index, trailing=True)

    def _nobody(self, phrases: Sequence[Phrase]) -> Speaker | None:
        """ "hieß es": a voice of the same sentence, else whoever had the floor."""
        for phrase in phrases:
            if phrase.kind == "voice" and (speaker := self.floor.whom(phrase, None)) is not None:
                return speaker
        return self.floor.last if self.floor.chain else None

    def _unsaid(self, verb: int, clause: Clause, sentence: Sentence, phrases: Sequence[Phrase]) -> Speaker | None:
        """The subject of the verb before: "… and said", or of a language that drops it."""
        joint = verb - 1 if verb > clause.first or clause.first > sentence.first else verb
        if self.words[joint].lower in self.hall.rules.and_:
            lead = next((p for p in phrases if p.subject and p.last <= verb and p.kind != "nobody"), None)
            return self.floor.whom(lead, self.words[verb]) if lead is not None else None
        return self.floor.last if self.rules.null_subject else None

    # ── a source ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _sourced(self, sentence: Sentence) -> Said | None:
        for index in _within(self.sources, sentence):
            if self.syntax.quoted[index]:
                continue
            for end, own in self.rules.sources.at(self.lower, index, sentence.last):
                speaker = self.floor.single if own else self._source(end, self.hall.phrases(sentence))
                if speaker is not None:
                    return Said(speaker, "source", at=index)
        return None

    def _source(self, end: int, phrases: Sequence[Phrase]) -> Speaker | None:
        for phrase in phrases:
            if end <= phrase.first <= end + (3 if phrase.kind == "voice" else 1):
                return self.floor.whom(phrase, None)
        return None

    # ── reported speech ──────────────────────────────────────────────────────────────────────────────────────────────

    def _reported(self, sentence: Sentence) -> Said | None:
        quoted = sum(self.syntax.quoted[sentence.first : sentence.last])
        quotation = quoted > 3 and quoted >= 0.8 * (sentence.last - sentence.first)
        if not quotation and not self._subjunctive(sentence):
            return None
        speaker = self._attributed(sentence) or (None if self.unknown else self.floor.last)
        return None if speaker is None else Said(speaker, "quotation" if quotation else "reported-speech")

    def _attributed(self, sentence: Sentence) -> Speaker | None:
        """Any verb between comma and subject within reported speech: "…, versuchte er zu beruhigen."."""
        for phrase in reversed(self.hall.phrases(sentence)):
            verb = phrase.first - 1
            if not phrase.subject or verb <= sentence.first or self.words[verb - 1].text not in ENDS:
                continue
            word = self.words[verb]
            if word.text[0].islower() and not self._connects(word.lower):
                return self.floor.whom(phrase, word)
        return None

    def _connects(self, word: str) -> bool:
        rules, syntax, hall = self.rules, self.rules.subjects, self.hall.rules
        connectors = (
            syntax.subordinators,
            syntax.relative,
            hall.and_,
            hall.prepositions,
            rules.certain,
            rules.possible,
        )
        return any(word in words for words in connectors)

    def _subjunctive(self, sentence: Sentence) -> bool:
        """True where a main clause stands in the subjunctive of reported speech."""
        for index in _within(self.subjunctives, sentence):
            word = self.words[index]
            if self.syntax.quoted[index] or (word.text[0].isupper() and index > sentence.first):
                continue
            if word.lower in self.rules.certain or self.floor.chain:
                clause = self.syntax.clause(index, sentence)
                if not self.syntax.subordinate(clause, index, sentence):
                    return True
        return False

    # ── its act ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, sentence: Sentence, said: Said) -> str:
        """The act of the verb, or the first act in the order of the language file that the words tell."""
        if not said.soft:
            return said.act
        found = [
            cue
            for index in range(sentence.first, sentence.last)
            if self.lower[index] in self.rules.cues.firsts
            for end, cue in self.rules.cues.at(self.lower, index, sentence.last)
            if self._tells(self.rules.acts[cue], index, end, sentence)
        ]
        return self.rules.acts[min(found)].act if found else said.act

    def _tells(self, cue: Cue, index: int, end: int, sentence: Sentence) -> bool:
        if cue.beside and cue.beside.isdisjoint(self.lower[end : sentence.last]):
            return False
        if not cue.actor:
            return True
        near = [i for i in (index - 1, end, end + 1) if sentence.first <= i < sentence.last]
        return any(self.words[i].lower in self.rules.actors or i in self.hall.states for i in near)


def _within(starts: list[int], sentence: Sentence) -> list[int]:
    return starts[bisect_left(starts, sentence.first) : bisect_left(starts, sentence.last)]


def _demands(saying: Saying) -> int:
    """How much a reading asks for: the more, the surer it is."""
    return (saying.particle is not None) + bool(saying.beside) + bool(saying.complement)


def _person_behind(end: int, subject: Phrase | None, phrases: Sequence[Phrase]) -> bool:
    """True where a person is the object: "begrüßte den Gast"."""
    return any(
        phrase is not subject
        and phrase.kind != "sides"
        and end <= phrase.first <= end + 1
        and not all(party.collective for party in phrase.parties)
        for phrase in phrases
    )
