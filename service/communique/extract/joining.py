"""Which drafts speak of one meeting, and what is left of each when they are joined."""

from __future__ import annotations

from collections.abc import Sequence

from communique.extract.drafts import Draft
from communique.extract.encounter import OFF
from communique.extract.sides import Bound
from communique.model import DateMention

_LEAD = 1
"""Sentences behind the first in which the news is told."""

_LOST = 4
"""Sentences behind a journey called off in which it is told what it would have held."""

_DAY = len("2024-06-28")

REMOTE = frozenset({"phone_call", "video_call"})


def told_before(out: Sequence[Draft], draft: Draft, bound: Bound) -> Draft | None:
    """The meeting already told that a trigger speaks of."""
    for known in reversed(out):
        if _one(known, draft, bound):
            return known
    return None


def _one(known: Draft, draft: Draft, bound: Bound) -> bool:
    if bool(known.kinds & REMOTE) != bool(draft.kinds & REMOTE) and not _spoken(known, draft, bound):
        return False
    if bound.adds:
        return known.entities <= draft.entities
    if bound.refers and draft.status not in {"announced", *OFF}:
        return known.entities == draft.entities or draft.entities <= known.entities
    onward = known.mode == draft.mode == "travel" and None not in (known.destination, draft.destination)
    if onward and known.destination != draft.destination and not bound.refers:
        return False  # the next station
    abroad = set(known.countries) - {p.country for p in known.people}
    lost = known.status in OFF and draft.counterfactual  # what it would have held
    if len(abroad) > 1 and not lost and any(p.country in abroad for p in draft.people):
        return False  # one of the group, told by itself
    if draft.old and known.date is None and not known.old and known.sentence <= _LEAD:
        return False  # "they had met in October"
    point = known.mode == "travel" and draft.mode != "travel" and draft.own_date and draft.sentence != known.sentence
    if point and not lost:
        return False  # a programme point with a day of its own
    if known.heading and not draft.background and draft.sentence <= 2 and known.entities & draft.entities:
        return True  # the headline and the lead
    apart = known.mode == "travel" and draft.mode != "travel" and draft.sentence != known.sentence
    welcome = draft.kinds == {"reception"} and (known.place is None or not known.place.city)
    own = draft.own_date or (draft.own_place and not welcome)
    there = draft.status == known.status == "announced" and draft.sentence - known.sentences[-1] == 1 and not own
    if apart and known.status in ("announced", "ongoing") and not bound.refers and not there:
        return False  # the journey is the news, what is planned on it comes beside it
    same = known.entities == draft.entities and known.entities
    more = bound.trigger.data.form == "noun" and not draft.own_date and not draft.own_place  # "the call with her"
    again = known.mode == draft.mode == "travel" and known.status in OFF and draft.status in OFF
    reach = _LOST if lost or again else 3 if more else 1
    part = (
        draft.entities
        and (draft.entities <= known.entities or known.entities <= draft.entities)
        and draft.sentence - known.sentences[-1] <= reach
    )
    if not (same or part or _named(known, draft, reach)):
        return False
    off = known.status in OFF and draft.sentence - known.sentence <= _LOST and draft.status in {"announced", *OFF}
    if _class(known.status) != _class(draft.status) and not (off and draft.counterfactual):
        return False
    whole = known.mode in ("summit", "multilateral") or known.mode == draft.mode == "travel"
    both_off = known.status in OFF and draft.status in OFF and whole
    if (
        (known.background or known.before) != (draft.background or draft.before)
        and not both_off
        and not _same_day(known, draft)
        and draft.date is not None
        and known.sentence != draft.sentence
    ):
        return False
    if known.date is not None and draft.date is not None and not _compatible(known.date, draft.date):
        return False
    if known.place is None or draft.place is None or not known.place.country or not draft.place.country:
        return True
    talked_of = (
        bound.inherited and not draft.background and not draft.own_date and draft.place.country not in draft.countries
    )
    aside = draft.place.relation == "to" and not draft.own_date  # "before the return to Amman he gave a banquet"
    return known.place.country == draft.place.country or aside or talked_of  # "they discussed the mission in Haiti"


