"""Terms and days: whether a term covers a day, which office a person held then, who is the likeliest of namesakes.

A day of a table may be a year or a month; it then covers all days that it may mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from communique.model import Person, Term

SLACK = timedelta(days=45)
"""Reports of an inauguration, a farewell tour or a caretaker: the office is still, or already, spoken of."""
UNSEEN = timedelta(days=4 * 365)
"""How long after its last sighting a term without a known end is believed when a name stands beside it."""
ELECTED = 100
"""Days between an election and the inauguration at most."""
RANK = {
    "president": 0, "chancellor": 0, "prime_minister": 1, "pope": 0, "king": 1, "queen": 1, "emir": 0, "sultan": 0,
    "emperor": 1, "supreme_leader": 0, "commission_president": 0, "european_council_president": 0,
    "secretary_general": 1, "foreign_minister": 2, "secretary_of_state": 2, "high_representative": 2,
    "crown_prince": 0, "cardinal_secretary_of_state": 2, "defence_minister": 3, "vice_president": 3,
    "deputy_president": 3, "vice_premier": 3, "speaker_of_parliament": 3, "director_general": 3,
    "senior_diplomat": 3, "finance_minister": 4, "economy_minister": 4, "party_leader": 6, "state_councillor": 6,
}  # fmt: skip
"""Which office the news name first where one person holds several."""
HEADS = frozenset({"president", "prime_minister", "chancellor", "king", "queen", "emir", "sultan", "pope"})
MINISTER = 3
MINOR = 5
ALIKE = (
    frozenset({"prime_minister", "chancellor", "state_premier"}),
    frozenset({"foreign_minister", "secretary_of_state"}),
    frozenset({"king", "queen", "emir", "sultan", "emperor", "grand_duke"}),
    frozenset({"vice_president", "deputy_president"}),
    frozenset({"deputy_prime_minister", "vice_premier"}),
    frozenset({"commerce_minister", "trade_minister", "economy_minister"}),
    frozenset({"president", "commission_president", "european_council_president", "bank_president"}),
)
"""Offices that one text may call by the other's name ("Regierungschef" for a chancellor)."""


def covers(term: Term, day: date, slack: timedelta = timedelta(0)) -> bool:
    """Whether the term may have run on that day."""
    return first(term.start) - slack <= day <= _end(term) + slack


def surely_covers(term: Term, day: date) -> bool:
    """Whether it ran on that day whatever the imprecise days of the table mean."""
    end = first(term.end) if term.end is not None else _end(term)
    return last(term.start) <= day <= end


def holds(person: Person, office: str, place: str, day: date, *, surely: bool = False) -> bool:
    """Whether the person held this very office then; a term without a known end counts until it was last seen."""
    test = surely_covers if surely else covers
    return any(
        term.office == office and place in places(term) and test(term, day) and (term.end or not _unseen(term, day))
        for term in person.terms
    )


def places(term: Term) -> tuple[str, ...]:
    """The country or organisation of the term."""
    return tuple(place for place in (term.country, term.organisation) if place is not None)


def term_on(person: Person, day: date | None, *, office: str | None = None, place: str | None = None) -> Term | None:
    """The term that the news of that day speak of: one that runs, the highest office first; else the last before it."""
    terms = [term for term in person.terms if place is None or place in places(term)]
    if office is not None and (same := [term for term in terms if alike(term.office, office)]):
        terms = same
    if not terms:
        return None
    if day is None:
        return terms[0] if len({(term.office, places(term)) for term in terms}) == 1 else None
    return min(terms, key=lambda term: (distance(term, day), rank(term), first(term.start).toordinal() * -1))


def distance(term: Term, day: date) -> int:
    """Days between the day and the term, 0 inside it and shortly before or after."""
    if covers(term, day, SLACK):
        return 0 if covers(term, day) else 1
    if day < first(term.start):
        return (first(term.start) - day).days
    return (day - _end(term)).days


def until(term: Term, day: date) -> int:
    """Days that are left until the term surely begins; negative once it has."""
    return (first(term.start) - day).days


@lru_cache(maxsize=4096)
def alike(office: str, other: str) -> bool:
    return office == other or any(office in group and other in group for group in ALIKE)


def offices_like(office: str) -> frozenset[str]:
    """The other offices that a text may call so."""
    return frozenset(name for group in ALIKE if office in group for name in group) - {office}


def likeliest(
    persons: Iterable[Person], *, place: str | None = None, office: str | None = None, day: date | None = None
) -> Person | None:
    """The one person that fits best; None where none fits, or two do alike.

    A person without any term in the given country or organisation does not fit: a full name does not make a Belgian
    official of his Canadian namesake.
    """
    fitting = [p for p in persons if place is None or any(place in places(term) for term in p.terms)]
    scored = sorted(((_fit(p, place, office, day), n) for n, p in enumerate(fitting)), key=lambda item: item[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return fitting[scored[0][1]]


def _fit(person: Person, place: str | None, office: str | None, day: date | None) -> tuple[int, int, int]:
    terms = [term for term in person.terms if place is None or place in places(term)]
    same = [term for term in terms if office is not None and alike(term.office, office)]
    highest = min((rank(term) for term in terms), default=MINOR)
    if day is None:
        return (0 if same or office is None else 1, 0, highest)
    nearest = min((distance(term, day) for term in terms), default=date.max.toordinal())
    in_office = any(distance(term, day) <= 1 for term in (same if office is not None else terms))
    return (0 if in_office else 1, nearest, highest)


def prominence(person: Person) -> tuple[int, int, str]:
    """Sorts the person that news most likely mean first: the highest office, then the latest end."""
    ends = [_end(term).toordinal() for term in person.terms]
    return (min((rank(term) for term in person.terms), default=MINOR), -max(ends, default=0), person.name)


@lru_cache(maxsize=8192)
def first(day: str | None) -> date:
    """The earliest day that an ISO string of any precision may mean."""
    if day is None:
        return date.min + SLACK
    return date.fromisoformat((day + "-01-01")[:10])


@lru_cache(maxsize=8192)
def last(day: str | None) -> date:
    """The latest day that it may mean."""
    if day is None:
        return date.max - SLACK
    if len(day) == 4:
        return date(int(day), 12, 31)
    if len(day) == 7:
        return (date.fromisoformat(day + "-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return date.fromisoformat(day)


def _unseen(term: Term, day: date) -> bool:
    return term.seen is not None and day > last(term.seen) + SLACK


def _end(term: Term) -> date:
    if term.end is None and term.seen is not None:
        return last(term.seen) + UNSEEN
    return last(term.end)


def rank(term: Term) -> int:
    return RANK.get(term.office, MINOR)
