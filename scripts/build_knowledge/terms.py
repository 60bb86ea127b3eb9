"""Spells in office: the same spell told by several tables becomes one, with the most precise days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

REAPPOINTED = timedelta(days=45)
"""A shorter gap between two spells in one office is a reappointment."""
NEVER = date(9999, 12, 31)


@dataclass
class Spell:
    name: str
    wikidata: str | None
    office: str
    country: str | None
    organisation: str | None
    start: str | None
    end: str | None
    seen: str | None

    @property
    def exact(self) -> bool:
        return self.start is not None and len(self.start) == 10


def first(day: str | None) -> date:
    """The earliest day that an ISO string of any precision may mean."""
    if day is None:
        return date.min
    return date.fromisoformat((day + "-01-01")[:10] if len(day) < 7 else (day + "-01")[:10])


def last(day: str | None) -> date:
    """The latest day that an ISO string of any precision may mean."""
    if day is None:
        return NEVER
    if len(day) == 10:
        return date.fromisoformat(day)
    if len(day) == 7:
        return (date.fromisoformat(day + "-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return date(int(day), 12, 31)


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """One person's spells, each once."""
    by_office: dict[tuple[str, str | None, str | None], list[Spell]] = defaultdict(list)
    for spell in spells:
        by_office[spell.office, spell.country, spell.organisation].append(spell)
    found: list[Spell] = []
    for group in by_office.values():
        group.sort(key=lambda spell: (first(spell.start), last(spell.end)))
        exact = _chained([spell for spell in group if spell.exact])
        rough = [spell for spell in group if not spell.exact]
        found += exact
        for spell in rough:
            covered = [other for other in exact if _meets(spell, other)]
            if not covered:
                found.append(spell)
            elif covered[-1].end is None and covered[-1].seen is not None:
                covered[-1].end, covered[-1].seen = spell.end, spell.seen
            elif covered[-1].end is None and spell.end is not None:
                covered[-1].end = spell.end
            elif len(covered) == 1 and first(spell.end) > last(covered[0].end) and spell.seen is None:
                # The table of years is the younger one: the exact end was that of an earlier cabinet.
                covered[0].end = spell.end
    return found


def _distinct(spells: list[Spell]) -> list[Spell]:
    """Spells known to the year, without those that lie inside another."""
    kept: list[Spell] = []
    for spell in sorted(spells, key=lambda spell: (first(spell.start), -last(spell.end).toordinal())):
        if not any(
            first(other.start) <= first(spell.start) and _known_end(spell) <= _known_end(other) for other in kept
        ):
            kept.append(Spell(**vars(spell)))
    return kept


def _chained(spells: list[Spell]) -> list[Spell]:
    chain: list[Spell] = []
    for spell in spells:
        before = chain[-1] if chain else None
        if before is None or first(spell.start) > _known_end(before) + REAPPOINTED:
            chain.append(Spell(**vars(spell)))
            continue
        if before.start is not None and spell.start is not None and spell.start.startswith(before.start):
            before.start = spell.start
        if _known_end(spell) == _known_end(before) and len(spell.end or "") > len(before.end or ""):
            before.end = spell.end
        elif _later(spell, before):
            before.end, before.seen = spell.end, spell.seen
    return chain


def _known_end(spell: Spell) -> date:
    if spell.end is None and spell.seen is not None:
        return NEVER - REAPPOINTED
    return min(last(spell.end), NEVER - REAPPOINTED)


def _later(spell: Spell, before: Spell) -> bool:
    """Whether `spell` says more about the end of the joint spell than `before` does."""
    if before.end is None and before.seen is not None:
        return (spell.end or spell.seen or "9999") > before.seen
    if spell.end is None and spell.seen is not None:
        return before.end is not None and spell.seen > before.end
    return last(spell.end) > last(before.end)


def _meets(rough: Spell, exact: Spell) -> bool:
    return first(rough.start) <= last(exact.end) and first(exact.start) <= last(rough.end)


def succeeded(spells: list[tuple[str, Spell]], alone: frozenset[str]) -> None:
    """Where an end is unknown or open, the next holder of an office that one person holds ends the spell."""
    by_office: dict[tuple[str, str | None, str | None], list[tuple[str, Spell]]] = defaultdict(list)
    for name, spell in spells:
        if spell.office in alone:
            by_office[spell.office, spell.country, spell.organisation].append((name, spell))
    for holders in by_office.values():
        holders.sort(key=lambda item: (item[1].start or "", item[0]))
        for name, spell in holders:
            if spell.end is not None:
                continue
            for other, successor in holders:
                if other != name and _follows(successor, spell):
                    spell.end, spell.seen = successor.start, None
                    break


def _follows(successor: Spell, spell: Spell) -> bool:
    if successor.start is None:
        return False
    start = spell.start or ""
    return successor.start[:4] > start[:4] or (spell.exact and successor.exact and successor.start > start)
