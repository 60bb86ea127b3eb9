"""Which words report an encounter, and whether it took place.

A trigger is a form of a frame of the language file. A verb with a separable part counts only where that part stands in
its clause ("kam … zusammen"), a verb of many uses only with the word it needs ("sprach … mit"). occurrence.py says
whether it took place.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from communique.extract import clauses, occurrence
from communique.extract.clauses import Clause
from communique.extract.occurrence import Rules
from communique.languages import Language
from communique.languages.sections import Frame
from communique.model import Document, Evidence, Hit, Sentence, Surface, Trigger
from communique.model.values import value


@value
class Reading:
    """What arguments.py and the assembly want to know of a trigger."""

    frame: Frame
    form: str
    """past, present, participle, infinitive or noun."""
    clause: Clause
    cues: tuple[tuple[str, str], ...]
    """(status, id) of the status words in its clause."""
    parts: tuple[Clause, ...]
    """All clauses of its sentence."""
    extended: bool
    """True where the clause goes on with a relative clause about the word."""
    pair: bool
    """True where only two coordinated subjects make it an encounter."""
    occasion: bool
    """True for a noun that is only the occasion of what the clause tells."""
    passed: bool
    """True where the day on which it was to be has passed without it."""


def surfaces(language: Language) -> Iterator[Surface]:
    for frame in language.frames:
        ident = f"{language.code}.trigger.{frame.id}"
        for tense in ("past", "present", "participle", "infinitive", "noun"):
            for form in getattr(frame, tense):
                yield Surface(form, "trigger", ident, (frame, tense))
    for cue in language.status:
        for form in cue.forms:
            yield Surface(form, "status", f"{language.code}.status.{cue.id}", cue)


def find(document: Document, rules: Rules) -> tuple[Trigger, ...]:
    """Every trigger in order of the text."""
    telling = (*document.hits_of["trigger"], *document.hits_of["journey"])
    numbers = sorted({document.sentence_at(hit.start) for hit in telling})
    return tuple([trigger for number in numbers for trigger in _sentence(document, rules, number)])


def _sentence(document: Document, rules: Rules, number: int) -> list[Trigger]:
    sentence = document.sentences[number]
    parts = clauses.split(document, sentence, rules.openers)
    signs = _inside(document.hits_of["status"], sentence)
    out: list[Trigger] = []
    words = document.tokens
    for hit in _inside(document.hits, sentence):
        entries = [entry for entry in hit.entries if entry.kind == "trigger"]
        if not entries and rules.journeys is not None and any(entry.kind == "journey" for entry in hit.entries):
            entries = [rules.journeys]  # "Deutschlandreise"
        if not entries:
            continue
        clause = _reach(document, parts, hit, rules)
        extended = clause not in parts
        lower = document.lower[clause.first : clause.last]
        capital = (
            rules.nouns_capitalised and document.text[hit.start].isupper() and hit.start > words[clause.first].start
        )
        at = document.index.get(hit.start, 0)
        behind = words[at - 1].lower if at > clause.first else ""
        best: tuple[int, Frame, str, str] | None = None
        for entry in entries:
            frame, form = entry.data
            if capital and form != "noun":
                continue
            if frame.bare and form == "participle" and hit.suffix:
                continue
            plural = form == "present" and document.folded[hit.start : hit.end] in frame.nominal
            if plural and not _subject_before(document, at, sentence, rules):
                continue  # "regular visits"
            if form == "present" and (behind in rules.to or hit.suffix):
                continue  # "to discuss", "dem erwarteten Treffen"
            weight = _weight(frame, form, lower, document, hit, clause)
            if weight > 0 and (best is None or weight > best[0]):
                best = (weight, frame, form, entry.id)
        if best is None:
            continue
        _, frame, form, ident = best
        if form == "present" and any(entry.data == (frame, "participle") for entry in entries):
            form = "participle" if any(word in rules.perfect for word in lower) else form  # "hatten … verhandelt"
        cues = occurrence.cues(document, signs, clause, lower, rules.than)
        if lower[0] in rules.content and clause.first > sentence.first:
            cues.extend(
                cue
                for cue in occurrence.cues(document, signs, Clause(sentence.first, clause.first), lower, rules.than)
                if cue.status == "wished"
            )
        if clause in parts[1:] and (form == "infinitive" or (form == "noun" and _ends_infinite(lower, rules))):
            over = parts[parts.index(clause) - 1]  # "weigerte sich, ihn zu treffen"
            cues.extend(
                cue
                for cue in occurrence.cues(document, signs, over, document.lower[over.first : over.last], rules.than)
                if cue.status in {*occurrence.OFF, "wished"}
            )
        occasion = form == "noun" and occurrence.occasion(document, hit, clause, rules.during)
        if occasion and not rules.it.isdisjoint(lower) and not rules.comes_to.isdisjoint(lower):
            occasion = False  # "kam es zu einem Treffen"
        told = document.folded[words[clause.first].start : hit.start]
        unreal = form == "past" and any(phrase in told for phrase in rules.unreal)
        near = form == "noun" and occurrence.negated(document, hit, clause, rules)
        ahead = document.lower[clause.first : at]
        done = form == "infinitive" and not rules.superlatives.isdisjoint(ahead)
        before = ahead if rules.not_before and form == "past" else lower
        status = occurrence.status(form, cues, before, occasion, near, unreal, rules)
        moved = form == "infinitive" and not rules.motion.isdisjoint(ahead)
        if (done or moved) and status == "announced" and not cues:
            status = "held"  # "only the second minister to come to China", "crossed the border to meet her"
        if lower[0] in rules.whether and not occasion:
            status = "wished"
        taken_back = (
            occurrence.taken_back(document, signs, parts, clause, rules) if form in ("noun", "infinitive") else []
        )
        status = taken_back[0].status if taken_back else status
        if frame.status is not None and status in ("held", "present", "ongoing"):
            status = frame.status
        if frame.weak and status not in occurrence.OFF and not rules.letter.isdisjoint(lower):
            continue
        last, _ = occurrence.around(document, hit, clause)
        background = any(cue.status == "background" for cue in cues)
        background = background or (last > clause.first and document.lower[last - 1] in rules.last)
        background = background or occurrence.apart(document, clause, at, rules)
        start, end = hit.start, hit.full_end
        out.append(
            Trigger(
                start=start,
                end=end,
                sentence=number,
                frame=frame.id,
                kind=frame.kind,
                status=status,
                background=background,
                evidence=(Evidence(start, end, document.text[start:end], ident),),
                data=Reading(
                    frame,
                    form,
                    clause,
                    tuple([(cue.status, cue.id) for cue in cues]),
                    parts,
                    extended,
                    frame.pair and frame.needs.isdisjoint(lower),
                    occasion,
                    any(cue.past for cue in cues),
                ),
            )
        )
    return [_under_verb(trigger, out) for trigger in out]


def _inside(hits: Sequence[Hit], sentence: Sentence) -> Sequence[Hit]:
    """The hits of a sentence; hits are tuples that begin with their start."""
    first = bisect_left(hits, (sentence.start,))
    return hits[first : bisect_left(hits, (sentence.end,), first)]


def _under_verb(trigger: Trigger, triggers: Sequence[Trigger]) -> Trigger:
    """An occasion takes its tense from the verb of its clause: "zu Gesprächen empfängt Scholz …" is not yet held,
    "zum Gipfel reist Xi nicht" never will be."""
    conference = trigger.data.form == "noun" and trigger.data.frame.mode in ("summit", "multilateral")
    if not (trigger.data.occasion or conference) or trigger.status not in ("held", "announced"):
        return trigger
    for other in triggers:
        stays_away = other.data.frame.mode == "travel" and other.status in ("refused", "denied")
        if stays_away and other.data.clause == trigger.data.clause:
            return replace(trigger, status="cancelled")
        if trigger.status == "announced":
            if other.data.form == "past" and other.status == "held" and other.data.clause == trigger.data.clause:
                return replace(trigger, status="held")  # "welcomed them to a summit expected to focus on …"
            continue
        finite = other.data.form in ("present", "participle")
        begins = other.data.clause.first == trigger.data.clause.first and other.data.frame.mode == "travel"
        if finite and (begins or other.data.clause == trigger.data.clause) and other.status in ("present", "announced"):
            return replace(trigger, status=other.status)
    return trigger


def _reach(document: Document, parts: Sequence[Clause], hit: Hit, rules: Rules) -> Clause:
    """The clause of a trigger; a relative clause right behind the word belongs to it ("a call which Biden held")."""
    words = document.tokens
    number = next(n for n, c in enumerate(parts) if words[c.last - 1].end >= hit.end)
    clause = parts[number]
    at = document.index.get(hit.start, clause.first)
    opened = number > 0 and words[clause.first].lower in rules.relative
    if opened and at > clause.first + 1 and words[at - 1].text == "," and words[at].text[0].islower():
        return Clause(parts[number - 1].first, clause.last)  # "Mit Kurz, den er gut kennt, unterhielt sich Zarif"
    if number + 1 < len(parts):
        follow = parts[number + 1]
        left = sum(word.text.isalnum() for word in words[occurrence.around(document, hit, clause)[1] : clause.last])
        opener = words[follow.first].lower
        told = any(word.lower in rules.perfect for word in words[follow.first : follow.last])
        listing = words[clause.last - 1].text == ":" and not told and (left <= 2 or _lists(document, follow))
        subject = at - clause.first < _HEAD and opener in rules.relative_thing  # "The visit, which was …, has been"
        if listing or subject or (left <= 2 and opener in rules.relative) or _resumed(document, hit, follow, rules):
            return Clause(clause.first, follow.last)
    return clause


def _resumed(document: Document, hit: Hit, clause: Clause, rules: Rules) -> bool:
    """Whether behind an aside the verb of a noun follows: "the visit, his first as premier, was put off"."""
    words = document.tokens[clause.first : clause.last]
    noun = any(entry.kind == "trigger" and entry.data[1] == "noun" for entry in hit.entries)
    return (
        noun
        and not rules.nouns_capitalised
        and words[0].lower in rules.than
        and any(before.text == "," and word.lower in rules.perfect for before, word in itertools.pairwise(words))
    )


def _lists(document: Document, clause: Clause) -> bool:
    """Whether somebody's name or office opens a clause: behind a colon a list of who took part."""
    start = document.tokens[clause.first].start
    at = bisect_left(document.hits, start, key=lambda hit: hit.start)
    hit = document.hits[at] if at < len(document.hits) else None
    return hit is not None and hit.start == start and any(entry.kind in _PERSONAL for entry in hit.entries)


