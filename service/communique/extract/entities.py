"""Which mentions are one person: surname, office and nationality linked to the person they were introduced as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from communique.model import Document, Party, Person, Term
from communique.text import squeeze

HEADS = frozenset({"president", "king", "queen", "emperor", "emir", "sultan", "prime_minister", "chancellor", "pope"})
_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"president", "king", "queen", "emperor", "emir", "sultan", "crown_prince", "prince", "supreme_leader"}),
    frozenset({"prime_minister", "chancellor", "vice_premier", "state_premier", "deputy_prime_minister"}),
)
_MEMORY = 200
"""Persons among whom a mention is looked for, the last introduced: more are a list of names and no report."""
_BESIDE = 14
"""Characters beside a name in which a word says that it leads."""
_PARTY = re.compile(r" \((?:[A-ZÄÖÜ][A-ZÄÖÜa-z]{1,4}|Grüne|Linke)\)")
"""A political party in brackets behind a name."""
_UNPERSONAL = frozenset({"spokesperson", "spouse", "sportsperson"})


@dataclass(slots=True)
class Entity:
    """What the document has said of one person so far."""

    number: int
    name: str | None
    words: frozenset[str]
    country: str | None
    organisation: str | None
    office: str | None
    office_text: str | None
    candidates: tuple[Person, ...]
    last: int = 0
    offices: set[str] = field(default_factory=set)
    aside: bool = False
    """True for who was first told of behind a preposition: "spoke with President A"."""


class Entities:
    """The persons and bodies of one document, in order of their first mention."""

    def __init__(
        self,
        document: Document,
        nouns_capitalised: bool,
        as_: frozenset[str],
        and_: frozenset[str],
        address: frozenset[str],
        pronouns: frozenset[str],
        preposition: frozenset[str],
        led: tuple[str, ...],
        guest: frozenset[str],
    ) -> None:
        self.document = document
        self.pronouns = pronouns
        self.preposition = preposition
        self.led = led
        self.guest = guest
        self.as_ = as_
        self.and_ = and_
        self.address = address
        self.nouns_capitalised = nouns_capitalised
        self.known: list[Entity] = []
        self.bare: list[Party] = []
        """Mentions of a known surname alone."""

    def link(self, parties: Sequence[Party]) -> tuple[Party, ...]:
        """The parties with entity numbers; each carries what the document says of its person anywhere."""
        numbers: list[int] = [-1] * len(parties)
        surnames = {tail for p in parties if p.name and " " in p.name for tail in _tails(squeeze(p.name))}
        for index, party in enumerate(parties):
            if party.name is not None and (
                self._introduces(party) or self._addressed(party) or self._stands_for(party)
            ):
                if not party.office and not party.country and squeeze(party.name) in surnames:
                    continue  # of somebody whom the text names in full: "Tim Cook … Cook"
                numbers[index] = self._introduce(party)
        self.bare = [p for p in parties if p.name and p.candidates and not p.office and not p.country]
        bumps = self._pronouns(parties, numbers)
        for index, party in enumerate(parties):
            order = party.start
            while bumps and bumps[0][0] < order:
                at, subject = bumps.pop(0)
                number = numbers[subject]
                if number >= 0:
                    self.known[number].last = max(self.known[number].last, at)
            if numbers[index] >= 0:
                self.known[numbers[index]].last = order
                self._offices_of(self.known[numbers[index]], party)
                continue
            if party.name is not None:
                numbers[index] = self._short(party)
            elif not party.collective and not party.plural:
                numbers[index] = self._as(party, parties, numbers, index)
                if numbers[index] < 0:
                    numbers[index] = self._by_office(party)
            if numbers[index] >= 0:
                self.known[numbers[index]].last = order
        self._counterparts(parties, numbers)
        return tuple(out for party, number in zip(parties, numbers, strict=True) for out in self._finish(party, number))

    def _pronouns(self, parties: Sequence[Party], numbers: Sequence[int]) -> list[tuple[int, int]]:
        """(offset of a subject pronoun, index of the party that was the subject before): it keeps that person near."""
        out: list[tuple[int, int]] = []
        at, subject = 0, -1
        words = self.document.tokens
        for sentence in self.document.sentences:
            first = -1
            while at < len(parties) and parties[at].start < sentence.end:
                if first < 0 and not parties[at].collective and not parties[at].plural:
                    first = at
                at += 1
            stop = min(sentence.last, sentence.first + 6)
            pronoun = None
            if not self.pronouns.isdisjoint(self.document.lower[sentence.first : stop]):
                pronoun = next(word for word in words[sentence.first : stop] if word.lower in self.pronouns)
            if pronoun is not None and subject >= 0 and (first < 0 or pronoun.start < parties[first].start):
                out.append((pronoun.start, subject))
            elif first >= 0:
                subject = first
        return out

    def _counterparts(self, parties: Sequence[Party], numbers: Sequence[int]) -> None:
        """The office of a counterpart is that of the other side: the nearest office before, else behind."""
        for index, party in enumerate(parties):
            number = numbers[index]
            if party.office != "counterpart" or number < 0 or self.known[number].office is not None:
                continue
            entity = self.known[number]
            for other in (*self._beyond_list(parties, index), *parties[index + 1 :]):
                office = other.office if other.office not in {None, "counterpart", "inhabitant", *_UNPERSONAL} else None
                if office is None and other.name is not None:
                    place = numbers[parties.index(other)]
                    office = (
                        next(iter(sorted(self.known[place].offices)), None) if place >= 0 and place != number else None
                    )
                if office is not None:
                    held = next((term_on(person, self.document.published) for person in entity.candidates[:1]), None)
                    entity.office = held.office if held is not None else office
                    break

    def _beyond_list(self, parties: Sequence[Party], index: int) -> Iterable[Party]:
        """Who stands before a counterpart, nearest first, without a list that it ends: "A, B und sein Amtskollege"."""
        first = index
        while first and self._listed(parties[first - 1], parties[first]):
            first -= 1
        return reversed(parties[: first if index - first > 1 else index])

    def _listed(self, one: Party, other: Party) -> bool:
        between = self.document.folded[one.end : other.start].strip()
        return between == "," or between in self.and_

    # ── introducing ──────────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _introduces(party: Party) -> bool:
        """A mention that says enough to stand for itself: two words, or a known person, or an office with a name."""
        return bool(party.office or party.country) or len(party.candidates) == 1

    def _addressed(self, party: Party) -> bool:
        ahead = self.document.folded[max(0, party.start - 14) : party.start].split()
        return bool(ahead) and ahead[-1] in self.address

    def _stands_for(self, party: Party) -> bool:
        """Whether a full name is the head of a delegation or of a party: "Anna Berg (SPD)"."""
        return self._leads(party) or (
            " " in (party.name or "") and _PARTY.match(self.document.text, party.end) is not None
        )

    def _leads(self, party: Party) -> bool:
        """Whether a full name is the head of a delegation: "wird von Rolf Berger angeführt", "led by Ann Lee"."""
        text = self.document.folded
        near = text[max(0, party.start - _BESIDE) : party.start] + text[party.end : party.end + _BESIDE]
        return " " in (party.name or "") and any(word in near for word in self.led)

    def _introduce(self, party: Party) -> int:
        words = _words(party.name or "")
        for entity in self.known[-_MEMORY:]:
            if self._same(entity, party, words):
                self._absorb(entity, party, words)
                return entity.number
        entity = Entity(
            number=len(self.known),
            name=party.name,
            words=words,
            country=party.country,
            organisation=party.organisation,
            office=None if party.office in ("counterpart", "inhabitant") else party.office,
            office_text=party.office_text,
            candidates=_fitting(party, self.document.published),
            last=-1,
            aside=self._behind(party) in self.preposition,
        )
        self._offices_of(entity, party)
        self.known.append(entity)
        return entity.number

    def _behind(self, party: Party) -> str:
        """The word before a party."""
        at = self.document.index.get(party.start, 0)
        return self.document.tokens[at - 1].lower if at else ""

    def _same(self, entity: Entity, party: Party, words: frozenset[str]) -> bool:
        if entity.name is None:
            return False
        if party.candidates and entity.candidates:
            mine = {person.name for person in party.candidates}
            theirs = {person.name for person in entity.candidates}
            if mine & theirs and (len(party.candidates) == 1 or len(words & entity.words) > 0):
                return not _clash(entity, party)
            if len(party.candidates) == 1 and len(entity.candidates) == 1:
                return False
        if words == entity.words:
            return not _clash(entity, party)
        small, large = (words, entity.words) if len(words) <= len(entity.words) else (entity.words, words)
        if not small or not small <= large:
            return self._without_genitive(party.name or "", entity) and not _clash(entity, party)
        return not _clash(entity, party)

    def _without_genitive(self, name: str, entity: Entity) -> bool:
        if not self.nouns_capitalised or not name.endswith("s"):
            return False
        bare = _words(name[:-1])
        return bool(bare) and bare <= entity.words

    def _absorb(self, entity: Entity, party: Party, words: frozenset[str]) -> None:
        if len(words) > len(entity.words) and not (
            self.nouns_capitalised
            and (party.name or "").endswith("s")
            and self._without_genitive(party.name or "", entity)
        ):
            entity.words, entity.name = words, party.name
        entity.country = entity.country or party.country
        entity.organisation = entity.organisation or party.organisation
        if party.office and party.office not in ("counterpart", "inhabitant") and entity.office is None:
            entity.office, entity.office_text = party.office, party.office_text
        if party.candidates and (not entity.candidates or len(party.candidates) < len(entity.candidates)):
            entity.candidates = _fitting(party, self.document.published)
        self._offices_of(entity, party)

    def _offices_of(self, entity: Entity, party: Party) -> None:
        if party.office and party.office not in ("counterpart", "inhabitant"):
            entity.offices.add(party.office)
        day = self.document.published
        for person in entity.candidates[:1]:
            term = term_on(person, day)
            if term is not None:
                entity.offices.add(term.office)
                if entity.organisation is None and entity.country is None and (term.country or _lately(term, day)):
                    entity.country = term.country
                    entity.organisation = None if term.country else term.organisation
            if self.document.published is not None:
                today = self.document.published.isoformat()
                entity.offices.update(f"former_{t.office}" for t in person.terms if t.end is not None and t.end < today)

    # ── linking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _short(self, party: Party) -> int:
        """A surname or first name alone: the nearest person introduced with it, or a person known by it."""
        words = _words(party.name or "")
        if not words:
            return -1
        best: Entity | None = None
        for entity in self.known[-_MEMORY:]:
            if entity.name is None:
                continue
            short = words <= entity.words or self._without_genitive(party.name or "", entity)
            longer = len(words) > 1 and entity.words < words
            if (short or longer) and (best is None or _nearer(entity, best, party.start)):
                best = entity
        if best is not None:
            if best.words < words:
                best.words, best.name = words, party.name
            return best.number
        if party.candidates:
            fitting = _in_office(party.candidates, self.document.published)
            if fitting:
                return self._introduce(replace(party, candidates=fitting[:1]))
        return -1

    def _as(self, party: Party, parties: Sequence[Party], numbers: Sequence[int], index: int) -> int:
        """ "… sein Beglaubigungsschreiben als Botschafter Kameruns": the office of the nearest person without one."""
        ahead = self.document.folded[max(0, party.start - 8) : party.start].split()
        if not ahead or ahead[-1] not in self.as_:
            return -1
        for before in range(index - 1, max(-1, index - 4), -1):
            number = numbers[before]
            if number >= 0 and self.known[number].office is None and parties[before].name is not None:
                entity = self.known[number]
                entity.office, entity.office_text = party.office, party.office_text
                entity.country = entity.country or party.country
                entity.offices.add(party.office or "")
                return number
        return -1

    def _by_office(self, party: Party) -> int:
        """An office or a nationality without a name: whoever holds it, else whoever holds one like it."""
        if party.office == "counterpart":
            if self._at_table(party):
                return self._by_office(replace(party, office="inhabitant"))
            return self._colleague(party) if party.country is not None else -1
        for exact in (True, False):
            number = self._holding(party, exact=exact)
            if number >= 0:
                return number
        return self._named_later(party) if party.country is None and party.organisation is None else -1

    def _named_later(self, party: Party) -> int:
        """The head of state or government whom only a surname further on names: "The Prime Minister spoke to … . Mr
        Brown said"."""
        day = self.document.published
        if party.office not in HEADS or day is None:
            return -1
        found = {
            person.name: (bare, person)
            for bare in self.bare
            for person in bare.candidates
            for term in person.terms
            if term.office == party.office and _distance(term, day.isoformat()) == 0
        }
        if len(found) != 1:
            return -1
        bare, person = next(iter(found.values()))
        return self._introduce(replace(bare, candidates=(person,), office=party.office, office_text=party.office_text))

    def _colleague(self, party: Party) -> int:
        """Somebody of that country, named before, with the office of the person named last: "Baerbock and Cavusoglu
        … the German minister and her Turkish colleague"."""
        seen = sorted((e for e in self.known if e.last >= 0), key=lambda e: -e.last)
        last = next((e for e in seen if e.country != party.country), None)
        if last is None:
            return -1
        return next((e.number for e in seen if e.country == party.country and e.offices & last.offices), -1)

    def _at_table(self, party: Party) -> bool:
        """Whether the other side is called guest or host with its country: somebody just named, "her Romanian host"."""
        label = party.office_text or "\0"
        return party.country is not None and label.lower() in self.guest and party.surface.endswith(label)

    def _holding(self, party: Party, *, exact: bool) -> int:
        own = party.country is None and party.office != "inhabitant"  # "der Minister" is the one the text is about

        def order(entity: Entity) -> tuple[bool, bool, int]:
            if own:
                return entity.last < 0, entity.aside, entity.number
            return entity.last > party.start, False, -entity.last

        for entity in sorted(self.known[-_MEMORY:], key=order):
            if entity.last < 0 and (party.country is None or party.country != entity.country):
                continue  # named only further on: only its country can tell that it is meant here
            if party.country is not None and entity.country is not None and party.country != entity.country:
                continue
            if party.office == "inhabitant":
                if entity.country == party.country:
                    return entity.number
                continue
            if party.office in _UNPERSONAL:
                return -1
            if (exact and party.office in entity.offices) or (
                not exact and _office_fits(party.office, entity, strict=party.country is None)
            ):
                return entity.number
        return -1

    def _finish(self, party: Party, number: int) -> Iterable[Party]:
        if number < 0:
            if party.name is not None:
                return  # a capitalised word that nothing made a person
            if party.office == "inhabitant":
                return
            yield replace(party, office="president") if party.office == "leader" else party
            return
        entity = self.known[number]
        yield replace(
            party,
            entity=number,
            name=entity.name if party.name is None or len(_words(party.name)) < len(entity.words) else party.name,
            country=entity.country or party.country,
            organisation=entity.organisation or party.organisation,
            office=self._said_office(entity, party),
            office_text=party.office_text or entity.office_text,
            candidates=entity.candidates,
            collective=False,
        )

    def _said_office(self, entity: Entity, party: Party) -> str | None:
        """The office a mention shows: its own words, else what the text says of the person elsewhere."""
        if party.office in (None, "inhabitant") or party.name is None:
            return entity.office
        if party.office == "counterpart":
            return entity.office or "counterpart"
        if party.office == "leader" and entity.candidates:
            term = term_on(entity.candidates[0], self.document.published)
            return term.office if term is not None else party.office
        return party.office