def _named(known: Draft, draft: Draft, reach: int) -> bool:
    """Whether those told before by their offices alone are now told by name: "the defence ministers of A and B …"."""
    offices = {(p.country, p.office) for p in draft.people if p.name}
    whole = bool(known.people) and all(
        (p.country, p.office) in offices if p.entity < 0 else p.entity in draft.entities for p in known.people
    )
    return whole and draft.sentence - known.sentences[-1] <= reach


def _spoken(known: Draft, draft: Draft, bound: Bound) -> bool:
    """Whether a call and a talk are one: "das Gespräch … die beiden telefonierten", with no other day or place."""
    if bound.refers and draft.mode == "encounter":
        return True
    if known.sentence == draft.sentence and known.entities == draft.entities:
        return True
    talk, call = (draft, known) if known.kinds & REMOTE else (known, draft)
    if talk.kinds != {"talks"} or talk.entities != call.entities:
        return False
    if talk.place is not None and talk.own_place:
        return False
    return not (talk.own_date and call.own_date)


def _class(status: str) -> str:
    return "held" if status in ("held", "ongoing") else "off" if status in OFF else status


def _same_day(known: Draft, draft: Draft) -> bool:
    """Whether something told in the pluperfect was on the day of the meeting itself: "… war sie dazu angereist"."""
    day = draft.date.value if draft.date is not None else None
    whole = not draft.background and not known.background and known.entities == draft.entities
    return whole and day is not None and len(day) == _DAY and known.date is not None and known.date.value == day


def _compatible(one: DateMention, other: DateMention) -> bool:
    if one.value is None or other.value is None:
        return True
    short = min(len(one.value), len(other.value))
    return (
        one.value[:short] == other.value[:short]
        or (one.value <= other.value <= (one.until or one.value))
        or (other.value <= one.value <= (other.until or other.value))
    )


def join(known: Draft, draft: Draft, bound: Bound) -> None:
    lost = known.mode == "travel" and known.status in OFF and draft.counterfactual
    again = (bound.remembered or bound.refers) and not bound.adds and draft.mode != "travel"
    if again and known.mode == "travel" and known.status in OFF and not lost:
        known.sentences.append(draft.sentence)
        return  # "talks on visas would be delayed" too
    programme = known.mode == "travel" and known.status == draft.status == "announced" and not bound.refers
    programme = programme and draft.sentence != known.sentence and draft.kinds == {"reception"}
    known.kinds |= set() if lost or programme else draft.kinds  # a journey called off stays one, as one to come does
    if known.mode == "travel" and draft.mode == "encounter" and not bound.refers and not lost:
        hosted = {p.country for p in (*known.people, *draft.people)} | {*draft.countries}
        known.countries = [c for c in known.countries if c in hosted]  # the meeting is with somebody else there
    known.anywhere = known.anywhere and (draft.anywhere or bound.refers)
    known.remote = known.remote and (
        draft.remote or bound.refers or bound.remembered or bound.trigger.data.frame.topical
    )
    if known.mode == "travel" and draft.mode != "travel" and not lost and not programme:
        known.mode = draft.mode
    entities = known.entities
    if not bound.refers or bound.adds:
        named = {(p.country, p.office) for p in draft.people if p.name}
        known.people = [p for p in known.people if p.name or (p.country, p.office) not in named]
        known.people.extend(
            p for p in draft.people if (p.entity if p.entity >= 0 else (p.country, p.office)) not in entities
        )
        aside = draft.mode == "travel" and known.mode != "travel"  # the venue of talks is no party to them
        told = [p.country for p in draft.people] if aside else draft.countries
        known.countries.extend(c for c in told if c and c not in known.countries)
        known.organisations.extend(o for o in draft.organisations if o not in known.organisations)
    if known.date is None or (draft.date is not None and len(draft.date.value or "") > len(known.date.value or "")):
        known.date = draft.date or known.date
    topic = known.remote and bound.remembered and draft.mode != "call"  # "the rights of British citizens in Poland"
    nearer = known.place is None or (draft.place is not None and draft.place.city and not known.place.city)
    if nearer and not topic:
        known.place = draft.place or known.place
    known.destination = known.destination or draft.destination
    planned = known.date is not None and known.date.relation == "future"
    if known.status in OFF and draft.counterfactual and draft.date is not None and not planned:
        known.date = draft.date  # the day it was to be on, not the one on which it was called off
    known.host = known.host if known.host is not None else draft.host
    known.evidence.extend(draft.evidence)
    known.sentences.append(draft.sentence)
    if known.status == "ongoing" and draft.status == "held":
        known.status = "held"
    if known.status == "refused" and draft.status in ("postponed", "cancelled"):
        known.status = draft.status
    if known.heading and draft.date is not None:
        known.status, known.date, known.heading = draft.status, draft.date, False


