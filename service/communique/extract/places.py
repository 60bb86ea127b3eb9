"""Places by the grammar around their names: where something is, where a journey goes, where a report was written.

The names come from the knowledge base as hits; a capital that stands for its government is no place. For the towns that
are no hits see towns.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from babel import Locale

from communique.extract import dateline
from communique.extract.locatives import Relation, country_of, is_town, place_of
from communique.extract.locatives import Rules as Rules
from communique.extract.locatives import compile as compile
from communique.extract.towns import Towns
from communique.languages import Language
from communique.model import City, Document, Entry, Hit, PlaceMention, Surface, Token, Venue

_NATIONS = ("country", "demonym")
_BETWEEN = 3
"""Tokens between two places of one list."""


def surfaces(language: Language) -> Iterator[Surface]:
    """Journeys written as one word with a country: "Deutschlandreise"."""
    tails = [journey[1:] for journey in language.places.journeys if journey.startswith("-")]
    for code, name in Locale.parse(language.code, sep="-").territories.items():
        if len(code) == 2 and code.isalpha() and name.isalpha():
            for tail in tails:
                yield Surface(name + tail, "journey", f"{language.code}.place.journey", code)


def capitals(surfaces: Iterable[Surface]) -> dict[str, City]:
    """The capital of each country among the cities of the knowledge base, the bigger one where there are two."""
    found: dict[str, City] = {}
    for surface in surfaces:
        if surface.kind == "city" and surface.data.capital and surface.data.country:
            found.setdefault(surface.data.country, surface.data)
    return found


def find(document: Document, rules: Rules) -> tuple[PlaceMention, ...]:
    """All places by start."""
    return tuple(sorted(_Reading(document, rules).mentions(), key=lambda mention: mention.start))


class _Reading(Towns):
    """One document being read."""

    def mentions(self) -> Iterator[PlaceMention]:
        lines, begin = self.datelines()
        yield from lines
        done = begin
        before: PlaceMention | None = None
        for first, hit in self.at.items():
            if hit.start < begin or hit.start < done:
                continue
            mention = self.capital(first, hit) or self.named(first, hit)
            if mention is None:
                continue
            if mention.relation == "bare" and before is not None and self.joined(before, mention):
                mention = replace(mention, relation=before.relation)
            yield mention
            before, done = mention, mention.end
        yield from self.unlisted(begin, lines[0] if lines else None)

    # ── names of the tables ──────────────────────────────────────────────────────────────────────────────────────────

    def named(self, first: int, hit: Hit) -> PlaceMention | None:
        entry = self.place(first, hit)
        if entry is None:
            return None
        last = self.index(hit.full_end)
        after = self.tokens[last] if last < len(self.tokens) else None
        if entry.kind == "journey":
            return self.mention(hit, entry, "to", "journey")
        if self.text[hit.start - 1 : hit.start] == "-" and hit.start:
            return None
        if after is not None and after.text == "-" and after.start == hit.full_end:
            return self.compound(first, last, hit, entry)
        if hit.suffix in self.rules.suffixes.get(entry.kind, ()):
            return self.inflected(first, last, hit, entry)
        if after is not None and self.goes_on(hit, after):
            return None
        if entry.kind == "city" and (namesake := self.namesake(first, last, hit)):
            return namesake
        relation = self.relation(first, entry)
        before_event = after is not None and after.text.islower() and after.lower in self.rules.events
        if relation == "bare" and entry.kind == "city" and before_event:
            return self.mention(hit, entry, "in", "event")
        if first and is_town(entry) and self.tokens[first - 1].lower in self.rules.with_article:
            return None
        if relation == "bare" and (entry.ambiguous or any(e.kind in ("person", "surname") for e in hit.entries)):
            return None
        return self.mention(hit, entry, relation, entry.kind)

    def goes_on(self, hit: Hit, after: Token) -> bool:
        """Whether the word behind makes another name of it: "Washington Post", "the U.S. Senate", "US$ 500"."""
        if after.text in self.rules.name_tails:
            return True
        kinds = {entry.kind for entry in hit.entries}
        if "region" in kinds and self.is_office(after):
            return True  # "to California Governor N. N."
        adjective = "country" in kinds and "demonym" in kinds
        return adjective and after.start <= hit.end + 1 and (after.text[0].isupper() or after.text == "$")

    def is_office(self, token: Token) -> bool:
        offices = (hit for hit in self.document.hits if hit.start == token.start)
        return any(entry.kind == "office" for hit in offices for entry in hit.entries)

    def place(self, first: int, hit: Hit) -> Entry | None:
        """Of several towns of one name the one in the country that stands beside it, else the only one in a country of
        the article, else the biggest."""
        entry = place_of(hit)
        if entry is None or entry.kind != "city" or len(towns := [e for e in hit.entries if e.kind == "city"]) < 2:
            return entry
        near = {country_of(self.at[at]) for at in range(first - 2, first + 6) if at != first and at in self.at}
        if beside := [town for town in towns if town.data.country in near]:
            return beside[0]
        known = [town for town in towns if town.data.country in self.countries]
        return known[0] if len(known) == 1 else entry

    def compound(self, first: int, last: int, hit: Hit, entry: Entry) -> PlaceMention | None:
        """ "China-Reise" goes there; "in Berlin-Dahlem" is there; "Ukraine-Gipfel", "Baden-Baden" say no place."""
        tail = self.tokens[last + 1].lower if last + 1 < len(self.tokens) else ""
        if tail in self.rules.journeys:
            return self.mention(hit, entry, "to", "journey")
        relation = self.relation(first, entry)
        quarter = isinstance(entry.data, City) and entry.data.capital and tail not in self.rules.events
        if quarter and relation in ("in", "to"):
            return self.mention(hit, entry, relation, "city")
        return None

    def inflected(self, first: int, last: int, hit: Hit, entry: Entry) -> PlaceMention | None:
        """Genitives and adjectives: "Pariser Treffen", "im Hamburger Rathaus", "in Berlin's Chancellery"."""
        after = self.tokens[last] if last < len(self.tokens) else None
        adjective = self.is_adjective(hit)
        if entry.kind == "city" and after is not None:
            venue = self.at.get(last)
            if adjective and after.lower in self.rules.events:
                return self.mention(hit, entry, "in", "event")
            if after.lower in self.rules.buildings or (venue and any(e.kind == "venue" for e in venue.entries)):
                relation = self.relation(first, Entry("venue", entry.id))
                if relation in ("in", "to"):
                    return self.mention(hit, entry, relation, "building")
        return None if adjective or entry.ambiguous else self.mention(hit, entry, "bare", "genitive")

    def capital(self, first: int, hit: Hit) -> PlaceMention | None:
        """ "in der russischen Hauptstadt", "in Indiens Hauptstadt", "the capital of Serbia"."""
        nouns, tokens = self.rules.capital_nouns, self.tokens
        after = self.index(hit.full_end)
        if after < len(tokens) and tokens[after].text in nouns:
            named = after + 1 in self.at or (after + 2 in self.at and tokens[after + 1].text == ",")
            demonym = any(entry.kind == "demonym" for entry in hit.entries)
            city = self.rules.capitals.get(next((e.data for e in hit.entries if e.kind in _NATIONS), ""))
            if city is None or named or not (demonym or hit.suffix):
                return None
            return self.capital_mention(first, hit.start, tokens[after].end, city)
        before = first - 1
        while before >= 0 and first - before <= 2 and tokens[before].lower in self.rules.of:
            before -= 1
        if before >= 0 and tokens[before].text in nouns and "\n" not in self.gap(before, first):
            country = next((entry.data for entry in hit.entries if entry.kind == "country"), "")
            city = self.rules.capitals.get(country)
            return self.capital_mention(before, tokens[before].start, hit.full_end, city) if city else None
        return None

    def capital_mention(self, first: int, start: int, end: int, city: City) -> PlaceMention:
        relation = self.relation(first, Entry("capital", ""))
        return self.built(start, end, city, None, relation, "capital")

    def joined(self, before: PlaceMention, mention: PlaceMention) -> bool:
        """ "nach Paris und Straßburg", "in Tanzania, Kenya and South Africa"."""
        first, last = self.index(before.end), self.index(mention.start)
        if last - first > _BETWEEN or (before.city is None) != (mention.city is None):
            return False
        words = [token.lower for token in self.tokens[first:last] if token.lower not in self.rules.articles]
        if len(words) != 1:
            return False
        if words[0] in self.rules.and_ or words[0] == "/":
            return True
        after = self.index(mention.end)
        return words[0] == "," and after < len(self.tokens) and self.tokens[after].lower in self.rules.and_

    # ── where the report was written ─────────────────────────────────────────────────────────────────────────────────

    def datelines(self) -> tuple[list[PlaceMention], int]:
        """The towns of the dateline, and where the report begins behind it.

        A candidate without an agency counts only with a town of the tables.
        """
        for line in sorted(dateline.find(self.text), key=lambda line: not line.sure):
            mentions = self.heads(line)
            if mentions:
                return mentions, line.end
        return [], 0

    def heads(self, line: dateline.Dateline) -> list[PlaceMention]:
        found: list[PlaceMention] = []
        start = line.start
        for part in self.text[line.start : line.head_end].split("/"):
            left = start + len(part) - len(part.lstrip())
            mention = self.head(left, left + len(part.strip()), line, sure=line.sure or bool(found))
            if mention is None:
                break
            found.append(replace(mention, dateline=True))
            start += len(part) + 1
        head = self.text[line.start : line.head_end].partition(". ")
        if not found and head[1]:  # "BAKU. KAZINFORM –"
            mention = self.head(line.start, line.start + len(head[0]), line, sure=False)
            found.extend([replace(mention, dateline=True)] if mention else [])
        if not found and (unlisted := self.unlisted_head(line)):
            return [replace(unlisted, dateline=True)]
        return found

    def head(self, start: int, end: int, line: dateline.Dateline, *, sure: bool) -> PlaceMention | None:
        hit = self.at.get(self.index(start))
        entry = place_of(hit) if hit else None
        if hit and entry and hit.full_end == end and (entry.kind == "city" or (entry.kind == "country" and sure)):
            return self.mention(hit, entry, "bare", "dateline")
        city = (
            self.only_town(self.text[start:end], self.beside_head(line)) if sure and not self.is_name(start) else None
        )
        return self.built(start, end, city, None, "bare", "dateline") if city else None

    def beside_head(self, line: dateline.Dateline) -> str | None:
        """The country that the dateline itself names: "WOODSIDE, Calif. —"."""
        tail = self.text[line.head_end : line.end]
        region = next((code for form, code in self.rules.section.regions.items() if form in tail), None)
        beside = (country_of(hit) for hit in self.at.values() if line.head_end <= hit.start < line.end)
        return region or next((code for code in beside if code), None)

    def unlisted_head(self, line: dateline.Dateline) -> PlaceMention | None:
        """A town of no table, in capitals, with an agency or a region behind it."""
        head, country = self.text[line.start : line.head_end], self.beside_head(line)
        if not head.isupper() or len(head) < 4 or not (line.sure or country) or self.is_name(line.start):
            return None
        name = " ".join(word.capitalize() if word.isupper() else word for word in head.split())
        return self.unknown(line.start, line.head_end, name, country, "bare", "dateline")

    # ── what comes out ───────────────────────────────────────────────────────────────────────────────────────────────

    def mention(self, hit: Hit, entry: Entry, relation: Relation, rule: str) -> PlaceMention:
        match entry.data:
            case Venue(name=name, city=city):
                return self.built(hit.start, hit.full_end, city, name, relation, rule)
            case City() as city:
                return self.built(hit.start, hit.full_end, city, None, relation, rule)
            case code:
                return self.unknown(hit.start, hit.full_end, None, code, relation, rule)
