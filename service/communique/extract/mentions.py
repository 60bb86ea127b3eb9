"""Who is named: offices, names, countries, and which of them are one person.

A party is read by grammar first: an office with its country and its name, in any of the orders that languages know
("Kenias Präsident", "Präsident Perus, Pedro Castillo", "Zhang Dejiang, der Vorsitzende …", "the Prime Minister of
Vanuatu, Charlot Salwai", "sein russischer Amtskollege"). The knowledge base adds what a bare name stands for. A second
pass links short mentions (surname, office, nationality) to the person they were introduced as.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from communique.extract import pronouns
from communique.extract.entities import Entities, term_on
from communique.extract.names import Name, Rules
from communique.extract.offices import OfficeReader, prefixed
from communique.extract.states import Before
from communique.languages import Language
from communique.model import Document, Entry, Hit, Party, Sentence, Surface
from communique.text import fold

_BEGINNINGS = frozenset(
    {
        "office",
        "counterpart",
        "person",
        "surname",
        "inhabitant",
        "country",
        "organisation",
        "metonym",
        "region",
        "demonym",
    }
)
_GENITIVE_GAP = 25
"""Characters of adjectives between a genitive and the office it owns."""


def surfaces(language: Language) -> Iterator[Surface]:
    for office in language.offices:
        ident = f"{language.code}.office.{office.id}"
        for form in office.forms:
            yield Surface(form, "office", ident, (office, False))
        for form in office.plural:
            yield Surface(form, "office", ident, (office, True))
    for form in language.words.seas:
        yield Surface(form, "sea", f"{language.code}.sea", None)
    for form in language.words.counterpart:
        yield Surface(form, "counterpart", f"{language.code}.counterpart", None)


def find(document: Document, rules: Rules) -> tuple[Party, ...]:
    """Every mention of a person, office or government in order of the text; one person carries one `entity` number."""
    reader = _Reader(document, rules)
    read: dict[int, list[Party]] = {}
    promising = _promising(document, rules)
    for number, sentence in enumerate(document.sentences):
        if promising[number]:
            read[number] = list(_without_consumed(list(reader.read(sentence))))
    names = {word for found in read.values() for party in found if party.name for word in fold(party.name).split()}
    for number, sentence in enumerate(document.sentences):
        if not promising[number] and not names.isdisjoint(document.lower[sentence.first : sentence.last]):
            read[number] = list(_without_consumed(list(reader.read(sentence))))
    parties = [party for number in sorted(read) for party in read[number]]
    return pronouns.resolve(
        document,
        Entities(
            document,
            rules.nouns_capitalised,
            rules.as_,
            rules.and_,
            rules.address,
            rules.pronouns.subject,
            rules.pronouns.preposition,
            rules.led,
            rules.guest,
        ).link(parties),
        rules.pronouns,
    )


def _promising(document: Document, rules: Rules) -> list[bool]:
    """Which sentences hold a word that can begin a party, or say who leads those of the one before; in the others only
    a name read elsewhere can stand."""
    out = [False] * len(document.sentences)
    for hit, kinds in zip(document.hits, document.kinds, strict=True):
        if not _BEGINNINGS.isdisjoint(kinds):
            out[document.sentence_at(hit.start)] = True
    for number, sentence in enumerate(document.sentences[1:], 1):
        if not out[number] and out[number - 1]:
            told = document.folded[sentence.start : sentence.end]
            out[number] = any(word in told for word in rules.led)
    return out


def _without_consumed(parties: list[Party]) -> Iterator[Party]:
    """Drops the governments that turned out to be a part of a longer mention: "Italiens" of "Italiens Präsident"."""
    longest = -1
    for index, party in enumerate(parties):
        if party.collective and not party.plural:
            follow = next((p for p in parties[index + 1 : index + 4] if not p.collective or p.plural), None)
            if party.end <= longest or (follow is not None and follow.start <= party.start):
                continue
        longest = max(longest, party.end)
        if _owns(party, parties[index + 1] if index + 1 < len(parties) else None):
            continue
        yield party


def _owns(party: Party, follow: Party | None) -> bool:
    """Whether a person's genitive only says whose office comes: "Gabriels Staatssekretär Walter Lindner"."""
    if follow is None or party.collective or party.name is None or follow.office is None or follow.name is None:
        return False
    return (
        party.end - party.start > len(party.surface)
        and 0 <= follow.start - party.end <= _GENITIVE_GAP
        and party.office is None
    )


