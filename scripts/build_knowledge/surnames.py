"""Short forms of names: those of the table of spellings, and the last words of office-holders' names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from countries import Name
from persons import Someone
from places import slug

FAMILY_FIRST = frozenset({"CN", "HK", "KP", "KR", "MO", "TW", "KH"})
"""The family name stands first, and is shared by too many to stand alone."""
TURNED = frozenset({"CN", "JP", "KR", "TW"})
"""Some papers turn the two words of a name there."""
MONARCHS = frozenset({"king", "queen", "emir", "sultan", "emperor", "grand_duke", "pope", "crown_prince"})
ADDRESS = {
    "de": {"king": "König", "queen": "Königin", "emir": "Emir", "sultan": "Sultan", "crown_prince": "Kronprinz"},
    "en": {"king": "King", "queen": "Queen", "emir": "Emir", "sultan": "Sultan", "crown_prince": "Crown Prince"},
}
"""How a reigning person is spoken of: as good as a full name, but shared ("King Abdullah")."""
TITLE = re.compile(r"(?:König|Königin|Papst|Pope|Pape|Papa|Kaiser|Emir|Sultan|Kronprinz|King|Queen|Emperor)")
GIVEN_NAME_ONLY = frozenset({"BN", "BT", "ET", "ER", "ID", "IS", "LA", "MM", "MN", "MY", "SG", "TH", "TO", "VA", "WS"})
"""News do not call people by the last word of their name there."""
TWO_FAMILY_NAMES = frozenset(
    {
        "AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT", "HN", "MX", "NI", "PA", "PE", "PY", "SV",
        "UY", "VE",
    }
)  # fmt: skip
SHORT_OFFICES = frozenset(
    {
        "president", "prime_minister", "chancellor", "foreign_minister", "secretary_of_state", "defence_minister",
        "secretary_general", "commission_president", "european_council_president", "high_representative",
        "vice_president", "speaker_of_parliament", "state_premier", "finance_minister", "economy_minister",
        "interior_minister", "security_council_secretary",
    }
)  # fmt: skip
"""Offices whose holders the news call by the family name alone."""
SINCE = "1995"
MINIMUM = 3
"""Letters of a short form."""
PARTICLE = re.compile(r"(?i)(?:van|von|de|da|do|dos|das|del|della|di|du|der|den|ter|la|le|al|el|bin|ben|ibn|abu|ould)")
NUMERAL = re.compile(r"[IVX]+\.?|Jr\.?|Sr\.?|Junior|Filho|Neto|\w\.?")


def keys(people: list[Someone]) -> dict[int, str]:
    """The Wikidata identifier, or a readable name; unique either way."""
    plain = Counter(slug(person.name) for person in people if person.wikidata is None)
    taken: set[str] = set()
    found = {}
    for person in people:
        key = person.wikidata or slug(person.name)
        if person.wikidata is None and plain[key] > 1:
            key = f"{key}-{sorted(person.places)[0].lower().replace('org:', '')}"
        if key in taken:
            raise SystemExit(f"two persons with the key {key}")
        taken.add(key)
        found[id(person)] = key
    return found


def names(people: list[Someone], keyed: dict[int, str]) -> Iterator[Name]:
    for person in people:
        for language, form, size in person.variants:
            if size == "last word" and person.places & FAMILY_FIRST:
                continue
            yield language, "person" if size == "full" else "surname", keyed[id(person)], form, None
            if size == "full" and (name := regnal(person, form)):
                yield language, "surname", keyed[id(person)], name, None
        for language, titles in ADDRESS.items():
            for spell in person.spells:
                if spell.office in titles and (name := regnal(person, person.name)):
                    yield language, "reign", keyed[id(person)], f"{titles[spell.office]} {name}", None


def regnal(person: Someone, form: str) -> str | None:
    """The one name of a monarch or a pope: "King Salman", "Papst Leo"."""
    if not any(spell.office in MONARCHS for spell in person.spells):
        return None
    words = [word for word in form.split() if not NUMERAL.fullmatch(word) and not TITLE.fullmatch(word)]
    if not words or not words[0].isalpha() or len(words[0]) < MINIMUM or PARTICLE.fullmatch(words[0]):
        return None
    return words[0]


def turned(person: Someone) -> list[str]:
    words = person.name.split()
    return [f"{words[1]} {words[0]}"] if len(words) == 2 and person.places & TURNED else []


def given_names(people: list[Someone]) -> frozenset[str]:
    return frozenset(person.name.split()[0] for person in people)


def derived(person: Someone, given: frozenset[str]) -> list[str]:
    """Short forms for any language in Latin script; none where the table of spellings states them."""
    if name := regnal(person, person.name):
        return [name]
    if any(size == "short" for _, _, size in person.variants):
        return []
    if not any(spell.office in SHORT_OFFICES and (spell.end or "9999") >= SINCE for spell in person.spells):
        return []
    if person.places & (FAMILY_FIRST | GIVEN_NAME_ONLY):
        return []
    words = person.name.split()
    while len(words) > 1 and NUMERAL.fullmatch(words[-1]):
        words.pop()
    if len(words) < 2 or PARTICLE.fullmatch(words[0]):
        return []
    found = {words[-1]}
    at = len(words) - 1
    while at > 1 and PARTICLE.fullmatch(words[at - 1]):
        at -= 1
    if at < len(words) - 1:
        found.add(" ".join(words[at:]))
    if (
        person.places & TWO_FAMILY_NAMES
        and len(words) > 2
        and at == len(words) - 1
        and not PARTICLE.fullmatch(words[-2])
    ):
        found.add(" ".join(words[-2:]))
        if words[-2] not in given:
            found.add(words[-2])
    return sorted(form for form in found if len(form) >= MINIMUM)
