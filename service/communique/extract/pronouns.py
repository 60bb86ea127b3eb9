"""Pronouns as parties: "er", "him" stand for the person that the sentences before were about.

A subject pronoun is the subject of the clause or sentence before; an object pronoun is whoever of them is not the
subject here. Gender counts where an office shows it ("Kanzlerin").
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from communique.languages import Language
from communique.model import Document, Evidence, Party, Sentence

_UNPERSONAL = frozenset({"spouse"})
_MEMORY = 3
"""How many subjects back a pronoun may reach."""


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    masculine: frozenset[str]
    feminine: frozenset[str]
    subject: frozenset[str]
    preposition: frozenset[str]
    article: frozenset[str]
    plural_verb: tuple[str, ...]
    female_ending: tuple[str, ...]


def compile(language: Language) -> Rules:
    words = language.words
    pronoun = words.pronoun
    return Rules(
        language.code,
        frozenset(pronoun.get("he", ())) | frozenset(pronoun.get("him", ())) | frozenset(pronoun.get("this", ())),
        frozenset(pronoun.get("she", ())) | frozenset(pronoun.get("her", ())),
        frozenset(pronoun.get("he", ())) | frozenset(pronoun.get("she", ())) | frozenset(pronoun.get("this", ())),
        frozenset((*words.preposition, *words.with_, *words.by, *words.about, *words.during)),
        frozenset((*words.article, *words.possessive)),
        words.plural_verb,
        words.feminine or ("\0",),
    )


def resolve(document: Document, parties: Sequence[Party], rules: Rules) -> tuple[Party, ...]:
    """The parties with those that pronouns stand for, in order of the text."""
    out: list[Party] = []
    female = {p.entity for p in parties if p.office_text and p.office_text.lower().endswith(rules.female_ending)}
    subjects: list[Party] = []
    at, words = 0, document.tokens
    pronouns = rules.masculine | rules.feminine
    halts = pronouns | {","}
    for sentence in document.sentences:
        told = document.lower[sentence.first : sentence.last]
        if pronouns.isdisjoint(told) and (at == len(parties) or parties[at].start >= sentence.end):
            continue  # nobody is named
        here: Party | None = None
        clause: set[int] = set()
        seen: list[Party] = []
        stops = [i for i, word in enumerate(told, sentence.first) if word in halts]
        for index in (*stops, sentence.last):
            word = words[index] if index < sentence.last else None
            ahead = sentence.end if word is None else word.start + (word.text != ",")
            while at < len(parties) and parties[at].start < ahead:
                party = parties[at]
                at += 1
                out.append(party)
                if party.collective or party.plural or party.entity < 0 or party.office in _UNPERSONAL:
                    continue
                seen.append(party)
                clause.add(party.entity)
                if here is None and _before(document, party, sentence.first, rules.article) not in rules.preposition:
                    here = party
            if word is None:
                break
            if word.text == ",":
                clause = set()
            if word.lower not in pronouns or (word.text.isupper() and len(word.text) > 1):
                continue
            wants_female = word.lower in rules.feminine
            if wants_female and rules.plural_verb and _several(document, index, sentence, rules):
                continue
            found = _antecedent(word.lower in rules.subject, wants_female, here, seen, subjects, female, clause)
            if found is None:
                continue
            evidence = Evidence(word.start, word.end, word.text, f"{rules.code}.party.pronoun")
            party = replace(
                found, start=word.start, end=word.end, surface=word.text, evidence=(evidence,), pronoun=True
            )
            out.append(party)
            seen.append(party)
            clause.add(party.entity)
            if here is None and words[index - 1].lower not in rules.preposition:
                here = party
        if here is not None:
            subjects.insert(0, here)
            subjects.extend(p for p in seen if p.entity != here.entity)
            del subjects[_MEMORY:]
    out.extend(parties[at:])
    return tuple(out)


def _several(document: Document, index: int, sentence: Sentence, rules: Rules) -> bool:
    """Whether the verb beside a pronoun is a plural: "hatten sie"."""
    near = [document.tokens[at] for at in (index - 1, index + 1) if sentence.first <= at < sentence.last]
    return any(word.text[0].islower() and word.lower.endswith(rules.plural_verb) for word in near)


def _antecedent(
    is_subject: bool, wants_female: bool, here: Party | None, seen: Sequence[Party], subjects: Sequence[Party],
    female: set[int], clause: set[int],
) -> Party | None:  # fmt: skip
    candidates = [*([here] if here is not None else []), *subjects]
    if not is_subject:
        candidates = [p for p in (*candidates, *seen) if p.entity not in clause]
    for party in candidates:
        if wants_female and female and party.entity not in female:
            continue
        if not wants_female and party.entity in female:
            continue
        return party
    return None


def _before(document: Document, party: Party, first: int, article: frozenset[str]) -> str:
    index = bisect_left(document.starts, party.start, first) - 1
    while index >= first and document.lower[index] in article:
        index -= 1
    return document.lower[index] if index >= first else ""