def _weight(frame: Frame, form: str, lower: Sequence[str], document: Document, hit: Hit, clause: Clause) -> int:
    """0 where the form cannot be this frame here; more for the more specific reading."""
    weight = 2 if not frame.weak else 1
    told = document.folded[hit.start : hit.end]
    if form != "noun" and document.text[hit.start - 1 : hit.start] == "-":
        return 0  # "so-called"
    if frame.behind and not _stands_behind(frame, document, hit, clause):
        return 0
    if told in frame.names and _gives_name(frame, document, hit, clause):
        return 0
    if (
        form in ("past", "present")
        and frame.particle is not None
        and not (told.startswith(frame.particle) and told != frame.particle)
    ):
        behind = document.lower[occurrence.around(document, hit, clause)[1] : clause.last]
        if frame.particle not in behind:
            return 0
        at = behind.index(frame.particle) + 1
        closes = at == len(behind) or behind[at] in ",;" or _ends_with(behind, frame.particle)
        if frame.particle in _LOOSE and not closes:
            return 0
        weight += 4
    if frame.needs:
        if not frame.needs.isdisjoint(lower):
            weight += 1
        elif not frame.pair:
            return 0
    return weight


def _stands_behind(frame: Frame, document: Document, hit: Hit, clause: Clause) -> bool:
    """Whether a word that the frame asks for stands before the form: "after an hour and a half with …"."""
    ahead = document.lower[clause.first : occurrence.around(document, hit, clause)[0]][-_SPAN:]
    return any(word in frame.behind for word in ahead)


