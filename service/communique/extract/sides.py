"""The sides of an encounter: who stands in a clause or sentence, and the state or body that each of them stands for."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TypeVar

from communique.extract.clauses import Clause
from communique.extract.entities import HEADS
from communique.languages import Language
from communique.model import DateMention, Document, Hit, Party, PlaceMention, Trigger
from communique.model.values import value

Found = TypeVar("Found", DateMention, PlaceMention, Hit)
_start = attrgetter("start")

BETWEEN = 5
"""Words between two coordinated subjects: an office, a nationality."""
_INVITED = 4
"""Words between an invitation and who gave it."""
NEAR = 50
"""Characters between a trigger and the government it is "with"."""
UNPERSONAL = frozenset({"spokesperson", "spouse", "sportsperson"})
_NO_STATE = frozenset(
    {
        "patriarch",
        "grand_imam",
        "grand_ayatollah",
        "metropolitan",
        "bishop",
        "former_secretary_general",
        "secretary_general",
        "director_general",
    }
)
OF_STATE = frozenset(
    {
        "president",
        "king",
        "queen",
        "emir",
        "sultan",
        "emperor",
        "prime_minister",
        "vice_president",
        "vice_premier",
        "crown_prince",
        "president_elect",
        "deputy_prime_minister",
        "junta_leader",
        "supreme_leader",
        "former_president",
        "opposition_leader",
        "party_leader",
        "candidate",
    }
)
"""Offices that every state has: without a country they belong to the state that the text is about."""
_OF_BODIES = frozenset({"head"})
"""Heads of anything: without a country they represent none."""
_DIPLOMATS = frozenset({"ambassador", "consul_general", "nuncio", "charge_d_affaires"})


@dataclass(frozen=True, slots=True)
class Rules:
    about: frozenset[str]
    topic: frozenset[str]
    preparing: frozenset[str]
    on_behalf: frozenset[str]
    led: tuple[str, ...]
    airport: tuple[str, ...]
    apart: frozenset[str]
    invitation: frozenset[str]
    also: tuple[str, ...]
    members: frozenset[str]
    visit_to: frozenset[str]
    undertake: frozenset[str]
    relative: frozenset[str]
    delegation: frozenset[str]
    separate: frozenset[str]
    with_: frozenset[str]
    between: frozenset[str]
    and_: frozenset[str]
    by: frozenset[str]
    from_: frozenset[str]
    preposition: frozenset[str]
    during: frozenset[str]
    article: frozenset[str]
    possessive: frozenset[str]
    then: frozenset[str]
    attend: tuple[str, ...]
    present: tuple[str, ...]
    said: frozenset[str]
    pronouns: frozenset[str]
    him: frozenset[str]
    they: frozenset[str]
    she: frozenset[str]
    plural_verb: tuple[str, ...]
    referring: frozenset[str]
    """Pronouns, possessives and words like "Gast": a side that was named before."""
    both: tuple[str, ...]
    """With a space on each side, as all phrases here."""
    home: str | None


@value
class Bound:
    """A trigger with its arguments."""

    trigger: Trigger
    people: tuple[Party, ...]
    countries: tuple[str, ...]
    organisations: tuple[str, ...]
    destination: str | None = None
    """Country that is travelled to."""
    host: int | None = None
    """Entity that receives."""
    offices: tuple[str, ...] = ()
    """Offices of the unnamed officials among the parties."""
    group: str | None = None
    """The kind of a meeting of unnamed office-holders: "summit" or "multilateral"."""
    refers: bool = False
    """True where it only says more about the meeting told before it."""
    adds: bool = False
    """True where it names more participants of the meeting told before it."""
    inherited: bool = False
    """True where a side was taken from what was said before."""
    remembered: bool = False
    """True where every side was."""


def compile(language: Language) -> Rules:
    words = language.words
    pronouns = frozenset(form for name, forms in words.pronoun.items() if name != "they" for form in forms)
    return Rules(
        about=frozenset(words.about),
        topic=frozenset(words.topic),
        preparing=frozenset(words.preparing),
        on_behalf=frozenset(words.on_behalf),
        led=words.led,
        airport=words.airport,
        apart=frozenset(words.apart),
        invitation=frozenset(word.lower() for word in words.invitation),
        also=_apart(words.also),
        visit_to=frozenset(words.visit_to),
        members=frozenset(words.members),
        undertake=frozenset(words.undertake),
        relative=frozenset(words.relative),
        delegation=frozenset(words.delegation),
        separate=frozenset(words.separate),
        with_=frozenset(words.with_),
        between=frozenset(words.between),
        and_=frozenset(words.and_),
        by=frozenset(words.by),
        from_=frozenset((*words.by, *words.from_)),
        preposition=frozenset(words.preposition),
        during=frozenset((*words.during, *words.journey)),
        article=frozenset(words.article),
        possessive=frozenset(words.possessive),
        then=frozenset(words.then),
        attend=words.attend,
        present=_apart(words.present),
        said=frozenset(words.said),
        pronouns=pronouns,
        him=frozenset((*words.pronoun.get("him", ()), *words.pronoun.get("her", ()))),
        they=frozenset(words.pronoun.get("they", ())),
        she=frozenset(words.pronoun.get("she", ())),
        plural_verb=words.plural_verb,
        referring=pronouns | {*words.possessive} | {word.lower() for word in words.guest},
        both=_apart(words.both),
        home=words.home_country,
    )


def _apart(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {phrase} " for phrase in phrases)


class Sides:
    """The parties of a document by sentence, each with its state or body."""

    def __init__(
        self, document: Document, parties: Sequence[Party], places: Sequence[PlaceMention], rules: Rules
    ) -> None:
        self.document = document
        self.rules = rules
        self.places = places
        self.named = {p.entity: p for p in parties if p.name and p.entity >= 0}
        self.home = self._home()
        self.local = self._around(parties)
        self.datelines = {place.start for place in places if place.dateline}
        self.guessed: set[int] = set()
        self.foreign = self._foreign(parties)
        dateline = next((place.country for place in places if place.dateline and place.country), None)
        located = {p.start for p in places if p.relation in ("in", "to")}
        self.told = dateline or next((p.country for p in parties if p.country and p.start not in located), None)
        self.seat = self._seat(parties)
        """The state whose seat of government tells it: "A Downing Street spokesperson said"."""
        self.holders = {(p.office, p.country): p.entity for p in parties if p.name and p.office and p.country}
        """Who holds an office of a country by the words of the text."""
        self.away = self._away(parties)
        of_nations = (*document.hits_of["demonym"], *document.hits_of["inhabitant"])
        named = {e.data for hit in of_nations for e in hit.entries if e.kind in ("demonym", "inhabitant")}
        told = {p.country for p in parties if p.country} | {p.country for p in places if p.country}
        self.abroad = (told | named) - {self.home}
        self.parties = self._listed(parties)
        owned = itertools.pairwise(self.parties)
        self.owners = {p.start for q, p in owned if q.office in UNPERSONAL and not q.name and self._touch(q, p)}
        """Whose spouse or spokesman is told of."""
        self.officials = {p.country for p in parties if p.plural and p.office and p.country}
        self.last: Bound | None = None
        self.first: Bound | None = None
        self.kinds: set[str] = set()
        self.calling: set[int] = set()
        """Sentences with a trigger for a call."""
        self.crowded: set[int] = set()
        """Sentences with several triggers."""
        self.telling: set[int] = set()
        """Sentences with a trigger."""
        self.half: tuple[Trigger, tuple[Party, ...]] | None = None
        """A trigger with one side only: the next sentence may tell the other ("on the line were …")."""
        self.by_sentence: list[list[Party]] = [[] for _ in document.sentences]
        for party in self.parties:
            self.by_sentence[document.sentence_at(party.start)].append(party)

    def _seat(self, parties: Sequence[Party]) -> str | None:
        end = self.document.sentences[0].end if self.document.sentences else 0
        kinds = ((hit.start, {entry.kind for entry in hit.entries}) for hit in within(self.document.hits, 0, end))
        houses = {start for start, said in kinds if "metonym" in said and "city" not in said}
        return next((p.country for p in parties if p.start in houses and p.collective and p.country), None)

    def _touch(self, one: Party, other: Party) -> bool:
        """Whether only an article stands between two: "die Ehefrau des Präsidenten"."""
        between = self.document.folded[one.end : other.start].split()
        return len(between) == 1 and between[0] in self.rules.article

    def _within(self, clause: Clause, sentence: int) -> list[Party]:
        parties = self.by_sentence[sentence]
        if not parties:
            return []
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        return [p for p in parties if start <= p.start < end and not self._absent(p)]

    def _sentence_people(self, trigger: Trigger, *, tellers: bool = False) -> tuple[Party, ...]:
        """Who is named in the trigger's sentence, without those who only tell it, unless they are asked for."""
        if not self.by_sentence[trigger.sentence]:
            return ()
        spoken = [] if tellers else self._speech_clauses(trigger)
        stop = self._colon(trigger)
        out: list[Party] = []
        for party in self.by_sentence[trigger.sentence]:
            if (
                any(start <= party.start < end for start, end in spoken)
                or party.start > stop
                or self._absent(party)
                or self._teller(party, trigger)
            ):
                continue
            out.append(party)
        return persons_of(out)

    def _colon(self, trigger: Trigger) -> int:
        """Where a sentence of its own begins behind the clause of a noun: "Eklat beim Besuch von A: B hat …"."""
        last, sentence = trigger.data.clause.last, self.document.sentences[trigger.sentence]
        if trigger.data.form != "noun" or ":" not in self.document.lower[last - 1 : sentence.last]:
            return sentence.end
        return self.document.tokens[self.document.lower.index(":", last - 1)].start

    def _teller(self, party: Party, trigger: Trigger) -> bool:
        """Who only tells it: ", foreign ministers Wang Yi and Sushma Swaraj announced"."""
        if (
            party.start < trigger.end
            or self.document.lower[self.document.index.get(party.start, 0) - 1] in self.rules.with_
        ):
            return False
        stop = min(party.end + 60, self.document.sentences[trigger.sentence].end)
        text = self.document.folded[party.end : stop].replace(",", " ").split()
        return any(word in self.rules.said for word in text[: 1 if not party.office else 2]) or (
            bool(text) and text[0] in self.rules.and_ and any(word in self.rules.said for word in text[1:4])
        )

    def _speech_clauses(self, trigger: Trigger) -> list[tuple[int, int]]:
        """Clauses that only say who told it: ", teilte der Kreml mit", "spokesman X said"."""
        words = self.document.tokens
        out: list[tuple[int, int]] = []
        for clause in trigger.data.parts:
            if clause == trigger.data.clause:
                continue
            if self.rules.said.isdisjoint(self.document.lower[clause.first : clause.last]):
                continue
            start, end = words[clause.first].start, words[clause.last - 1].end
            if not within(self.document.hits_of["trigger"], start, end):
                out.append((start, end))
        return out

    def _absent(self, party: Party) -> bool:
        """Talked about ("über Putin") or acted for ("im Namen von", "on behalf of"), not there."""
        if party.start in self.owners or self._before(party) in self.rules.about:
            return True
        at = self.document.index.get(party.start, 0)
        return not self.rules.on_behalf.isdisjoint(self.document.lower[max(0, at - 4) : at])

    def _invites(self, party: Party) -> bool:
        """Whether somebody is only told of as who invited: "auf Einladung des Präsidenten A"."""
        at = self.document.index.get(party.start, 0)
        return not self.rules.invitation.isdisjoint(self.document.lower[max(0, at - _INVITED) : at])

    def _before(self, party: Party) -> str:
        at = self.document.index.get(party.start, 0) - 1
        words = self.document.lower
        while at > 0 and (words[at] in self.rules.article or words[at] in self.rules.possessive):
            at -= 1
        return words[at] if at >= 0 else ""

    def _official(self, party: Party) -> bool:
        """Whether somebody holds an office, by the text, by the tables, or as one of a group that does."""
        return party.office is not None or bool(party.candidates) or party.country in self.officials

    def _abroad(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...]:
        """Of two who seem compatriots the one whose country was guessed belongs to the place, if that is abroad."""
        guessed = list(dict.fromkeys(p.entity for p in people if p.entity in self.guessed))
        venue = self._venue(trigger) if guessed else None
        if venue is None or venue == self.home or any(p.country == venue for p in people):
            return people
        if len(guessed) > 1 and guessed[0] == people[0].entity and people[0].start < trigger.start:
            del guessed[0]  # who is told of is the one who travels
        return tuple(replace(p, country=venue) if p.entity in guessed else p for p in people)

    def _venue(self, trigger: Trigger) -> str | None:
        """The country of the place told last, in the trigger's sentence or the one before."""
        start = self.document.sentences[max(0, trigger.sentence - 1)].start
        end = self.document.sentences[trigger.sentence].end
        return next(
            (p.country for p in reversed(within(self.places, start, end)) if p.relation in ("in", "to") and p.country),
            None,
        )

    def _guests(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...]:
        """Of officials who all seem at home the guests are of the one foreign country that the text is about: "Die
        Bürgermeisterin empfing Gäste aus dem russischen Tula mit Bürgermeisterin Iwanowa"."""
        at_home = [p for p in people if p.entity in self.guessed and not p.candidates]
        sentence = self.document.sentences[trigger.sentence]
        if len(people) != 2 or not at_home or len(self.abroad) != 1:
            return people
        if self.rules.delegation.isdisjoint(self.document.lower[sentence.first : sentence.last]):
            return people
        led = [p for p in persons_of(self.by_sentence[trigger.sentence - 1]) if p.country in self.abroad]
        if trigger.sentence and led:
            return (*people, *led)
        hosts = {p.entity for p in people} - {p.entity for p in at_home} or {people[0].entity}
        country = next(iter(self.abroad))
        return tuple(p if p.entity in hosts or p not in at_home else replace(p, country=country) for p in people)

    def _hosted(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...]:
        """With the unnamed colleague of the one person told of, who is of the country that they are in: "Maas ist in
        Riad. Mit seinem Amtskollegen sprach er …"."""
        if len(people) != 1 or (venue := self._venue(trigger)) in (None, people[0].country):
            return people
        inside = self._within(trigger.data.clause, trigger.sentence)
        alone = [
            p for p in inside if p.office == "counterpart" and p.name is None and p.country is None and not p.plural
        ]
        return (*people, *(replace(p, country=venue, office=people[0].office) for p in alone[:1]))

    def _bodies(self, inside: Sequence[Party], trigger: Trigger) -> tuple[Party, ...]:
        """Governments and bodies that the grammar makes a side: with "mit", "zwischen", "und", or as officials."""
        out: list[Party] = []
        for party in inside:
            if not party.collective:
                continue
            before = self._before(party)
            first = (
                party.start == self.document.tokens[trigger.data.clause.first].start
                and party.start not in self.datelines
            )
            among = trigger.data.form == "noun" and self._among(trigger, party)
            if (
                among
                or first
                or party.plural
                or (before in self.rules.with_ and abs(party.start - trigger.end) < NEAR)
                or (before in self.rules.visit_to and trigger.data.form == "noun" and not party.country)
                or before in self.rules.between
                or (out and before in self.rules.and_)
            ):
                out.append(party)
        return (
            tuple(out)
            if len(out) > 1 or trigger.data.form != "noun"
            else tuple(p for p in out if p.plural or p.start > trigger.start)
        )

    def _among(self, trigger: Trigger, party: Party) -> bool:
        """Whether "between" right behind the trigger opens the list that a government stands in."""
        words = [
            w
            for w in self.document.tokens[trigger.data.clause.first : trigger.data.clause.last]
            if w.start >= trigger.end
        ]
        opener = next((w.start for w in words[:3] if w.lower in self.rules.between), None)
        return opener is not None and party.start > opener and party.start - opener < 2 * NEAR

    def _coordinated(self, people: Sequence[Party]) -> bool:
        """Whether two of the people are joined by "und" alone."""
        for one, other in itertools.pairwise(people):
            between = self.document.folded[one.end : other.start].split()
            if (
                len(between) <= BETWEEN
                and any(word in self.rules.and_ for word in between)
                and side_of(one) != side_of(other)
            ):
                return True
        return False

    def _listed(self, parties: Sequence[Party]) -> list[Party]:
        """Everybody with a country where one can be told; a list ("Außenminister A, Minister B") shares it."""
        out: list[Party] = []
        for party in parties:
            before = out[-1] if out else None
            if before is not None and before.country and before.plural and self._open(party):
                between = self.document.folded[before.end : party.start].split()
                if 0 < len(between) < BETWEEN and between[-1] in self.rules.by:
                    party = replace(party, country=before.country)  # "lawmakers led by Speaker Maria Gomez"
            elif before is not None and before.country and self._open(party) and self._heads(before, party):
                party = replace(party, country=before.country)  # "guests from Peru, at their head Mayor A"
            elif before is not None and self._open(party) and self._owned(party):
                owner = next((p for p in reversed(out) if p.name and not p.plural), None)
                if owner is not None:  # "Stubb came with his defence minister, A"
                    party = replace(party, country=owner.country, organisation=owner.organisation)
            elif before is not None and before.country and not before.collective and self._open(party):
                between = self.document.folded[before.end : party.start].replace(",", " , ").split()
                if between and all(word == "," or word in self.rules.and_ for word in between):
                    party = replace(party, country=before.country)
                    if before.entity in self.guessed:
                        self.guessed.add(party.entity)
            out.append(self._settled(party))
        return out

    def _heads(self, group: Party, party: Party) -> bool:
        """Whether somebody is told to lead those who are told of before him."""
        between = self.document.folded[group.end : party.start]
        return group.collective and len(between) < NEAR and any(f" {word}" in between for word in self.rules.led)

    def _owned(self, party: Party) -> bool:
        """Whether an office is told as somebody's: "his defence minister"."""
        at = self.document.index.get(party.start)
        if (party.office or "").startswith("former_") or any(".counterpart" in e.rule for e in party.evidence):
            return False
        return at is not None and any(
            word.lower in self.rules.possessive for word in self.document.tokens[max(0, at - 1) : at + 1]
        )

    @staticmethod
    def _open(party: Party) -> bool:
        """Whether the text says an office and a name, but no state or body."""
        return (
            party.country is None
            and party.organisation is None
            and not party.collective
            and bool(party.office and party.name)
            and party.office not in _NO_STATE
        )

    def _settled(self, party: Party) -> Party:
        """An office that says no country belongs to the country that the article is written in, or from."""
        unnamed = not (party.name or party.plural or party.country or party.organisation)
        if unnamed and party.office == "secretary_general" and "-" in party.surface:
            return replace(party, organisation="UN")  # "the Secretary-General" of his own readouts
        if party.name is None and party.office in HEADS and not party.plural and party.entity < 0 and self.seat:
            return party if party.country or party.organisation else self._at_the_seat(party)
        if (
            party.country is not None
            or party.organisation is not None
            or party.collective
            or party.office in UNPERSONAL
        ):
            return party
        if party.office is None or party.name is None or party.office in _NO_STATE:
            return party
        if party.office in _DIPLOMATS:
            return replace(party, country=self.foreign) if self.foreign else party
        guess = self.told if party.office in OF_STATE else self.home or self.local or self.told
        if guess is not None and self.holders.get((party.office, guess), party.entity) != party.entity:
            guess = self.away
        if party.office in OF_STATE:
            self.guessed.add(party.entity)
            return replace(party, country=guess) if guess else party
        if guess is None or party.office in _OF_BODIES:
            return party
        self.guessed.add(party.entity)
        return replace(party, country=guess)

    def _at_the_seat(self, party: Party) -> Party:
        """Who holds an office in the state that tells it, by the name that the text gives him elsewhere."""
        known = self.named.get(self.holders.get((party.office or "", self.seat or ""), -1), party)
        return replace(known, start=party.start, end=party.end, surface=party.surface, country=self.seat)

    def _foreign(self, parties: Sequence[Party]) -> str | None:
        """The first other country of the text: a diplomat without one represents it."""
        return next((p.country for p in parties if p.country and p.country != self.home), None)

    def _away(self, parties: Sequence[Party]) -> str | None:
        """Whose office-holders are told without their country where those of the dateline's are told with it: the other
        country that the text names most often."""
        seen = Counter(p.country for p in parties if p.country and p.country not in (self.home, self.told))
        return max(seen, key=lambda country: seen[country], default=self.rules.home)

    def _home(self) -> str | None:
        dateline = next((place.country for place in self.places if place.dateline and place.country), None)
        return dateline or self.rules.home

    def _around(self, parties: Sequence[Party]) -> str | None:
        """The country of most towns of the text, without those whose officials are told: where a local paper is."""
        sent = {p.country for p in parties if p.office}
        towns = Counter(p.country for p in self.places if p.city and p.country and p.relation in ("in", "bare"))
        return max((c for c in towns if c not in sent), key=lambda country: towns[country], default=None)