def term_on(person: Person, day: date | None) -> Term | None:
    """The office that a person held on a day, else the nearest one in time."""
    if not person.terms:
        return None
    if day is None:
        return max(person.terms, key=lambda term: (term.end is None, term.start or ""))
    at = day.isoformat()
    return min(person.terms, key=lambda term: (_distance(term, at), _rank(term)))


def _rank(term: Term) -> int:
    """Of two offices held at once the one that news name first."""
    if term.office in HEADS:
        return 0
    return 2 if term.office in ("co_prince", "party_leader", "deputy_prime_minister") else 1


def _distance(term: Term, at: str) -> int:
    """Days, roughly, between a day and a term; 0 inside it."""
    start, end = term.start or "0000", term.end or "9999"
    if at[: len(start)] < start:
        return _days(start) - _days(at)
    if at[: len(end)] > end:
        return _days(at) - _days(end)
    return 0


@lru_cache(maxsize=8192)
def _days(day: str) -> int:
    parts = [int(part) for part in day.split("-")] + [1, 1]
    return parts[0] * 365 + parts[1] * 30 + parts[2]


def _lately(term: Term, day: date | None) -> bool:
    """Whether a term covers a day or lies within two years of it."""
    return day is None or _distance(term, day.isoformat()) <= 730


def in_office(person: Person, day: date | None) -> bool:
    """Whether somebody held an office on that day, or within two years of it."""
    return day is not None and any(_distance(term, day.isoformat()) <= 730 for term in person.terms)


