"""Who took part: the parties that a trigger binds, by clause, then sentence, then what was said before.

An encounter needs two sides: two states, or a state and an international body. Where the clause names one side only,
the sentence is read, then a pronoun or "die beiden", then the subject of the sentence before. A noun without any party
of its own ("In dem Gespräch ging es um …") speaks of the meeting told last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from communique.extract import clauses
from communique.extract.clauses import Clause
from communique.languages import Language
from communique.model import Document, Party, PlaceMention, Token, Trigger

_BETWEEN = 5
"""Words between two coordinated subjects: an office, a nationality."""
_GROUP = 120
"""Characters between "Treffen" and the officials who meet."""
_NEAR = 50
"""Characters between a trigger and the government it is "with"."""
_ENCLAVE = ("VA", "IT")
"""The pope in Rome is no journey."""
_UNPERSONAL = frozenset({"spokesperson", "spouse"})
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
_OF_STATE = frozenset(
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
    openers: clauses.Openers
    about: frozenset[str]
    on_behalf: frozenset[str]
    with_: frozenset[str]
    between: frozenset[str]
    and_: frozenset[str]
    by: frozenset[str]
    preposition: frozenset[str]
    during: frozenset[str]
    article: frozenset[str]
    possessive: frozenset[str]
    then: frozenset[str]
    attend: tuple[str, ...]
    present: frozenset[str]
    said: frozenset[str]
    pronouns: frozenset[str]
    him: frozenset[str]
    they: frozenset[str]
    she: frozenset[str]
    plural_verb: tuple[str, ...]
    referring: frozenset[str]
    """Pronouns, possessives and words like "Gast": a side that was named before."""
    both: tuple[str, ...]
    home: str | None


@dataclass(frozen=True, slots=True)
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


def compile(language: Language) -> Rules:
    words = language.words
    pronouns = frozenset(form for name, forms in words.pronoun.items() if name != "they" for form in forms)
    return Rules(
        openers=clauses.openers(language),
        about=frozenset(words.about),
        on_behalf=frozenset(words.on_behalf),
        with_=frozenset(words.with_),
        between=frozenset(words.between),
        and_=frozenset(words.and_),
        by=frozenset(words.by),
        preposition=frozenset(words.preposition),
        during=frozenset((*words.during, *words.journey)),
        article=frozenset(words.article),
        possessive=frozenset(words.possessive),
        then=frozenset(words.then),
        attend=words.attend,
        present=frozenset(words.present),
        said=frozenset(words.said),
        pronouns=pronouns,
        him=frozenset((*words.pronoun.get("him", ()), *words.pronoun.get("her", ()))),
        they=frozenset(words.pronoun.get("they", ())),
        she=frozenset(words.pronoun.get("she", ())),
        plural_verb=words.plural_verb,
        referring=pronouns | {*words.possessive} | {word.lower() for word in words.guest},
        both=words.both,
        home=words.home_country,
    )


def find(
    document: Document,
    triggers: Sequence[Trigger],
    parties: Sequence[Party],
    places: Sequence[PlaceMention],
    rules: Rules,
) -> tuple[Bound, ...]:
    """One Bound for each trigger that has two sides, or that refers to a meeting told before."""
    binder = _Binder(document, parties, places, rules)
    spans = (party.evidence[0] for party in parties if party.name is not None)
    named = {offset for span in spans for offset in range(span.start, span.end)}
    out: list[Bound] = []
    for trigger in triggers:
        if trigger.start in named:
            continue  # "Tea Seiha"
        bound = binder.bind(trigger)
        if bound is not None:
            out.extend(binder.one_by_one(bound))
    return tuple(out)


class _Binder:
    def __init__(
        self, document: Document, parties: Sequence[Party], places: Sequence[PlaceMention], rules: Rules
    ) -> None:
        self.document = document
        self.rules = rules
        self.places = places
        self.home = self._home()
        self.datelines = {place.start for place in places if place.dateline}
        self.guessed: set[int] = set()
        self.foreign = self._foreign(parties)
        dateline = next((place.country for place in places if place.dateline and place.country), None)
        located = {p.start for p in places if p.relation in ("in", "to")}
        self.told = dateline or next((p.country for p in parties if p.country and p.start not in located), None)
        self.starts = {token.start: index for index, token in enumerate(document.tokens)}
        self.parties = self._listed(parties)
        self.officials = {p.country for p in parties if p.plural and p.office and p.country}
        self.last: Bound | None = None
        self.kinds: set[str] = set()
        self.half: tuple[Trigger, tuple[Party, ...]] | None = None
        """A trigger with one side only: the next sentence may tell the other ("on the line were …")."""
        self.by_sentence: list[list[Party]] = [[] for _ in document.sentences]
        number = 0
        for party in self.parties:
            while number + 1 < len(document.sentences) and party.start >= document.sentences[number].end:
                number += 1
            if document.sentences:
                self.by_sentence[number].append(party)

    # ── one trigger ──────────────────────────────────────────────────────────────────────────────────────────────────

    def bind(self, trigger: Trigger) -> Bound | None:
        mode = trigger.data.frame.mode
        bound = self._travel(trigger) if mode == "travel" else self._encounter(trigger)
        if bound is not None and bound.people and not any(self._official(p) for p in bound.people):
            return None  # "Serbia's Novak Djokovic will meet Italy's Jannik Sinner in the final"
        if bound is not None and not bound.refers:
            self.last = bound
            self.kinds.add(trigger.kind)
        return bound

    def _official(self, party: Party) -> bool:
        """Whether somebody holds an office, by the text, by the tables, or as one of a group that does."""
        return party.office is not None or bool(party.candidates) or party.country in self.officials

    def one_by_one(self, bound: Bound) -> tuple[Bound, ...]:
        """ "trifft A, danach B und C": one meeting for what stands before the adverb, one for what stands behind it."""
        if bound.refers or len(bound.people) < 3 or bound.trigger.data.frame.mode != "encounter":
            return (bound,)
        clause: Clause = bound.trigger.data.clause
        marks = [w.start for w in self.document.tokens[clause.first : clause.last] if w.lower in self.rules.then]
        subject = min(bound.people, key=lambda p: p.start)
        for mark in marks:
            first = [p for p in bound.people if p.start < mark]
            rest = [p for p in bound.people if p.start > mark]
            if rest and _sides(first) >= 2:
                return tuple(
                    replace(
                        bound, people=tuple(group), countries=_countries(group), organisations=_organisations(group)
                    )
                    for group in (first, [subject, *rest])
                )
        return (bound,)

    def _encounter(self, trigger: Trigger) -> Bound | None:
        clause: Clause = trigger.data.clause
        weak = trigger.data.frame.weak
        inside = self._within(clause, trigger.sentence)
        people = _people(inside)
        inherited = False
        if _sides(people) < 2:
            wide = self._sentence_people(trigger)
            if _sides(wide) < 2 and trigger.data.form not in ("past", "present"):
                wide = self._sentence_people(trigger, tellers=True)  # "…, he said after meeting her"
            if _sides(wide) >= 2:
                people = wide
        people = self._abroad(trigger, people)
        if _sides(people) < 2:
            referred = self._referred(trigger, people)
            if referred is not None:
                people, inherited = referred, True
        if trigger.data.pair and not self._coordinated(people):
            people = ()
        joining = self._joining(trigger, people)
        if joining is not None:
            return joining
        if _sides(people) >= 2:
            if (
                self.half is not None
                and 0 < trigger.sentence - self.half[0].sentence <= 1
                and self.half[0].kind == trigger.kind
            ):
                people, self.half = _distinct((*self.half[1], *people)), None
            return self._bound(trigger, people, inside, inherited)
        if (
            people
            and self.half is not None
            and 0 < trigger.sentence - self.half[0].sentence <= 1
            and self.half[0].kind == trigger.kind
        ):
            both = _distinct((*self.half[1], *people))
            if _sides(both) >= 2:
                self.half = None
                return self._bound(trigger, both, inside, True)
        if people and not weak:
            self.half = (trigger, people)
        bodies = self._bodies(inside, trigger)
        if (
            _sides(people)
            and _sides(people, bodies) >= 2
            and (not weak or any(self._before(body) in self.rules.with_ or body.plural for body in bodies))
        ):
            return self._bound(trigger, people, inside, inherited, bodies)
        if not people and not weak and len({_side(body) for body in bodies}) >= 2 and trigger.data.form == "noun":
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

    def _abroad(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...]:
        """Of two who seem compatriots the one whose country was guessed belongs to the place, if that is abroad."""
        sentence = self.document.sentences[trigger.sentence]
        start = self.document.sentences[max(0, trigger.sentence - 1)].start
        venue = next(
            (
                p.country
                for p in reversed(self.places)
                if start <= p.start < sentence.end and p.relation in ("in", "to") and p.country
            ),
            None,
        )
        if venue is None or venue == self.home or any(p.country == venue for p in people):
            return people
        guessed = list(dict.fromkeys(p.entity for p in people if p.entity in self.guessed))
        if len(guessed) > 1 and guessed[0] == people[0].entity and people[0].start < trigger.start:
            del guessed[0]  # who is told of is the one who travels
        return tuple(replace(p, country=venue) if p.entity in guessed else p for p in people)

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
        known = {p.country for p in self.last.people} | {*self.last.countries}
        if any(p.country not in known for p in people if p.country or p.organisation):
            return None
        return Bound(
            trigger,
            _distinct((*self.last.people, *people)),
            self.last.countries,
            self.last.organisations,
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
            (p.country for p in self.places if start <= p.start < end and p.relation in ("in", "to") and p.country),
            None,
        )
        countries = tuple(dict.fromkeys((*_countries(people), *([venue] if venue else []))))
        bodies = tuple(p for p in self._within(trigger.data.clause, trigger.sentence) if p.organisation)
        if len(countries) + len(bodies) < 2:
            return None
        return Bound(trigger, _distinct(people), countries, _organisations((*people, *bodies)), group=trigger.kind)

    def _group(self, trigger: Trigger, people: tuple[Party, ...], inside: Sequence[Party]) -> Bound | None:
        """ "Bei einem Treffen der EU-Verteidigungsminister in Finnland sagte Jung …": unnamed office-holders met."""
        noun = trigger.data.form == "noun"
        if not noun and trigger.data.frame.weak:
            return None
        officials = [p for p in inside if p.plural and p.office and (not noun or 0 < p.end - trigger.end < _GROUP)]
        if not officials:
            return None
        words = self.document.tokens
        start, end = words[trigger.data.clause.first].start, words[trigger.data.clause.last - 1].end
        sides = {s for p in (*people, *inside) if (s := p.country or p.organisation)}
        venue = next(
            (p.country for p in self.places if start <= p.start < end and p.relation == "in" and p.country), None
        )
        if len(sides | ({venue} - {None})) < 2:
            return None
        chosen = _distinct(people)
        heads = any(p.office in _OF_STATE for p in officials)
        everybody = (*chosen, *(p for p in inside if p.plural or p.organisation))
        countries = tuple(dict.fromkeys((*_countries(everybody), *([venue] if venue else []))))
        return Bound(trigger, chosen, countries, _organisations(everybody), group="summit" if heads else "multilateral")

    def _travel(self, trigger: Trigger) -> Bound | None:
        clause: Clause = trigger.data.clause
        inside = self._within(clause, trigger.sentence)
        people = _people(p for p in inside if p.start < trigger.start) + self._abroad(
            trigger, _people(p for p in inside if p.start > trigger.start)
        )
        inherited = False
        if trigger.data.form == "noun" and trigger.data.extended:
            people = _people(p for p in inside if p.start > trigger.end) or people
        if trigger.data.form == "noun" and not self._travels(trigger, people):
            return None
        if not people:
            words = self.document.tokens[clause.first : clause.last]
            if not any(word.lower in self.rules.referring for word in words):
                return None
            people = tuple(self._subject_before(trigger))[:1]
            inherited = True
            if not people:
                return None
        subjects = [p for p in people if self._before(p) not in self.rules.preposition]
        if not subjects and trigger.data.form != "noun":
            return None
        visiting = next((p for p in people if 0 <= p.start - trigger.end <= 1), None)
        traveller = visiting or (subjects[0] if subjects else people[0])
        if traveller.country is None and traveller.organisation is None:
            return None
        destination = self._destination(trigger, traveller)
        if trigger.data.occasion and trigger.sentence > 1:
            destination = None
        if destination is None:
            hosts = [p for p in people if p.entity != traveller.entity and _side(p) != _side(traveller)]
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
        countries = tuple(dict.fromkeys(c for c in (traveller.country, destination, *(p.country for p in hosts)) if c))
        return Bound(
            trigger,
            _distinct(chosen),
            countries,
            _organisations(chosen),
            destination=destination,
            host=hosts[0].entity if hosts else None,
            inherited=inherited,
        )

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

    def _destination(self, trigger: Trigger, traveller: Party) -> str | None:
        sentence = self.document.sentences[trigger.sentence]
        clause: Clause = trigger.data.clause
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        goal = next((p for p in self.places if 0 <= p.start - trigger.end <= 1 and p.country), None)
        if goal is not None and trigger.data.form != "noun" and goal.country != traveller.country:
            return None if (traveller.country, goal.country) == _ENCLAVE else goal.country
        for low, high in ((start, end), (sentence.start, sentence.end)):
            near = [p for p in self.places if low <= p.start < high and p.country and not p.dateline]
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

    # ── who is meant ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _within(self, clause: Clause, sentence: int) -> list[Party]:
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        return [p for p in self.by_sentence[sentence] if start <= p.start < end and not self._absent(p)]

    def _teller(self, party: Party, trigger: Trigger) -> bool:
        """Who only tells it: ", foreign ministers Wang Yi and Sushma Swaraj announced"."""
        if (
            party.start < trigger.end
            or self.document.tokens[self.starts.get(party.start, 0) - 1].lower in self.rules.with_
        ):
            return False
        text = self.document.folded[party.end : party.end + 60].replace(",", " ").split()
        return any(word in self.rules.said for word in text[: 1 if not party.office else 2]) or (
            bool(text) and text[0] in self.rules.and_ and any(word in self.rules.said for word in text[1:4])
        )

    def _sentence_people(self, trigger: Trigger, *, tellers: bool = False) -> tuple[Party, ...]:
        """Who is named in the trigger's sentence, without those who only tell it, unless they are asked for."""
        spoken = [] if tellers else self._speech_clauses(trigger)
        out: list[Party] = []
        for party in self.by_sentence[trigger.sentence]:
            if (
                any(start <= party.start < end for start, end in spoken)
                or self._absent(party)
                or self._teller(party, trigger)
            ):
                continue
            out.append(party)
        return _people(out)

    def _speech_clauses(self, trigger: Trigger) -> list[tuple[int, int]]:
        """Clauses that only say who told it: ", teilte der Kreml mit", "spokesman X said"."""
        sentence = self.document.sentences[trigger.sentence]
        words = self.document.tokens
        out: list[tuple[int, int]] = []
        for clause in clauses.split(self.document, sentence, self.rules.openers):
            if clause == trigger.data.clause:
                continue
            start, end = words[clause.first].start, words[clause.last - 1].end
            if not any(word.lower in self.rules.said for word in words[clause.first : clause.last]):
                continue
            if not any(e.kind == "trigger" for h in self.document.hits if start <= h.start < end for e in h.entries):
                out.append((start, end))
        return out

    def _referred(self, trigger: Trigger, people: tuple[Party, ...]) -> tuple[Party, ...] | None:
        """Sides by reference: "die beiden", a pronoun, or the subject of the sentence before."""
        clause: Clause = trigger.data.clause
        words = self.document.tokens
        start, end = words[clause.first].start, words[clause.last - 1].end
        folded = f" {self.document.folded[start:end]} "
        if any(f" {phrase} " in folded for phrase in self.rules.both) and len(people) == 0:
            pair = self._pair_before(trigger)
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
            earlier = _people(p for p in self.by_sentence[trigger.sentence] if p.start < start and not self._absent(p))
            if len(earlier) < 2 and trigger.sentence:
                earlier = _people(p for p in self.by_sentence[trigger.sentence - 1] if not self._absent(p))
            both = _distinct((*earlier, *people))
            if len(earlier) >= 2 and _sides(both) >= 2:
                return both
        if len(people) >= 1:
            alone = (
                trigger.data.form == "noun"
                and _sides(self._sentence_people(trigger)) == 1
                and any(w.lower in self.rules.with_ for w in words[clause.first : clause.last])
            )
            if alone or any(w.lower in self.rules.referring for w in words[clause.first : clause.last]):
                for other in self._subject_before(trigger):
                    if _side(other) != _side(people[0]) and other.entity != people[0].entity:
                        return _distinct((other, *people))
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
            if all(_side(party) != _side(other) for other in found):
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

    def _coordinated(self, people: Sequence[Party]) -> bool:
        """Whether two of the people are joined by "und" alone."""
        for one, other in itertools.pairwise(people):
            between = self.document.folded[one.end : other.start].split()
            if (
                len(between) <= _BETWEEN
                and any(word in self.rules.and_ for word in between)
                and _side(one) != _side(other)
            ):
                return True
        return False

    def _pair_before(self, trigger: Trigger) -> tuple[Party, ...] | None:
        if self.last is not None and len(self.last.people) >= 2:
            return self.last.people
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            people = _people(p for p in self.by_sentence[number] if p.start < trigger.start and not self._absent(p))
            if _sides(people) >= 2 and len(people) == 2:
                return people
        lately: list[Party] = []
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            for party in _people(
                p for p in self.by_sentence[number] if p.start < trigger.start and not self._absent(p)
            ):
                if all(_side(party) != _side(other) for other in lately):
                    lately.append(party)
            if len(lately) == 2:
                return tuple(lately)
        return None

    def _subject_before(self, trigger: Trigger) -> Iterable[Party]:
        """The people of the sentences just before, the nearest sentence first, its subject first."""
        clause: Clause = trigger.data.clause
        start = self.document.tokens[clause.first].start
        for number in range(trigger.sentence, max(-1, trigger.sentence - 3), -1):
            yield from _people(p for p in self.by_sentence[number] if p.start < start and not self._absent(p))

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
                or (before in self.rules.with_ and abs(party.start - trigger.end) < _NEAR)
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
        return opener is not None and party.start > opener and party.start - opener < 2 * _NEAR

    def _absent(self, party: Party) -> bool:
        """Talked about ("über Putin") or acted for ("im Namen von", "on behalf of"), not there."""
        if self._before(party) in self.rules.about:
            return True
        at = self.starts.get(party.start, 0)
        return any(word.lower in self.rules.on_behalf for word in self.document.tokens[max(0, at - 4) : at])

    def _before(self, party: Party) -> str:
        at = self.starts.get(party.start, 0) - 1
        words = self.document.tokens
        while at > 0 and (words[at].lower in self.rules.article or words[at].lower in self.rules.possessive):
            at -= 1
        return words[at].lower if at >= 0 else ""

    # ── sides ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _bound(
        self,
        trigger: Trigger,
        people: Sequence[Party],
        inside: Sequence[Party],
        inherited: bool,
        bodies: Sequence[Party] = (),
    ) -> Bound:
        chosen = _distinct(people)
        groups = [p for p in inside if p.collective and p.plural]
        everybody = (*chosen, *bodies, *groups)
        countries = _countries(everybody)
        host = None
        if trigger.data.frame.host == "subject" and chosen:
            host = self._receiver(trigger, chosen)
        offices = tuple(dict.fromkeys(p.office for p in groups if p.office))
        return Bound(
            trigger, chosen, countries, _organisations(everybody), host=host, inherited=inherited, offices=offices
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

    def _listed(self, parties: Sequence[Party]) -> list[Party]:
        """Everybody with a country where one can be told; a list ("Außenminister A, Minister B") shares it."""
        out: list[Party] = []
        for party in parties:
            before = out[-1] if out else None
            if before is not None and before.country and before.plural and self._open(party):
                between = self.document.folded[before.end : party.start].split()
                if 0 < len(between) < _BETWEEN and between[-1] in self.rules.by:
                    party = replace(party, country=before.country)  # "lawmakers led by Speaker Maria Gomez"
            elif before is not None and before.country and not before.collective and self._open(party):
                between = self.document.folded[before.end : party.start].replace(",", " , ").split()
                if between and all(word == "," or word in self.rules.and_ for word in between):
                    party = replace(party, country=before.country)
                    if before.entity in self.guessed:
                        self.guessed.add(party.entity)
            out.append(self._settled(party))
        return out

    @staticmethod
    def _open(party: Party) -> bool:
        """Whether the text says an office and a name, but no state or body."""
        return (
            party.country is None
            and party.organisation is None
            and not party.collective
            and bool(party.office and party.name)
        )

    def _settled(self, party: Party) -> Party:
        """An office that says no country belongs to the country that the article is written in, or from."""
        if (
            party.country is not None
            or party.organisation is not None
            or party.collective
            or party.office in _UNPERSONAL
        ):
            return party
        if party.office is None or party.name is None or party.office in _NO_STATE:
            return party
        if party.office in _DIPLOMATS:
            return replace(party, country=self.foreign) if self.foreign else party
        if party.office in _OF_STATE:
            self.guessed.add(party.entity)
            return replace(party, country=self.told) if self.told else party
        guess = self.home or self.told
        if guess is None or party.office in _OF_BODIES:
            return party
        self.guessed.add(party.entity)
        return replace(party, country=guess)

    def _foreign(self, parties: Sequence[Party]) -> str | None:
        """The first other country of the text: a diplomat without one represents it."""
        return next((p.country for p in parties if p.country and p.country != self.home), None)

    def _home(self) -> str | None:
        dateline = next((place.country for place in self.places if place.dateline and place.country), None)
        return dateline or self.rules.home


def _people(parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(
        p
        for p in parties
        if not p.collective
        and not p.plural
        and p.office not in _UNPERSONAL
        and (p.name is not None or (p.office is not None and (p.country is not None or p.organisation is not None)))
    )


def _side(party: Party) -> str:
    return party.country or party.organisation or f"#{party.entity}"


def _sides(people: Iterable[Party], bodies: Iterable[Party] = ()) -> int:
    """States and bodies; a patriarch or a grand imam, who represents neither, is a side of his own."""
    return len({_side(p) for p in (*people, *bodies) if p.country or p.organisation or p.office in _NO_STATE})


def _distinct(people: Sequence[Party]) -> tuple[Party, ...]:
    """Each person once; the mention with a name stands for the others."""
    out: dict[object, Party] = {}
    for party in people:
        key: object = party.entity if party.entity >= 0 else (party.country, party.office, party.name)
        if key not in out or (out[key].pronoun and not party.pronoun):
            out[key] = party
    return tuple(out.values())


def _countries(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.country for p in parties if p.country))


def _organisations(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.organisation for p in parties if p.organisation))


def _within_last(people: Sequence[Party], last: Bound) -> bool:
    known = {p.entity for p in last.people}
    return all(p.entity in known for p in people)
