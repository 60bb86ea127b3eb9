"""From names as written to persons: canonical name, identifier, and the office and country on that day.

What the text states wins over the tables: they fill in what it leaves out and decide between namesakes. A person in no
table keeps the name as written. Two spellings become one person only where the tables name both, or where a longer
form of a known name ("Dina Ercilia Boluarte Zegarra") comes with the country and the office that the person held then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from anyascii import anyascii

from communique.knowledge import Knowledge, tenure
from communique.model import Meeting, Participant, Person, Statement, Term
from communique.text import squeeze

_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")
_HAN = re.compile(r"[㐀-鿿]{2,4}")
_EDGES = " \t\n,;:.·-–—'\"“”„‚‘’«»()[]"
_ORGANS = {
    "European Commission": "EU",
    "European Council": "EU",
    "European Parliament": "EU",
    "Council of the European Union": "EU",
    "UN General Assembly": "UN",
    "UN Security Council": "UN",
}
"""Organs whose officials are published under the organisation itself."""


def meeting(meeting: Meeting, knowledge: Knowledge, day: date | None) -> Meeting:
    """The meeting with every participant and speaker resolved; `day` is the day of publication."""
    then = _day_of(meeting) or day
    resolved = tuple(participant(item, knowledge, day, then) for item in meeting.participants)
    participants = tuple(_once(resolved))
    return replace(
        meeting,
        participants=participants,
        countries=_in_order((*meeting.countries, *(item.country for item in participants))),
        organisations=_in_order((*meeting.organisations, *(item.organisation for item in participants))),
        statements=tuple(
            _statement(item, meeting.participants, resolved, knowledge, day) for item in meeting.statements
        ),
    )


def participant(item: Participant, knowledge: Knowledge, day: date | None, then: date | None) -> Participant:
    """One participant; `then` is the day of the meeting where it is known, else that of publication."""
    item = replace(item, organisation=_ORGANS.get(item.organisation or "", item.organisation))
    person = _person(item, knowledge, day, then)
    if person is None:
        return replace(item, name=latin(item.name) if item.name else None)
    term = _term(person, item, day, knowledge.built)
    if term is None:
        return replace(item, name=person.name, wikidata=person.wikidata)
    stated = item.country is not None and (
        item.country == term.country
        or (
            term.country is None and day is not None and _held(person, item.country, None, day)
        )  # of a body and a state
    )
    return replace(
        item,
        name=person.name,
        wikidata=person.wikidata,
        office=_office(item.office, term, day, knowledge),
        country=item.country if stated else term.country,
        organisation=item.organisation if stated else term.organisation,
    )


def latin(name: str) -> str:
    """A name as written, tidied; other scripts in Latin letters, as a person in no table has no agreed spelling."""
    tidy = " ".join(name.split()).strip(_EDGES)
    if _LATIN.search(tidy) or not tidy:
        return tidy
    if _HAN.fullmatch(tidy):
        family, *given = re.findall(r"[A-Z][a-z]*", anyascii(tidy))
        return f"{family} {''.join(given).capitalize()}".strip()
    return " ".join(anyascii(tidy).replace("·", " ").split())


def _person(item: Participant, knowledge: Knowledge, day: date | None, then: date | None) -> Person | None:
    place = item.country or item.organisation
    if item.name is None:
        return _holder(item, knowledge, then)
    if full := knowledge.named(item.name):
        person = tenure.likeliest(full, place=place, office=_plain(item.office), day=day)
        return person or _elsewhere(full, item.office, day)
    words = squeeze(item.name).split()
    if len(words) > 1:
        # A first name that the tables do not know beside a known surname is another person, unless it is the same one
        # under a longer form: "Rolf Scholz" is not Olaf Scholz.
        near = (*item.candidates, *knowledge.of_word(words[0]), *knowledge.of_word(words[-1]))
        longer = tuple({id(person): person for person in near if _contains(words, person)}.values())
        return _supported(longer, place, _plain(item.office), day) or (
            _elsewhere(longer, item.office, day) if item.office else None
        )
    return _by_surname(item, place, day, then) or (
        _supported(knowledge.of_word(squeeze(item.name)), place, item.office, day) if item.office else None
    )


def _elsewhere(full: tuple[Person, ...], office: str | None, day: date | None) -> Person | None:
    """A full name that is in office that day, although the words around it suggest another country.

    Grammar gives the country of the nearest adjective or capital, which may belong to somebody else; two persons of
    one full name at the head of two states or ministries at one time are not known.
    """
    if day is None:
        return None
    serving = [
        person
        for person in full
        if any(
            tenure.distance(term, day) <= 1
            and tenure.rank(term) <= tenure.MINISTER
            and (office is None or tenure.alike(term.office, office))
            for term in person.terms
        )
    ]
    return serving[0] if len(serving) == 1 else None


def _holder(item: Participant, knowledge: Knowledge, then: date | None) -> Person | None:
    """The office alone: its one known holder. Offices of many ("ambassador") have no entry in the tables."""
    place = item.country or item.organisation
    if item.office is None or place is None or then is None:
        return None
    if person := knowledge.holder(item.office, place, then):
        return person
    others = {
        holder.name: holder
        for office in tenure.offices_like(item.office)
        if not knowledge.has_office(item.office, place) and (holder := knowledge.holder(office, place, then))
    }
    return next(iter(others.values())) if len(others) == 1 else None


def _by_surname(item: Participant, place: str | None, day: date | None, then: date | None) -> Person | None:
    """A surname alone wants a person of that country and office who serves; out of office where the text says so."""
    office = _plain(item.office)
    if office != item.office or day is None:
        fitting = [person for person in item.candidates if _held(person, place, office)]
        return tenure.likeliest(fitting, place=place, office=office, day=day)
    for moment in dict.fromkeys((then or day, day)):
        serving = [person for person in item.candidates if _held(person, place, office, moment)]
        if serving:
            return tenure.likeliest(serving, place=place, office=office, day=moment)
    return None


def _held(person: Person, place: str | None, office: str | None, day: date | None = None) -> bool:
    """Whether a term agrees with all that is known: country or organisation, office, day."""
    return any(
        (day is None or tenure.covers(term, day, tenure.SLACK))
        and (place is None or place in tenure.places(term))
        and (office is None or tenure.alike(term.office, office) or term.office.endswith(f"_{office}"))
        for term in person.terms
    )


def _supported(persons: Iterable[Person], place: str | None, office: str | None, day: date | None) -> Person | None:
    """Who of these held this office of this country, on that day where it is known; nobody where two did."""
    fitting = [person for person in persons if place is not None and _held(person, place, office, day)]
    return fitting[0] if len(fitting) == 1 else None


def _contains(words: list[str], person: Person) -> bool:
    """Whether the written name holds every word of the known one in order, and begins or ends with the same."""
    known = squeeze(person.name).split()
    rest = iter(words)
    return len(known) > 1 and (words[0] == known[0] or words[-1] == known[-1]) and all(word in rest for word in known)


def _plain(office: str | None) -> str | None:
    """The office that "former_president" or "president_elect" speaks of."""
    if office is None:
        return None
    return office.removeprefix("former_").removesuffix("_elect").removesuffix("_designate")


def _term(person: Person, item: Participant, day: date | None, built: date) -> Term | None:
    """The term that the text speaks of: in the country or body it names, unless its office is held elsewhere.

    Without a day the office that the text states decides; where it states none, what the person is by the tables, or
    the only thing that the person ever was.
    """
    office = _plain(item.office)
    moment = built if day is None and office is None else day
    places = [place for place in (item.organisation, item.country) if place is not None]
    offered = [tenure.term_on(person, moment, office=office, place=place) for place in (*places, None)]
    offered.append(tenure.term_on(person, moment))
    known = [term for term in offered if term is not None]
    if moment is not None:
        running = [term for term in known if tenure.distance(term, moment) <= 1]
        only = len({(term.office, tenure.places(term)) for term in person.terms}) == 1
        known = running or (known if day is not None or only else [])
    if office is not None:
        known = [term for term in known if tenure.alike(term.office, office)] or known
    return known[0] if known else None


def _office(stated: str | None, term: Term, day: date | None, knowledge: Knowledge) -> str | None:
    """The office that the text states, unless the tables show that it has used another word for it.

    A former minister who is in office is meant by the office; a president before the inauguration is one elect; the
    head of government of a country without a prime minister is what the tables call him; and a sitting president is no
    prime minister.
    """
    running = day is None or tenure.distance(term, day) <= 1
    if stated is None:
        return _office_then(term, day, running=running)
    place = term.country or term.organisation or ""
    if stated.startswith("former_") and day is not None and running and tenure.rank(term) <= tenure.MINISTER:
        return term.office
    if stated == "president" == term.office and day is not None and 0 < tenure.until(term, day) <= tenure.ELECTED:
        return "president_elect"
    if tenure.alike(stated, term.office) and not knowledge.has_office(stated, place):
        return term.office
    heads = stated in tenure.HEADS and term.office in tenure.HEADS
    return term.office if heads and day is not None and running else stated


def _office_then(term: Term, day: date | None, *, running: bool) -> str | None:
    """Out of office what the person was, before it nothing."""
    if day is None or running:
        return term.office
    if day < tenure.first(term.start):
        return None
    return f"former_{term.office}" if term.end is not None else term.office


def _day_of(meeting: Meeting) -> date | None:
    """The day of the meeting, or the first of its month; None where only a year is known."""
    start = meeting.when.start
    if start is None or len(start) < 7:
        return None
    return date.fromisoformat((start + "-01")[:10])


def _once(participants: Iterable[Participant]) -> Iterator[Participant]:
    """Two mentions that turn out to be one person are one participant: the first, with the other's evidence."""
    kept: dict[tuple[str, str | None], Participant] = {}
    for order, item in enumerate(participants):
        key = (squeeze(item.name), item.country or item.organisation) if item.name else (str(order), None)
        first = kept.get(key)
        if first is None:
            kept[key] = item
            continue
        kept[key] = replace(
            first,
            office=first.office or item.office,
            office_text=first.office_text or item.office_text,
            role=item.role if first.role == "participant" else first.role,
            evidence=(*first.evidence, *(piece for piece in item.evidence if piece not in first.evidence)),
        )
    return iter(kept.values())


def _statement(
    statement: Statement,
    written: tuple[Participant, ...],
    resolved: tuple[Participant, ...],
    knowledge: Knowledge,
    day: date | None,
) -> Statement:
    """Speakers under the names that the participants now have; others under their canonical names."""
    names: dict[str, str] = {}
    for before, after in zip(written, resolved, strict=True):
        if after.name is not None:
            for form in (before.name, before.surface):
                if form:
                    names[squeeze(form)] = after.name
    speakers = []
    for speaker in statement.speaker.split("; "):
        known = names.get(squeeze(speaker))
        if known is None and (person := knowledge.person(speaker, day=day)):
            known = person.name
        speakers.append(known or speaker)
    return replace(statement, speaker="; ".join(dict.fromkeys(speakers)))


def _in_order(items: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
