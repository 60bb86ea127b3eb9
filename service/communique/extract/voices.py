"""Who can speak: the noun phrases of a sentence that may be its subject, and whom each of them means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from communique.languages import Language
from communique.languages.patterns import PhraseTable
from communique.model import Document, Party, Sentence, Token
from communique.text import fold, squeeze

Kind = Literal["party", "name", "he", "they", "sides", "role", "voice", "nobody"]

_ADJECTIVES = 3
"""Words that may stand between an article and its noun."""
_REACH = 5
"""Tokens behind a voice in which its country may stand: "Sprecher des Außenministeriums in Peking"."""


@dataclass(frozen=True, slots=True)
class Rules:
    prepositions: frozenset[str]
    oblique: frozenset[str]
    definite: frozenset[str]
    articles: frozenset[str]
    and_: frozenset[str]
    words: PhraseTable[Kind]
    roles: tuple[str, ...]
    parts: tuple[str, ...]
    voices: tuple[str, ...]
    singular: frozenset[str]
    not_name: frozenset[str]
    plural_ending: str | None
    nouns_capitalised: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens [first, last), article included."""

    first: int
    last: int
    kind: Kind
    subject: bool
    """False where a preposition, a case or a genitive keeps it from being the subject."""
    parties: tuple[Party, ...] = ()
    country: str | None = None
    """Of a voice, or of an unnamed person, where the phrase says it."""
    own: bool = False
    """True for a voice with a possessive: "his office" speaks for the state of the last speaker."""


@dataclass(frozen=True, slots=True)
class Speaker:
    people: tuple[tuple[str, int], ...] = ()
    """Name and entity of each person."""
    states: tuple[str, ...] = ()
    """Country codes, where governments speak instead."""
    voice: bool = False
    """True where a spokesperson or an office speaks for the state."""

    @property
    def label(self) -> str:
        return "; ".join([name for name, _ in self.people] or self.states)

    @property
    def rank(self) -> int:
        """Of several subjects in a sentence the person outranks the state, the state its spokesperson."""
        return 3 if self.people else 1 if self.voice else 2


def compile(language: Language) -> Rules:
    section, words = language.statements, language.words
    phrases: list[tuple[str, Kind]] = [
        *((word, "they") for word in section.they),
        *((word, "sides") for word in section.sides),
        *((word, "he") for word in section.he if word not in section.they),
        *((word, "nobody") for word in section.impersonal),
    ]
    return Rules(
        prepositions=frozenset(section.prepositions),
        oblique=frozenset(section.oblique),
        definite=frozenset(section.definite),
        articles=frozenset((*words.article, *words.possessive, *section.definite)),
        and_=frozenset(words.and_),
        words=PhraseTable(phrases),
        roles=(*section.roles, *section.parts),
        parts=section.parts,
        voices=section.voices,
        singular=frozenset(section.he),
        not_name=frozenset(fold(word) for word in (*words.not_name, *words.title)),
        plural_ending=section.plural_ending,
        nouns_capitalised=words.nouns_capitalised,
    )


