"""An office with its country or body and its name, in the orders that languages know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.extract.names import RANKS, Name
from communique.extract.states import POSTED, Before, StateReader
from communique.languages.sections import Office
from communique.model import Entry, Hit, Party, Sentence
from communique.model.values import value

_EDIFICE = 3
"""Words of a name before the building that bears it."""
_FEW = 3
"""So many "presidents of A and B" are told as persons; more are a group."""


@value
class Told:
    """What the words of an office say of everybody who holds it."""

    organisation: str | None
    office: str
    text: str
    rule: str


class OfficeReader(StateReader):
    """Reads the offices of a document."""

    def _office(
        self, index: int, entry: Entry, hit: Hit, before: Before, sentence: Sentence
    ) -> tuple[list[Party], int] | None:
        office, plural = entry.data
        plural = (plural or self._plural(index, hit, before)) and not self._singular(index, before)
        offices = [(office, hit)]
        country, organisation = before.country or office.country, office.organisation or before.organisation
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
        pair = self._of_both(at, sentence) if plural and not countries else None
        if pair is not None and self._names_follow(pair[1], sentence):
            countries, at = pair
            country = countries[0]
        while at < sentence.last and not countries:
            more = self._joint_office(at, sentence)
            if more is not None and not self._repeated(at, offices[-1][0], more[0][0]):
                offices.append(more[0])
                at = self._past_brackets(more[1], sentence)
                continue
            place = self._of(at, sentence) or (self._institution(at, sentence) if plural else None)
            if place is None and country is None and (behind := self._domain_list(at, sentence)) > at:
                place = self._of(behind, sentence)
            if place is None:
                break
            if organisation and _best_office(offices).office in POSTED and self.words[at].lower in self.rules.for_:
                at = place[2]  # "the United Nations' envoy for Syria"
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
            if plural and not offices[0][0].organisation and self._owns_thing(at, sentence):
                return None  # "leaders of Peru's mining federation"
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
        if len(names) == 1 and (close := self._past_edifice(end, sentence)) > end:
            return [], close
        title = prefixed("head" if elsewhere and best.office == "president" else best.office, prefix)
        if len(names) == 1:
            if country is None:
                country, end = self._from(end, sentence)
            apposed = self._apposition(end, sentence)
            if apposed is not None and (country is None or apposed[1] in (None, country)):
                country, organisation, end = country or apposed[1], organisation or apposed[2], apposed[5]
                if best.generic or best.office in RANKS:
                    title = prefixed(apposed[0].office, apposed[4])
        text = self.document.text
        if before.region and not names and title == "prime_minister":
            title = "state_premier"
        said_of = Told(organisation, title, text[offices[0][1].start : offices[-1][1].full_end], f"{entry.id}")
        if not names:
            if len(countries) > 1:
                few = len(countries) <= _FEW
                told = replace(said_of, organisation=None) if few else said_of
                surface = text[hit.start : hit.full_end]
                return self._unnamed(start, self.words[at - 1].end, surface, countries, told, many=not few), at
            end_at = self.words[at - 1].end if at > index else hit.full_end
            return self._unnamed(start, end_at, text[start:end_at], [country], said_of, many=plural), at
        whose: list[str | None] = [*countries] if len(countries) == len(names) > 1 else [country] * len(names)
        if len(names) == 1 and country is not None:
            others, theirs, end = self._each_with_country(end, sentence)
            names, whose = [*names, *others], [*whose, *theirs]
        return self._holders(start, names, whose, said_of), end

    def _past_edifice(self, at: int, sentence: Sentence) -> int:
        """Behind what is only named after somebody: "at Prince Fahd bin Sultan Palace"."""
        for cursor in range(at, min(at + _EDIFICE, sentence.last)):
            word = self.words[cursor]
            if word.text in self.rules.edifice:
                return cursor + 1
            if not (self._capital(word) or word.lower in self.rules.particle):
                break
        return at

    def _owns_thing(self, at: int, sentence: Sentence) -> bool:
        """Whether a noun without a capital follows a genitive."""
        word = self.words[at] if at < sentence.last else None
        joins = self.rules.and_ | self.rules.of | self.rules.said | self.rules.pronouns.preposition | self.rules.stop
        return word is not None and word.text.isalpha() and word.text[0].islower() and word.lower not in joins

    def _unnamed(
        self, start: int, end: int, surface: str, countries: Sequence[str | None], told: Told, *, many: bool
    ) -> list[Party]:
        """Office-holders without a name, one for each country."""
        return [
            self._party(
                start, end, None, surface, country, told.organisation, told.office, told.text, (), told.rule,
                plural=many, collective=many,
            )
            for country in countries
        ]  # fmt: skip

    def _holders(self, start: int, names: Sequence[Name], countries: Sequence[str | None], told: Told) -> list[Party]:
        """Office-holders by name, each with his country; the first begins where the office does."""
        return [
            self._party(
                start if number == 0 else self.words[name.first].start, self.words[name.end - 1].end,
                self._name_text(name), self._name_text(name), country, told.organisation, told.office, told.text,
                name.candidates, f"{told.rule}+name", named=name,
            )
            for number, (name, country) in enumerate(zip(names, countries, strict=True))
        ]  # fmt: skip

    def _each_with_country(self, at: int, sentence: Sentence) -> tuple[list[Name], list[str | None], int]:
        """More holders of one office, each behind a country: "die Botschafter Perus, A, Nepals, B, und Ghanas, C"."""
        names: list[Name] = []
        countries: list[str | None] = []
        while True:
            cursor = at
            while cursor < sentence.last and (self.words[cursor].text == "," or self._joins(cursor)):
                cursor += 1
            hit = self.at.get(cursor) if at < cursor < sentence.last else None
            entry = next((e for e in hit.entries if e.kind == "country"), None) if hit is not None else None
            if hit is None or entry is None:
                return names, countries, at
            cursor = self.after[cursor]
            while cursor < sentence.last and self.words[cursor].text == ",":
                cursor += 1
            name = self._name(cursor, sentence, introduced=True) if cursor < sentence.last else None
            if name is None:
                return names, countries, at
            names.append(name)
            countries.append(str(entry.data))
            at = name.end

    def _joins(self, at: int) -> bool:
        lower = self.words[at].lower
        return lower in self.rules.and_ or lower in self.rules.of or lower in self.rules.article

    def _counterpart(self, index: int, hit: Hit, before: Before, sentence: Sentence) -> tuple[list[Party], int] | None:
        """ "sein russischer Amtskollege Sergej Lawrow": the office is the other side's, entities.py fills it in."""
        at = self._past_brackets(self.after[index], sentence)
        place = self._of(at, sentence)
        countries: list[str] = []
        if place is not None:
            countries, _, at = place
        else:
            countries, _ = self._nationalities(index, sentence)  # "his Estonian and Latvian colleagues, A and B"
        several = hit.suffix in ("innen", "s") or self._plural(index, hit, before)
        names, end = self._names_after(
            at, sentence, several or len(countries) > 1, bool(before.country or before.possessive)
        )
        if not (names or before.country or countries or before.possessive):
            return None
        start = before.start if before.start >= 0 else hit.start
        text = self.document.text
        label = text[hit.start : hit.full_end]
        told = Told(before.organisation, "counterpart", label, f"{self.rules.code}.party.counterpart")
        if not names:
            listed: list[str | None] = [*countries] or [before.country]
            end = self.words[at - 1].end
            return self._unnamed(start, end, text[start:end], listed, told, many=several or len(listed) > 1), at
        country = before.country or (countries[0] if countries else None)
        whose: list[str | None] = [*countries] if len(countries) == len(names) > 1 else [country] * len(names)
        return self._holders(start, names, whose, told), end

    def _apposition(
        self, at: int, sentence: Sentence
    ) -> tuple[Office, str | None, str | None, str, str | None, int, str] | None:
        """An office between commas behind a name: ", Mexico's foreign secretary," ", der Vorsitzende des …,"."""
        if at >= sentence.last or self.words[at].text not in (",", "–", "—", "-"):
            return None
        cursor, before = at + 1, Before()
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
                    or word.lower in self.rules.opener
                    or word.lower in self.rules.pronouns.preposition
                    or (self._capital(word) and word.lower not in self.rules.not_name)
                ):
                    return None
                self._skip(word, before)
                cursor += 1
                continue
            kinds = {entry.kind: entry for entry in hit.entries[::-1]}
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
                if place is not None and organisation and _best_office(offices).office in POSTED:
                    end = place[2]  # "the United Nations' envoy for Syria"
                elif place is not None:
                    country = country or (place[0][0] if place[0] else None)
                    organisation = organisation or place[1]
                    end = place[2]
                if self._name_follows(end, sentence) or not self._closed(at, end, sentence):
                    return None
                if end + 1 < sentence.last and self.words[end].text == "," and self._titled(end + 1, sentence):
                    return None  # "At the invitation of Mr Modi, the President of Peru, H.E. Mr A, …"
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

    def _titled(self, at: int, sentence: Sentence) -> bool:
        word = self.words[at]
        return word.text[0].isupper() and word.lower in self.rules.title and self._name_follows(at, sentence)

    def _closed(self, opening: int, end: int, sentence: Sentence) -> bool:
        """Whether what a dash opened ends with a dash, a comma or the sentence; otherwise something else goes on."""
        if self.words[opening].text == ",":
            return True
        return end >= sentence.last or not (self.words[end].text[0].isalnum())

    def _singular(self, index: int, before: Before) -> bool:
        """Whether the article shows that a form is no plural: "des italienischen Präsidenten"."""
        first = index
        while first > 0 and before.start >= 0 and self.words[first - 1].start >= before.start:
            first -= 1
        return first > 0 and self.words[first - 1].lower in self.rules.singular_article

    def _plural(self, index: int, hit: Hit, before: Before) -> bool:
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
        if ahead not in self.rules.plural_before:
            return self._plural_by_adjective(first)
        form = self.document.folded[hit.start : hit.full_end]  # "die Ministerin" is one, "sechs Abgeordnete" are not
        return ahead not in self.rules.article | self.rules.possessive or not form.endswith(self.rules.feminine)

    def _plural_by_adjective(self, first: int) -> bool:
        """Whether article and adjective show a plural: "der europäischen Minister", "die neuen Außenminister"."""
        at = first
        while (
            at > 0
            and self.words[at - 1].text[0].islower()
            and self.words[at - 1].lower.endswith(self.rules.weak_ending)
        ):
            at -= 1
        return at < first and at > 0 and self.words[at - 1].lower in self.rules.plural_article

    def _names_follow(self, at: int, sentence: Sentence) -> bool:
        """Whether a name stands here, perhaps behind a comma."""
        return self._name_follows(at + (at < sentence.last and self.words[at].text == ","), sentence)

    def _repeated(self, at: int, office: Office, more: Office) -> bool:
        """Whether an office stands twice, the second somebody else's: "der türkische Präsident Bundespräsident A"."""
        return office.office == more.office and self.words[at].lower not in self.rules.and_

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


def prefixed(office: str, prefix: str | None) -> str:
    if prefix is None or prefix == "then" or office.startswith(prefix):
        return office
    if prefix == "designate":
        return "president_elect" if office == "president" else f"{office}_designate"
    return f"{prefix}{office}"
