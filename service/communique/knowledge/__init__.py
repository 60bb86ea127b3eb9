"""What the service knows of the world: persons and their terms, countries, places, organisations.

    knowledge = load()
    knowledge.surfaces("de")                                   every form, for the matcher
    knowledge.person("Angela Merkel", day=date(2014, 6, 1))    one person, or None where the name leaves a doubt
    knowledge.holder("president", "FR", date(2019, 8, 19))     who held the office on that day

Tables are data (data/README.md names sources and licences); a language the names of which are in no file still has the
names in Latin script. Nothing is matched by likeness: a name is in the tables, letter for letter after folding case,
accents and punctuation, or it is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from communique.knowledge import tenure
from communique.knowledge.tables import Name, Tables, Towns, plain, read
from communique.model import City, Person, Surface
from communique.text import squeeze

NAMESAKES = 8
"""Persons that one surname may stand for, the likeliest first."""
SHORT = 3
"""A surname of so few letters wants an office or a full name beside it."""
SHARED = 4
"""So does a surname of more persons than these."""
LARGE = 1500
"""A surname that one of so many large cities bears is doubtful too."""


@dataclass(frozen=True, eq=False, repr=False)
class Knowledge:
    """The tables with their indexes, built once a process and never changed."""

    tables: Tables
    _by_name: Mapping[str, tuple[Person, ...]]
    _by_word: Mapping[str, tuple[Person, ...]]
    _by_office: Mapping[tuple[str, str], tuple[Person, ...]]

    @property
    def built(self) -> date:
        """When the facts were collected."""
        return self.tables.built

    @property
    def capitals(self) -> Mapping[str, City]:
        """Where the government of each country receives its guests, by ISO code."""
        return {city.country: city for city in self.tables.cities.values() if city.capital and city.country}

    @property
    def towns(self) -> Towns:
        """Smaller towns, which are no surfaces: whoever reads a grammar that wants a town asks for them by name."""
        return self.tables.towns

    def surfaces(self, language: str) -> Iterable[Surface]:
        """Every form of every item that a text in `language` may use, each once; cities by population."""
        names = self.tables.names.get(language, ())
        words = {name.form for name in names if name.kind == "word"}
        seen: set[tuple[str, str, str]] = set()
        for surface in (*self._persons(names), *self._surnames(names), *self._places(names), *self._others(names)):
            if (surface.kind, surface.id, surface.form) in seen:
                continue
            seen.add((surface.kind, surface.id, surface.form))
            if surface.form in words and surface.kind != "person":
                surface = Surface(surface.form, surface.kind, surface.id, surface.data, ambiguous=True)
            yield surface

    def person(
        self, name: str, country: str | None = None, office: str | None = None, day: date | None = None
    ) -> Person | None:
        """The one person of this full name; country, office and day decide between namesakes."""
        return tenure.likeliest(self.named(name), place=country, office=office, day=day)

    def named(self, name: str) -> tuple[Person, ...]:
        """Everyone of exactly this full name, in any of the spellings known."""
        return self._by_name.get(squeeze(name), ())

    def of_word(self, word: str) -> tuple[Person, ...]:
        """Everyone whose canonical name begins or ends with this word, folded."""
        return self._by_word.get(word, ())

    def has_office(self, office: str, place: str) -> bool:
        """Whether the tables know any holder of this office of a country or organisation."""
        return (office, place) in self._by_office

    def holder(self, office: str, place: str | None, day: date | None) -> Person | None:
        """Who held the office of a country or organisation on that day, where exactly one person is known to have."""
        if place is None or day is None:
            return None
        known = self._by_office.get((office, place), ())
        holders = [person for person in known if tenure.holds(person, office, place, day)]
        if len(holders) > 1:
            holders = [person for person in holders if tenure.holds(person, office, place, day, surely=True)]
        return holders[0] if len(holders) == 1 else None

    def _persons(self, names: tuple[Name, ...]) -> Iterator[Surface]:
        by_id = {known.id: known.person for known in self.tables.persons}
        for known in self.tables.persons:
            for form in _plain_too((known.person.name, *known.others)):
                yield Surface(form, "person", f"kb.person.{known.id}", known.person, ambiguous=" " not in form)
        shared = _shared_reigns(names)
        for name in names:
            if name.kind == "person" and name.form not in shared:
                person = by_id[name.id]
                for form in _plain_too((name.form,)):
                    yield Surface(form, "person", f"kb.person.{name.id}", person)

    def _surnames(self, names: tuple[Name, ...]) -> Iterator[Surface]:
        by_id = {known.id: known.person for known in self.tables.persons}
        bearers: dict[str, list[Person]] = defaultdict(list)
        for known in self.tables.persons:
            for form in _plain_too(known.surnames):
                bearers[form].append(known.person)
        shared = _shared_reigns(names)
        for name in names:
            if name.kind == "surname" and name.form not in shared:
                for form in _plain_too((name.form,)):
                    bearers[form].append(by_id[name.id])
        listed = {name.form for name in names if name.kind == "surname"}
        others = self._given_names() | {city.name for city in self._large_cities()}
        others |= {name.form for name in names if name.kind in ("country", "inhabitant")}
        for form, persons in bearers.items():
            several = sorted({id(person): person for person in persons}.values(), key=tenure.prominence)
            short = form.isascii() and len(form) <= SHORT and (form not in listed or len(several) > 1)
            ambiguous = short or len(several) > SHARED or form in others
            yield Surface(form, "surname", f"kb.surname.{form}", tuple(several[:NAMESAKES]), ambiguous)

    def _places(self, names: tuple[Name, ...]) -> Iterator[Surface]:
        forms: dict[str, list[str]] = defaultdict(list)
        for name in names:
            if name.kind == "city":
                forms[name.id].append(name.form)
        given = self._given_names()
        for key, city in self.tables.cities.items():
            for form in (*forms.get(key, ()), *_plain_too((city.name,))):
                ambiguous = not city.capital and (form in given or (form.isascii() and len(form) <= SHORT))
                yield Surface(form, "city", f"kb.city.{key}", city, ambiguous)
        for name in names:
            if name.kind == "city_stem":
                yield Surface(name.form, "city", f"kb.city.{name.id}", self.tables.cities[name.id], ambiguous=True)
            elif name.kind == "venue":
                yield Surface(name.form, "venue", f"kb.venue.{name.id}", self.tables.venues[name.id])

    def _given_names(self) -> frozenset[str]:
        """First words of names, where the family name does not stand first."""
        shorts = {
            (name.id, name.form) for names in self.tables.names.values() for name in names if name.kind == "surname"
        }
        first = ((known, known.person.name.split()[0]) for known in self.tables.persons)
        return frozenset(word for known, word in first if (known.id, word) not in shorts or word in known.surnames)

    def _large_cities(self) -> tuple[City, ...]:
        return tuple(self.tables.cities.values())[:LARGE]

    def _others(self, names: tuple[Name, ...]) -> Iterator[Surface]:
        if not any(name.kind == "country" for name in names):
            for code, english in self.tables.countries.items():
                yield Surface(english, "country", f"kb.country.{code}", code)
        for slug, (published, kind) in self.tables.organisations.items():
            yield Surface(published, kind, f"kb.{kind}.{slug}", published)
        for name in names:
            id = f"kb.{name.kind}.{name.id}"
            match name.kind:
                case "country" | "demonym" | "inhabitant" | "region":
                    yield Surface(name.form, name.kind, id, name.id)
                case "region_adjective":
                    yield Surface(name.form, "region", f"kb.region.{name.id}", name.id)
                    yield Surface(name.form, "adjective", f"kb.region.{name.id}", name.id)
                case "metonym":
                    yield Surface(name.form, name.kind, id, (name.id, name.meaning))
                case "organisation" | "initiative":
                    yield Surface(name.form, name.kind, id, self.tables.organisations[name.id][0])


def load(*, persons: bool = True) -> Knowledge:
    """Read and index everything; without persons, names are found by grammar alone."""
    known = read(persons=persons)
    by_name: dict[str, dict[int, Person]] = defaultdict(dict)
    by_word: dict[str, dict[int, Person]] = defaultdict(dict)
    by_office: dict[tuple[str, str], dict[int, Person]] = defaultdict(dict)
    by_id = {item.id: item.person for item in known.persons}
    for item in known.persons:
        for form in (item.person.name, *item.others):
            for spelling in _plain_too((form,)):
                by_name[squeeze(spelling)][id(item.person)] = item.person
        words = squeeze(item.person.name).split()
        for word in {words[0], words[-1]}:
            by_word[word][id(item.person)] = item.person
        for term in item.person.terms:
            by_office[term.office, term.country or term.organisation or ""][id(item.person)] = item.person
    for names in known.names.values():
        for name in names:
            if name.kind in ("person", "reign"):
                for spelling in _plain_too((name.form,)):
                    by_name[squeeze(spelling)][id(by_id[name.id])] = by_id[name.id]
    return Knowledge(
        known,
        {form: tuple(people.values()) for form, people in by_name.items()},
        {word: tuple(people.values()) for word, people in by_word.items()},
        {office: tuple(people.values()) for office, people in by_office.items()},
    )


def _shared_reigns(names: Iterable[Name]) -> frozenset[str]:
    """What several rulers are called ("King Abdullah"): read as an office and a name, so that the country decides."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if name.kind == "reign":
            bearers[name.form].add(name.id)
    return frozenset(form for form, ids in bearers.items() if len(ids) > 1)


def _plain_too(forms: Iterable[str]) -> Iterator[str]:
    """Each form, and the same letters without accents, as agencies that send plain ASCII write it."""
    for form in forms:
        yield form
        bare = plain(form)
        if bare != form:
            yield bare