class Hall:
    """The document as those who read statements see it: parties and countries by token."""

    def __init__(self, document: Document, parties: Sequence[Party], rules: Rules) -> None:
        self.document, self.rules = document, rules
        self.words = document.tokens
        self.starts = [token.start for token in document.tokens]
        self.parties = tuple(sorted(parties, key=lambda party: (party.start, -party.end)))
        self._party_starts = [party.start for party in self.parties]
        self.countries: dict[int, str] = {}
        self.inhabitants: set[int] = set()
        self.covered: set[int] = set()
        for hit in document.hits:
            self.covered.add(bisect_left(self.starts, hit.start))
            for entry in hit.entries:
                code = entry.data[0] if entry.kind == "metonym" else entry.data
                if entry.kind in ("demonym", "country", "metonym", "inhabitant") and isinstance(code, str):
                    if ":" not in code:
                        index = bisect_left(self.starts, hit.start)
                        self.countries[index] = code
                        if entry.kind == "inhabitant":
                            self.inhabitants.add(index)
                    break
        self.actors = self._actors()

    def _actors(self) -> frozenset[int]:
        """Tokens of parties: who may promise something in reported speech."""
        spans = ((bisect_left(self.starts, p.start), bisect_left(self.starts, p.end)) for p in self.parties)
        return frozenset(index for first, last in spans for index in range(first, last))

    def phrases(self, sentence: Sentence) -> list[Phrase]:
        """The noun phrases of a sentence that can speak, in order; coordinated parties as one."""
        found = self._parties(sentence)
        taken = {index for phrase in found for index in range(phrase.first, phrase.last)}
        index = sentence.first
        while index < sentence.last:
            step = None if index in taken else self._word(index, sentence)
            if step is not None:
                found.append(step)
                index = step.last
            else:
                index += 1
        found.sort(key=lambda phrase: phrase.first)
        return self._joined(found)

    # ── parties ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parties(self, sentence: Sentence) -> list[Phrase]:
        left = bisect_left(self._party_starts, sentence.start)
        right = bisect_left(self._party_starts, sentence.end)
        out: list[Phrase] = []
        for party in self.parties[left:right]:
            first, last = bisect_left(self.starts, party.start), bisect_left(self.starts, party.end)
            if out and first < out[-1].last:
                continue
            start = self._start(first, sentence.first)
            kind: Kind = "voice" if party.office == "spokesperson" else "party"
            if _bare(party) and self.words[last - 1].lower in self.rules.parts:
                kind = "role"
            subject = self._may_lead(start, first, sentence.first) and not self._genitive(party, last)
            out.append(Phrase(start, last, kind, subject, (party,), party.country))
        return out

    def _start(self, first: int, lower: int) -> int:
        """Index of the article, over the adjectives before the noun; the noun itself where there is none."""
        index = first - 1
        while index >= lower and first - index <= _ADJECTIVES + 1:
            word = self.words[index]
            if word.lower in self.rules.articles:
                return index
            if not word.text[0].islower() or word.lower in self.rules.prepositions or word.lower in self.rules.and_:
                break
            index -= 1
        return first

    def _may_lead(self, start: int, noun: int, lower: int) -> bool:
        rules = self.rules
        if start < noun and self.words[start].lower in rules.oblique:
            return False
        if self.words[noun].lower in rules.prepositions:
            return False  # read as a noun, where it opens a sentence: "Gegenüber"
        if start == lower:
            return True
        before = self.words[start - 1]
        if before.lower in rules.prepositions:
            return False
        # "Chef der thailändischen Diplomatie": an article behind a noun is a genitive
        behind_noun = rules.nouns_capitalised and before.text[0].isupper() and start - 1 > lower
        return not (behind_noun and start < noun and self.words[start].lower in rules.definite)

    def _genitive(self, party: Party, last: int) -> bool:
        """ "Trumps", "Netanyahu's": the phrase belongs to what follows."""
        text = self.document.text
        written = text[party.start : party.end]
        if party.surface and written.endswith(party.surface + "s"):
            return True
        return last + 1 < len(self.words) and self.words[last].lower in ("'", "’") and self.words[last + 1].lower == "s"

    def _joined(self, phrases: list[Phrase]) -> list[Phrase]:
        out: list[Phrase] = []
        for phrase in phrases:
            if out and phrase.kind == out[-1].kind == "party" and phrase.first == out[-1].last + 1:
                before = out[-1]
                if self.words[before.last].lower in self.rules.and_:
                    both = (*before.parties, *phrase.parties)
                    out[-1] = Phrase(before.first, phrase.last, "party", before.subject, both)
                    continue
            out.append(phrase)
        return out

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _word(self, index: int, sentence: Sentence) -> Phrase | None:
        for last, kind in self.rules.words.at(self.words, index, sentence.last):
            subject = index == sentence.first or self.words[index - 1].lower not in self.rules.prepositions
            return Phrase(index, last, kind, subject)
        word = self.words[index]
        if len(word.text) < 4 or (self.rules.nouns_capitalised and not word.text[0].isupper()):
            return None
        if word.lower.endswith(self.rules.voices):
            return self._noun(index, "voice", sentence)
        if word.lower.endswith(self.rules.roles) or index in self.inhabitants:
            return self._noun(index, "role", sentence)
        return None

    def _noun(self, index: int, kind: Kind, sentence: Sentence) -> Phrase | None:
        start = self._start(index, sentence.first)
        if kind == "role" and (start == index or self.words[start].lower not in self.rules.definite):
            return None
        ahead = range(max(sentence.first, min(start, index - 1)), index + 1)
        country = next((self.countries[i] for i in ahead if i in self.countries), None)
        if country is None and kind == "voice":
            reach = range(index + 1, min(index + _REACH, sentence.last))
            country = next((self.countries[i] for i in reach if i in self.countries), None)
        own = start < index and self.words[start].lower in self.rules.articles - {"the"} and kind == "voice"
        return Phrase(start, index + 1, kind, self._may_lead(start, index, sentence.first), (), country, own)

    def stranger(self, index: int, sentence: Sentence) -> Phrase | None:
        """A bare surname that no reading of parties knows, where the text has said it with a first name before."""
        word = self.words[index] if sentence.first <= index < sentence.last else None
        if word is None or not word.text[0].isupper() or len(word.text) < 3 or word.lower in self.rules.not_name:
            return None
        return Phrase(index, index + 1, "name", True) if self.full_name(index) else None

    def full_name(self, index: int) -> str | None:
        name = self.words[index].text
        for at in range(1, index):
            first = self.words[at - 1]
            if self.words[at].text != name or at - 1 in self.covered or first.lower in self.rules.not_name:
                continue
            if first.text.istitle() and len(first.text) > 1 and self.words[at].start == first.end + 1:
                return f"{first.text} {name}"
        return None