def _gives_name(frame: Frame, document: Document, hit: Hit, clause: Clause) -> bool:
    """Whether the verb names or starts something: "called an election", "called him a friend"."""
    last, first = occurrence.around(document, hit, clause)
    if any(word in frame.asked for word in document.lower[clause.first : last][-_ASKED:]):
        return True
    behind = document.tokens[first : clause.last][:_OBJECT]
    if any(word.lower in frame.naming for word in behind[: 1 + (len(behind) > 1 and behind[0].lower in frame.still)]):
        return True
    for before, word in itertools.pairwise(behind):
        thing = behind[0].text[0].islower() and before is not behind[0]  # "called the sea a shared duty"
        if word.lower in frame.predicate and (thing or before.text[0].isupper() or before is behind[0]):
            return True
    return False


_ASKED = 4
"""Words between "what" and "called"."""

_OBJECT = 7
"""Words in which the object of a verb and the article behind it stand."""

_SPAN = 6
"""Words of a span of time behind its preposition."""

_PERSONAL = frozenset({"office", "person", "surname", "demonym"})

_HEAD = 5
"""Words of a clause in which its subject stands."""

_LOOSE = frozenset({"ein", "an", "auf", "aus", "ab"})
"""Separable parts that are prepositions or articles too: only at the end of the clause."""


def _subject_before(document: Document, at: int, sentence: Sentence, rules: Rules) -> bool:
    """Whether a name, an office or a pronoun stands right before a word."""
    if not at:
        return False
    word = document.tokens[at - 1]
    if word.text[0].isupper() or word.lower in rules.pronouns or not word.text[0].isalpha():
        return True
    return any(hit.full_end == word.end for hit in _inside(document.hits_of["office"], sentence))


def _ends_infinite(lower: Sequence[str], rules: Rules) -> bool:
    """Whether a clause hangs on the one before by an infinitive: "…, einen Gipfel abzuhalten"."""
    before, last = ["", "", *(word for word in lower if word.isalpha())][-2:]
    if not rules.nouns_capitalised or not last.endswith("n"):
        return False
    return before in rules.to or any(part in last[2:-2] for part in rules.to)  # "abzuhalten"


def _ends_with(behind: Sequence[str], particle: str) -> bool:
    tail = [word for word in behind if word.isalnum()]
    return tail[-1:] == [particle]
