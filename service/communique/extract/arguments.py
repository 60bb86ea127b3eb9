"""Who took part: the parties that a trigger binds, by clause, then sentence, then what was said before.

An encounter needs two sides: two states, or a state and an international body. Where the clause names one side only,
the sentence is read, then a pronoun or "die beiden", then the subject of the sentence before. A noun without any party
of its own ("In dem Gespräch ging es um …") speaks of the meeting told last.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from communique.extract.clauses import Clause
from communique.extract.journeys import Journeys
from communique.extract.sides import (
    NEAR,
    Bound,
    Rules,
    bodies_of,
    count_sides,
    countries_of,
    distinct,
    persons_of,
    side_of,
)
from communique.model import Document, Party, PlaceMention, Trigger


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
    told = Counter(trigger.sentence for trigger in triggers)
    binder.crowded = {sentence for sentence, number in told.items() if number > 1}
    binder.calling = {trigger.sentence for trigger in triggers if trigger.data.frame.mode == "call"}
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


_MEMBERS = 3
"""Sentences behind the one that names the head of a delegation in which its members are named."""


class _Binder(Journeys):
    """Binds one trigger after the other."""

    def bind(self, trigger: Trigger) -> Bound | None:
        mode = trigger.data.frame.mode
        if trigger.data.form == "noun" and mode != "travel" and self._is_topic(trigger):
            return None
        bound = self._travel(trigger) if mode == "travel" else self._encounter(trigger)
        if bound is not None and bound.people and not any(self._official(p) for p in bound.people):
            return None  # "Serbia's Novak Djokovic will meet Italy's Jannik Sinner in the final"
        if bound is not None and self.last is not None and self._of_clause(trigger, bound, self.last):
            bound = replace(bound, people=self.last.people, countries=self.last.countries)
        if bound is not None and not bound.refers:
            self.last = bound
            self.first = self.first or bound
            self.kinds.add(trigger.kind)
        return bound

    def _of_clause(self, trigger: Trigger, bound: Bound, last: Bound) -> bool:
        """Whether a noun is what those of its clause's verb did: "the two met for their fourth summit with A and B"."""
        one = trigger.data.form == "noun" and last.trigger.data.clause == trigger.data.clause
        people = {p.entity for p in bound.people}
        return one and last.trigger.data.form != "noun" and people < {p.entity for p in last.people}

    def _is_topic(self, trigger: Trigger) -> bool:
        """Whether a noun says what was talked about: "sprachen über den bevorstehenden Gipfel"; or prepared."""
        words = self.document.tokens
        topic = self.rules.topic if trigger.sentence in self.crowded else frozenset()
        for back in range(self.document.index.get(trigger.start, 0) - 1, trigger.data.clause.first, -1):
            if words[back].lower in topic or words[back].lower in self.rules.preparing:
                return True
            if words[back].lower not in self.rules.article and words[back].text[0].isupper():
                return False
            if trigger.start - words[back].start > NEAR:
                return False
        return False

    def with_leaders(self, bound: Bound) -> Bound:
        """With the heads of a delegation that the sentence behind names: "Die Gruppe wird von X angeführt"."""
        unnamed = [c for c in bound.countries if c not in {p.country for p in bound.people}]
        number = bound.trigger.sentence + 1
        if bound.refers or bound.destination or number >= len(self.by_sentence):
            return bound
        if len(unnamed) == 2 and not bound.people:
            return self._with_both_leaders(bound, number)
        if len(unnamed) != 1 or not bound.people:
            return bound
        whose = unnamed.pop()
        sentence = self.document.sentences[number]
        told = self.document.folded[sentence.start : sentence.end]
        if not any(word in told for word in self.rules.led):
            return bound
        named = self.by_sentence[number : number + 1]
        for behind in range(number + 1, min(number + _MEMBERS, len(self.by_sentence))):
            sentence = self.document.sentences[behind]
            if not self.rules.members.isdisjoint(self.document.lower[sentence.first : sentence.last]):
                named = [*named, self.by_sentence[behind]]
        heads = tuple(
            replace(p, country=whose)
            for p in persons_of(itertools.chain.from_iterable(named))
            if p.name and not self._absent(p) and (p.country == whose or p.entity in self.guessed or p.country is None)
        )
        return replace(bound, people=distinct((*bound.people, *heads)))

    def _with_both_leaders(self, bound: Bound, number: int) -> Bound:
        """With the heads of two delegations in the order of their states: "headed by A and B respectively"."""
        sentence = self.document.sentences[number]
        told = self.document.folded[sentence.start : sentence.end]
        heads = distinct([p for p in persons_of(self.by_sentence[number]) if p.name and not self._absent(p)])
        if len(heads) != 2 or not any(word in told for word in self.rules.led):
            return bound
        whose = zip(heads, bound.countries, strict=False)
        return replace(bound, people=tuple(p if p.candidates else replace(p, country=c) for p, c in whose))

    def one_by_one(self, bound: Bound) -> tuple[Bound, ...]:
        """One meeting of each counterpart in "separate calls with A and B"; of "trifft A, danach B und C" one for what
        stands before the adverb and one for what stands behind it."""
        if bound.refers or len(bound.people) < 3 or bound.trigger.data.frame.mode not in ("encounter", "call"):
            return (bound,)
        clause: Clause = bound.trigger.data.clause
        if not self.rules.separate.isdisjoint(self.document.lower[clause.first : clause.last]):
            own = [p for p in bound.people if side_of(p) == side_of(bound.people[0])]
            others = [p for p in bound.people if side_of(p) != side_of(bound.people[0])]
            if len(own) > 1 and len(others) == 1:
                own, others = others, own  # "A and B received him one after the other"
            if len(own) == 1 and len({side_of(p) for p in others}) in (1, len(others)):
                return tuple(_between(bound, (*own, p)) for p in others)
        marks = [w.start for w in self.document.tokens[clause.first : clause.last] if w.lower in self.rules.then]
        subject = min(bound.people, key=lambda p: p.start)
        for mark in marks:
            first = [p for p in bound.people if p.start < mark]
            rest = [p for p in bound.people if p.start > mark]
            tail = self.document.folded[mark : rest[0].end].split() if rest else []
            if any(word in self.rules.possessive for word in tail):
                continue  # "then in the company of their ministers, A and B"
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
            if weak and trigger.data.form in ("past", "participle") and (subject := self._antecedent(trigger)):
                wide = distinct((*subject, *people))  # "Modi, who was hosting the summit, sent …"
            finite = trigger.data.form in ("past", "present") and not self._relative(trigger)
            if count_sides(wide) < 2 and not finite:
                wide = self._sentence_people(trigger, tellers=True)  # "…, he said after meeting her"
            if count_sides(wide) >= 2:
                people = wide
        people = self._with_both(trigger, people)
        people = self._hosted(trigger, self._abroad(trigger, people))
        if count_sides(people) < 2:
            people = self._guests(trigger, people)
        if count_sides(people) < 2:
            referred = self._referred(trigger, people)
            if referred is not None:
                people, inherited = referred, True
        purpose = weak and trigger.data.form == "infinitive" and people and not inherited
        if purpose and all(p.start > trigger.end for p in people):
            return None  # "crowds lined the road to see A and B"
        joining = self._joining(trigger, people)
        if joining is not None:
            return joining
        if trigger.data.pair and not inherited and not self._coordinated(people):
            people = ()
        told = [p for p in people if not p.pronoun and p in inside]
        if weak and trigger.data.frame.needs and not told and any(p.pronoun for p in people):
            people = ()  # "With the agency, Lusk discussed why she joined his campaign"
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
        roundup = self._roundup(trigger)
        if roundup is not None:
            return roundup
        if trigger.data.frame.mode in ("summit", "multilateral") and trigger.kind not in self.kinds:
            return None
        if weak and people and trigger.data.form != "noun":
            return None
        if self.last is not None and (not people or _within_last(people, self.last)):
            return Bound(trigger, self.last.people, self.last.countries, self.last.organisations, refers=True)
        return None

    def _relative(self, trigger: Trigger) -> bool:
        """Whether a clause tells of those right before it: "…, said A and B, who met in Bonn"."""
        first = self.document.tokens[trigger.data.clause.first]
        return first.lower in self.rules.relative and any(
            0 < first.start - p.end <= len(", ") for p in self.by_sentence[trigger.sentence]
        )

    def _with_both(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...]:
        """With the two who are the subject: "The two leaders met there together with A and B"."""
        first = self.document.tokens[trigger.data.clause.first].start
        told = f" {self.document.folded[first : trigger.start]}"
        if not people or trigger.data.form not in ("past", "present") or not told.startswith(self.rules.both):
            return people
        pair = () if any(p.start < trigger.start for p in people) else self._pair_before(trigger) or ()
        return distinct((*pair, *people))

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
        clause: Clause = trigger.data.clause
        told = f" {' '.join(self.document.lower[clause.first : clause.last])} "
        if not any(phrase in told for phrase in self.rules.present):
            return None
        if self._relative(trigger):  # "ministers A and B, who took part along with C"
            start = self.document.tokens[clause.first].start
            here = persons_of(p for p in self.by_sentence[trigger.sentence] if p.end < start)
            people = distinct((*here, *people))
        sentences = self.document.sentences
        near = sentences[trigger.sentence].paragraph == sentences[self.last.trigger.sentence].paragraph
        meeting = self.last if near or self.first is None else self.first  # by itself: at what the report is about
        known = {p.country for p in meeting.people} | {*meeting.countries}
        also = any(phrase in told for phrase in self.rules.also)  # "At the meeting were also A and B"
        if not also and any(p.country not in known for p in people if p.country or p.organisation):
            return None
        return Bound(
            trigger,
            distinct((*meeting.people, *people)),
            meeting.countries,
            meeting.organisations,
            refers=True,
            adds=True,
        )


def _between(bound: Bound, people: Sequence[Party]) -> Bound:
    """The same encounter with these people alone."""
    return replace(bound, people=tuple(people), countries=countries_of(people), organisations=bodies_of(people))


def _within_last(people: Sequence[Party], last: Bound) -> bool:
    known = {p.entity for p in last.people}
    return all(p.entity in known for p in people)