@dataclass
class Floor:
    """Who has the floor: what pronouns and bare offices mean at this point of the text."""

    hall: Hall
    last: Speaker | None = None
    """The last speaker, or the person the last sentence was about."""
    single: Speaker | None = None
    """The last one person."""
    voice: str | None = None
    """State of the last spokesperson."""
    chain: bool = False
    """True directly behind a statement, where a doubtful subjunctive goes on with it."""
    mouths: dict[int, str] = field(default_factory=dict)
    """Spokespersons by entity, with their state."""

    def give(self, speaker: Speaker, *, chain: bool) -> None:
        self.last, self.chain = speaker, chain
        if len(speaker.people) == 1:
            self.single = speaker
        if speaker.voice:
            self.voice = speaker.states[0]

    def whom(self, phrase: Phrase, verb: Token | None) -> Speaker | None:
        """The speaker that a phrase means, or None where it names nobody that the text has made known."""
        kind = phrase.kind
        if kind == "they" and self.hall.words[phrase.first].lower in self.hall.rules.singular:
            ending = self.hall.rules.plural_ending
            kind = "they" if verb is not None and ending and verb.lower.endswith(ending) else "he"
        if kind == "he":
            return self.single or self.last
        if kind in ("they", "sides"):
            return self._both(phrase.first, states=kind == "sides")
        if kind == "role":
            return self._role(phrase)
        if kind == "voice":
            return self._voice(phrase)
        if kind == "name":
            return self._named(phrase)
        return self._parties(phrase)

    # ── parties ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parties(self, phrase: Phrase) -> Speaker | None:
        people: list[tuple[str, int]] = []
        states: list[str] = []
        for party in phrase.parties:
            if party.entity in self.mouths:
                return Speaker(states=(self.mouths[party.entity],), voice=True)
            known = self._same_office(party) if len(phrase.parties) == 1 else None
            if known is not None:
                return known
            name = _name(party)
            if name is not None and not party.collective:
                people.append((name, party.entity))
            elif party.country is not None:
                states.append(party.country)
        if people:
            return Speaker(people=tuple(dict.fromkeys(people)))
        return Speaker(states=tuple(dict.fromkeys(states))) if states else None

    def _named(self, phrase: Phrase) -> Speaker | None:
        name = self.hall.full_name(phrase.first)
        return Speaker(people=((name, -1),)) if name else None

    def _same_office(self, party: Party) -> Speaker | None:
        """A bare office or nationality means the last speaker, if that is one of his."""
        if self.single is None or party.plural or party.collective or not _bare(party):
            return None
        entity = self.single.people[0][1]
        if party.entity == entity and entity >= 0:
            return self.single
        mine = [other for other in self.hall.parties if other.entity == entity and entity >= 0]
        country = next((other.country for other in mine if other.country), None)
        if party.country is not None and _written_country(self.hall, party) and party.country != country:
            return None
        offices = {office for other in mine for office in (other.office, *_held(other)) if office}
        if party.office in offices or (not offices and party.entity < 0):
            return self.single
        return None

    def _role(self, phrase: Phrase) -> Speaker | None:
        if self.single is None:
            return self.last
        if phrase.country is None:
            return self.single
        state = self._country(self.single)
        if state in (None, phrase.country):
            return self.single
        for party in reversed(self._before(phrase.first)):
            if party.country == phrase.country and not party.collective and (name := _name(party)) is not None:
                return Speaker(people=((name, party.entity),))
        return None

    def _voice(self, phrase: Phrase) -> Speaker | None:
        state = phrase.country
        if state is None:
            owner = next((p for p in reversed(self._before(phrase.first)) if p.country), None)
            words = self.hall.words
            possessor = phrase.first > 1 and words[phrase.first - 1].lower == "s" and owner is not None
            if possessor and owner is not None:
                state = owner.country
            elif phrase.own and self.single is not None:
                state = self._country(self.single)
            else:
                state = self.voice or (self._country(self.single) if self.single else None)
        if state is None:
            state = next((party.country for party in self.hall.parties if party.country), None)
        if state is None:
            return None
        for party in phrase.parties:
            if party.entity >= 0:
                self.mouths[party.entity] = state
        return Speaker(states=(state,), voice=True)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _both(self, index: int, *, states: bool) -> Speaker | None:
        """The two of different states who were named last, in the order of their naming."""
        if self.last is not None and len(self.last.states if states else self.last.people) > 1:
            return self.last
        found: list[Party] = []
        for party in reversed(self._before(index)):
            known = any(party.entity == other.entity or party.country == other.country for other in found)
            if party.collective or party.plural or party.country is None or known or _name(party) is None:
                continue
            if party.entity in self.mouths:
                continue
            found.append(party)
            if len(found) == 2:
                break
        if len(found) < 2:
            return None
        found.reverse()
        if states:
            return Speaker(states=tuple(party.country for party in found if party.country))
        return Speaker(people=tuple((_name(party) or "", party.entity) for party in found))

    def _before(self, index: int) -> tuple[Party, ...]:
        hall = self.hall
        at = hall.words[index].start
        return hall.parties[: bisect_left(hall._party_starts, at)]

    def _country(self, speaker: Speaker) -> str | None:
        entity = speaker.people[0][1]
        return next((p.country for p in self.hall.parties if p.entity == entity and p.country), None)


def _name(party: Party) -> str | None:
    return party.candidates[0].name if party.candidates else party.name


def _bare(party: Party) -> bool:
    """True where the mention is an office or a nationality without a name."""
    if party.name is None:
        return True
    return not set(squeeze(party.surface).split()) & set(squeeze(party.name).split())


def _held(party: Party) -> tuple[str, ...]:
    return tuple(term.office for person in party.candidates[:1] for term in person.terms)


def _written_country(hall: Hall, party: Party) -> bool:
    first, last = bisect_left(hall.starts, party.start), bisect_left(hall.starts, party.end)
    return any(index in hall.countries for index in range(first, last))