class _Reader(OfficeReader):
    """Reads the parties of a sentence from left to right."""

    def read(self, sentence: Sentence) -> Iterator[Party]:
        index, before = sentence.first, Before()
        words, at, telling = self.words, self.at, self.rules.telling
        while index < sentence.last:
            if before.country and before.reaches and not self.rules.nouns_capitalised:
                index = self._past_departments(index, sentence)
            hit = at.get(index)
            if hit is None and before.start < 0 and before.country is None and before.organisation is None:
                word = words[index]
                if not word.text[0].isupper() and word.lower not in telling:
                    index += 1  # nothing is read and nothing begins: by far the most words
                    continue
            found: tuple[list[Party], int] | None = None
            if hit is not None:
                kinds = {entry.kind: entry for entry in hit.entries[::-1]}
                if before.country and kinds.keys() == {"surname"} and words[index].lower in self.rules.state_body:
                    self._skip(words[index], before)
                    index += 1
                    continue
                if "office" in kinds:
                    found = self._office(index, kinds["office"], hit, before, sentence)
                elif "counterpart" in kinds:
                    found = self._counterpart(index, hit, before, sentence)
                elif "person" in kinds or ("surname" in kinds and not ({"city", "country"} & kinds.keys())):
                    found = self._named(index, sentence, before)
                elif "inhabitant" in kinds and not ("demonym" in kinds and self._adjective(index, sentence)):
                    found = self._inhabitant(index, kinds["inhabitant"], hit, sentence)
                if found is None:
                    before, stop = self._modifier(index, hit, kinds, before, sentence)
                    if stop is not None:
                        yield stop
                    index = self.after[index]
                    continue
            else:
                word = self.words[index]
                named = (
                    self._capital(word)
                    and word.lower not in self.rules.not_name
                    and word.lower not in self.rules.prefixes
                    and not self._inside_name(index)
                )
                if named and not self._suspended(word):
                    found = self._named(index, sentence, before)
                if found is None:
                    self._skip(word, before)
                    index += 1
                    continue
            parties, index = found
            yield from parties
            before = self._owner(hit, parties)

    def _owner(self, hit: Hit | None, parties: Sequence[Party]) -> Before:
        """ "Trumps Sondergesandter": what follows a person's genitive is of that person's country."""
        if hit is None or not hit.suffix or len(parties) != 1 or not parties[0].candidates:
            return Before()
        term = term_on(parties[0].candidates[0], self.document.published)
        return Before(country=parties[0].country or (term.country if term else None), reaches=True)

    def _named(self, index: int, sentence: Sentence, before: Before) -> tuple[list[Party], int] | None:
        """A name that no office introduced; what stands behind it may say who it is."""
        name = self._name(index, sentence)
        if name is None:
            return None
        start, end = self.words[name.first].start, self.words[name.end - 1].end
        after = self._past_brackets(name.end, sentence)
        known = self._bracketed_country(name.end, sentence)
        apposition = self._apposition(after, sentence)
        if apposition is not None:
            office, country, organisation, office_text, prefix, close, rule = apposition
            title = prefixed(office.office, prefix)
            party = self._party(
                start,
                end,
                self._name_text(name),
                self._name_text(name),
                country or known,
                organisation,
                title,
                office_text,
                name.candidates,
                f"{rule}.apposition",
                named=name,
            )
            return [party], close
        country = known or self._genitive(index, before, name)
        end_at = name.end
        if (
            not self.rules.nouns_capitalised
            and index
            and self.words[index - 1].lower in self.rules.article
            and not name.known
        ):
            return None
        if (
            index
            and not self.rules.nouns_capitalised
            and self.words[index - 1].lower in self.rules.article
            and self._thing(name.end, sentence)
        ):
            return None  # "the Ronald Reagan library"
        if country is None and (name.known or name.end - name.first > 1):
            country, end_at = self._from(name.end, sentence)
        rule = f"{self.rules.code}.party.{name.rule}"
        surface = self._name_text(name)
        if not name.known and country is None and name.end - name.first < 2 and len(surface) < 3:
            return None
        return [
            self._party(
                start, end, surface, surface, country or None, None, None, None, name.candidates, rule, named=name
            )
        ], end_at

    def _genitive(self, index: int, before: Before, name: Name) -> str | None:
        """The country of "Finland's Mikko Saarinen"."""
        hit = self.covered.get(index - 1) if index else None
        if (
            self.rules.nouns_capitalised
            or hit is None
            or not hit.suffix
            or name.end - name.first < 2
            or before.country is None
        ):
            return None
        return before.country if any(entry.kind == "country" for entry in hit.entries) else None

    def _thing(self, at: int, sentence: Sentence) -> bool:
        """Whether a noun follows that the name only adorns."""
        return at < sentence.last and self.words[at].text[0].islower() and self.words[at].lower not in self.rules.stop

    def _inhabitant(self, index: int, entry: Entry, hit: Hit, sentence: Sentence) -> tuple[list[Party], int] | None:
        """ "der Italiener Luigi Di Maio"; alone it may stand for the person of that country."""
        at = self.after[index]
        name = self._name(at, sentence) if at < sentence.last else None
        text = self.document.text
        rule = f"{self.rules.code}.party.inhabitant"
        if name is None:
            if hit.suffix in ("innen", "n") or (hit.suffix == "s" and not self.rules.nouns_capitalised):
                return None
            return [
                self._party(
                    hit.start,
                    hit.full_end,
                    None,
                    text[hit.start : hit.full_end],
                    entry.data,
                    None,
                    "inhabitant",
                    None,
                    (),
                    rule,
                    collective=False,
                )
            ], at
        return [
            self._party(
                hit.start,
                self.words[name.end - 1].end,
                self._name_text(name),
                self._name_text(name),
                entry.data,
                None,
                None,
                None,
                name.candidates,
                f"{rule}+name",
                named=name,
            )
        ], name.end

    def _adjective(self, index: int, sentence: Sentence) -> bool:
        """A word that is both nationality and adjective is the adjective where a noun or office follows."""
        follow = self.after[index]
        if follow >= sentence.last:
            return False
        word = self.words[follow]
        return word.text[0].isalpha() and (
            not self.rules.nouns_capitalised or self._capital(word) or word.text[0].islower()
        )