def once(out: list[tuple[Draft, Bound]]) -> list[Draft]:
    """Calls that turned out to be one put together: "met virtually" is a call only by its second word."""
    kept: list[Draft] = []
    for draft, bound in out:
        known = next((other for other in kept if _twice(other, draft)), None)
        if known is None:
            kept.append(draft)
        else:
            join(known, draft, bound)
    return kept


def _twice(known: Draft, draft: Draft) -> bool:
    return (
        bool(known.kinds & REMOTE)
        and bool(draft.kinds & REMOTE)
        and known.entities == draft.entities
        and _class(known.status) == _class(draft.status)
        and known.background == draft.background
        and (known.date is None or draft.date is None or _compatible(known.date, draft.date))
    )


def without_shadows(out: list[Draft]) -> list[Draft]:
    """Drops the visit that only carries a meeting: "during his visit to Berlin he met …"."""
    kept = []
    for draft in out:
        if draft.mode == "travel" and _class(draft.status) != "off":
            carried = [
                other
                for other in out
                if other is not draft
                and other.mode != "travel"
                and draft.entities <= other.entities
                and abs(other.sentence - draft.sentence) <= 1
                and _class(other.status) == _class(draft.status)
                and not (draft.own_date and other.own_date and other.sentence != draft.sentence)
                and not (draft.status in ("announced", "ongoing") and draft.sentence < other.sentence)
            ]
            if carried:
                main = carried[0]
                if main.place is None and draft.place is not None and (main.before or not draft.before):
                    main.place = draft.place
                main.destination = main.destination or draft.destination
                if main.date is None:
                    main.date = draft.date
                continue
        kept.append(draft)
    return kept


def spread(out: list[Draft]) -> list[Draft]:
    """Of "met the presidents of A, B and C" and the meetings told one by one behind it the latter stay."""
    kept: list[Draft] = []
    for draft in out:
        abroad = [c for c in draft.countries if c not in {p.country for p in draft.people}]
        singles = [
            other
            for other in out
            if other is not draft
            and len(abroad) > 1
            and draft.mode != "travel"
            and draft.entities < other.entities
            and other.sentence >= draft.sentence
            and any(p.country in abroad for p in other.people)
        ]
        for other in singles:
            other.date = other.date or draft.date
            other.place = other.place or draft.place
            if other.status == "ongoing":
                other.status = draft.status
        told = {p.country for other in singles for p in other.people}
        if 2 * len(told & set(abroad)) < len(abroad):
            kept.append(draft)
            continue
        rest = [c for c in draft.countries if c not in told or c in {p.country for p in draft.people}]
        if singles and len(rest) < 2:
            continue
        draft.countries = rest
        kept.append(draft)
    return kept
