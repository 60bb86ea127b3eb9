"""Whom a phrase means that speaks: the person, the two parties, or the government, by what the text has said before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from communique.extract.voices import Hall, Phrase, bare
from communique.model import Party, Sentence, Token
from communique.model.values import value
from communique.text import fold

_MEMORY = 60
"""Mentions back in which the other of two parties is looked for."""


@value
class Speaker:
    people: tuple[tuple[str, int], ...] = ()
    """Name and entity of each person."""
    states: tuple[str, ...] = ()
    """Country codes, where governments speak instead."""
    voice: bool = False
    """True where a spokesperson or an office speaks for the state."""
    named: bool = False
    """True for a voice with a name, which a pronoun can mean."""

    @property
    def label(self) -> str:
        return "; ".join([name for name, _ in self.people] or self.states)

    @property
    def rank(self) -> int:
        """Of several subjects in a sentence the person outranks the state, the state its spokesperson."""
        return 3 if self.people else 1 if self.voice else 2


@dataclass
class Floor:
    """Who has the floor: what pronouns and bare offices mean at this point of the text."""

    hall: Hall
    sentence: Sentence
    """The sentence that is being read."""
    last: Speaker | None = None
    """The last speaker, or the person the last sentence was about."""
    single: Speaker | None = None
    """The last one person."""
    voice: str | None = None
    """State of the last spokesperson."""
    chain: bool = False
    """True directly behind a statement, where a doubtful subjunctive goes on with it."""
    mouths: dict[str, str] = field(default_factory=dict)
    """Spokespersons by surname, with their state."""

    def give(self, speaker: Speaker, *, chain: bool) -> None:
        self.last, self.chain = speaker, chain
        if len(speaker.people) == 1:
            self.single = speaker
        if speaker.voice:
            self.voice = speaker.states[0]

    def leave(self) -> None:
        """Somebody unknown speaks: nobody's speech goes on, and no pronoun means the one before."""
        self.last = self.single = None
        self.chain = False

    def whom(self, phrase: Phrase, verb: Token | None) -> Speaker | None:
        """The speaker that a phrase means, or None where it names nobody that the text has made known."""
        match self._kind(phrase, verb):
            case "he":
                return self.last if self.last is not None and self.last.named else self.single or self.last
            case "it":
                return self.last if self.last is not None and self.last.states else None
            case "they":
                return self._both(phrase.first, states=False)
            case "sides":
                return self._both(phrase.first, states=True)
            case "role":
                return self._role(phrase)
            case "voice":
                return self._voice(phrase)
            case "name":
                return self._stranger(phrase)
            case "party":
                return self._parties(phrase)
            case _:
                return None

    def _kind(self, phrase: Phrase, verb: Token | None) -> str:
        """ "sie" is he or they by the ending of its verb."""
        rules = self.hall.rules
        if phrase.kind != "they" or self.hall.words[phrase.first].lower not in rules.he:
            return phrase.kind
        ending = rules.plural_ending
        return "they" if verb is not None and ending is not None and verb.lower.endswith(ending) else "he"

    # ── parties ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parties(self, phrase: Phrase) -> Speaker | None:
        if len(phrase.parties) == 1 and (known := self._same(phrase, phrase.parties[0])) is not None:
            return known
        people: list[tuple[str, int]] = []
        states: list[str] = []
        for party in phrase.parties:
            name = _name(party)
            if name is not None and (state := self.mouths.get(_surname(name))) is not None:
                return Speaker(states=(state,), voice=True, named=True)
            if name is not None and not party.collective:
                people.append((name, party.entity))
            elif party.country is not None:
                states.append(party.country)
        if people:
            return Speaker(people=tuple(dict.fromkeys(people)))
        return Speaker(states=tuple(dict.fromkeys(states))) if states else None

    def _same(self, phrase: Phrase, party: Party) -> Speaker | None:
        """The last person, where a bare office or nationality may be his."""
        if self.single is None or party.plural or party.collective or not bare(party):
            return None
        entity = self.single.people[0][1]
        if party.entity == entity and entity >= 0:
            return self.single
        mine = self.hall.of_entity.get(entity, [])
        country = next((other.country for other in mine if other.country), None)
        written = any(index in self.hall.countries for index in range(phrase.first, phrase.last))
        if party.country is not None and written and party.country != country:
            return None
        offices = {office for other in mine for office in (other.office, *_held(other)) if office}
        # an office that fits nobody else: "die CDU-Vorsitzende" of a chancellor
        unknown = party.entity < 0 and (not offices or self.hall.words[phrase.first].lower in self.hall.rules.definite)
        return self.single if party.office in offices or unknown else None

    def _stranger(self, phrase: Phrase) -> Speaker | None:
        if phrase.name is None:
            return None
        state = self.mouths.get(_surname(phrase.name))
        if state is not None:
            return Speaker(states=(state,), voice=True, named=True)
        return Speaker(people=((phrase.name, -1),))

    def _role(self, phrase: Phrase) -> Speaker | None:
        """ "the visitor", "der Franzose": the last person, or the last one of that country."""
        if self.single is None:
            return self.last
        if phrase.country is None or self._country(self.single) in (None, phrase.country):
            return self.single
        for party in reversed(self._before(phrase.first)):
            name = None if party.collective else _name(party)
            if name is not None and phrase.country in {party.country, *_countries(party)}:
                return Speaker(people=((name, party.entity),))
        return None

    # ── voices ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _voice(self, phrase: Phrase) -> Speaker | None:
        state = phrase.country or self._state_of(phrase)
        if state is None:
            return None
        if phrase.name is not None:
            self.mouths[_surname(phrase.name)] = state
        return Speaker(states=(state,), voice=True, named=phrase.name is not None)

    def _state_of(self, phrase: Phrase) -> str | None:
        """For whom a voice speaks: its possessor, the state of the last voice, or the subject of its sentence."""
        words, before = self.hall.words, self._before(phrase.first)
        if phrase.first > 1 and words[phrase.first - 1].lower == "s" and before and before[-1].country:
            return before[-1].country
        here = [party for party in before if party.start >= self.sentence.start and not party.collective]
        if phrase.own:
            return here[-1].country or self._written_in() if here else self._country(self.single)
        goes_on = self.last is not None and self.last.voice
        if self.voice is not None and (goes_on or words[phrase.first].lower in self.hall.rules.definite):
            return self.voice
        if here:
            return here[0].country or self._written_in()
        if self._belongs(phrase.last):
            return None
        return self._country(self.single) or self.voice or self._first_state()

    def _written_in(self) -> str | None:
        """Country of the dateline."""
        ends = [end for _, end in self.hall.datelines]
        return next((p.country for p in self.hall.parties if p.country and any(p.start < end for end in ends)), None)

    def _belongs(self, index: int) -> bool:
        """True where a voice goes on with whose it is: "Sprecher der Hilfsorganisation", "statement from the firm"."""
        if index >= self.sentence.last:
            return False
        word = self.hall.words[index].lower
        return word in self.hall.rules.articles or word in self.hall.rules.prepositions

    def _first_state(self) -> str | None:
        return next((party.country for party in self.hall.parties if party.country), None)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _both(self, index: int, *, states: bool) -> Speaker | None:
        """The two of different states who were named last, in the order of their naming."""
        if self.last is not None and len(self.last.states if states else self.last.people) > 1:
            return self.last
        found: list[tuple[str, Party]] = []
        for party in reversed(self._before(index)):
            name = _name(party)
            if name is None or party.collective or party.plural or party.country is None:
                continue
            if any(party.entity == other.entity or party.country == other.country for _, other in found):
                continue
            if _surname(name) not in self.mouths:
                found.append((name, party))
            if len(found) == 2:
                break
        if len(found) < 2:
            return None
        found.reverse()
        if states:
            return Speaker(states=tuple(party.country for _, party in found if party.country))
        return Speaker(people=tuple((name, party.entity) for name, party in found))

    def _before(self, index: int) -> Sequence[Party]:
        """The latest mentions before a token."""
        behind = bisect_left(self.hall.party_starts, self.hall.words[index].start)
        return self.hall.parties[max(0, behind - _MEMORY) : behind]

    def _country(self, speaker: Speaker | None) -> str | None:
        if speaker is None:
            return None
        mentions = self.hall.of_entity.get(speaker.people[0][1], [])
        return next((party.country for party in mentions if party.country), None)


def _name(party: Party) -> str | None:
    return party.candidates[0].name if party.candidates else party.name


def _surname(name: str) -> str:
    return fold(name).rpartition(" ")[2]


def _countries(party: Party) -> tuple[str | None, ...]:
    """States in which the person has held an office: an official of NATO is still "the Dutchman"."""
    return tuple(term.country for person in party.candidates[:1] for term in person.terms)


def _held(party: Party) -> tuple[str, ...]:
    return tuple(term.office for person in party.candidates[:1] for term in person.terms)
