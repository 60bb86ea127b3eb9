"""Towns that are no hits: the grammar has to say that a town stands there, and which.

There are too many small towns to look for each of them in every text, and half of them bear the name of a person, a
word or another town. So they are asked for by name, and one is taken only where the country beside it, or the countries
that the article is about, leave no choice. What no table knows is a town where the words beside it say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from communique.extract.locatives import Grammar, Relation, country_of, place_of
from communique.model import City, Entry, Hit, PlaceMention

_LONGEST = 4
"""Words of a name."""
_NAMES = frozenset({"initiative", "office", "organisation", "person", "surname"})
"""Hits that are no towns, whatever bears their name."""
_TOWN = Entry("city", "", City("", None, None, None, 0))
"""Stands for any town where only the preposition is asked for."""


class Towns(Grammar):
    """The towns of one document that are no hits."""

    def unlisted(self, begin: int, line: PlaceMention | None) -> Iterator[PlaceMention]:
        """ "in Kielce (Polen)", "in Woodside, California", "in der belarussischen Stadt Polozk", "here on Tuesday"."""
        rules, last = self.rules, len(self.tokens) - 1
        for at in [at for at, word in enumerate(self.document.texts) if word in rules.openers]:
            token = self.tokens[at]
            if at == last or token.start < begin or at in self.at:
                continue
            after = self.tokens[at + 1]
            if not after.text[0].isupper() and after.lower not in rules.before_town:
                continue
            if token.text in rules.kinds_of_town:
                mention = self.after_noun(at)
            elif token.text in rules.prepositions:
                mention = self.after_preposition(at)
            elif token.text in rules.of:
                building = at > 0 and self.tokens[at - 1].lower in rules.buildings
                mention = self.of_the_article(at, self.name_end(at + 1)) if building else None
            else:
                mention = self.here(at, line)
            if mention is not None:
                yield mention

    def here(self, at: int, line: PlaceMention | None) -> PlaceMention | None:
        """The town of the dateline."""
        token, after = self.tokens[at], self.tokens[at + 1]
        if line is None or after.lower not in self.rules.section.here_before:
            return None
        rule = f"{self.rules.code}.place.here"
        return replace(line, start=token.start, end=token.end, relation="in", dateline=False, rule=rule)

    def after_noun(self, at: int) -> PlaceMention | None:
        first = at + 1
        if self.tokens[first].lower in self.rules.section.town_of:
            first += 1
        end = self.name_end(first)
        common = self.tokens[first].text.endswith(self.rules.section.noun_endings)
        relation = self.relation(at, Entry("town", "")) if end > first and not common else "bare"
        if relation not in ("in", "to"):
            return None
        before, beside = self.at.get(at - 1), self.at.get(end + 1)
        if before is None and beside and not beside.suffix and self.tokens[end].text in ",(" and place_of(beside):
            before = beside  # "in the town of Bled, Slovenia"
        return self.town(first, end, country_of(before) if before else None, relation)

    def after_preposition(self, at: int) -> PlaceMention | None:
        first = at + 1
        while first < len(self.tokens) and self.tokens[first].lower in self.rules.articles:
            first += 1
        end = self.name_end(first)
        if end == first:
            return None
        mention = self.beside_country(first, end)
        if mention is None and first == at + 1:
            mention = self.of_the_article(at, end)
        return mention

    def beside_country(self, first: int, end: int) -> PlaceMention | None:
        """ "in Kielce (Polen)", "in Woodside, California": the second only of known towns where nouns have capitals."""
        beside = self.at.get(end + 1)
        entry = place_of(beside) if beside else None
        if beside is None or entry is None or beside.suffix:
            return None
        mark, close = self.tokens[end].text, self.index(beside.full_end)
        brackets = mark == "(" and close < len(self.tokens) and self.tokens[close].text == ")"
        country = country_of(beside)
        known = self.known_town(self.words(first, end), country) if mark == "," else None
        comma = mark == "," and (known is not None or self.rules.section.unlisted_after_comma)
        relation = self.relation(first, Entry("town", "")) if comma or brackets else "bare"
        if relation not in ("in", "to") or entry.kind not in ("city", "country", "region"):
            return None
        if entry.kind == "city" and not brackets:
            start = self.tokens[first].start
            return self.built(start, beside.full_end, entry.data, self.words(first, end), relation, "venue")
        return self.town(first, end, country, relation)

    def of_the_article(self, at: int, end: int) -> PlaceMention | None:
        """ "in Tondern" in an article about Denmark: the only town of this name in the countries that it names."""
        first, preposition = at + 1, self.tokens[at].lower
        if preposition in self.rules.with_article or self.is_name(self.tokens[first].start):
            return None
        for stop in range(end, first, -1):
            city = self.near_town(self.words(first, stop), doubtful=False)
            if city is not None and self.relation(first, _TOWN) == "in":
                start, close = self.tokens[first].start, self.tokens[stop - 1].end
                return self.built(start, close, city, None, "in", "town")
        return None

    def namesake(self, first: int, last: int, hit: Hit) -> PlaceMention | None:
        """ "in Paris, Texas": the town of the region that stands beside it, not the city of the tables."""
        beside = self.at.get(last + 1)
        entry = place_of(beside) if beside and self.tokens[last].text in ",(" else None
        if beside is None or entry is None or entry.kind != "region" or beside.suffix:
            return None
        close = self.index(beside.full_end)
        closed = close == len(self.tokens) or not self.tokens[close].text[0].isupper()
        if not closed or any(e.kind == "city" and e.data.country == entry.data for e in hit.entries):
            return None
        relation = self.relation(first, _TOWN)
        return self.town(first, last, entry.data, relation) if relation in ("in", "to") else None

    def town(self, first: int, end: int, country: str | None, relation: Relation) -> PlaceMention:
        start, stop, name = self.tokens[first].start, self.tokens[end - 1].end, self.words(first, end)
        if city := self.known_town(name, country) if country else self.near_town(name):
            return self.built(start, stop, city, None, relation, "town")
        return self.unknown(start, stop, name, country, relation, "unlisted")

    def known_town(self, name: str, country: str | None) -> City | None:
        """The town of this name in a country; None where it has several, or none."""
        towns = [town.data for town in self.rules.towns(name) if town.data.country == country]
        return towns[0] if len(towns) == 1 else None

    def only_town(self, name: str, country: str | None) -> City | None:
        """The town of this name in the country beside it, in those that the article names, or anywhere at all."""
        if country is not None:
            return self.known_town(name, country)
        anywhere = self.rules.towns(name)
        return self.near_town(name) or (anywhere[0].data if len(anywhere) == 1 else None)

    def near_town(self, name: str, *, doubtful: bool = True) -> City | None:
        """The only town of this name in the countries of the article; a `doubtful` name may be a word, too."""
        near = [town for town in self.rules.towns(name) if town.data.country in self.countries]
        return near[0].data if len(near) == 1 and (doubtful or not near[0].ambiguous) else None

    @cached_property
    def countries(self) -> frozenset[str | None]:
        """Those that the article is about, as far as it names them or a city that can be no other."""
        sure = (
            hit
            for hit in self.at.values()
            if not any(entry.ambiguous for entry in hit.entries) and sum(e.kind == "city" for e in hit.entries) < 2
        )
        return frozenset(country_of(hit) for hit in sure) - {None}

    @cached_property
    def _named(self) -> frozenset[int]:
        """Where names begin that are none of towns."""
        hits = zip(self.document.hits, self.document.kinds, strict=True)
        return frozenset([hit.start for hit, kinds in hits if not _NAMES.isdisjoint(kinds)])

    def is_name(self, start: int) -> bool:
        return start in self._named

    def name_end(self, first: int) -> int:
        """End of a run of capitalised words that are no hits; what hangs on a hyphen belongs to its word."""
        at, words, tokens = first, 0, self.tokens
        while at < len(tokens) and words < _LONGEST:
            token, hit = tokens[at], self.at.get(at)
            end = self.hyphenated(at)
            if hit is not None and (end == at + 1 or hit.full_end > token.end):
                break
            if not token.text[0].isupper() or len(token.text) < 2 or "\n" in self.gap(at - 1, at):
                break
            at, words = end, words + 1
        return at

    def hyphenated(self, at: int) -> int:
        """End of a word with all its parts: "Celle-Saint-Cloud", "Stratford-upon-Avon"."""
        tokens, end = self.tokens, at + 1
        while end + 1 < len(tokens) and tokens[end].text == "-":
            if tokens[end - 1].end != tokens[end].start or tokens[end].end != tokens[end + 1].start:
                break
            end += 2
        return end

    def words(self, first: int, end: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]
