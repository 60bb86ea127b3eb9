"""Who is named: offices, names, countries, and which of them are one person.

A party is read by grammar first: an office with its country and its name, in any of the orders that languages know
("Kenias Präsident", "Präsident Perus, Pedro Castillo", "Zhang Dejiang, der Vorsitzende …", "the Prime Minister of
Vanuatu, Charlot Salwai", "sein russischer Amtskollege"). The knowledge base adds what a bare name stands for. A second
pass links short mentions (surname, office, nationality) to the person they were introduced as.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from communique.extract import pronouns
from communique.extract.entities import Entities, alike, in_office, term_on
from communique.languages import Language
from communique.languages.sections import Office
from communique.model import Document, Entry, Evidence, Hit, Party, Person, Sentence, Surface, Token
from communique.text import fold

_GAP = 3
"""Adjectives and adverbs that may stand between a country and its office: "Chinas neuer, junger Präsident"."""
_ABOUT = frozenset({"topic", "relationship", "status", "journey"})
"""Kinds of forms that mentions do not read."""
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
_FEW = 3
"""So many "presidents of A and B" are told as persons; more are a group."""
_RANKS = frozenset({"prince", "princess", "member_of_parliament", "senator", "emir", "bishop"})
_POSTED = frozenset({"ambassador", "consul_general", "nuncio", "charge_d_affaires"})
_ROMAN = frozenset("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII".split())


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    and_: frozenset[str]
    of: frozenset[str]
    article: frozenset[str]
    possessive: frozenset[str]
    particle: frozenset[str]
    not_name: frozenset[str]
    title: frozenset[str]
    stop: frozenset[str]
    """Function words that end the reach of a country before its office."""
    prefixes: dict[str, tuple[str | None, str | None]]
    home: str | None
    nouns_capitalised: bool
    plural_before: frozenset[str]
    feminine: tuple[str, ...]
    including: frozenset[str]
    telling: frozenset[str]
    """Lower-case words that say something of the office behind them: possessives, "ehemaliger"."""
    address: frozenset[str]
    hail: frozenset[str]
    for_: frozenset[str]
    said: frozenset[str]
    state_body: frozenset[str]
    posted: frozenset[str]
    as_: frozenset[str]
    pronouns: pronouns.Rules


def surfaces(language: Language) -> Iterator[Surface]:
    for office in language.offices:
        ident = f"{language.code}.office.{office.id}"
        for form in office.forms:
            yield Surface(form, "office", ident, (office, False))
        for form in office.plural:
            yield Surface(form, "office", ident, (office, True))
    for form in language.words.counterpart:
        yield Surface(form, "counterpart", f"{language.code}.counterpart", None)


def compile(language: Language) -> Rules:
    words = language.words
    return Rules(
        code=language.code,
        and_=frozenset(words.and_),
        of=frozenset(words.of),
        article=frozenset(words.article),
        possessive=frozenset(words.possessive),
        particle=frozenset(words.name_particle),
        not_name=frozenset(fold(word) for word in words.not_name),
        title=frozenset(fold(word) for word in words.title),
        stop=frozenset(
            (*words.and_, *words.with_, *words.by, *words.about, *words.between, *words.not_, *words.article)
        ),
        prefixes={prefix.form: (prefix.office, prefix.country) for prefix in language.office_prefixes},
        home=words.home_country,
        nouns_capitalised=words.nouns_capitalised,
        plural_before=frozenset(words.plural_before),
        feminine=words.feminine or ("\0",),
        address=frozenset(fold(word) for word in words.address),
        including=frozenset(words.including),
        telling=frozenset((*words.possessive, *(prefix.form for prefix in language.office_prefixes))),
        hail=frozenset(words.hail),
        for_=frozenset(words.for_),
        said=frozenset(words.said),
        state_body=frozenset(fold(word) for word in words.state_body),
        posted=frozenset(words.posted),
        as_=frozenset(words.as_),
        pronouns=pronouns.compile(language),
    )


def find(document: Document, rules: Rules) -> tuple[Party, ...]:
    """Every mention of a person, office or government in order of the text; one person carries one `entity` number."""
    reader = _Reader(document, rules)
    read: dict[int, list[Party]] = {}
    promising = _promising(document)
    for number, sentence in enumerate(document.sentences):
        if promising[number]:
            read[number] = list(_without_consumed(list(reader.read(sentence))))
    names = {word for found in read.values() for party in found if party.name for word in fold(party.name).split()}
    for number, sentence in enumerate(document.sentences):
        if not promising[number] and any(w.lower in names for w in document.tokens[sentence.first : sentence.last]):
            read[number] = list(_without_consumed(list(reader.read(sentence))))
    parties = [party for number in sorted(read) for party in read[number]]
    return pronouns.resolve(
        document,
        Entities(document, rules.nouns_capitalised, rules.as_, rules.and_, rules.address, rules.pronouns.subject).link(
            parties
        ),
        rules.pronouns,
    )


def _promising(document: Document) -> list[bool]:
    """Which sentences hold a word that can begin a party; in the others only a name read elsewhere can stand."""
    out = [False] * len(document.sentences)
    number = 0
    for hit in document.hits:
        while number < len(out) and hit.start >= document.sentences[number].end:
            number += 1
        if number == len(out):
            break
        if not out[number] and any(entry.kind in _BEGINNINGS for entry in hit.entries):
            out[number] = True
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


@dataclass(slots=True)
class _Before:
    """What stood before an office and says more about it."""

    country: str | None = None
    organisation: str | None = None
    start: int = -1
    prefix: str | None = None
    gap: int = 0
    possessive: bool = False
    reaches: bool = False
    """True where adjectives may follow: a nationality or a genitive, not a bare country."""


@dataclass(slots=True)
class _Name:
    first: int
    end: int
    candidates: tuple[Person, ...]
    rule: str
    known: bool


class _Reader:
    """Reads the parties of a sentence from left to right."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.document = document
        self.rules = rules
        self.words = document.tokens
        self.at: dict[int, Hit] = {}
        starts = {token.start: index for index, token in enumerate(document.tokens)}
        self.covered: dict[int, Hit] = {}
        self.after: dict[int, int] = {}
        for hit in document.hits:
            index = starts.get(hit.start)
            if index is None or all(entry.kind in _ABOUT for entry in hit.entries):
                continue
            self.at[index] = hit
            end = index
            while end < len(self.words) and self.words[end].start < hit.full_end:
                self.covered[end] = hit
                end += 1
            self.after[index] = end

    # ── the walk ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, sentence: Sentence) -> Iterator[Party]:
        index, before = sentence.first, _Before()
        words, at, telling = self.words, self.at, self.rules.telling
        while index < sentence.last:
            hit = at.get(index)
            if hit is None and before.start < 0 and before.country is None and before.organisation is None:
                word = words[index]
                if not word.text[0].isupper() and word.lower not in telling:
                    index += 1  # nothing is read and nothing begins: by far the most words
                    continue
            found: tuple[list[Party], int] | None = None
            if hit is not None:
                kinds = {entry.kind: entry for entry in reversed(hit.entries)}
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

    def _past_institution(self, at: int, sentence: Sentence) -> int:
        """Behind what a genitive owns: "speaker of Tanzania's National Assembly", "chief of Iran's atomic agency,"."""
        after = at
        while after < sentence.last and self._capital(self.words[after]):
            after += 1
        for cursor in range(after, min(after + 4, sentence.last)):
            if self.words[cursor].text == ",":
                return cursor if self._name_follows(cursor + 1, sentence) else after
            if (
                cursor in self.at
                or not self.words[cursor].text.isalpha()
                or self.words[cursor].lower in self.rules.said
            ):
                break
        return after

    def _past_domain(self, at: int, sentence: Sentence) -> int:
        """Behind what a minister is for: "Minister für Handel und Industrie Pak", up to a country or a known name."""
        if at >= sentence.last:
            return at
        if self.words[at].lower in self.rules.and_:
            cursor = at + 1  # "Minister of Foreign Affairs and Foreign Trade, …"
            while (
                cursor < sentence.last
                and cursor - at < 5
                and self._capital(self.words[cursor])
                and cursor not in self.at
            ):
                cursor += 1
            return cursor if cursor > at + 1 and cursor < sentence.last and self.words[cursor].text == "," else at
        of = self.words[at].lower in self.rules.of and self.words[at].lower not in self.rules.for_
        if not of and self.words[at].lower not in self.rules.for_:
            return at
        for cursor in range(at + 1, min(at + 8, sentence.last)):
            hit = self.at.get(cursor)
            if (
                of
                and hit is not None
                and any(entry.kind in ("office", "counterpart", "trigger") for entry in hit.entries)
            ):
                return at
            if hit is not None and any(entry.kind in ("country", "person") for entry in hit.entries):
                if of:
                    return at
                return self.after[cursor] if any(e.kind == "country" for e in hit.entries) and hit.suffix else cursor
            word = self.words[cursor]
            if word.text == "," and self._name_follows(cursor + 1, sentence):
                return cursor
            if word.text in ".;:()" or (of and word.text == ","):
                return at
        return at

    def _past_posting(self, at: int, office: Office, sentence: Sentence) -> int:
        """Behind the country a diplomat is sent to: "der Botschafter Uruguays in Österreich, Ramiro Cabrera"."""
        if office.office not in _POSTED or at >= sentence.last or self.words[at].lower not in self.rules.posted:
            return at
        cursor = at + 1
        while cursor < sentence.last and self.words[cursor].lower in self.rules.article:
            cursor += 1
        hit = self.at.get(cursor) if cursor < sentence.last else None
        if hit is None or not any(e.kind in ("country", "city", "organisation") for e in hit.entries):
            return at
        after = self.after[cursor]
        if all(e.kind != "country" and e.kind != "organisation" for e in hit.entries):
            comma = after < sentence.last and self.words[after].text == ","
            if not self._name_follows(after + comma, sentence):
                return at  # "the Italian ambassador in Innsbruck on Tuesday": where it happened
        return after

    def _from(self, at: int, sentence: Sentence) -> tuple[str | None, int]:
        """The country behind a name: "Farid Nassar aus Oman"."""
        if at + 1 < sentence.last and self.words[at].lower in self.rules.hail:
            at_country = at + 1 + (self.words[at + 1].lower in self.rules.article)
            hit = self.at.get(at_country)
            if hit is not None and not hit.suffix:
                for entry in hit.entries:
                    if entry.kind == "country":
                        return str(entry.data), self.after[at_country]
        return None, at

    def _owner(self, hit: Hit | None, parties: Sequence[Party]) -> _Before:
        """ "Trumps Sondergesandter": what follows a person's genitive is of that person's country."""
        if hit is None or not hit.suffix or len(parties) != 1 or not parties[0].candidates:
            return _Before()
        term = term_on(parties[0].candidates[0], self.document.published)
        return _Before(country=parties[0].country or (term.country if term else None), reaches=True)

    def _skip(self, word: Token, before: _Before) -> None:
        """A word that is no mention: an adjective keeps what was read before it, anything else forgets it."""
        lower = word.lower
        prefix = self.rules.prefixes.get(lower)
        if prefix is not None and not lower.isupper():
            before.prefix = prefix[0] or before.prefix
            if before.start < 0:
                before.start = word.start
            return
        if lower in self.rules.possessive:
            before.country = before.organisation = before.prefix = None
            before.start, before.gap, before.possessive = word.start, 0, True
            return
        if lower in ("-", "'", '"', "„", "“") or self._suspended(word):
            return
        reaches = before.reaches or before.possessive or not (before.country or before.organisation)
        if reaches and word.text[0].islower() and lower not in self.rules.stop and before.gap < _GAP:
            before.gap += 1
            return
        if lower in self.rules.article and before.country and before.gap == 0:
            return
        before.country = before.organisation = before.prefix = None
        before.start, before.gap, before.possessive, before.reaches = -1, 0, False, False

    def _suspended(self, word: Token) -> bool:
        """The first part of a compound whose second part follows: "Industrie- und Handelsminister"."""
        text = self.document.folded
        if text[word.end : word.end + 2] == "- ":
            return text[word.end + 2 :].split(" ", 1)[0] in self.rules.and_
        return word.lower in self.rules.and_ and text[word.start - 2 : word.start] == "- "

    def _modifier(
        self, index: int, hit: Hit, kinds: dict[str, Entry], before: _Before, sentence: Sentence
    ) -> tuple[_Before, Party | None]:
        """A country, nationality or body before an office; or a government on its own."""
        if "demonym" in kinds:
            start = before.start if before.possessive else hit.start
            return _Before(
                country=kinds["demonym"].data,
                start=start,
                prefix=before.prefix,
                reaches=True,
                possessive=before.possessive,
            ), None
        if "region" in kinds:
            return _Before(country=kinds["region"].data, start=hit.start, prefix=before.prefix, reaches=True), None
        if "country" in kinds:
            country = kinds["country"].data
            before = self._place_before(index, hit, country, strict=self.rules.nouns_capitalised)
            return before, self._government(hit, country, None, "country")
        if "organisation" in kinds:
            name = kinds["organisation"].data
            return _Before(organisation=name, start=hit.start, reaches=bool(hit.suffix)), self._government(
                hit, None, name, "organisation"
            )
        if "metonym" in kinds or "city" in kinds:
            entry = kinds.get("metonym")
            if entry is not None:
                whose, _meaning = entry.data
                if isinstance(whose, str) and not whose.startswith("org:"):
                    return self._place_before(index, hit, whose, strict=True), self._government(
                        hit, whose, None, "metonym"
                    )
            if hit.suffix and "city" in kinds:
                return self._place_before(index, hit, kinds["city"].data.country, strict=True), None
            return _Before(), None
        word = self.words[index]
        if "trigger" in kinds or self._capital(word):
            return _Before(), None
        self._skip(word, before)
        return before, None

    def _place_before(self, index: int, hit: Hit, country: str, *, strict: bool) -> _Before:
        """What a place says of the office behind it: of whom it is in a genitive or with a hyphen ("US-Präsident"), in
        some languages alone too ("Iran Foreign Minister"), but never as the place of what is told ("in Lissabon")."""
        after = self.after[index]
        hyphen = after < len(self.words) and self.words[after].text == "-"
        located = index > 0 and self.words[index - 1].lower in self.rules.posted
        if not hit.suffix and not hyphen and (strict or located):
            return _Before()
        return _Before(country=country, start=hit.start, reaches=bool(hit.suffix))

    def _government(self, hit: Hit, country: str | None, organisation: str | None, rule: str) -> Party:
        text = self.document.text
        return Party(
            start=hit.start,
            end=hit.full_end,
            name=None,
            surface=text[hit.start : hit.end],
            country=country,
            organisation=organisation,
            office=None,
            office_text=None,
            candidates=(),
            evidence=(self._evidence(hit.start, hit.end, f"party.{rule}"),),
            collective=True,
        )

    # ── offices ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _office(
        self, index: int, entry: Entry, hit: Hit, before: _Before, sentence: Sentence
    ) -> tuple[list[Party], int] | None:
        office, plural = entry.data
        plural = plural or self._plural(index, hit, before)
        offices = [(office, hit)]
        country, organisation = office.country or before.country, office.organisation or before.organisation
        prefix = before.prefix
        if hit.prefix:
            said = self.rules.prefixes.get(hit.prefix.rstrip("-"))
            if said is not None:
                prefix = said[0] or prefix
                if said[1] is not None and country is None:
                    country = self.rules.home if said[1] == "home" else said[1]
        start = before.start if 0 <= before.start < hit.start else hit.start
        at = self._past_brackets(self.after[index], sentence)
        countries, opened = self._nationalities(index, sentence)
        if countries:
            start, plural, country = min(start, opened), True, countries[0]
        while at < sentence.last and not countries:
            more = self._joint_office(at, sentence)
            if more is not None:
                offices.append(more[0])
                at = self._past_brackets(more[1], sentence)
                continue
            place = self._of(at, sentence)
            if place is None:
                break
            listed, body, at = place
            countries.extend(listed)
            organisation = organisation or body
            if listed and country is None:
                country = listed[0]
            break
        if (
            countries
            and self.words[at - 1].lower in ("s", "'")
            and self.document.text[self.words[at - 1].start - 1] in "'’"
        ):
            at = self._past_institution(at, sentence)
        behind = self._past_domain(at, sentence)
        elsewhere = behind > at and country is None and organisation is None and self.words[at].lower in self.rules.of
        at = behind
        at = self._past_posting(at, best := _best_office(offices), sentence)
        names, end = self._names_after(
            at,
            sentence,
            plural or len(countries) > 1,
            bool(before.start >= 0 or countries) or self._definite(index, hit, at, sentence),
        )
        title = _prefixed("head" if elsewhere and best.office == "president" else best.office, prefix)
        if len(names) == 1:
            if country is None:
                country, end = self._from(end, sentence)
            apposed = self._apposition(end, sentence)
            if apposed is not None and (country is None or apposed[1] in (None, country)):
                country, organisation, end = country or apposed[1], organisation or apposed[2], apposed[5]
                if best.generic or best.office in _RANKS:
                    title = _prefixed(apposed[0].office, apposed[4])
        text = self.document.text
        office_text = text[offices[0][1].start : offices[-1][1].full_end]
        rule = f"{entry.id}"
        if not names:
            if 1 < len(countries) <= _FEW:
                return [
                    self._party(
                        start,
                        self.words[at - 1].end,
                        None,
                        text[hit.start : hit.full_end],
                        c,
                        None,
                        title,
                        office_text,
                        (),
                        rule,
                    )
                    for c in countries
                ], at
            if len(countries) > 1:
                return [
                    self._party(
                        start,
                        self.words[at - 1].end,
                        None,
                        text[hit.start : hit.full_end],
                        c,
                        organisation,
                        title,
                        office_text,
                        (),
                        rule,
                        plural=True,
                        collective=True,
                    )
                    for c in countries
                ], at
            end_at = self.words[at - 1].end if at > index else hit.full_end
            return [
                self._party(
                    start,
                    end_at,
                    None,
                    text[start:end_at],
                    country,
                    organisation,
                    title,
                    office_text,
                    (),
                    rule,
                    plural=plural,
                    collective=plural,
                )
            ], at
        out = []
        for number, name in enumerate(names):
            whose = countries[number] if len(countries) == len(names) > 1 else country
            out.append(
                self._party(
                    start if number == 0 else self.words[name.first].start,
                    self.words[name.end - 1].end,
                    self._name_text(name),
                    self._name_text(name),
                    whose,
                    organisation,
                    title,
                    office_text,
                    name.candidates,
                    f"{rule}+name",
                    named=name,
                )
            )
        return out, end

    def _nationalities(self, index: int, sentence: Sentence) -> tuple[list[str], int]:
        """The countries of several holders of one office, told before it, and where they begin: "the Turkish and Greek
        foreign ministers", "der türkische und der griechische Außenminister", "Germany's and France's leaders"."""
        found: list[str] = []
        at, start = index - 1, -1
        while at >= sentence.first:
            hit = self.covered.get(at)
            entry = (
                next((e for e in hit.entries if e.kind == "demonym" or (e.kind == "country" and hit.suffix)), None)
                if hit is not None
                else None
            )
            if entry is None or hit is None:
                break
            found.insert(0, str(entry.data))
            while at >= sentence.first and self.words[at].start >= hit.start:
                at -= 1
            start = hit.start
            if at >= sentence.first and self.words[at].lower in self.rules.article:
                at -= 1
            if at < sentence.first or (self.words[at].lower not in self.rules.and_ and self.words[at].text != ","):
                break
            at -= 1
        return (found, start) if len(set(found)) > 1 else ([], -1)

    def _plural(self, index: int, hit: Hit, before: _Before) -> bool:
        """Several persons by the word before: "die Außenminister", where the form itself does not say so."""
        first = index
        if before.start >= 0:
            while first > 0 and self.words[first - 1].start >= before.start:
                first -= 1
        if before.possessive:
            ahead = self.words[first].lower
        elif first == 0:
            return False
        else:
            ahead = self.words[first - 1].lower
        form = self.document.folded[hit.start : hit.full_end]
        return ahead in self.rules.plural_before and not form.endswith(self.rules.feminine)

    def _joint_office(self, at: int, sentence: Sentence) -> tuple[tuple[Office, Hit], int] | None:
        """ "and foreign minister" behind an office: the same person, where no article comes between."""
        word = self.words[at]
        if word.lower in self.rules.and_ or word.lower in ("-", "/"):
            at += 1
            while at < sentence.last and self.words[at].lower in ("-",):
                at += 1
        elif word.text[0].islower() or word.text in "()":
            return None
        hit = self.at.get(at)
        if (
            hit is not None
            and word.lower in self.rules.and_
            and any(e.kind in ("organisation", "country") for e in hit.entries)
        ):
            after = self.after[at]  # "Bundespräsident und OSZE-Vorsitzender"
            if after + 1 < sentence.last and self.words[after].text == "-":
                at, hit = after + 1, self.at.get(after + 1)
        if hit is None:
            return None
        for entry in hit.entries:
            if entry.kind == "office":
                return (entry.data[0], hit), self.after[at]
        return None

    def _of(self, at: int, sentence: Sentence) -> tuple[list[str], str | None, int] | None:
        """The country or body of an office, behind it: "Perus", "of Peru", "der Republik Vanuatu", "von A, B und C"."""
        cursor, marked, nationality = at, False, None
        while cursor < sentence.last and cursor - at < 4:
            word = self.words[cursor]
            hit = self.at.get(cursor)
            if hit is not None:
                kinds = {entry.kind: entry for entry in reversed(hit.entries)}
                if "demonym" in kinds and marked and not ({"country", "organisation"} & kinds.keys()):
                    nationality = str(kinds["demonym"].data)
                    cursor = self.after[cursor]
                    continue
                break
            if nationality is not None and word.lower in self.rules.state_body:
                return [nationality], None, cursor + 1  # "der chinesischen Regierung"
            if word.lower in self.rules.of or word.lower in self.rules.article:
                marked = True
            elif not (marked and word.lower in self.rules.not_name):
                return None
            cursor += 1
        else:
            return None
        hit = self.at.get(cursor)
        if hit is None:
            return None
        kinds = {entry.kind: entry for entry in reversed(hit.entries)}
        if not marked and not hit.suffix and not (cursor == at and self.rules.nouns_capitalised and "country" in kinds):
            return None
        if "organisation" in kinds and "country" not in kinds:
            return [], kinds["organisation"].data, self.after[cursor]
        whose = self._country_of(kinds)
        if whose is None:
            return None
        after = self.after[cursor]
        if (
            not marked
            and set(kinds) == {"city"}
            and after < sentence.last
            and self._capital(self.words[after])
            and after not in self.at
        ):
            return None  # "Regierungschef Tamas Balogh", not the head of a town
        listed = [whose]
        cursor = self.after[cursor]
        while cursor + 1 < sentence.last and (
            self.words[cursor].lower in self.rules.and_ or self.words[cursor].lower == ","
        ):
            follow = cursor + 1
            while follow < sentence.last and self.words[follow].lower in (
                *self.rules.and_,
                *self.rules.article,
                *self.rules.of,
            ):
                follow += 1
            hit = self.at.get(follow)
            entry = next((e for e in hit.entries if e.kind == "country"), None) if hit is not None else None
            if entry is None or self._office_at(self.after[follow], sentence):
                break
            listed.append(entry.data)
            cursor = self.after[follow]
        return listed, None, cursor

    @staticmethod
    def _country_of(kinds: dict[str, Entry]) -> str | None:
        """The country that a hit says: itself, or the one of its town ("Kronprinz von Abu Dhabi")."""
        if "country" in kinds:
            return str(kinds["country"].data)
        if "region" in kinds:
            return str(kinds["region"].data)
        if "city" in kinds:
            return str(kinds["city"].data.country)
        if "metonym" in kinds and not kinds["metonym"].data[0].startswith("org:"):
            return str(kinds["metonym"].data[0])
        return None

    def _office_at(self, at: int, sentence: Sentence) -> bool:
        hit = self.at.get(at) if at < sentence.last else None
        return hit is not None and any(entry.kind in ("office", "counterpart") for entry in hit.entries)

    def _counterpart(self, index: int, hit: Hit, before: _Before, sentence: Sentence) -> tuple[list[Party], int] | None:
        """ "sein russischer Amtskollege Sergej Lawrow": the office is the other side's, entities.py fills it in."""
        at = self._past_brackets(self.after[index], sentence)
        place = self._of(at, sentence)
        countries: list[str] = []
        if place is not None:
            countries, _, at = place
        several = hit.suffix in ("innen", "s") or self._plural(index, hit, before)
        names, end = self._names_after(
            at, sentence, several or len(countries) > 1, bool(before.country or before.possessive)
        )
        if not (names or before.country or countries or before.possessive):
            return None
        start = before.start if before.start >= 0 else hit.start
        text = self.document.text
        label = text[hit.start : hit.full_end]
        rule = f"{self.rules.code}.party.counterpart"
        if not names:
            listed: list[str | None] = [*countries] or [before.country]
            many = several or len(listed) > 1
            return [
                self._party(
                    start,
                    self.words[at - 1].end,
                    None,
                    text[start : self.words[at - 1].end],
                    c,
                    before.organisation,
                    "counterpart",
                    label,
                    (),
                    rule,
                    plural=many,
                    collective=many,
                )
                for c in listed
            ], at
        country = before.country or (countries[0] if countries else None)
        out = []
        for number, name in enumerate(names):
            whose = countries[number] if len(countries) == len(names) > 1 else country
            out.append(
                self._party(
                    start if number == 0 else self.words[name.first].start,
                    self.words[name.end - 1].end,
                    self._name_text(name),
                    self._name_text(name),
                    whose,
                    before.organisation,
                    "counterpart",
                    label,
                    name.candidates,
                    f"{rule}+name",
                    named=name,
                )
            )
        return out, end

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _named(self, index: int, sentence: Sentence, before: _Before) -> tuple[list[Party], int] | None:
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
            title = _prefixed(office.office, prefix)
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
        if not name.known and country is None and name.end - name.first < 2 and not self._could_be_surname(surface):
            return None
        return [
            self._party(
                start, end, surface, surface, country or None, None, None, None, name.candidates, rule, named=name
            )
        ], end_at

    def _genitive(self, index: int, before: _Before, name: _Name) -> str | None:
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

    def _could_be_surname(self, surface: str) -> bool:
        return len(surface) > 2

    def _apposition(
        self, at: int, sentence: Sentence
    ) -> tuple[Office, str | None, str | None, str, str | None, int, str] | None:
        """An office between commas behind a name: ", Mexico's foreign secretary," ", der Vorsitzende des …,"."""
        if at >= sentence.last or self.words[at].text not in (",", "–", "—", "-"):
            return None
        cursor, before = at + 1, _Before()
        if cursor < sentence.last and self.words[cursor].lower in self.rules.pronouns.preposition:
            return None
        while cursor < sentence.last and cursor - at < 9:
            hit = self.at.get(cursor)
            if hit is None:
                word = self.words[cursor]
                if (
                    word.text in ",.;:()"
                    or word.lower in self.rules.including
                    or word.lower in self.rules.said
                    or (self._capital(word) and word.lower not in self.rules.not_name)
                ):
                    return None
                self._skip(word, before)
                cursor += 1
                continue
            kinds = {entry.kind: entry for entry in reversed(hit.entries)}
            if "office" in kinds:
                office, plural = kinds["office"].data
                if plural or self._name_follows(self.after[cursor], sentence):
                    return None
                country, organisation = office.country or before.country, office.organisation or before.organisation
                offices = [(office, hit)]
                end = self.after[cursor]
                while end < sentence.last and (more := self._joint_office(end, sentence)) is not None:
                    offices.append(more[0])
                    end = more[1]
                place = self._of(end, sentence)
                if place is not None:
                    country = country or (place[0][0] if place[0] else None)
                    organisation = organisation or place[1]
                    end = place[2]
                if self._name_follows(end, sentence):
                    return None
                if (
                    country is None
                    and organisation is None
                    and end < sentence.last
                    and self.words[end].lower in self.rules.said
                ):
                    return None  # "after the talks with Rusu, the minister said"
                if hit.prefix and (said := self.rules.prefixes.get(hit.prefix.rstrip("-"))) is not None:
                    before.prefix = said[0] or before.prefix
                    if said[1] is not None and country is None:
                        country = self.rules.home if said[1] == "home" else said[1]
                best = _best_office(offices)
                office_text = self.document.text[hit.start : offices[-1][1].full_end]
                return best, country, organisation, office_text, before.prefix, end, kinds["office"].id
            if "demonym" in kinds or "country" in kinds or "organisation" in kinds:
                before, _ = self._modifier(cursor, hit, kinds, before, sentence)
            elif (
                "person" in kinds
                or "counterpart" in kinds
                or ("trigger" in kinds and self.words[cursor].text[0].islower())
            ):
                return None
            cursor = self.after[cursor]
        return None

    def _inhabitant(self, index: int, entry: Entry, hit: Hit, sentence: Sentence) -> tuple[list[Party], int] | None:
        """ "der Italiener Luigi Di Maio"; alone it may stand for the person of that country."""
        at = self.after[index]
        name = self._name(at, sentence) if at < sentence.last else None
        text = self.document.text
        rule = f"{self.rules.code}.party.inhabitant"
        if name is None:
            if hit.suffix in ("innen", "n") and hit.suffix != "in":
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

    def _names_after(self, at: int, sentence: Sentence, many: bool, definite: bool) -> tuple[list[_Name], int]:
        """The name or names that an office introduces, directly or behind a comma."""
        if at >= sentence.last:
            return [], at
        cursor = at
        comma = self.words[cursor].text in (",", "—", "–") and definite
        if comma:
            cursor += 1
        if comma:
            cursor = self._past_rank(cursor, sentence)
        name = self._name(cursor, sentence, introduced=True)
        if name is None or (comma and not name.known and name.end - name.first < 2):
            return [], at
        if comma and self._office_between(cursor, name.end):
            return [], at
        names, end = [name], name.end
        after = self._past_brackets(end, sentence)
        if many or self._coordinated(after, sentence):
            while after < sentence.last and (
                self.words[after].lower in self.rules.and_ or self.words[after].text == ","
            ):
                follow = after + 1
                while follow < sentence.last and self.words[follow].lower in self.rules.and_:
                    follow += 1
                more = self._name(follow, sentence, introduced=True) if follow < sentence.last else None
                if more is None:
                    break
                names.append(more)
                end = more.end
                after = self._past_brackets(end, sentence)
        return names, self._past_brackets(end, sentence) if not many else end

    def _definite(self, index: int, hit: Hit, at: int, sentence: Sentence) -> bool:
        """Whether an office stands for one person, so that a name behind a comma is theirs: "the Speaker, Mr X"."""
        if index and self.words[index - 1].lower in self.rules.article:
            return True
        if at + 1 >= sentence.last or self.words[at].text != ",":
            return False
        word = self.words[at + 1]
        return (word.text[0].isupper() and word.lower in self.rules.title) or self._past_rank(at + 1, sentence) > at + 1

    def _past_rank(self, at: int, sentence: Sentence) -> int:
        """Behind a rank between office and name: "the Minister of Defence, Prince Khalid", "…, Senator the Hon. A"."""
        hit = self.at.get(at) if at < sentence.last else None
        if hit is None or not any(e.kind == "office" and e.data[0].office in _RANKS for e in hit.entries):
            return at
        return self.after[at]

    def _coordinated(self, at: int, sentence: Sentence) -> bool:
        """Never without a plural: "Präsident Xi und Putin" gives Putin no office."""
        return False

    def _office_between(self, first: int, end: int) -> bool:
        return any(entry.kind == "office" for at in range(first, end) if at in self.at for entry in self.at[at].entries)

    def _name_follows(self, at: int, sentence: Sentence) -> bool:
        return at < sentence.last and self._name(at, sentence) is not None

    def _name(self, index: int, sentence: Sentence, introduced: bool = False) -> _Name | None:
        """The name that begins at a token; titles before it are skipped."""
        words, rules = self.words, self.rules
        first = index
        while first < sentence.last and (
            (words[first].lower in rules.title and words[first].text[0].isupper() and not self._known_at(first))
            or (words[first].text == "." and first > index)
            or (
                first > index
                and words[first].lower in rules.article
                and first + 1 < sentence.last
                and words[first + 1].lower in rules.title
            )
        ):
            first += 1
        if first >= sentence.last:
            return None
        hit = self.at.get(first)
        candidates: tuple[Person, ...] = ()
        known, rule = False, "grammar"
        end = first
        if hit is not None:
            for entry in hit.entries:
                if entry.kind == "person":
                    candidates, known, rule = (*candidates, entry.data), True, "known-name"
            if not known:
                for entry in hit.entries:
                    if entry.kind == "surname":
                        if not introduced and words[first].lower in rules.not_name:
                            return None
                        bare = not introduced and first > 0 and words[first - 1].lower in rules.article
                        candidates = () if (entry.ambiguous or bare) and not introduced else tuple(entry.data)
                        known, rule = True, "known-surname"
            town = (
                introduced
                and self.after[first] < sentence.last
                and self._capital(words[self.after[first]])
                and all(e.kind == "city" for e in hit.entries)
            )
            if not candidates and not town and not self._may_be_name(hit):
                return None
            end = self.after[first]
        if rule == "known-name" and not (end - first == 1 and self._goes_on(end, sentence)):
            end = self._numeral(end, sentence)
            return _Name(first, end, candidates, rule, True)
        cursor = first if hit is None else end
        while cursor < sentence.last:
            word = words[cursor]
            other = self.at.get(cursor)
            if other is not None:
                if cursor > first and not self._may_be_name(other):
                    break
                if cursor > first and any(entry.kind == "person" for entry in other.entries):
                    if introduced:
                        break
                    return None  # a capitalised word before a name: the walk comes to the name by itself
                cursor = end = self.after[cursor]
                continue
            if self._capital(word) and word.lower not in rules.not_name:
                cursor += 1
                end = cursor
                if (
                    (
                        cursor < sentence.last
                        and words[cursor].text == "."
                        and len(word.text) <= 2
                        and words[cursor].start == word.end
                    )
                    and cursor + 1 < sentence.last
                    and self._capital(words[cursor + 1])
                ):
                    cursor += 1
                    end = cursor
                continue
            if (
                end > first
                and word.text in ("-", "'", "’", "ʼ", "`")
                and cursor + 1 < sentence.last
                and words[cursor + 1].start == word.end
            ):
                if (
                    word.text == "-"
                    and words[cursor + 1].text[0].islower()
                    and words[cursor + 1].lower not in rules.particle
                    and len(words[cursor + 1].text) > 5
                ):
                    break
                if word.text != "-" and words[cursor + 1].lower == "s":
                    break
                if (part := self.at.get(cursor + 1)) is not None and not self._may_be_name(part):
                    if any(entry.kind in ("office", "counterpart") for entry in part.entries):
                        return None  # "US-Senator": a compound office, which the walk comes to by itself
                    break
                cursor += 2
                end = cursor
                continue
            if (
                end > first
                and word.lower in rules.particle
                and (introduced or not rules.nouns_capitalised)
                and cursor + 1 < sentence.last
            ):
                follow = cursor + 1
                if words[follow].text == "-" and follow + 1 < sentence.last:
                    follow += 1
                goes_on = self._capital(words[follow]) and words[follow].lower not in rules.not_name
                goes_on = goes_on or words[follow].lower in rules.particle
                if goes_on and other is None and self._particle_name(follow, sentence):
                    cursor = follow
                    continue
            if (
                end == first
                and word.lower in rules.particle
                and introduced
                and cursor + 1 < sentence.last
                and word.lower not in rules.of | rules.article | rules.and_
                and self._capital(words[cursor + 1])
                and len(word.text) > 1
                and cursor > index
            ):
                cursor += 1
                continue
            break
        if end == first:
            return None
        if hit is None and end > first:
            candidates = self._initialled(first, end) or self._respelt(first, end)
            known = bool(candidates)
        if hit is not None and end > self.after[first]:
            candidates, rule = (), "grammar"  # the known surname was a part of another, longer name
            known = False
        end = self._numeral(end, sentence)
        addressed = any(self.words[at].lower in rules.address for at in range(index, first))
        known = known or addressed
        if not introduced and not known and end - first == 1 and len(words[first].text) < 3:
            return None
        return _Name(first, end, candidates, rule, known)

    def _goes_on(self, at: int, sentence: Sentence) -> bool:
        """Whether one known word is only the beginning of another name: "Philippe Richert"."""
        if at >= sentence.last or at in self.at:
            return False
        word = self.words[at]
        return self._capital(word) and word.lower not in self.rules.not_name and word.text not in _ROMAN

    def _respelt(self, first: int, end: int) -> tuple[Person, ...]:
        """Who "Sergei Lavrov" may be: a known surname of somebody in office, the given name spelt otherwise."""
        hit = self.covered.get(end - 1)
        if end - first != 2 or hit is None:
            return ()
        given = self.words[first].lower
        return tuple(
            person
            for entry in hit.entries
            if entry.kind == "surname"
            for person in entry.data
            if alike(given, fold(person.name.split()[0])) and in_office(person, self.document.published)
        )

    def _known_at(self, index: int) -> bool:
        """Whether a known full name begins at a token: the title is a part of "Sheikh Hasina"."""
        hit = self.at.get(index)
        return hit is not None and any(entry.kind == "person" for entry in hit.entries)

    def _initialled(self, first: int, end: int) -> tuple[Person, ...]:
        """Who "S Jaishankar" may be: a known surname behind initials that fit."""
        initials = [word.text[0] for word in self.words[first : end - 1] if word.text[0].isalpha()]
        hit = self.covered.get(end - 1)
        if hit is None or not initials or any(len(w.text) > 1 for w in self.words[first : end - 1] if w.text != "."):
            return ()
        people = [p for entry in hit.entries if entry.kind == "surname" for p in entry.data]
        return tuple(p for p in people if p.name[0] == initials[0])

    def _particle_name(self, follow: int, sentence: Sentence) -> bool:
        """After a particle a name goes on only where it could not be a country: "Präsident von Kenia"."""
        hit = self.at.get(follow)
        return hit is None or (self._may_be_name(hit) and not any(e.kind == "country" for e in hit.entries))

    def _numeral(self, end: int, sentence: Sentence) -> int:
        if end < sentence.last and self.words[end].text in _ROMAN:
            end += 1
            if self.rules.nouns_capitalised and end < sentence.last and self.words[end].text == ".":
                end += 1
        return end

    def _may_be_name(self, hit: Hit) -> bool:
        if not self.document.text[hit.start].isupper():
            return False
        if _only_seems_town(hit):
            return True
        return (
            not hit.suffix
            and all(entry.kind in ("person", "surname", "city", "metonym", "topic", "trigger") for entry in hit.entries)
        ) or any(entry.kind in ("surname", "person") for entry in hit.entries)

    def _name_text(self, name: _Name) -> str:
        """Verbatim, without the genitive ending of a known name."""
        last = self.covered.get(name.end - 1)
        start = self.words[name.first].start
        end = self.words[name.end - 1].end
        if last is not None and last.suffix and last.full_end == end and not _only_seems_town(last):
            end = last.end
        return self.document.text[start:end]

    # ── small readings ───────────────────────────────────────────────────────────────────────────────────────────────

    def _capital(self, word: Token) -> bool:
        return word.text[0].isupper()

    def _inside_name(self, index: int) -> bool:
        hit = self.covered.get(index)
        return hit is not None and self.words[index].start > hit.start

    def _past_brackets(self, at: int, sentence: Sentence) -> int:
        """Behind a short bracket: "(CDU)", "(69)"."""
        if at < sentence.last and self.words[at].text == "(":
            for close in range(at + 1, min(at + 6, sentence.last)):
                if self.words[close].text == ")":
                    return close + 1
        return at

    def _bracketed_country(self, at: int, sentence: Sentence) -> str | None:
        if at + 1 < sentence.last and self.words[at].text == "(":
            hit = self.at.get(at + 1)
            if hit is not None:
                for entry in hit.entries:
                    if entry.kind == "country" and isinstance(entry.data, str):
                        return entry.data
        return None

    def _evidence(self, start: int, end: int, rule: str) -> Evidence:
        return Evidence(start, end, self.document.text[start:end], f"{self.rules.code}.{rule}")

    def _party(
        self,
        start: int,
        end: int,
        name: str | None,
        surface: str,
        country: str | None,
        organisation: str | None,
        office: str | None,
        office_text: str | None,
        candidates: Sequence[Person],
        rule: str,
        *,
        plural: bool = False,
        collective: bool = False,
        named: _Name | None = None,
    ) -> Party:
        text = self.document.text
        if named is not None:
            at = self.words[named.first].start
            evidence = Evidence(at, at + len(surface), surface, rule)
        else:
            evidence = Evidence(start, end, text[start:end], rule)
        return Party(
            start,
            end,
            name,
            surface,
            country,
            organisation,
            office,
            office_text,
            tuple(candidates),
            (evidence,),
            plural=plural,
            collective=collective,
        )


def _best_office(offices: Sequence[tuple[Office, Hit]]) -> Office:
    """Of several offices of one person the one that the meeting is about: foreign minister of "Vizepremier und …"."""
    if len(offices) > 1:
        for office, _ in offices:
            if office.office == "foreign_minister":
                return office
        for office, _ in offices:
            if not office.generic:
                return office
    return offices[0][0]


def _only_seems_town(hit: Hit) -> bool:
    """Whether a name's last word only looks like the adjective of a town: "Franz Huber"."""
    return bool(hit.suffix) and all(entry.kind == "city" and entry.ambiguous for entry in hit.entries)


def _prefixed(office: str, prefix: str | None) -> str:
    if prefix is None or prefix == "then" or office.startswith(prefix):
        return office
    if prefix == "designate":
        return "president_elect" if office == "president" else f"{office}_designate"
    return f"{prefix}{office}"