def within(found: Sequence[Found], start: int, end: int) -> Sequence[Found]:
    """Of mentions in order of the text those that begin in [start, end)."""
    first = bisect_left(found, start, key=_start)
    return found[first : bisect_left(found, end, first, key=_start)]


def persons_of(parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(
        [
            p
            for p in parties
            if not p.collective
            and not p.plural
            and p.office not in UNPERSONAL
            and (p.name is not None or (p.office is not None and (p.country is not None or p.organisation is not None)))
        ]
    )


def side_of(party: Party) -> str:
    return party.country or party.organisation or f"#{party.entity}"


def count_sides(people: Iterable[Party], bodies: Iterable[Party] = ()) -> int:
    """States and bodies; a patriarch or a grand imam, who represents neither, is a side of his own."""
    return len({side_of(p) for p in (*people, *bodies) if p.country or p.organisation or p.office in _NO_STATE})


def distinct(people: Sequence[Party]) -> tuple[Party, ...]:
    """Each person once; the mention with a name stands for the others."""
    out: dict[object, Party] = {}
    for party in people:
        key: object = party.entity if party.entity >= 0 else (party.country, party.office, party.name)
        if key not in out or (out[key].pronoun and not party.pronoun):
            out[key] = party
    return tuple(out.values())


def countries_of(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.country for p in parties if p.country))


def bodies_of(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.organisation for p in parties if p.organisation))
