"""Which words report an encounter, and whether it took place.

A trigger is a form of a frame of the language file. A verb with a separable part counts only where that part stands in
its clause ("kam … zusammen"), a verb of many uses only with the word it needs ("sprach … mit"). Status comes from tense
and from the status words of the clause.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from communique.extract import clauses
from communique.extract.clauses import Clause
from communique.languages import Language
from communique.languages.sections import Frame, StatusCue
from communique.model import Document, Entry, Evidence, Hit, Sentence, Surface, Trigger
from communique.model.values import value

_OFF = ("cancelled", "refused", "postponed")


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
        cues = _cues(document, signs, clause, lower, rules.than)
        if lower[0] in rules.content and clause.first > sentence.first:
            cues.extend(
                cue
                for cue in _cues(document, signs, Clause(sentence.first, clause.first), lower, rules.than)
                if cue.status == "wished"
            )
        if clause in parts[1:] and (form == "infinitive" or (form == "noun" and _ends_infinite(lower, rules))):
            over = parts[parts.index(clause) - 1]  # "weigerte sich, ihn zu treffen"
            cues.extend(
                cue
                for cue in _cues(document, signs, over, document.lower[over.first : over.last], rules.than)
                if cue.status in {*_OFF, "wished"}
            )
        occasion = form == "noun" and _occasion(document, hit, clause, rules.during)
        if occasion and not rules.it.isdisjoint(lower) and not rules.comes_to.isdisjoint(lower):
            occasion = False  # "kam es zu einem Treffen"
        told = document.folded[words[clause.first].start : hit.start]
        unreal = form == "past" and any(phrase in told for phrase in rules.unreal)
        near = form == "noun" and _negated_noun(document, hit, clause, rules)
        ahead = document.lower[clause.first : at]
        done = form == "infinitive" and not rules.superlatives.isdisjoint(ahead)
        before = ahead if rules.not_before and form == "past" else lower
        status = _status(form, cues, before, occasion, near, unreal, rules)
        moved = form == "infinitive" and not rules.motion.isdisjoint(ahead)
        if (done or moved) and status == "announced" and not cues:
            status = "held"  # "only the second minister to come to China", "crossed the border to meet her"
        if lower[0] in rules.whether and not occasion:
            status = "wished"
        taken_back = _taken_back(document, signs, parts, clause, rules) if form in ("noun", "infinitive") else []
        status = taken_back[0].status if taken_back else status
        if frame.status is not None and status in ("held", "present", "ongoing"):
            status = frame.status
        if frame.weak and status not in _OFF and not rules.letter.isdisjoint(lower):
            continue
        last, _ = _around(document, hit, clause)
        background = any(cue.status == "background" for cue in cues)
        background = background or (last > clause.first and document.lower[last - 1] in rules.last)
        background = background or _apart(document, clause, at, rules)
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


def _around(document: Document, hit: Hit, clause: Clause) -> tuple[int, int]:
    """Index after the last word of a clause before a hit, and of its first word behind it."""
    before = bisect_left(document.starts, hit.start, clause.first, clause.last)
    if before > clause.first and document.tokens[before - 1].end > hit.start:
        before -= 1  # the hit begins inside of a token
    return before, bisect_left(document.starts, hit.end, before, clause.last)


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
        left = sum(word.text.isalnum() for word in words[_around(document, hit, clause)[1] : clause.last])
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
        behind = document.lower[_around(document, hit, clause)[1] : clause.last]
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
    ahead = document.lower[clause.first : _around(document, hit, clause)[0]][-_SPAN:]
    return any(word in frame.behind for word in ahead)


def _gives_name(frame: Frame, document: Document, hit: Hit, clause: Clause) -> bool:
    """Whether the verb names or starts something: "called an election", "called him a friend"."""
    last, first = _around(document, hit, clause)
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


def _cues(
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


def _apart(document: Document, clause: Clause, at: int, rules: Rules) -> bool:
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


_DATING = 4
"""Words between "a week after" and the occasion."""


def _taken_back(
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
        for cue in _cues(document, [hit], follow, [word.lower for word in words], rules.than)
        if cue.status in _OFF
    ]


def _status(
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
            for off in _OFF:
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
    for off in _OFF:
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


def _negated_noun(document: Document, hit: Hit, clause: Clause, rules: Rules) -> bool:
    """Whether a negation stands close enough to a noun to deny it: "kein Treffen", "a meeting is not planned"."""
    if not rules.nor.isdisjoint(document.lower[clause.first : clause.last]):
        return True
    if _attribute(document, hit, clause, rules):
        return False
    before, behind = _around(document, hit, clause)
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


def _occasion(document: Document, hit: Hit, clause: Clause, within: frozenset[str]) -> bool:
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
