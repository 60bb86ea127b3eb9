"""The grammar of places: what the words before a name make of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from communique.languages import Language
from communique.languages.sections import Places
from communique.model import City, Document, Entry, Hit, PlaceMention, Surface, Token

Relation = Literal["in", "to", "from", "topic", "bare"]

_REACH = 6
"""Tokens between a preposition and the name that it governs."""
KINDS = frozenset({"adjective", "city", "country", "demonym", "journey", "region", "venue"})
"""The hits that say or qualify a place."""
_CITY_STATES = frozenset({"DJ", "GI", "MC", "SG", "SM", "VA"})
"""Where country and city have one name, the city is meant."""


@dataclass(frozen=True, slots=True)
class Nouns:
    """Words of one list of the language file: whole words, and endings for languages that make compounds."""

    words: frozenset[str]
    endings: tuple[str, ...]

    def __contains__(self, word: str) -> bool:
        return word in self.words or word.endswith(self.endings)


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    section: Places
    capitals: Mapping[str, City]
    towns: Callable[[str], tuple[Surface, ...]]
    """Towns that are no hits, by name."""
    prepositions: Mapping[str, Relation]
    venue_prepositions: Mapping[str, Relation]
    between: frozenset[str]
    """Words that may stand between preposition and name."""
    kinds_of_town: frozenset[str]
    kinds_of_place: frozenset[str]
    """Of towns and of regions."""
    openers: frozenset[str]
    """Words after which a town may stand that no table knows, and words for "here"."""
    before_town: frozenset[str]
    """What may stand between such a word and the town, and behind "here"."""
    suffixes: Mapping[str, Collection[str]]
    """What makes another word of a form, by kind of hit: "Ungarn" is no inflected "Ungar" where a country is meant."""
    capital_nouns: frozenset[str]
    of: frozenset[str]
    articles: frozenset[str]
    with_article: frozenset[str]
    """Articles, and prepositions with one inside: before the name of a town they make it another word."""
    events: Nouns
    buildings: Nouns
    journeys: Nouns
    subjects: Nouns
    bodies: Nouns
    not_goal: frozenset[str]
    name_tails: frozenset[str]
    and_: frozenset[str]


def compile(
    language: Language, capitals: Mapping[str, City], towns: Callable[[str], tuple[Surface, ...]] = lambda name: ()
) -> Rules:
    """The tables of one language, built once a process."""
    section = language.places
    kinds_of_town = frozenset((*section.nouns, *section.capital_nouns))
    prepositions = _either_case(section.prepositions)
    return Rules(
        code=language.code,
        section=section,
        capitals=capitals,
        towns=towns,
        prepositions=prepositions,
        venue_prepositions=_either_case({**section.prepositions, **section.venue_prepositions}),
        between=frozenset(section.adjectives),
        kinds_of_town=kinds_of_town,
        kinds_of_place=kinds_of_town.union(section.region_nouns),
        openers=kinds_of_town.union(
            section.here,
            (word for word in section.of if word not in section.articles),
            (word for word, relation in prepositions.items() if relation in ("in", "to")),
        ),
        before_town=frozenset((*section.articles, *section.town_of, *section.here_before)),
        suffixes=language.inflection.suffixes,
        capital_nouns=frozenset(section.capital_nouns),
        of=frozenset(section.of),
        articles=frozenset(section.articles),
        with_article=frozenset((*section.articles, *section.fused)),
        events=_nouns(section.events),
        buildings=_nouns(section.buildings),
        journeys=_nouns(section.journeys),
        subjects=_nouns(section.subjects),
        bodies=_nouns(section.bodies),
        not_goal=frozenset(section.not_goal),
        name_tails=frozenset(section.name_tails),
        and_=frozenset(language.words.and_),
    )


def _either_case(words: Mapping[str, Relation]) -> dict[str, Relation]:
    return {form: relation for word, relation in words.items() for form in (word, word.capitalize())}


def _nouns(listed: Collection[str]) -> Nouns:
    return Nouns(
        frozenset(noun.lower() for noun in listed if not noun.startswith("-")),
        tuple(noun[1:].lower() for noun in listed if noun.startswith("-")),
    )


def is_town(entry: Entry) -> bool:
    """Towns have a GeoNames id here, islands and regions have none."""
    return isinstance(entry.data, City) and entry.data.geonames_id is not None


def place_of(hit: Hit) -> Entry | None:
    """The reading that is a place: a building before its city, a country before the city of the same name."""
    readings = {entry.kind: entry for entry in hit.entries[::-1]}
    country, city = readings.get("country"), readings.get("city")
    if city and country and not (city.data.country == country.data and country.data in _CITY_STATES):
        city = None
    region = readings.get("region") if "adjective" not in readings else None
    return readings.get("journey") or readings.get("venue") or city or country or region


def country_of(hit: Hit) -> str | None:
    """The country that a hit says, whether as name, adjective or region."""
    for entry in hit.entries:
        if entry.kind in ("country", "demonym", "region"):
            return str(entry.data)
    return next((entry.data.country for entry in hit.entries if entry.kind == "city"), None)


class Grammar:
    """The words of one document, and the places among its hits."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.document = document
        self.text = document.text
        self.tokens = document.tokens
        self.starts = document.starts
        self.rules = rules
        self.at: dict[int, Hit] = {}
        for hit, kinds in zip(document.hits, document.kinds, strict=True):
            if not KINDS.isdisjoint(kinds):
                self.at[self.index(hit.start)] = hit

    def index(self, offset: int) -> int:
        return bisect_left(self.starts, offset)

    def relation(self, first: int, entry: Entry) -> Relation:
        """What the preposition before the name makes of it."""
        rules = self.rules
        like_venue = entry.kind in ("venue", "body") or (entry.kind == "city" and not is_town(entry))
        prepositions = rules.venue_prepositions if like_venue else rules.prepositions
        article = ""
        tokens, at = self.tokens, first - 1
        while at >= 0 and first - at <= _REACH:
            token = tokens[at]
            if at + 1 < len(tokens) and "\n" in self.text[token.end : tokens[at + 1].start]:
                break
            if token.text in prepositions:
                return self.judged(at, prepositions[token.text], article, entry)
            if token.lower in rules.section.departures:
                departed = rules.section.departures[token.lower]
                leaving = any(before.lower in departed for before in self.tokens[max(at - _REACH, 0) : at])
                return "to" if leaving else "bare"
            if token.lower in rules.section.journey_of and at and self.tokens[at - 1].lower in rules.journeys:
                return "to"
            if like_venue and token.lower in rules.of and at and tokens[at - 1].lower in rules.section.beside:
                return "in"
            if token.lower in rules.of and at and tokens[at - 1].lower in rules.section.subjects:
                return "topic"  # "at an estate south of San Francisco"
            if is_town(entry) and token.lower in rules.of and at and tokens[at - 1].lower in rules.buildings:
                return self.relation_of_building(at - 1)
            if token.lower in rules.articles:
                article = token.lower
            elif not self.may_stand_between(at, token):
                break
            at -= 1
        return "bare"

    def judged(self, at: int, relation: Relation, article: str, entry: Entry) -> Relation:
        section = self.rules.section
        preposition, before = self.tokens[at].lower, self.tokens[at - 1].lower if at else ""
        town = is_town(entry)
        land = entry.kind == "region" or (entry.kind == "country" and entry.data not in section.islands)
        castle = self.tokens[at + 1].lower in self.rules.buildings  # "auf Schloss Salem"
        if preposition in section.island and (town or land) and not castle:
            return "bare"
        plural = article in section.plural_articles and entry.data in section.plural
        if preposition in section.two_way and article in section.goal_articles and not plural:
            relation = "to"
        if relation == "to" and before in self.rules.not_goal:
            return "bare"
        if relation == "in" and before in self.rules.subjects:
            return "topic"
        attribute = before in self.rules.bodies and entry.kind != "body" and not self.stands_somewhere(at - 1)
        return "topic" if relation == "in" and attribute else relation

    def stands_somewhere(self, noun: int) -> bool:
        """ "at the Foreign Ministry in Ankara" is there, "the government in Kyiv" is only called so."""
        return self.relation(self.name_start(noun), Entry("body", "")) == "in"

    def relation_of_building(self, noun: int) -> Relation:
        """ "im Rathaus von Bozen", "at the Presidential Palace, Nairobi": the town is where its building is."""
        relation = self.relation(self.name_start(noun), Entry("venue", ""))
        return relation if relation in ("in", "to") else "bare"

    def name_start(self, noun: int) -> int:
        """Where the capitalised words that end in this noun begin."""
        first = noun
        while first and noun - first < _REACH:
            before = self.tokens[first - 1].text
            if not before[0].isupper() or before in self.rules.venue_prepositions:
                break
            first -= 1
        return first

    def may_stand_between(self, at: int, token: Token) -> bool:
        """Adjectives, demonyms and the kind of place: "im benachbarten Polen", "in the eastern city of X"."""
        rules, tokens = self.rules, self.tokens
        if token.lower in rules.between or token.text in rules.kinds_of_place:
            return True
        if token.lower in rules.of or token.text == ",":
            return at > 0 and tokens[at - 1].text in rules.kinds_of_place
        if token.text == "-":  # "im US-Bundesstaat Ohio"
            return tokens[at + 1].text in rules.kinds_of_place
        if at + 2 < len(tokens) and tokens[at + 1].text == "-" and tokens[at + 2].text in rules.kinds_of_place:
            return True
        hit = self.at.get(at)
        if hit is not None and (self.is_adjective(hit) or any(e.kind in ("adjective", "demonym") for e in hit.entries)):
            return True
        endings = rules.section.adjective_endings
        return bool(endings) and len(token.text) > 5 and token.text.islower() and token.text.endswith(endings)

    def is_adjective(self, hit: Hit) -> bool:
        """ "Pariser", "Karlsruher", "Tiroler"."""
        ending = self.rules.section.city_adjective
        return bool(ending and hit.suffix) and self.document.folded.endswith(ending or "", hit.start, hit.full_end)

    # ── what comes out ───────────────────────────────────────────────────────────────────────────────────────────────

    def built(self, start: int, end: int, city: City, venue: str | None, relation: Relation, rule: str) -> PlaceMention:
        return PlaceMention(
            start=start,
            end=end,
            city=city.name,
            country=city.country,
            venue=venue,
            latitude=city.latitude,
            longitude=city.longitude,
            geonames_id=city.geonames_id,
            rule=f"{self.rules.code}.place.{rule}",
            relation=relation,
        )

    def unknown(
        self, start: int, end: int, city: str | None, country: str | None, relation: Relation, rule: str
    ) -> PlaceMention:
        """A country or region, or a town without coordinates."""
        rule = f"{self.rules.code}.place.{rule}"
        return PlaceMention(start, end, city, country, None, None, None, None, rule, relation)

    def gap(self, left: int, right: int) -> str:
        return self.text[self.tokens[left].end : self.tokens[right].start] if right < len(self.tokens) else ""
