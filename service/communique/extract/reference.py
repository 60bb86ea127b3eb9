"""Who is meant without being named: "die beiden", a pronoun, an office, the subject of the sentence before."""

from __future__ import annotations

from collections.abc import Iterable

from communique.extract.clauses import Clause
from communique.extract.sides import Sides, count_sides, distinct, persons_of, side_of
from communique.model import Party, Trigger


class Reference(Sides):
    """Finds the people that a clause refers to."""

    def _referred(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...] | None:
        """Sides by reference: "die beiden", a pronoun, or the subject of the sentence before."""
        clause: Clause = trigger.data.clause
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        folded = f" {self.document.folded[start:end]} "
        if not people and any(phrase in folded for phrase in self.rules.both):
            if self._group_before(trigger, start):
                return None
            pair = self._pair_before(trigger)
            if pair:
                return pair
        if self._told_of(trigger, people):
            pair = self._couple_before(trigger, people)
            if pair:
                return pair
        offices: set[str | None] = {
            p.office for p in self._within(clause, trigger.sentence) if p.plural and p.office and p.country is None
        }
        if len(people) == 0 and offices:
            pair = self._holders(trigger, offices)
            if pair:
                return pair
        if len(people) >= 1 and self._several(trigger):
            earlier = persons_of(
                p for p in self.by_sentence[trigger.sentence] if p.start < start and not self._absent(p)
            )
            if len(earlier) < 2 and trigger.sentence:
                earlier = persons_of(p for p in self.by_sentence[trigger.sentence - 1] if not self._absent(p))
            both = distinct((*earlier, *people))
            if len(earlier) >= 2 and count_sides(both) >= 2:
                return both
        if len(people) >= 1:
            alone = (
                trigger.data.form == "noun"
                and not any(p.plural and p.office and p.end < trigger.start for p in self.by_sentence[trigger.sentence])
                and count_sides(self._sentence_people(trigger)) == 1
                and not self.rules.with_.isdisjoint(self.document.lower[clause.first : clause.last])
            )
            if alone or not self.rules.referring.isdisjoint(self.document.lower[clause.first : clause.last]):
                for other in self._subject_before(trigger):
                    if side_of(other) == side_of(people[0]) and other.entity != people[0].entity and other.name:
                        return None  # "telephoned to change his mind": a compatriot's
                    if side_of(other) != side_of(people[0]) and other.entity != people[0].entity:
                        return distinct((other, *people))
        return None

    def _group_before(self, trigger: Trigger, start: int) -> bool:
        """Whether unnamed officials told last in the sentence are meant: "falls to the Heads of Government when they
        gather"."""
        ahead = [p for p in self.by_sentence[trigger.sentence] if p.start < start]
        return bool(ahead) and ahead[-1].plural and ahead[-1].office is not None and ahead[-1].entity < 0

    def _told_of(self, trigger: Trigger, people: tuple[Party, ...]) -> bool:
        """Whether a noun names at most one of those who met: "after talks at the palace, Stubb called …"."""
        frame = trigger.data.frame
        if trigger.data.form != "noun" or frame.weak or frame.mode == "travel" or len(people) > 1:
            return False
        return trigger.status == "held" and (trigger.data.occasion or not people)

    def _couple_before(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...] | None:
        """The two coordinated persons of the one or two sentences before, if nobody else is told of."""
        for number in range(trigger.sentence - 1, max(-1, trigger.sentence - 3), -1):
            told = persons_of(p for p in self.by_sentence[number] if not self._absent(p))
            couple = distinct(told)
            if len(couple) > 2:
                return None
            if len(couple) == 2 and self._coordinated(told):
                known = {p.entity for p in couple}
                return couple if all(p.entity in known for p in people) else None
        return None

    def _holders(self, trigger: Trigger, offices: set[str | None]) -> tuple[Party, ...] | None:
        """ "The two presidents": the last two before who hold that office, of two sides."""
        found: list[Party] = []
        for party in reversed(self.parties):
            fits = any(
                office == party.office or (office == "minister" and (party.office or "").endswith("minister"))
                for office in offices
            )
            if party.start >= trigger.start or not fits or party.name is None or party.plural:
                continue
            if all(side_of(party) != side_of(other) for other in found):
                found.append(party)
            if len(found) == 2:
                return tuple(reversed(found))
        return None

    def _several(self, trigger: Trigger) -> bool:
        """Whether a pronoun of the clause means several people named before: "nachdem sie … beraten hatten"."""
        words = self.document.tokens
        first, last = trigger.data.clause.first, trigger.data.clause.last
        for index in range(first, last):
            if words[index].lower in self.rules.they:
                return True
            if (
                words[index].lower in self.rules.she
                and self.rules.plural_verb
                and words[last - 1 if words[last - 1].text.isalpha() else last - 2].lower.endswith(
                    self.rules.plural_verb
                )
            ):
                return True
        return False

    def _pair_before(self, trigger: Trigger) -> tuple[Party, ...] | None:
        if self.last is not None and len(self.last.people) >= 2:
            return self.last.people
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            people = persons_of(p for p in self.by_sentence[number] if p.start < trigger.start and not self._absent(p))
            if count_sides(people) >= 2 and len(people) == 2:
                return people
        lately: list[Party] = []
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            for party in persons_of(
                p for p in self.by_sentence[number] if p.start < trigger.start and not self._absent(p)
            ):
                if all(side_of(party) != side_of(other) for other in lately):
                    lately.append(party)
            if len(lately) == 2:
                return tuple(lately)
        return None

    def _subject_before(self, trigger: Trigger) -> Iterable[Party]:
        """The people of the sentences just before, the nearest sentence first, its subject first."""
        clause: Clause = trigger.data.clause
        start = self.document.tokens[clause.first].start
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            yield from persons_of(p for p in self.by_sentence[number] if p.start < start and not self._absent(p))
