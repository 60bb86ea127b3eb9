"""Journeys: who travels, where to, and who is the host."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from communique.extract.clauses import Clause
from communique.extract.conferences import Conferences
from communique.extract.entities import HEADS
from communique.extract.sides import (
    OF_STATE,
    Bound,
    bodies_of,
    distinct,
    persons_of,
    side_of,
    within,
)
from communique.model import Party, PlaceMention, Trigger

_GOAL = 6
"""Characters between a journey and its goal: "trip to Beijing"."""
_LOST_STATUS = ("cancelled", "postponed")
_LOST = 4
"""Sentences in which the host of a journey called off is named."""
_ENCLAVE = ("VA", "IT")
"""The pope in Rome is no journey."""


def _heads_state(party: Party) -> bool:
    """Whether somebody leads a state, by the text or by the tables."""
    terms = [term.office for person in party.candidates[:1] for term in person.terms]
    return party.office in OF_STATE or not HEADS.isdisjoint(terms)


class Journeys(Conferences):
    """Binds the words for journeys."""

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
            return self._same_journey(trigger)
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
        subjects = [p for p in people if self._before(p) not in self.rules.preposition and not self._invites(p)]
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
                if trigger.data.form == "noun" and self._before(hosts[0]) not in self.rules.visit_to:
                    return bound  # who came to whom is not said
                return replace(bound, destination=hosts[0].country, host=hosts[0].entity)
            return None
        hosts = [
            p
            for p in self._sentence_people(trigger)
            if p.country == destination and p.entity != traveller.entity and (p in people or p.start > trigger.end)
        ]
        goals = (destination, *self._stations(trigger, destination))
        if not hosts and len(goals) == 1 and _heads_state(traveller) and trigger.status in _LOST_STATUS:
            hosts = self._lost_host(trigger, destination)
        chosen = (traveller, *hosts)
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

    def _lost_host(self, trigger: Trigger, destination: str) -> list[Party]:
        """The leader of the country who would have received, named in the sentences behind a journey called off."""
        for number in range(trigger.sentence, min(trigger.sentence + _LOST, len(self.by_sentence))):
            if number != trigger.sentence and number in self.telling - self.calling:
                continue  # what is planned instead
            for party in persons_of(self.by_sentence[number]):
                if party.country == destination and party.name and _heads_state(party) and not self._absent(party):
                    return [party]
        return []

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
        if any(word.lower in self.rules.possessive for word in words[at + 1 : at + 3]):
            return True  # "stehen als Staatsbesuche auf seinem Plan"
        clause = trigger.data.clause
        told = any(word.lower in self.rules.undertake for word in words[clause.first : clause.last])
        if told and people:
            return True  # "has ended a working visit to Sri Lanka", "der Besuch führt ihn nach Peru"
        limit = words[min(at + (8 if trigger.status in ("cancelled", "postponed") else 5), len(words) - 1)].start
        return any(words[max(0, first - 3)].start <= p.start <= limit for p in people)

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

    def _left(self, place: PlaceMention) -> bool:
        """Whether somebody departs from a place: "von Peking aus"."""
        at = self.document.index.get(place.start, 0)
        return at > 0 and self.document.tokens[at - 1].lower in self.rules.from_

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
                    if wanted == "bare" and self._left(place):
                        continue
                    if place.relation == wanted and place.country != traveller.country:
                        return None if (traveller.country, place.country) == _ENCLAVE else place.country
        for party in self._within(clause, trigger.sentence):
            if (
                party.collective
                and not party.plural
                and party.country != traveller.country
                and party.start >= trigger.end
                and self._before(party) not in self.rules.from_
            ):
                return party.country
        if any(word in self.document.folded[start:end] for word in self.rules.airport):
            return self.home if self.home != traveller.country else None  # "landed at the airport": of the dateline
        return None
