"""The state or body that an office belongs to: before it, behind it, or what a diplomat is sent to."""

from __future__ import annotations

from dataclasses import dataclass

from communique.extract.names import NameReader
from communique.languages.sections import Office
from communique.model import Entry, Hit, Party, Sentence, Token

_GAP = 3
"""Adjectives and adverbs that may stand between a country and its office: "Chinas neuer, junger Präsident"."""
_RECENT = 400
"""Characters before "of the two countries" in which they are named."""
_DOMAIN = 12
"""Words of a list of departments."""
_DEPARTMENTS = 7
"""Words of departments before "minister"."""
_FORMAL = 6
"""Words of "of the Republic of the" before the name of a state."""
POSTED = frozenset({"ambassador", "consul_general", "nuncio", "charge_d_affaires", "special_envoy"})


@dataclass(slots=True)
class Before:
    """What stood before an office and says more about it."""

    country: str | None = None
    organisation: str | None = None
    start: int = -1
    prefix: str | None = None
    gap: int = 0
    possessive: bool = False
    region: bool = False
    """True for a part of a state: its premier is not that of the state."""
    reaches: bool = False
    """True where adjectives may follow: a nationality or a genitive, not a bare country."""


class StateReader(NameReader):
    """Reads the states and bodies of a document."""

    def _modifier(
        self, index: int, hit: Hit, kinds: dict[str, Entry], before: Before, sentence: Sentence
    ) -> tuple[Before, Party | None]:
        """A country, nationality or body before an office; or a government on its own."""
        if "demonym" in kinds:
            start = before.start if before.possessive else hit.start
            return Before(
                country=kinds["demonym"].data,
                start=start,
                prefix=before.prefix,
                reaches=True,
                possessive=before.possessive,
            ), None
        if "region" in kinds:
            return Before(
                country=kinds["region"].data, start=hit.start, prefix=before.prefix, reaches=True, region=True
            ), None
        if "country" in kinds:
            country = kinds["country"].data
            if before.organisation and not hit.suffix and self._posted_at(self.after[index], sentence):
                return before, None  # "U.N. Syria envoy"
            before = self._place_before(index, hit, country, strict=self.rules.nouns_capitalised)
            return before, self._government(hit, country, None, "country")
        if "organisation" in kinds:
            name = kinds["organisation"].data
            return Before(organisation=name, start=hit.start, reaches=bool(hit.suffix)), self._government(
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
            return Before(), None
        word = self.words[index]
        if "trigger" in kinds or self._capital(word):
            return Before(), None
        self._skip(word, before)
        return before, None

    def _place_before(self, index: int, hit: Hit, country: str, *, strict: bool) -> Before:
        """What a place says of the office behind it: of whom it is in a genitive or with a hyphen ("US-Präsident"), in
        some languages alone too ("Iran Foreign Minister"), but never as the place of what is told ("in Lissabon")."""
        after = self.after[index]
        joint = self.words[after] if after < len(self.words) else None
        hyphen = joint is not None and joint.text == "-" and joint.start == hit.full_end  # not the dash of a dateline
        located = index > 0 and self.words[index - 1].lower in self.rules.posted
        if not hit.suffix and not hyphen and (strict or located):
            return Before()
        return Before(country=country, start=hit.start, reaches=bool(hit.suffix))

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

    def _skip(self, word: Token, before: Before) -> None:
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
        if before.country and before.reaches and lower in self.rules.side:
            before.gap = 0  # "auf chinesischer Seite der Vorsitzende A"
            return
        house = not self.rules.nouns_capitalised and word.text[0].isupper() and lower in self.rules.state_body
        if before.country and house:
            before.reaches = False  # "Italian Lower House Speaker"
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

    def _past_departments(self, index: int, sentence: Sentence) -> int:
        """Behind the departments between a country and a minister: "Azerbaijan's Industry and Energy Minister"."""
        for cursor in range(index, min(index + _DEPARTMENTS, sentence.last)):
            word, hit = self.words[cursor], self.at.get(cursor)
            kinds = {entry.kind for entry in hit.entries} if hit is not None else set()
            if hit is not None and "office" in kinds:
                offices = (entry.data[0].office for entry in hit.entries if entry.kind == "office")
                return cursor if any(office.endswith("minister") for office in offices) else index
            if kinds & {"country", "person", "organisation", "demonym"}:
                return index
            if not (self._capital(word) or word.text in ",&" or word.lower in self.rules.and_):
                return index
        return index

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

    def _of(self, at: int, sentence: Sentence) -> tuple[list[str], str | None, int] | None:
        """The country or body of an office, behind it: "Perus", "of Peru", "der Republik Vanuatu", "von A, B und C"."""
        cursor, marked, nationality = at, False, None
        while cursor < sentence.last and cursor - at < _FORMAL:
            word = self.words[cursor]
            hit = self.at.get(cursor)
            if hit is not None:
                kinds = {entry.kind: entry for entry in hit.entries[::-1]}
                whose = kinds.get("demonym") or kinds.get("inhabitant")  # "des Deutschen Bundestags"
                if whose is not None and marked and not ({"country", "organisation"} & kinds.keys()):
                    nationality = str(whose.data)
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
        kinds = {entry.kind: entry for entry in hit.entries[::-1]}
        if not marked and not hit.suffix and not (cursor == at and self.rules.nouns_capitalised and "country" in kinds):
            return None
        if "organisation" in kinds and "country" not in kinds:
            return [], kinds["organisation"].data, self.after[cursor]
        country = self._country_of(kinds)
        if country is None:
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
        listed = [country]
        passed = {*self.rules.and_, *self.rules.article, *self.rules.of}
        cursor = self.after[cursor]
        while cursor + 1 < sentence.last and (
            self.words[cursor].lower in self.rules.and_ or self.words[cursor].lower == ","
        ):
            follow = cursor + 1
            while follow < sentence.last and self.words[follow].lower in passed:
                follow += 1
            hit = self.at.get(follow)
            entry = next((e for e in hit.entries if e.kind == "country"), None) if hit is not None else None
            if entry is None or self._office_at(self.after[follow], sentence):
                break
            listed.append(entry.data)
            cursor = self.after[follow]
        return listed, None, cursor

    def _of_both(self, at: int, sentence: Sentence) -> tuple[list[str], int] | None:
        """The two states told last, where a phrase means them: "die Außenminister beider Länder"."""
        for phrase in self.rules.both_countries:
            end = at + len(phrase)
            if end <= sentence.last and all(self.words[at + n].lower == word for n, word in enumerate(phrase)):
                break
        else:
            return None
        found: list[str] = []
        before = [hit for hit in self.document.hits if hit.start < self.words[at].start]
        for hit in before[::-1]:
            if self.words[at].start - hit.start > _RECENT:
                break
            for entry in hit.entries:
                if entry.kind in ("country", "demonym") and str(entry.data) not in found:
                    found.insert(0, str(entry.data))
                    break
            if len(found) == 2:
                return found, end
        return None

    def _institution(self, at: int, sentence: Sentence) -> tuple[list[str], str | None, int] | None:
        """The country behind the institution of a delegation: "der Kommunistischen Partei Chinas", "of the Communist
        Party of China"."""
        if at >= sentence.last or self.words[at].lower not in self.rules.of:
            return None
        for cursor in range(at + 1, min(at + 7, sentence.last)):
            word, hit = self.words[cursor], self.at.get(cursor)
            entry = next((e for e in hit.entries if e.kind == "country"), None) if hit is not None else None
            if hit is not None and entry is not None:
                owned = hit.suffix or self.words[cursor - 1].lower in self.rules.of
                return ([str(entry.data)], None, self.after[cursor]) if owned and cursor > at + 1 else None
            if not self._capital(word) and word.lower not in self.rules.of | self.rules.article:
                return None
        return None

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

    def _posted_at(self, at: int, sentence: Sentence) -> bool:
        hit = self.at.get(at) if at < sentence.last else None
        return hit is not None and any(e.kind == "office" and e.data[0].office in POSTED for e in hit.entries)

    def _office_at(self, at: int, sentence: Sentence) -> bool:
        hit = self.at.get(at) if at < sentence.last else None
        return hit is not None and any(entry.kind in ("office", "counterpart") for entry in hit.entries)

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
        if (listed := self._domain_list(at, sentence)) > at:
            return listed
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

    def _domain_list(self, at: int, sentence: Sentence) -> int:
        """Behind a list of departments that a country or a name follows: "of Fisheries and Forestry of Fiji", "of
        Agriculture, Fisheries and Mining, Hon. Floyd Green"."""
        opener = self.words[at].lower
        if not (opener in self.rules.of or (opener == "," and not self.rules.nouns_capitalised)):
            return at
        cursor, joined = at + 1, False
        while cursor < sentence.last and cursor - at < _DOMAIN:
            word, hit = self.words[cursor], self.at.get(cursor)
            if hit is not None and any(e.kind in ("country", "person", "office", "organisation") for e in hit.entries):
                return at
            if word.lower in self.rules.and_:
                joined = True
            elif not self._capital(word) and not (word.text == "," and not joined):
                break
            cursor += 1
        if cursor >= sentence.last or cursor == at + 1:
            return at
        if self.words[cursor].lower in self.rules.of and self._of(cursor, sentence) is not None:
            return cursor if joined or opener != "," else at
        return cursor if joined and self.words[cursor].text == "," and self._name_follows(cursor + 1, sentence) else at

    def _past_posting(self, at: int, office: Office, sentence: Sentence) -> int:
        """Behind the country a diplomat is sent to: "der Botschafter Uruguays in Österreich, Ramiro Cabrera"."""
        if office.office not in POSTED or at >= sentence.last or self.words[at].lower not in self.rules.posted:
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