def alike(one: str, other: str) -> bool:
    """Whether two given names are spellings of one: the same first letter and at most two letters changed."""
    if one[:1] != other[:1] or abs(len(one) - len(other)) > 2 or min(len(one), len(other)) < 4:
        return False
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (left != right))
    return row[-1] <= 2


def _in_office(candidates: Sequence[Person], day: date | None) -> tuple[Person, ...]:
    """Those who held an office at the time, or within two years of it."""
    if day is None:
        return tuple(candidates[:1])
    return tuple(person for person in candidates if in_office(person, day))


def _fitting(party: Party, day: date | None) -> tuple[Person, ...]:
    """The candidates that agree with the country and office of the text, the best first."""
    people = party.candidates
    if not people:
        return ()

    def rank(person: Person) -> tuple[int, int, int]:
        term = term_on(person, day)
        if term is None:
            return (1, 1, 10**6)
        country = party.country is not None and all(t.country != party.country for t in person.terms)
        office = party.office not in (None, "counterpart") and all(t.office != party.office for t in person.terms)
        return (int(country), int(office), _distance(term, day.isoformat()) if day else 0)

    ranked = sorted(people, key=rank)
    if len(ranked) > 1 and party.country is not None:
        agreeing = [p for p in ranked if any(t.country == party.country for t in p.terms)]
        return tuple(agreeing or ())
    if party.country is not None and all(t.country != party.country for t in ranked[0].terms):
        given, known = squeeze(party.name or "").split(" ")[0], squeeze(ranked[0].name).split(" ")
        if len(people) > 1 or given not in known:
            return ()  # the Italian Roberto Fico is not Robert Fico
    return tuple(ranked)


