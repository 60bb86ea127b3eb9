"""The name that begins at a word: its particles, initials, numerals, and whom the tables know by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from communique.extract import pronouns
from communique.extract.entities import alike, in_office
from communique.languages import Language
from communique.model import Document, Evidence, Hit, Party, Person, Sentence, Token
from communique.text import fold

_ABOUT = frozenset({"topic", "relationship", "status", "journey"})
"""Kinds of forms that mentions do not read."""
RANKS = frozenset({"prince", "princess", "member_of_parliament", "senator", "emir", "bishop"})
_DESCENT = frozenset({"bin", "ibn", "bint", "ben"})
"""Before the name of a father."""
_CROWNS = frozenset({"emperor", "king", "prince", "pope"})
"""Offices whose word is a surname too."""
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
    plural_article: frozenset[str]
    singular_article: frozenset[str]
    weak_ending: tuple[str, ...]
    feminine: tuple[str, ...]
    including: frozenset[str]
    telling: frozenset[str]
    """Lower-case words that say something of the office behind them: possessives, "ehemaliger"."""
    address: frozenset[str]
    led: tuple[str, ...]
    guest: frozenset[str]
    hail: frozenset[str]
    for_: frozenset[str]
    said: frozenset[str]
    state_body: frozenset[str]
    side: frozenset[str]
    both_countries: tuple[tuple[str, ...], ...]
    posted: frozenset[str]
    as_: frozenset[str]
    edifice: frozenset[str]
    opener: frozenset[str]
    """Words that open a clause about the name before them: "where", "who"."""
    pronouns: pronouns.Rules


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
            (
                *words.and_,
                *words.with_,
                *words.by,
                *words.about,
                *words.between,
                *words.not_,
                *words.article,
                *words.perfect,
            )
        ),
        prefixes={prefix.form: (prefix.office, prefix.country) for prefix in language.office_prefixes},
        home=words.home_country,
        nouns_capitalised=words.nouns_capitalised,
        plural_before=frozenset(words.plural_before),
        plural_article=frozenset(words.plural_article),
        singular_article=frozenset(words.singular_article),
        weak_ending=words.weak_ending or ("\0",),
        feminine=words.feminine or ("\0",),
        address=frozenset(fold(word) for word in words.address),
        led=words.led,
        guest=frozenset(word.lower() for word in words.guest),
        including=frozenset(words.including),
        telling=frozenset((*words.possessive, *(prefix.form for prefix in language.office_prefixes))),
        hail=frozenset(words.hail),
        for_=frozenset(words.for_),
        said=frozenset(words.said),
        state_body=frozenset(fold(word) for word in words.state_body),
        both_countries=tuple(tuple(fold(phrase).split()) for phrase in words.both_countries),
        side=frozenset(words.side),
        posted=frozenset(words.posted),
        as_=frozenset(words.as_),
        edifice=frozenset(words.edifice),
        opener=frozenset(words.clause_anywhere),
        pronouns=pronouns.compile(language),
    )


@dataclass(slots=True)
class Name:
    first: int
    end: int
    candidates: tuple[Person, ...]
    rule: str
    known: bool


class NameReader:
    """Reads the names of a document."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.document = document
        self.rules = rules
        self.words = document.tokens
        self.at: dict[int, Hit] = {}
        starts = document.index
        self.covered: dict[int, Hit] = {}
        self.after: dict[int, int] = {}
        for hit, kinds in zip(document.hits, document.kinds, strict=True):
            index = starts.get(hit.start)
            if index is None or kinds <= _ABOUT:
                continue
            self.at[index] = hit
            end = index
            while end < len(self.words) and self.words[end].start < hit.full_end:
                self.covered[end] = hit
                end += 1
            self.after[index] = end

    def _name(self, index: int, sentence: Sentence, introduced: bool = False) -> Name | None:
        """The name that begins at a token; titles before it are skipped."""
        words, rules = self.words, self.rules
        first = index
        while first < sentence.last and (
            (words[first].lower in rules.title and words[first].text[0].isupper() and not self._known_at(first))
            or (words[first].text == "." and first > index)
            or (
                (first > index or introduced)
                and words[first].lower in rules.article | rules.possessive
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
                        sure = introduced or first > index  # "Mr Brown"
                        candidates = tuple(entry.data) if sure or not (entry.ambiguous or bare) else ()
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
            end = self._descent(self._numeral(end, sentence), sentence)
            return Name(first, end, candidates, rule, True)
        cursor = first if hit is None else end
        while cursor < sentence.last and not self._genitive_at(cursor - 1):
            word = words[cursor]
            other: Hit | None = self.at.get(cursor)
            if other is not None:
                descent = cursor > first and word.lower in _DESCENT
                if (
                    cursor > first
                    and not descent
                    and not self._may_be_name(other)
                    and not self._crowned(cursor, other, sentence)
                ):
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
        if hit is not None and end == self.after[first] and all(entry.kind == "trigger" for entry in hit.entries):
            return None  # "der Regierungschef Termine mit …"
        if hit is None and end > first:
            candidates = self._initialled(first, end) or self._respelt(first, end)
            if introduced and not candidates:
                candidates = self._formal(first, end)
            known = bool(candidates)
        if hit is not None and end > self.after[first]:
            candidates, rule = (), "grammar"  # the known surname was a part of another, longer name
            known = False
        end = self._numeral(end, sentence)
        addressed = any(self.words[at].lower in rules.address for at in range(index, first))
        known = known or addressed
        if not introduced and not known and end - first == 1 and len(words[first].text) < 3:
            return None
        return Name(first, end, candidates, rule, known)

    def _names_after(self, at: int, sentence: Sentence, many: bool, definite: bool) -> tuple[list[Name], int]:
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
        if many:  # never without a plural: "Präsident Xi und Putin" gives Putin no office
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
        at += 1
        if at + 1 < sentence.last and self.words[at].lower in self.rules.possessive:
            at += 1  # "Her Excellency Jane Doe"
        word = self.words[at]
        return (word.text[0].isupper() and word.lower in self.rules.title) or self._past_rank(at, sentence) > at

    def _past_rank(self, at: int, sentence: Sentence) -> int:
        """Behind a rank between office and name: "the Minister of Defence, Prince Khalid", "…, Senator the Hon. A"."""
        hit = self.at.get(at) if at < sentence.last else None
        if hit is None or not any(e.kind == "office" and e.data[0].office in RANKS for e in hit.entries):
            return at
        return self.after[at]

    def _office_between(self, first: int, end: int) -> bool:
        return any(entry.kind == "office" for at in range(first, end) if at in self.at for entry in self.at[at].entries)

    def _name_follows(self, at: int, sentence: Sentence) -> bool:
        return at < sentence.last and self._name(at, sentence) is not None

    def _goes_on(self, at: int, sentence: Sentence) -> bool:
        """Whether one known word is only the beginning of another name: "Philippe Richert"."""
        if at >= sentence.last or at in self.at:
            return False
        word = self.words[at]
        return self._capital(word) and word.lower not in self.rules.not_name and word.text not in _ROMAN

    def _genitive_at(self, index: int) -> bool:
        """Whether a known name ends at a token with an apostrophe: "Biden's Virtual Meeting" is no longer name."""
        hit = self.covered.get(index)
        return hit is not None and hit.suffix.startswith(("'", "’")) and hit.full_end == self.words[index].end

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

    def _formal(self, first: int, end: int) -> tuple[Person, ...]:
        """Who "President Joseph R. Biden" is: behind an office a known surname of somebody in office, whose given name
        begins alike."""
        hit = self.covered.get(end - 1)
        if hit is None or end - first < 2:
            return ()
        people = [p for entry in hit.entries if entry.kind == "surname" for p in entry.data]
        initial = self.words[first].text[0]
        return tuple(p for p in people if p.name[0] == initial and in_office(p, self.document.published))

    def _known_at(self, index: int) -> bool:
        """Whether a known full name begins at a token: the title is a part of "Sheikh Hasina"."""
        hit = self.at.get(index)
        return hit is not None and any(entry.kind == "person" for entry in hit.entries)

    def _initialled(self, first: int, end: int) -> tuple[Person, ...]:
        """Who "S Jaishankar" or "Antony J. Blinken" may be: a known surname behind initials that fit."""
        given = [word.text for word in self.words[first : end - 1] if word.text[0].isalpha()]
        hit = self.covered.get(end - 1)
        if hit is None or not given or any(len(initial) > 1 for initial in given[1:]):
            return ()
        people = [p for entry in hit.entries if entry.kind == "surname" for p in entry.data]
        if len(given[0]) > 1:
            return tuple(p for p in people if len(given) > 1 and p.name.split()[0] == given[0])
        return tuple(p for p in people if p.name[0] == given[0])

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

    def _descent(self, at: int, sentence: Sentence) -> int:
        """Behind the forefathers of a known name: "King Salman bin Abdulaziz Al Saud", "Tamim bin Hamad al-Thani"."""
        if at + 1 >= sentence.last:
            return at
        if self.words[at].lower not in _DESCENT or not self._capital(self.words[at + 1]):
            fathers = at > 1 and self.words[at - 2].lower in _DESCENT
            house = self.words[at].lower in self.rules.particle and self.words[at + 1].text == "-"
            return at + 3 if fathers and house and at + 2 < sentence.last else at
        at += 2
        while at < sentence.last and at not in self.at and self._goes_on(at, sentence):
            at += 1
        return self._descent(at, sentence)

    def _crowned(self, index: int, hit: Hit, sentence: Sentence) -> bool:
        """Whether the word for a monarch is the surname behind a given name: "Peter Kaiser", "Stephen King"."""
        if hit.suffix or hit.prefix or not self._capital(self.words[index]):
            return False
        after = self.after[index]
        goes_on = after < sentence.last and (
            self._capital(self.words[after]) or self.words[after].lower in self.rules.of
        )
        return not goes_on and all(e.kind == "office" and e.data[0].office in _CROWNS for e in hit.entries)

    def _name_text(self, name: Name) -> str:
        """Verbatim, without the genitive ending of a known name."""
        last = self.covered.get(name.end - 1)
        start = self.words[name.first].start
        end = self.words[name.end - 1].end
        if last is not None and last.suffix and last.full_end == end and not _only_seems_town(last):
            end = last.end
        return self.document.text[start:end]

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
        named: Name | None = None,
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


def _only_seems_town(hit: Hit) -> bool:
    """Whether a name's last word only looks like the adjective of a town: "Franz Huber"."""
    return bool(hit.suffix) and all(entry.kind == "city" and entry.ambiguous for entry in hit.entries)
