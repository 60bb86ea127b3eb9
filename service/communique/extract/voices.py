"""The noun phrases of a sentence that can speak: parties, pronouns, roles ("the visitor"), and voices of a state."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from communique.extract import dateline
from communique.languages import Language
from communique.languages.patterns import PhraseTable
from communique.model import Document, Party, Sentence
from communique.model.values import value
from communique.text import fold, squeeze

Kind = Literal["party", "name", "he", "it", "they", "sides", "role", "voice", "nobody"]

_OF_STATES = frozenset({"demonym", "country", "metonym", "inhabitant"})
_PRONOUNS = ("he", "they", "sides")
_ADJECTIVES = 3
"""Words that may stand between an article and its noun."""
_REACH = 5
"""Tokens behind a voice in which its state may stand: "Sprecher des Außenministeriums in Peking"."""
_TAIL = 3
"""Last letters by which most words are seen to be neither role nor voice."""


@dataclass(frozen=True, slots=True)
class Rules:
    prepositions: frozenset[str]
    oblique: frozenset[str]
    definite: frozenset[str]
    articles: frozenset[str]
    possessive: frozenset[str]
    adjectives: tuple[str, ...]
    and_: frozenset[str]
    words: PhraseTable[Kind]
    roles: tuple[str, ...]
    parts: tuple[str, ...]
    voices: tuple[str, ...]
    voice_offices: frozenset[str]
    tails: frozenset[str]
    he: frozenset[str]
    plural_ending: str | None
    not_name: frozenset[str]
    nouns_capitalised: bool


@value
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
    name: str | None = None
    """Of a voice or of a stranger: "spokesman, David Keyes"."""
    own: bool = False
    """True for a voice with a possessive: "his office" speaks for the state of the last speaker."""


def compile(language: Language) -> Rules:
    section, words = language.statements, language.words
    roles = (*section.roles, *section.parts)
    voices = tuple(word for word in section.voices if " " not in word)
    phrases: list[tuple[str, Kind]] = [
        *((word, "they") for word in section.they),
        *((word, "sides") for word in section.sides),
        *((word, "he") for word in section.he if word not in section.they),
        *((word, "it") for word in section.it),
        *((word, "nobody") for word in section.impersonal),
        *((word, "voice") for word in section.voices if " " in word),
    ]
    return Rules(
        prepositions=frozenset(section.prepositions),
        oblique=frozenset(section.oblique),
        definite=frozenset(section.definite),
        articles=frozenset((*words.article, *words.possessive, *section.definite)),
        possessive=frozenset(words.possessive),
        adjectives=section.adjectives,
        and_=frozenset(words.and_),
        words=PhraseTable(phrases),
        roles=roles,
        parts=section.parts,
        voices=voices,
        voice_offices=frozenset(section.voice_offices),
        tails=frozenset(word[-_TAIL:] for word in (*roles, *voices)),
        he=frozenset(section.he),
        plural_ending=section.plural_ending,
        not_name=frozenset(fold(word) for word in (*words.not_name, *words.title)),
        nouns_capitalised=words.nouns_capitalised,
    )


class Hall:
    """A document with its parties and countries by token; gives the phrases of its sentences."""

    def __init__(self, document: Document, parties: Sequence[Party], rules: Rules) -> None:
        self.document, self.rules = document, rules
        self.words, self.starts = document.tokens, document.starts
        self.parties = tuple(sorted(parties, key=lambda party: (party.start, -party.end)))
        self.party_starts = [party.start for party in self.parties]
        self.spans = [self._span(party) for party in self.parties]
        self.of_entity: dict[int, list[Party]] = {}
        self.states: dict[int, str | None] = {}
        """Country of the party that stands at a token."""
        for party, (first, last) in zip(self.parties, self.spans, strict=True):
            if party.entity >= 0:
                self.of_entity.setdefault(party.entity, []).append(party)
            self.states.update(dict.fromkeys(range(first, last), party.country))
        self.countries: dict[int, str] = {}
        """Country of the nationality, country or seat whose name stands at a token."""
        self.inhabitants: set[int] = set()
        self.datelines = [(line.start, line.end) for line in dateline.find(document.text)]
        self._read_hits()
        self._phrases: dict[int, list[Phrase]] = {}

    def _token(self, offset: int) -> int:
        """Index of the first token from an offset on."""
        return bisect_left(self.starts, offset)

    def _span(self, party: Party) -> tuple[int, int]:
        return self._token(party.start), self._token(party.end)

    def _read_hits(self) -> None:
        for hit, kinds in zip(self.document.hits, self.document.kinds, strict=True):
            if _OF_STATES.isdisjoint(kinds):
                continue
            for entry in hit.entries:
                if entry.kind not in _OF_STATES:
                    continue
                code = entry.data[0] if entry.kind == "metonym" else entry.data
                if isinstance(code, str) and ":" not in code:
                    index = self._token(hit.start)
                    self.countries[index] = code
                    if entry.kind == "inhabitant":
                        self.inhabitants.add(index)
                break

    def phrases(self, sentence: Sentence) -> list[Phrase]:
        """The phrases of a sentence in order; coordinated parties as one, pronouns rather than parties.

        Read when they are first asked for: most sentences hold no word of saying, and nobody asks.
        """
        found = self._phrases.get(sentence.first)
        if found is None:
            found = self._phrases[sentence.first] = self._read(sentence)
        return found

    def _read(self, sentence: Sentence) -> list[Phrase]:
        named = [phrase for phrase in self._parties(sentence) if not self._heads(phrase)]
        candidates = self._candidates(sentence)
        if not candidates:
            return self._joined(sorted(named, key=lambda phrase: phrase.first))
        taken = {index for phrase in named for index in range(phrase.first, phrase.last)}
        found: list[Phrase] = []
        behind = sentence.first
        for index in candidates:
            phrase = self._word(index, sentence) if index >= behind else None
            if phrase is None or (
                phrase.kind not in _PRONOUNS and not taken.isdisjoint(range(phrase.first, phrase.last))
            ):
                continue
            found.append(phrase)
            behind = phrase.last
        pronouns = {index for p in found if p.kind in _PRONOUNS for index in range(p.first, p.last)}
        found += [phrase for phrase in named if pronouns.isdisjoint(range(phrase.first, phrase.last))]
        found.sort(key=lambda phrase: phrase.first)
        return self._joined(found)

    def _heads(self, phrase: Phrase) -> bool:
        """True for the place in a dateline."""
        at = self.words[phrase.first].start
        return all(party.collective for party in phrase.parties) and any(
            start <= at < end for start, end in self.datelines
        )

    def _candidates(self, sentence: Sentence) -> list[int]:
        firsts, tails, capitals = self.rules.words.firsts, self.rules.tails, self.rules.nouns_capitalised
        inhabitants, words = self.inhabitants, self.words
        return [
            index
            for index, word in enumerate(self.document.lower[sentence.first : sentence.last], sentence.first)
            if word in firsts
            or ((word[-_TAIL:] in tails or index in inhabitants) and not (capitals and words[index].text[0].islower()))
        ]

    # ── parties ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parties(self, sentence: Sentence) -> list[Phrase]:
        left, right = bisect_left(self.party_starts, sentence.start), bisect_left(self.party_starts, sentence.end)
        out: list[Phrase] = []
        for party, (first, last) in zip(self.parties[left:right], self.spans[left:right], strict=True):
            if out and first < out[-1].last:
                continue
            start = self._start(first, sentence.first, self.rules.adjectives)
            subject = self._may_lead(start, first, sentence.first) and not self._genitive(party, last)
            kind: Kind = "party"
            if party.office in self.rules.voice_offices:
                kind = "voice"
            elif bare(party) and self.words[last - 1].lower in self.rules.parts:
                kind = "role"
            name = party.name if kind == "voice" else None
            out.append(Phrase(start, last, kind, subject, (party,), party.country, name))
        return out

    def _start(self, noun: int, lower: int, endings: tuple[str, ...] = ("",)) -> int:
        """Index of the article, over the adjectives before the noun; the noun itself where there is none."""
        index = noun - 1
        while index >= lower and noun - index <= _ADJECTIVES + 1:
            word = self.words[index]
            if word.lower in self.rules.articles:
                return index
            if word.text == "-" and index > lower and word.start == self.words[index - 1].end:
                index -= 2  # the first part of a compound: "CSU-Politiker"
                continue
            adjective = (word.text[0].islower() and word.lower.endswith(endings)) or index in self.countries
            if not adjective or word.lower in self.rules.prepositions or word.lower in self.rules.and_:
                break
            index -= 1
        return noun

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
        written = self.document.text[party.start : party.end]
        if written.endswith(("'s", "’s")):
            first = self._token(party.start)  # "the chief of Tehran's" has its genitive inside
            return not any(self.words[i].lower in self.rules.prepositions for i in range(first, last))
        if party.surface and written.endswith(party.surface + "s"):
            return True
        return last + 1 < len(self.words) and self.words[last].lower in ("'", "’") and self.words[last + 1].lower == "s"

    def _joined(self, phrases: list[Phrase]) -> list[Phrase]:
        out: list[Phrase] = []
        index = 0
        while index < len(phrases):
            behind = self._list_end(phrases, index)
            listed = phrases[index:behind]
            first = listed[0]
            if len(listed) > 1:
                parties = tuple(party for phrase in listed for party in phrase.parties)
                first = Phrase(first.first, listed[-1].last, "party", first.subject, parties)
            elif first.kind == "voice" and first.name is None:
                first = self._named(first)
            out.append(first)
            index = behind
        return out

    def _list_end(self, phrases: list[Phrase], index: int) -> int:
        """Index behind the parties that are listed from here: "A and B", "A, B and C"."""
        last = index + 1
        while last < len(phrases) and phrases[last - 1].kind == phrases[last].kind == "party":
            gap = [word.lower for word in self.words[phrases[last - 1].last : phrases[last].first]]
            if gap and gap[-1] in self.rules.and_ and len(gap) - (gap[0] == ",") == 1:
                return last + 1
            if gap != [","]:
                break
            last += 1
        return index + 1

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _word(self, index: int, sentence: Sentence) -> Phrase | None:
        for last, kind in self.rules.words.at(self.document.lower, index, sentence.last):
            if kind == "voice":
                phrase = self._noun(last - 1, kind, sentence)
                return replace(phrase, first=min(phrase.first, index)) if phrase else None
            subject = index == sentence.first or self.words[index - 1].lower not in self.rules.prepositions
            return Phrase(index, last, kind, subject)
        lower = self.words[index].lower
        if lower.endswith(self.rules.voices):
            return self._noun(index, "voice", sentence)
        if lower.endswith(self.rules.roles) or index in self.inhabitants:
            return self._noun(index, "role", sentence)
        return None

    def _noun(self, index: int, kind: Kind, sentence: Sentence) -> Phrase | None:
        start = self._start(index, sentence.first)
        if kind == "role" and (start == index or self.words[start].lower not in self.rules.definite):
            return None
        ahead = range(max(sentence.first, min(start, index - 2)), index + 1)
        country = next((self.countries[i] for i in ahead if i in self.countries), None)
        if country is None and kind == "voice":
            country = self._state_behind(index + 1, sentence)
        own = kind == "voice" and self.words[start].lower in self.rules.possessive
        subject = self._may_lead(start, index, sentence.first)
        return Phrase(start, index + 1, kind, subject, country=country, own=own)

    def _state_behind(self, index: int, sentence: Sentence) -> str | None:
        """The state of a voice, behind it: "Sprecher des Élysée", "statement by Erdogan's office"."""
        for at in range(index, min(index + _REACH, sentence.last)):
            if at in self.countries:
                return self.countries[at]
            if self.words[at].text in ",;:":
                return None
            if at in self.states:
                return self.states[at]
        return None

    def _named(self, voice: Phrase) -> Phrase:
        """ "Sprecher Dmitri Peskow", "chief of staff, Thorsten Frei, told" """
        first = voice.last
        if first < len(self.words) and self.words[first].text == ",":
            first += 1
        last = first
        while last < len(self.words) and self._capital(last):
            last += 1
        if last - first < 2:
            return voice
        name = self.document.text[self.words[first].start : self.words[last - 1].end]
        return replace(voice, last=last, name=name)

    def _capital(self, index: int) -> bool:
        return self.words[index].text.istitle() and self.words[index].lower not in self.rules.not_name

    # ── strangers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def stranger(self, index: int, sentence: Sentence) -> Phrase | None:
        """A bare surname that no reading of parties knows, where the text has said it with a first name before."""
        if not sentence.first <= index < sentence.last or not self._capital(index):
            return None
        name = self._full_names.get(self.words[index].text)
        return Phrase(index, index + 1, "name", True, name=name) if name else None

    @cached_property
    def _full_names(self) -> dict[str, str]:
        """Surname → first name and surname, as first written, of everyone who may be a person by grammar."""
        covered = {self._token(hit.start) for hit in self.document.hits}
        out: dict[str, str] = {}
        for at in range(1, len(self.words)):
            first, name = self.words[at - 1], self.words[at]
            if name.start != first.end + 1 or len(name.text) < 3 or at - 1 in covered:
                continue
            if self._capital(at) and self._capital(at - 1):
                out.setdefault(name.text, f"{first.text} {name.text}")
        return out


def bare(party: Party) -> bool:
    """True where the mention is an office or a nationality without a name."""
    if party.name is None:
        return True
    return set(squeeze(party.surface).split()).isdisjoint(squeeze(party.name).split())