def _clash(entity: Entity, party: Party) -> bool:
    return (
        party.country is not None
        and entity.country is not None
        and party.country != entity.country
        and bool(party.office)
        and party.office != "counterpart"
    )


def _nearer(entity: Entity, best: Entity, at: int) -> bool:
    mine, theirs = entity.last, best.last
    if (mine >= 0) != (theirs >= 0):
        return mine >= 0
    return mine > theirs


def _office_fits(office: str | None, entity: Entity, *, strict: bool) -> bool:
    if office is None:
        return False
    if office in entity.offices:
        return True
    if office == "minister":
        return any(
            (o.endswith("minister") and o != "prime_minister" and not o.startswith("former_"))
            or o == "secretary_of_state"
            for o in entity.offices
        )
    if office == "foreign_minister":
        return bool(entity.offices & {"secretary_of_state"})
    if office == "prime_minister":
        return bool(entity.offices & {"chancellor"}) or (
            bool(entity.offices & {"vice_premier", "deputy_prime_minister"}) and strict
        )
    if office == "president":
        return bool(entity.offices & _FAMILIES[0])
    if office == "leader":
        return bool(entity.offices & HEADS)
    if office == "diplomat":
        return bool(entity.offices & {"ambassador", "consul_general", "nuncio", "charge_d_affaires", "senior_diplomat"})
    return False


@lru_cache(maxsize=4096)
def _tails(name: str) -> list[str]:
    """What a name may be cut to: "o connor" and "connor" of "damien o connor"."""
    words = name.split()
    return [" ".join(words[first:]) for first in range(1, len(words))]


def _words(name: str) -> frozenset[str]:
    return frozenset([word for word in squeeze(name).split() if len(word) > 1 or word.isdigit()])
