"""Who took part: the parties that a trigger binds, by clause, then sentence, then what was said before.

An encounter needs two sides: two states, or a state and an international body. Where the clause names one side only,
the sentence is read, then a pronoun or "die beiden", then the subject of the sentence before. A noun without any party
of its own ("In dem Gespräch ging es um …") speaks of the meeting told last.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from communique.extract.clauses import Clause
from communique.extract.reference import Reference
from communique.extract.sides import (
    OF_STATE,
    Bound,
    Rules,
    bodies_of,
    count_sides,
    countries_of,
    distinct,
    persons_of,
    side_of,
    within,
)
from communique.model import Document, Party, PlaceMention, Token, Trigger

_GROUP = 120
"""Characters between "Treffen" and the officials who meet."""
_HEARD = 5
"""Sentences in which the officials who met are quoted."""
_GOAL = 6
"""Characters between a journey and its goal: "trip to Beijing"."""
_ENCLAVE = ("VA", "IT")
"""The pope in Rome is no journey."""


def find(
    document: Document,
    triggers: Sequence[Trigger],
    parties: Sequence[Party],
    places: Sequence[PlaceMention],
    rules: Rules,
) -> tuple[Bound, ...]:
    """One Bound for each trigger that has two sides, or that refers to a meeting told before."""
    binder = _Binder(document, parties, places, rules)
    binder.telling = {trigger.sentence for trigger in triggers}
    spans = (party.evidence[0] for party in parties if party.name is not None)
    named = {offset for span in spans for offset in range(span.start, span.end)}
    out: list[Bound] = []
    for trigger in triggers:
        if trigger.start in named:
            continue  # "Tea Seiha"
        bound = binder.bind(trigger)
        if bound is not None:
            bound = binder.with_leaders(bound)
            out.extend(binder.one_by_one(bound))
    return tuple(out)


class _Binder(Reference):
    """Binds one trigger after the other."""

    def bind(self, trigger: Trigger) -> Bound | None:
        mode = trigger.data.frame.mode
        bound = self._travel(trigger) if mode == "travel" else self._encounter(trigger)
        if bound is not None and bound.people and not any(self._official(p) for p in bound.people):
            return None  # "Serbia's Novak Djokovic will meet Italy's Jannik Sinner in the final"
        if bound is not None and not bound.refers:
            self.last = bound
            self.first = self.first or bound
            self.kinds.add(trigger.kind)
        return bound

    def with_leaders(self, bound: Bound) -> Bound:
        """With the heads of a delegation that the sentence behind names: "Die Gruppe wird von X angeführt"."""
        unnamed = set(bound.countries) - {p.country for p in bound.people}
        if len(unnamed) != 1 or bound.refers or bound.destination or not bound.people:
            return bound
        whose = unnamed.pop()
        number = bound.trigger.sentence + 1
        if number >= len(self.by_sentence):
            return bound
        sentence = self.document.sentences[number]
        told = self.document.folded[sentence.start : sentence.end]
        if not any(word in told for word in self.rules.led):
            return bound
        heads = tuple(
            replace(p, country=whose)
            for p in persons_of(self.by_sentence[number])
            if p.name and not self._absent(p) and (p.country == whose or p.entity in self.guessed or p.country is None)
        )
        return replace(bound, people=distinct((*bound.people, *heads)))

    def one_by_one(self, bound: Bound) -> tuple[Bound, ...]:
        """One meeting of each counterpart in "separate calls with A and B"; of "trifft A, danach B und C" one for what
        stands before the adverb and one for what stands behind it."""
        if bound.refers or len(bound.people) < 3 or bound.trigger.data.frame.mode not in ("encounter", "call"):
            return (bound,)
        clause: Clause = bound.trigger.data.clause
        words = self.document.tokens[clause.first : clause.last]
        if any(word.lower in self.rules.separate for word in words):
            own = [p for p in bound.people if side_of(p) == side_of(bound.people[0])]
            others = [p for p in bound.people if side_of(p) != side_of(bound.people[0])]
            if len(own) == 1 and len({side_of(p) for p in others}) == len(others):
                return tuple(_between(bound, (*own, p)) for p in others)
        marks = [w.start for w in self.document.tokens[clause.first : clause.last] if w.lower in self.rules.then]
        subject = min(bound.people, key=lambda p: p.start)
        for mark in marks:
            first = [p for p in bound.people if p.start < mark]
            rest = [p for p in bound.people if p.start > mark]
            if rest and count_sides(first) >= 2:
                return tuple(_between(bound, group) for group in (first, [subject, *rest]))
        return (bound,)

    def _encounter(self, trigger: Trigger) -> Bound | None:
        clause: Clause = trigger.data.clause
        weak = trigger.data.frame.weak
        inside = self._within(clause, trigger.sentence)
        people = persons_of(inside)
        others = tuple(p for p in people if not self._teller(p, trigger))
        if count_sides(others) >= 2:
            people = others
        inherited = False
        if count_sides(people) < 2:
            wide = self._sentence_people(trigger)
            if count_sides(wide) < 2 and trigger.data.form not in ("past", "present"):
                wide = self._sentence_people(trigger, tellers=True)  # "…, he said after meeting her"
            if count_sides(wide) >= 2:
                people = wide
        people = self._hosted(trigger, self._abroad(trigger, people))
        if count_sides(people) < 2:
            people = self._guests(trigger, people)
        if count_sides(people) < 2:
            referred = self._referred(trigger, people)
            if referred is not None:
                people, inherited = referred, True
        if trigger.data.pair and not inherited and not self._coordinated(people):
            people = ()
        told = [p for p in people if not p.pronoun and p in inside]
        if weak and trigger.data.frame.needs and not told and any(p.pronoun for p in people):
            people = ()  # "With the agency, Lusk discussed why she joined his campaign"
        joining = self._joining(trigger, people)
        if joining is not None:
            return joining
        if count_sides(people) >= 2:
            if half := self._half_before(trigger):
                people, self.half = distinct((*half, *people)), None
            return self._bound(trigger, people, inside, inherited)
        if people and (half := self._half_before(trigger)):
            both = distinct((*half, *people))
            if count_sides(both) >= 2:
                self.half = None
                return self._bound(trigger, both, inside, True)
        if people and not weak:
            other = self._counterpart_behind(trigger, people)
            if other is not None:
                return self._bound(trigger, (*people, other), inside, True)
            self.half = (trigger, people)
        if any(p.plural and p.office and p.organisation for p in inside):  # "foreign ministers of ASEAN gathered"
            group = self._group(trigger, people, inside)
            if group is not None:
                return group
        bodies = self._bodies(inside, trigger)
        if (
            count_sides(people)
            and count_sides(people, bodies) >= 2
            and (not weak or any(self._before(body) in self.rules.with_ or body.plural for body in bodies))
        ):
            return self._bound(trigger, people, inside, inherited, bodies)
        if not people and not weak and len({side_of(body) for body in bodies}) >= 2 and trigger.data.form == "noun":
            return self._bound(trigger, (), inside, inherited, bodies)
        attended = self._attended(trigger, people)
        if attended is not None:
            return attended
        group = self._group(trigger, people, inside)
        if group is not None:
            return group
        if trigger.data.frame.mode in ("summit", "multilateral") and trigger.kind not in self.kinds:
            return None
        if weak and people and trigger.data.form != "noun":
            return None
        if self.last is not None and (not people or _within_last(people, self.last)):
            return Bound(trigger, self.last.people, self.last.countries, self.last.organisations, refers=True)
        return None

    def _half_before(self, trigger: Trigger) -> tuple[Party, ...]:
        """The one side that the same word has in the sentence before."""
        if self.half is None or not 0 < trigger.sentence - self.half[0].sentence <= 1:
            return ()
        return self.half[1] if self.half[0].kind == trigger.kind else ()

    def _counterpart_behind(self, trigger: Trigger, people: tuple[Party, ...]) -> Party | None:
        """The other side in the next sentence, where that reports no encounter itself: "Wang hat Gespräche geführt.
        Seinem thailändischen Amtskollegen sagte er, …"."""
        number = trigger.sentence + 1
        if trigger.data.frame.mode != "encounter" or count_sides(people) != 1:
            return None
        if number >= len(self.by_sentence) or number in self.telling:
            return None
        for party in persons_of(self.by_sentence[number]):
            called = any(".counterpart" in evidence.rule for evidence in party.evidence)
            if called and not self._absent(party) and count_sides((*people, party)) == 2:
                return party
        return None

    def _joining(self, trigger: Trigger, people: tuple[Party, ...]) -> Bound | None:
        """Who else was at the meeting told before: "The reception was attended by A and B"."""
        if (
            self.last is None
            or trigger.data.form != "noun"
            or not people
            or trigger.sentence == self.last.trigger.sentence
        ):
            return None
        words = self.document.tokens[trigger.data.clause.first : trigger.data.clause.last]
        if not any(word.lower in self.rules.present for word in words):
            return None
        sentences = self.document.sentences
        near = sentences[trigger.sentence].paragraph == sentences[self.last.trigger.sentence].paragraph
        meeting = self.last if near or self.first is None else self.first  # by itself: at what the report is about
        known = {p.country for p in meeting.people} | {*meeting.countries}
        if any(p.country not in known for p in people if p.country or p.organisation):
            return None
        return Bound(
            trigger,
            distinct((*meeting.people, *people)),
            meeting.countries,
            meeting.organisations,
            refers=True,
            adds=True,
        )

    def _attended(self, trigger: Trigger, people: tuple[Party, ...]) -> Bound | None:
        """One principal at a conference of many: "Xi nimmt am Gipfel in Samarkand teil"."""
        if trigger.data.frame.mode not in ("summit", "multilateral") or not people:
            return None
        words = self.document.tokens
        start, end = words[trigger.data.clause.first].start, words[trigger.data.clause.last - 1].end
        told = f" {self.document.folded[start:end]} "
        if not any(f" {word} " in told.replace(",", " ").replace(".", " ") for word in self.rules.attend):
            return None
        venue = next(
            (p.country for p in within(self.places, start, end) if p.relation in ("in", "to") and p.country),
            None,
        )
        countries = tuple(dict.fromkeys((*countries_of(people), *([venue] if venue else []))))
        bodies = tuple(p for p in self._within(trigger.data.clause, trigger.sentence) if p.organisation)
        if len(countries) + len(bodies) < 2:
            return None
        return Bound(trigger, distinct(people), countries, bodies_of((*people, *bodies)), group=trigger.kind)

    def _group(self, trigger: Trigger, people: tuple[Party, ...], inside: Sequence[Party]) -> Bound | None:
        """ "Bei einem Treffen der EU-Verteidigungsminister in Finnland sagte Jung …": unnamed office-holders met."""
        noun = trigger.data.form == "noun"
        if not noun and trigger.data.frame.weak and not trigger.data.frame.pair:
            return None
        officials = [
            p
            for p in inside
            if p.plural
            and p.office
            and (0 < p.end - trigger.end < _GROUP if noun else self._before(p) not in self.rules.preposition)
        ]
        if not officials and noun and trigger.data.frame.mode == "multilateral":
            officials = self._attending(trigger)
        if not officials:
            return None
        words = self.document.tokens
        start, end = words[trigger.data.clause.first].start, words[trigger.data.clause.last - 1].end
        inside = (*inside, *(p for p in officials if p not in inside))
        sides = {s for p in (*people, *inside) if (s := p.country or p.organisation)}
        venue = next((p.country for p in within(self.places, start, end) if p.relation == "in" and p.country), None)
        leaders = trigger.data.frame.mode == "summit" and any(p.office in OF_STATE for p in officials)
        if len(sides | ({venue} - {None})) < (1 if leaders and venue else 2):
            return None
        chosen = distinct((*people, *self._heard(trigger, officials)))
        heads = any(p.office in OF_STATE for p in officials)
        everybody = (*chosen, *(p for p in inside if p.plural or p.organisation))
        countries = tuple(dict.fromkeys((*countries_of(everybody), *([venue] if venue else []))))
        return Bound(trigger, chosen, countries, bodies_of(everybody), group="summit" if heads else "multilateral")

    def _attending(self, trigger: Trigger) -> list[Party]:
        """The unnamed officials of whom the next sentence says that they take part: "Teilnehmen werden Minister …"."""
        number = trigger.sentence + 1
        if number >= len(self.by_sentence):
            return []
        sentence = self.document.sentences[number]
        told = {word.lower for word in self.document.tokens[sentence.first : sentence.last]}
        if told.isdisjoint(self.rules.attend):
            return []
        unnamed = [p for p in self.by_sentence[number] if p.office and p.name is None]
        return unnamed if any(p.plural for p in unnamed) else []

    def _heard(self, trigger: Trigger, officials: Sequence[Party]) -> list[Party]:
        """Who of the officials that met is quoted in the same paragraph: "Der Litauer Linkevičius verlangte …"."""
        offices = {p.office for p in officials}
        first = self.document.sentences[trigger.sentence]
        out: list[Party] = []
        for number in range(trigger.sentence, min(trigger.sentence + _HEARD, len(self.by_sentence))):
            if self.document.sentences[number].paragraph == first.paragraph:
                out.extend(
                    p
                    for p in persons_of(self.by_sentence[number])
                    if p.office in offices and p.name and p.country and not self._absent(p)
                )
        return out

    def _travel(self, trigger: Trigger) -> Bound | None:
        clause: Clause = trigger.data.clause
        inside = self._within(clause, trigger.sentence)
        people = persons_of(p for p in inside if p.start < trigger.start) + self._abroad(
            trigger, persons_of(p for p in inside if p.start > trigger.start)
        )
        inherited = False
        if trigger.data.form == "noun" and trigger.data.extended:
            people = persons_of(p for p in inside if p.start > trigger.end) or people
        if trigger.data.form == "noun" and not self._travels(trigger, people):
            return None
        if not people and trigger.data.form != "noun":
            people = self._antecedent(trigger)
        if not people:
            words = self.document.tokens[clause.first : clause.last]
            if not any(word.lower in self.rules.referring for word in words):
                return self._same_journey(trigger)
            people = tuple(self._subject_before(trigger))[:1]
            inherited = True
            if not people:
                return None
        subjects = [p for p in people if self._before(p) not in self.rules.preposition]
        if not subjects and trigger.data.form != "noun":
            return None
        visiting = next((p for p in people if 0 <= p.start - trigger.end <= 1), None)
        if visiting is None and trigger.data.form == "noun":
            visiting = next((p for p in people if p.start > trigger.end and self._before(p) in self.rules.by), None)
        traveller = visiting or (subjects[0] if subjects else people[0])
        if traveller.country is None and traveller.organisation is None:
            return None
        destination = self._destination(trigger, traveller)
        if trigger.data.occasion and trigger.sentence > 1:
            destination = None
        if destination is None:
            hosts = [p for p in people if p.entity != traveller.entity and side_of(p) != side_of(traveller)]
            if hosts:
                bound = self._bound(trigger, people, inside, inherited)
                if trigger.data.form == "noun":
                    return bound  # who came to whom is not said
                return replace(bound, destination=hosts[0].country, host=hosts[0].entity)
            return None
        hosts = [
            p
            for p in self._sentence_people(trigger)
            if p.country == destination and p.entity != traveller.entity and (p in people or p.start > trigger.end)
        ]
        chosen = (traveller, *hosts)
        goals = (destination, *self._stations(trigger, destination))
        countries = tuple(dict.fromkeys(c for c in (traveller.country, *goals, *(p.country for p in hosts)) if c))
        return Bound(
            trigger,
            distinct(chosen),
            countries,
            bodies_of(chosen),
            destination=destination,
            host=hosts[0].entity if hosts else None,
            inherited=inherited,
        )

    def _antecedent(self, trigger: Trigger) -> tuple[Party, ...]:
        """Whom a relative clause tells of: "Louis Michel, der sich in Myanmar aufhält"."""
        first = self.document.tokens[trigger.data.clause.first]
        if first.lower not in self.rules.relative:
            return ()
        before = [p for p in persons_of(self.by_sentence[trigger.sentence]) if p.end < first.start]
        return tuple(before[-1:]) if before and first.start - before[-1].end <= 2 else ()

    def _same_journey(self, trigger: Trigger) -> Bound | None:
        """The journey told before, of which a noun says more: "Der Besuch sei verschoben worden"."""
        last = self.last
        if last is None or trigger.data.form != "noun" or last.trigger.data.frame.mode != "travel":
            return None
        if trigger.status not in ("cancelled", "postponed") or trigger.sentence - last.trigger.sentence > 2:
            return None
        return Bound(trigger, last.people, last.countries, last.organisations, last.destination, refers=True)

    def _travels(self, trigger: Trigger, people: Sequence[Party]) -> bool:
        """Whether a noun is tied to somebody: "seine Reise", "Xis Besuch", "Besuch von …", "zum Besuch"."""
        words = self.document.tokens
        at = next(i for i in range(trigger.data.clause.first, trigger.data.clause.last) if words[i].end >= trigger.end)
        first = at
        while first > trigger.data.clause.first and words[first].start > trigger.start:
            first -= 1
        ahead = [word.lower for word in words[max(trigger.data.clause.first, first - 4) : first]]
        if any(word in self.rules.possessive or word in self.rules.during for word in ahead):
            return True
        if (
            trigger.status in ("announced", "cancelled", "postponed", "refused")
            and people
            and people[0].start < trigger.start
        ):
            return True
        limit = words[min(at + 5, len(words) - 1)].start
        return any(words[max(0, first - 3)].start <= p.start <= limit for p in people)

    def _stations(self, trigger: Trigger, destination: str) -> list[str]:
        """The other countries of a tour, listed behind the first: "tour of Tanzania and South Africa"."""
        clause: Clause = trigger.data.clause
        words = self.document.tokens
        near = within(self.places, words[clause.first].start, words[clause.last - 1].end)
        out: list[str] = []
        for one, other in itertools.pairwise(near):
            between = self.document.folded[one.end : other.start].replace(",", " , ").split()
            joined = bool(between) and all(word == "," or word in self.rules.and_ for word in between)
            if joined and (out or one.country == destination) and one.city is None and other.city is None:
                out.extend([other.country] if other.country else [])
        return out

    def _destination(self, trigger: Trigger, traveller: Party) -> str | None:
        sentence = self.document.sentences[trigger.sentence]
        clause: Clause = trigger.data.clause
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        noun = trigger.data.form == "noun"
        reach = _GOAL if noun else 1
        ahead = within(self.places, trigger.end, trigger.end + reach + 1)
        goal = next((p for p in ahead if p.country), None)
        if goal is not None and (goal.relation == "to" or not noun) and goal.country != traveller.country:
            return None if (traveller.country, goal.country) == _ENCLAVE else goal.country
        for low, high in ((start, end), (sentence.start, sentence.end)):
            near = [p for p in within(self.places, low, high) if p.country and not p.dateline]
            for wanted in ("to", "in", "bare"):
                for place in near:
                    if wanted == "bare" and any(
                        p.start <= place.start < p.end for p in self.by_sentence[trigger.sentence] if not p.collective
                    ):
                        continue  # a part of somebody's office
                    if place.relation == wanted and place.country != traveller.country:
                        return None if (traveller.country, place.country) == _ENCLAVE else place.country
        for party in self._within(clause, trigger.sentence):
            if (
                party.collective
                and not party.plural
                and party.country != traveller.country
                and party.start >= trigger.end
            ):
                return party.country
        return None

    def _bound(
        self,
        trigger: Trigger,
        people: Sequence[Party],
        inside: Sequence[Party],
        inherited: bool,
        bodies: Sequence[Party] = (),
    ) -> Bound:
        chosen = distinct(people)
        groups = [p for p in inside if p.collective and p.plural]
        everybody = (*chosen, *bodies, *groups)
        countries = countries_of(everybody)
        host = None
        if trigger.data.frame.host == "subject" and chosen:
            host = self._receiver(trigger, chosen)
        offices = tuple(dict.fromkeys(p.office for p in groups if p.office))
        return Bound(trigger, chosen, countries, bodies_of(everybody), host=host, inherited=inherited, offices=offices)

    def _receiver(self, trigger: Trigger, people: Sequence[Party]) -> int | None:
        """Who receives: the agent of a passive ("von … empfangen"), else the subject, which is no object pronoun."""
        for party in people:
            if self._before(party) in self.rules.by:
                return party.entity
        if any(word.lower in self.rules.by for word in self._behind(trigger)):
            return None
        subjects = [p for p in people if not (p.pronoun and p.surface.lower() in self.rules.him)]
        return subjects[0].entity if subjects and self._before(subjects[0]) not in self.rules.preposition else None

    def _behind(self, trigger: Trigger) -> list[Token]:
        """The two words behind a trigger."""
        words = self.document.tokens[trigger.data.clause.first : trigger.data.clause.last]
        return [word for word in words if word.start >= trigger.end][:2]


def _between(bound: Bound, people: Sequence[Party]) -> Bound:
    """The same encounter with these people alone."""
    return replace(bound, people=tuple(people), countries=countries_of(people), organisations=bodies_of(people))


def _within_last(people: Sequence[Party], last: Bound) -> bool:
    known = {p.entity for p in last.people}
    return all(p.entity in known for p in people)
