"""Whether an encounter took place: by tense, modality and negation, and by the status words of its clause."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from communique.extract import clauses
from communique.extract.clauses import Clause
from communique.languages import Language
from communique.languages.sections import StatusCue
from communique.model import Document, Entry, Hit

OFF = ("cancelled", "refused", "postponed")

_DATING = 4
"""Words between "a week after" and the occasion."""


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    openers: clauses.Openers
    negation: frozenset[str]
    not_before: bool
    nor: frozenset[str]
    during: frozenset[str]
    """"During" and its like, and words for a journey: "auf seiner Reise"."""
    perfect: frozenset[str]
    relative: frozenset[str]
    relative_thing: frozenset[str]
    last: frozenset[str]
    letter: frozenset[str]
    but: frozenset[str]
    than: frozenset[str]
    apart: frozenset[str]
    superlatives: frozenset[str]
    motion: frozenset[str]
    units: frozenset[str]
    to: frozenset[str]
    pronouns: frozenset[str]
    whether: frozenset[str]
    it: frozenset[str]
    comes_to: frozenset[str]
    the: frozenset[str]
    """Articles of what was told before: "des", "dieser", "the"."""
    of: frozenset[str]
    unreal: tuple[str, ...]
    content: frozenset[str]
    """Conjunctions of a clause that says what is wished: "dass", "that"."""
    nouns_capitalised: bool
    journeys: Entry | None
    """The reading of a journey written as one word with its country."""


def compile(language: Language) -> Rules:
    return Rules(
        language.code,
        clauses.openers(language),
        frozenset(language.words.not_),
        language.words.not_before,
        frozenset(language.words.nor),
        frozenset((*language.words.during, *language.words.journey)),
        frozenset(language.words.perfect),
        frozenset(language.words.relative),
        frozenset(language.words.relative_thing),
        frozenset(language.words.last),
        frozenset(language.words.letter),
        frozenset(language.words.but),
        frozenset(language.words.than),
        frozenset(language.words.apart),
        frozenset(language.dates.superlatives),
        frozenset(language.words.motion),
        frozenset(unit for table in (language.dates.units, language.dates.plural_units) for unit in table),
        frozenset(language.words.to),
        frozenset((*itertools.chain.from_iterable(language.words.pronoun.values()), *language.words.relative)),
        frozenset(language.words.whether),
        frozenset(language.words.it),
        frozenset(language.words.comes_to),
        frozenset(language.words.the),
        frozenset(language.words.of),
        language.words.unreal,
        frozenset(language.words.content),
        language.words.nouns_capitalised,
        _journeys(language),
    )


def _journeys(language: Language) -> Entry | None:
    frame = next((frame for frame in language.frames if frame.mode == "travel" and frame.noun), None)
    return Entry("trigger", f"{language.code}.trigger.{frame.id}", (frame, "noun")) if frame is not None else None


def around(document: Document, hit: Hit, clause: Clause) -> tuple[int, int]:
    """Index after the last word of a clause before a hit, and of its first word behind it."""
    before = bisect_left(document.starts, hit.start, clause.first, clause.last)
    if before > clause.first and document.tokens[before - 1].end > hit.start:
        before -= 1  # the hit begins inside of a token
    return before, bisect_left(document.starts, hit.end, before, clause.last)


def cues(
    document: Document, signs: Sequence[Hit], clause: Clause, lower: Sequence[str], than: frozenset[str]
) -> list[StatusCue]:
    words = document.tokens
    start, end = words[clause.first].start, words[clause.last - 1].end
    out = []
    for hit in signs:
        if hit.start < start or hit.end > end:
            continue
        capital = hit.start > start and document.text[hit.start].isupper()
        if capital and not any(e.kind == "status" and any(f[:1].isupper() for f in e.data.forms) for e in hit.entries):
            continue  # "May" is no "may"
        before = words[document.index[hit.start] - 1].lower if document.index.get(hit.start) else ""
        if before in than:
            continue  # "longer than planned"
        for entry in hit.entries:
            if entry.kind == "status":
                cue = entry.data
                if cue.particle is None or any(part in lower for part in cue.particle.split("|")):
                    out.append(cue)
    return out


def apart(document: Document, clause: Clause, at: int, rules: Rules) -> bool:
    """Whether a trigger only dates what is told: "two days after he met her", "eine Woche nach dem Gipfel"."""
    words = document.tokens
    first = clause.first
    if first and words[first].lower in rules.apart and words[first - 1].lower in rules.units:
        return all(word.text != "," for word in words[first:at])
    for back in range(at - 1, max(first, at - _DATING), -1):
        if words[back].lower in rules.apart:
            return words[back - 1].lower in rules.units
        if words[back].text == ",":
            return False
    return False


def taken_back(
    document: Document, signs: Sequence[Hit], parts: Sequence[Clause], clause: Clause, rules: Rules
) -> list[StatusCue]:
    """The cues of "…, but declined": a clause behind that ends with the refusal of what was planned before it."""
    if clause not in parts[:-1]:
        return []
    follow = parts[parts.index(clause) + 1]
    words = document.tokens[follow.first : follow.last]
    tail = [word for word in words if word.text[0].isalnum()][-1:]
    if words[0].lower not in rules.but or not tail:
        return []
    return [
        cue
        for hit in signs
        if words[0].start < hit.start <= tail[0].start < hit.end
        for cue in cues(document, [hit], follow, [word.lower for word in words], rules.than)
        if cue.status in OFF
    ]


def status(
    form: str,
    cues: Sequence[StatusCue],
    lower: Sequence[str],
    occasion: bool,
    near_negation: bool,
    unreal: bool,
    rules: Rules,
) -> str:
    """held, ongoing, announced, one of the off statuses, wished, denied; "present" where the date has to decide."""
    said = {cue.status for cue in cues}
    future = any(cue.status == "announced" and cue.finite for cue in cues)
    past = not rules.perfect.isdisjoint(lower)
    negated = not rules.negation.isdisjoint(lower)
    if form == "past":
        if unreal:
            return "cancelled"
        return "denied" if negated else "held"
    if form == "noun":
        if "invited" in said and "announced" not in said:
            return "wished"
        if not occasion:
            for off in OFF:
                if off in said:
                    return off
        if not occasion and "announced" in said and any(cue.status == "wished" and cue.finite for cue in cues):
            return "wished"  # "a return visit he will consider"
        if future or ("announced" in said and not occasion):
            return "refused" if near_negation and not occasion else "announced"
        if not occasion and any(cue.status == "wished" and cue.finite for cue in cues):
            return "wished"
        if near_negation and not occasion:
            return "refused"
        if "wished" in said and not occasion:
            return "wished"
        return "ongoing" if "ongoing" in said else "held"
    if any(cue.status == "wished" and cue.finite for cue in cues):
        return "wished"
    if future and "worden" not in lower:
        return "refused" if negated else "announced"
    for off in OFF:
        if off in said and form == "infinitive":
            return off
    if "ongoing" in said and form in ("participle", "present"):
        return "ongoing"
    if past and form != "infinitive":
        return "denied" if negated else "held"
    if "wished" in said or ("invited" in said and "announced" not in said):
        return "wished"
    if form == "present":
        return "refused" if negated else "present"
    if form == "infinitive":
        return "announced"
    return "held"


def negated(document: Document, hit: Hit, clause: Clause, rules: Rules) -> bool:
    """Whether a negation stands close enough to a noun to deny it: "kein Treffen", "a meeting is not planned"."""
    if not rules.nor.isdisjoint(document.lower[clause.first : clause.last]):
        return True
    if _attribute(document, hit, clause, rules):
        return False
    before, behind = around(document, hit, clause)
    near = document.lower[clause.first : before][-6:] + document.lower[behind : clause.last][-6:]
    return not rules.negation.isdisjoint(near)


def _attribute(document: Document, hit: Hit, clause: Clause, rules: Rules) -> bool:
    """Whether a noun only says of what something is: "Einzelheiten dieser Begegnung", "details of the meeting"."""
    at = document.index.get(hit.start, clause.first)
    words = document.tokens
    if at - 2 < clause.first or words[at - 1].lower not in rules.the:
        return False
    of = words[at - 2].lower in rules.of
    head = words[at - 3] if of and at - 3 >= clause.first else words[at - 2]
    return (of or rules.nouns_capitalised) and head.text[0].isalpha() and (of or head.text[0].isupper())


def occasion(document: Document, hit: Hit, clause: Clause, within: frozenset[str]) -> bool:
    """Whether a noun is only the occasion of what its clause tells: "bei dem Treffen forderte …"."""
    words = document.tokens
    at = next(i for i in range(clause.first, clause.last) if words[i].end >= hit.end)
    while at > clause.first and words[at].start > hit.start:
        at -= 1
    for back in range(at - 1, max(clause.first, at - 7) - 1, -1):
        if words[back].lower in within:
            return True
        if words[back].text[0].isupper() or words[back].text in ",;:":
            return False
    return False
