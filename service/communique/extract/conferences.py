"""Conferences: one principal at a summit of many, or office-holders who met without being named."""

from __future__ import annotations

from collections.abc import Sequence

from communique.extract.entities import HEADS
from communique.extract.reference import Reference
from communique.extract.sides import (
    OF_STATE,
    Bound,
    bodies_of,
    countries_of,
    distinct,
    persons_of,
    side_of,
    within,
)
from communique.model import Party, Token, Trigger

_GROUP = 120
"""Characters between "Treffen" and the officials who meet."""
_DATED = 4
"""Words between "before" and the summit by which something else is dated."""
_ROUND = 4
"""Sentences in which the leaders at a summit are named."""
_LEADERS = 2
_HEARD = 5
"""Sentences in which the officials who met are quoted."""


class Conferences(Reference):
    """Binds the words for conferences, and puts together what a trigger has bound."""

    def _attended(self, trigger: Trigger, people: tuple[Party, ...]) -> Bound | None:
        """One principal at a conference of many: "Xi nimmt am Gipfel in Samarkand teil"."""
        if trigger.data.frame.mode not in ("summit", "multilateral") or not people:
            return None
        words = self.document.tokens
        start, end = words[trigger.data.clause.first].start, words[trigger.data.clause.last - 1].end
        told = f" {self.document.folded[start:end]} "
        attends = {word for word in self.rules.attend if f" {word} " in told.replace(",", " ").replace(".", " ")}
        if not attends:
            return None
        clause = words[trigger.data.clause.first : trigger.data.clause.last]
        if attends <= self.rules.during and any(word.lower in self.rules.said for word in clause):
            return None  # "zum Gipfel sagte Xi, …"
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
        group = "summit" if heads else "multilateral"
        if heads and len(countries_of(everybody)) == 2 and trigger.data.frame.mode == "encounter":
            group = trigger.kind  # "the leaders of A and B met"
        return Bound(trigger, chosen, countries, bodies_of(everybody), group=group)

    def _roundup(self, trigger: Trigger) -> Bound | None:
        """A summit that the lead reports, with the leaders that the sentences behind it name one by one."""
        if trigger.data.frame.mode != "summit" or trigger.data.form != "noun" or trigger.sentence > 1 or self.first:
            return None
        at = self.document.index.get(trigger.start, 0)
        dated = any(word.lower in self.rules.apart for word in self.document.tokens[max(0, at - _DATED) : at])
        if trigger.background or dated or trigger.sentence in self.crowded:
            return None  # "shortly before the summit"
        leaders: list[Party] = []
        states: list[Party] = []
        for number in range(trigger.sentence, min(trigger.sentence + _ROUND, len(self.by_sentence))):
            told = [p for p in self.by_sentence[number] if not self._absent(p)]
            leaders.extend(p for p in persons_of(told) if p.name and (p.office in OF_STATE | HEADS or p.organisation))
            sentence = self.document.sentences[number]
            words = {word.lower for word in self.document.tokens[sentence.first : sentence.last]}
            if not words.isdisjoint(self.rules.attend):
                states.extend(p for p in told if p.collective and p.country and p.start not in self.datelines)
        people = distinct(leaders)
        if len(people) < _LEADERS or len({side_of(p) for p in people}) < _LEADERS:
            return None
        everybody = (*people, *states)
        return Bound(trigger, people, countries_of(everybody), bodies_of(people), group="summit")

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
        elif trigger.data.frame.host == "object" and len(chosen) > 1 and trigger.data.form != "noun":
            host = next((p.entity for p in chosen[1:] if side_of(p) != side_of(chosen[0])), None)
        offices = tuple(dict.fromkeys(p.office for p in groups if p.office))
        return Bound(
            trigger,
            chosen,
            countries,
            bodies_of(everybody),
            host=host,
            inherited=inherited,
            remembered=inherited and all(p not in inside for p in chosen),
            offices=offices,
        )

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
