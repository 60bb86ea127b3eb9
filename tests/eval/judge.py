"""Compares what was found in an article with its gold.

A meeting found and one of the gold are the same if they are alike enough in people, countries, kind and day; each is
used once, the likest pairs first. Background is left out on both sides. The in-person kinds shade into one another, so
talks, meeting, reception and visit count alike; so do the stages of one status (held and ongoing; cancelled, postponed
and refused).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from communique.wire import MeetingEvent, Participant
from communique.wire import Statement as Said
from tests.eval.sets import Article, Event

_A = TypeVar("_A")
_B = TypeVar("_B")

IN_PERSON = frozenset({"talks", "meeting", "reception", "visit"})
CLASS_OF_KIND: Mapping[str, str] = {
    "talks": "encounter",
    "meeting": "encounter",
    "reception": "encounter",
    "signing": "encounter",
    "visit": "visit",
    "phone_call": "remote",
    "video_call": "remote",
    "summit": "summit",
    "multilateral": "summit",
    "other": "other",
}
CLASS_OF_STATUS: Mapping[str, str] = {
    "held": "held",
    "ongoing": "held",
    "announced": "announced",
    "postponed": "off",
    "cancelled": "off",
    "refused": "off",
}
ALIKE_ENOUGH = 0.3


@dataclass(frozen=True)
class Verdict:
    """One article judged."""

    article: Article
    found: tuple[MeetingEvent, ...]
    wanted: tuple[Event, ...]
    pairs: tuple[tuple[MeetingEvent, Event], ...]

    @property
    def main(self) -> Event | None:
        return self.article.events[self.article.main] if self.wanted else None

    @property
    def answer(self) -> MeetingEvent | None:
        """What was found for the main meeting."""
        return next((event for event, gold in self.pairs if gold is self.main), None)

    @property
    def fault(self) -> tuple[str, ...]:
        """What is wrong with the main meeting, by field; "false alarm" where there is none, "missed" where it is."""
        if self.main is None:
            return ("false alarm",) if self.found else ()
        return faults(self.answer, self.main) if self.answer is not None else ("missed",)

    def right(self, event: MeetingEvent) -> bool:
        """Whether a meeting found is one of the gold, with every field right."""
        return any(found is event and not faults(found, gold) for found, gold in self.pairs)


def judge(article: Article, meetings: Sequence[MeetingEvent]) -> Verdict:
    found = tuple(meeting for meeting in meetings if not meeting.background)
    wanted = tuple(event for event in article.events if not event.get("background"))
    return Verdict(article, found, wanted, tuple(_align(found, wanted)))


def faults(event: MeetingEvent, gold: Event) -> tuple[str, ...]:
    """The fields in which a meeting found is wrong; none where all is right."""
    people = persons(event, gold)
    answers = {
        "participant missing": len(people) == len(gold["participants"]),
        "participant too many": len(people) == len(event.participants),
        "participant country": all(person.country == wanted.get("country") for person, wanted in people),
        "kind": kind_alike(event, gold),
        "status": status_alike(event, gold),
        "date": not gold.get("date") or day_right(event, gold),
        "place country": not place(gold).get("country") or event.where.country == place(gold)["country"],
    }
    return tuple(name for name, right in answers.items() if not right)


def persons(event: MeetingEvent, gold: Event) -> list[tuple[Participant, Event]]:
    return match(event.participants, gold["participants"], _same_person)


def kind_alike(event: MeetingEvent, gold: Event) -> bool:
    return {event.kind, gold["kind"]} <= IN_PERSON or CLASS_OF_KIND.get(event.kind) == CLASS_OF_KIND.get(gold["kind"])


def status_alike(event: MeetingEvent, gold: Event) -> bool:
    return CLASS_OF_STATUS.get(event.status) == CLASS_OF_STATUS.get(gold["status"])


def day_right(event: MeetingEvent, gold: Event) -> bool:
    return (event.when.start or "").startswith(gold["date"])


def place(gold: Event) -> Mapping[str, str | None]:
    return gold.get("place") or {}


def match(found: Iterable[_A], wanted: Iterable[_B], same: Callable[[_A, _B], bool]) -> list[tuple[_A, _B]]:
    """One-to-one matches, in order of what was found."""
    left = list(wanted)
    pairs = []
    for one in found:
        other = next((candidate for candidate in left if same(one, candidate)), None)
        if other is not None:
            left.remove(other)
            pairs.append((one, other))
    return pairs


def statements(verdict: Verdict) -> tuple[list[tuple[Said, Event]], int, int]:
    """Pairs of statements found and wanted, and how many there are of each.

    The gold gives where a statement begins; what was found is the same if its evidence covers that place.
    """
    text = verdict.article.text
    wanted = [said for said in verdict.article.statements or () if said["surface_start"] in text]
    begins = {id(said): text.index(said["surface_start"]) + 5 for said in wanted}
    every = (said for meeting in verdict.found for said in meeting.statements)
    found = list({(said.evidence.start, said.speaker): said for said in every}.values())
    pairs = match(found, wanted, lambda said, want: said.evidence.start <= begins[id(want)] < said.evidence.end)
    return pairs, len(found), len(wanted)


def same_name(name: str | None, aliases: Iterable[str | None]) -> bool:
    """Equal but for case, accents and punctuation; or one holds the words of the other and shares its first or last."""
    words = _fold(name)
    return bool(words) and any(_agree(words, _fold(alias)) for alias in aliases if _fold(alias))


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _align(found: Sequence[MeetingEvent], wanted: Sequence[Event]) -> list[tuple[MeetingEvent, Event]]:
    scored = [(_likeness(event, gold), i, j) for i, event in enumerate(found) for j, gold in enumerate(wanted)]
    taken: set[int] = set()
    given: set[int] = set()
    pairs = []
    for score, i, j in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if score >= ALIKE_ENOUGH and i not in taken and j not in given:
            taken.add(i)
            given.add(j)
            pairs.append((found[i], wanted[j]))
    return pairs


def _likeness(event: MeetingEvent, gold: Event) -> float:
    matched = len(persons(event, gold))
    people = len(event.participants) + len(gold["participants"])
    theirs, ours = {*(gold.get("countries") or ())}, {*event.countries}
    shared = len(theirs & ours) / len(theirs | ours) if theirs | ours else 0.0
    if not matched and (gold["participants"] or (theirs and not shared)):
        return 0.0
    kind = CLASS_OF_KIND.get(event.kind) == CLASS_OF_KIND.get(gold["kind"])
    day = bool(gold.get("date")) and day_right(event, gold)
    return 0.55 * (2 * matched / people if people else 1.0) + 0.2 * shared + 0.15 * kind + 0.1 * day


def _same_person(person: Participant, gold: Event) -> bool:
    aliases = (gold.get("name"), gold.get("surface"))
    return same_name(person.name, aliases) or same_name(person.surface, aliases)


def _fold(name: str | None) -> list[str]:
    plain = unicodedata.normalize("NFKD", (name or "").casefold())
    return re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).split()


def _agree(one: list[str], other: list[str]) -> bool:
    if "".join(one) == "".join(other):
        return True
    small, large = sorted((one, other), key=len)
    return {*small} <= {*large} and (small[-1] == large[-1] or small[0] == large[0])
