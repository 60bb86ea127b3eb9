"""Is an article worth reading? Decided on the matches alone, before a word is tokenised."""

from __future__ import annotations

from collections.abc import Sequence

from communique.model import Entry, Hit

REACH = 500
"""Characters around a trigger in which its parties must be named; pronouns reach back two sentences."""
_TRIGGERS = frozenset({"trigger", "journey"})
_NAMED = frozenset({"person", "surname", "office", "counterpart", "inhabitant"})
_SIDES = frozenset({"country", "demonym", "metonym", "organisation"})


def promising(hits: Sequence[Hit]) -> bool:
    """Whether some trigger has a person or office and a second party or state around it."""
    triggers = [hit.start for hit in hits for entry in hit.entries if entry.kind in _TRIGGERS]
    if not triggers:
        return False
    marks = [(hit.start, mark) for hit in hits if (mark := _mark(hit.entries))]
    first = 0
    for trigger in triggers:
        while first < len(marks) and marks[first][0] < trigger - REACH:
            first += 1
        seen: set[str] = set()
        named = False
        for start, (kind, what) in marks[first:]:
            if start > trigger + REACH:
                break
            named = named or kind == "named"
            seen.add(what)
            if named and len(seen) >= 2:
                return True
    return False


def _mark(entries: Sequence[Entry]) -> tuple[str, str] | None:
    """Whether a match names somebody or a side, and whom."""
    side = None
    for entry in entries:
        if entry.kind in _NAMED:
            return "named", entry.id
        if side is None and entry.kind in _SIDES:
            side = entry
    return None if side is None else ("side", str(side.data))
