"""A feed of generated articles: the same seed gives the same bytes.

A meeting is reported by several invented outlets, in two languages and several shapes. The rest of the feed is what a
real one holds too: articles about other things, the same article sent again, the same text under another address,
records that cannot be read, and articles that are taken back.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from tests.delivery import phrases
from tests.delivery.phrases import Country, Office

Kind = Literal["meeting", "other", "again", "copy", "unreadable", "withdrawal"]

FIRST_DAY = date(2024, 3, 4)
OUTLETS = (
    "abendbote",
    "hafenkurier",
    "morningledger",
    "northpost",
    "rundblick",
    "tidewire",
    "weltspiegel",
    "dailyrelay",
)


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds in the feed; the rest is "other"."""

    meeting: float = 0.06
    again: float = 0.03
    copy: float = 0.02
    unreadable: float = 0.03
    withdrawal: float = 0.01
    meetings_known: int = 40
    """So many meetings are reported at the same time, each by one outlet after another."""
    characters: int = 900
    """Least length of a text."""


BENCH = Mix(meeting=0.10, again=0.0, copy=0.0, unreadable=0.0, withdrawal=0.0, characters=3000)


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of the feed, and what it is."""

    kind: Kind
    key: bytes | None
    value: bytes | None
    address: str = ""
    """The article's URL where there is one."""


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    woman: bool
    office: Office
    country: Country


@dataclass(frozen=True, slots=True)
class _Encounter:
    host: _Person
    guest: _Person
    day: date
    topic: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    body: str
    language: Literal["de", "en"]
    published: datetime


def feed(seed: int, mix: Mix = Mix()) -> Iterator[Sent]:
    """Endless. Records of one article share their key, so that they stay in order on one partition."""
    chance = random.Random(seed)
    encounters = [_encounter(chance, 0) for _ in range(mix.meetings_known)]
    recent: list[Sent] = []
    texts: list[_Text] = []
    number = 0
    kinds: tuple[Kind, ...] = ("meeting", "again", "copy", "unreadable", "withdrawal", "other")
    weights = [mix.meeting, mix.again, mix.copy, mix.unreadable, mix.withdrawal]
    weights.append(1 - sum(weights))
    while True:
        number += 1
        kind = chance.choices(kinds, weights)[0] if recent else "other"
        if kind == "again":
            old = chance.choice(recent)
            yield Sent("again", old.key, old.value, old.address)
        elif kind == "withdrawal":
            old = recent.pop(chance.randrange(len(recent)))
            yield Sent("withdrawal", old.key, None, old.address)
        elif kind == "unreadable":
            yield _unreadable(chance, seed, number)
        else:
            if kind == "copy":
                text = chance.choice(texts)
            elif kind == "meeting":
                place = chance.randrange(len(encounters))
                text = _report(chance, encounters[place], mix.characters)
                if chance.random() < 0.25:  # told often enough; another one takes its place
                    encounters[place] = _encounter(chance, number)
            else:
                text = _other(chance, number, mix.characters)
            sent = _send(chance, kind, text, seed, number)
            recent, texts = [*recent[-49:], sent], [*texts[-49:], text]
            yield sent


def _encounter(chance: random.Random, number: int) -> _Encounter:
    host, guest = chance.sample(phrases.COUNTRIES, 2)
    office = chance.choice(phrases.OFFICES)
    day = FIRST_DAY + timedelta(days=number // 500)
    return _Encounter(_person(chance, host, office), _person(chance, guest, office), day, chance.choice(phrases.TOPICS))


def _person(chance: random.Random, country: Country, office: Office) -> _Person:
    woman = chance.random() < 0.5
    given = chance.choice(country.women if woman else country.men)
    return _Person(f"{given} {chance.choice(country.families)}", woman, office, country)


def _report(chance: random.Random, encounter: _Encounter, characters: int) -> _Text:
    published = _moment(chance, encounter.day + timedelta(days=chance.choice((0, 0, 1))))
    return (
        _german(chance, encounter, published, characters)
        if chance.random() < 0.5
        else _english(chance, encounter, published, characters)
    )


def _german(chance: random.Random, told: _Encounter, published: datetime, characters: int) -> _Text:
    host, guest = told.host, told.guest
    forms = host.office.woman if host.woman else host.office.man
    guest_forms = guest.office.woman if guest.woman else guest.office.man
    words = {
        "A": host.name, "A_office": forms[0][0].upper() + forms[0][1:], "a_office": forms[0],
        "A_genitive": host.country.genitive, "B": guest.name, "B_object": guest_forms[1], "B_with": guest_forms[2],
        "B_genitive": guest.country.genitive, "B_country": guest.country.german, "city": host.country.capital_german,
        "day": phrases.WEEKDAYS_GERMAN[told.day.weekday()], "topic": told.topic[0],
        "A_country": host.country.german,
    }  # fmt: skip
    lead = [chance.choice(phrases.LEADS_GERMAN).format_map(words)]
    lead += [sentence.format_map(words) for sentence in chance.sample(phrases.AFTER_GERMAN, 2)]
    title = f"Gespräche zwischen {host.country.german} und {guest.country.german}"
    return _Text(title, _fill(chance, lead, phrases.FILLER_GERMAN, characters), "de", published)


def _english(chance: random.Random, told: _Encounter, published: datetime, characters: int) -> _Text:
    host, guest = told.host, told.guest
    words = {
        "A": host.name, "A_country": host.country.english, "A_title": host.office.english, "B": guest.name,
        "B_country": guest.country.english, "B_title": guest.office.english, "city": host.country.capital_english,
        "day": phrases.WEEKDAYS_ENGLISH[told.day.weekday()], "topic": told.topic[1],
    }  # fmt: skip
    lead = [chance.choice(phrases.LEADS_ENGLISH).format_map(words)]
    lead += [sentence.format_map(words) for sentence in chance.sample(phrases.AFTER_ENGLISH, 2)]
    title = f"{host.country.english} and {guest.country.english} hold talks"
    return _Text(title, _fill(chance, lead, phrases.FILLER_ENGLISH, characters), "en", published)


def _other(chance: random.Random, number: int, characters: int) -> _Text:
    published = _moment(chance, FIRST_DAY + timedelta(days=number // 500))
    if chance.random() < 0.5:
        return _Text("Aus der Region", _fill(chance, [], phrases.FILLER_GERMAN, characters), "de", published)
    return _Text("From around the region", _fill(chance, [], phrases.FILLER_ENGLISH, characters), "en", published)


def _moment(chance: random.Random, day: date) -> datetime:
    return datetime.combine(day, time(chance.randrange(18, 24), chance.randrange(60)), UTC)


def _fill(chance: random.Random, lead: list[str], filler: tuple[str, ...], characters: int) -> str:
    """`lead`, then sentences about other things, in paragraphs of five, until the text is long enough."""
    paragraphs, length = [" ".join(lead)] if lead else [], sum(map(len, lead))
    while length < characters:
        paragraph = " ".join(chance.choice(filler).format(n=chance.randrange(2, 99)) for _ in range(5))
        paragraphs.append(paragraph)
        length += len(paragraph) + 2
    return "\n\n".join(paragraphs)


def _send(chance: random.Random, kind: Kind, text: _Text, seed: int, number: int) -> Sent:
    outlet = f"{chance.choice(OUTLETS)}.example"
    address = f"https://www.{outlet}/{seed}/{number}"
    document = chance.choice((_canonical, _canonical, _news_please, _schema_org, _trafilatura))(text, address, outlet)
    return Sent(kind, address.encode(), json.dumps(document, ensure_ascii=False).encode(), address)


def _canonical(text: _Text, address: str, outlet: str) -> dict[str, Any]:
    return {
        "url": address, "title": text.title, "body": text.body, "language": text.language,
        "published_at": text.published.isoformat(), "source": {"name": outlet, "domain": outlet},
    }  # fmt: skip


def _news_please(text: _Text, address: str, outlet: str) -> dict[str, Any]:
    stamp = text.published.strftime("%Y-%m-%d %H:%M:%S")
    return {
        "authors": [], "date_download": stamp, "date_modify": "None", "date_publish": stamp, "description": None,
        "language": text.language, "source_domain": outlet, "maintext": text.body, "title": text.title, "url": address,
    }  # fmt: skip


def _schema_org(text: _Text, address: str, outlet: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": text.title, "articleBody": text.body,
        "inLanguage": text.language, "datePublished": text.published.isoformat(), "url": address,
        "publisher": {"@type": "Organization", "name": outlet},
    }  # fmt: skip


def _trafilatura(text: _Text, address: str, outlet: str) -> dict[str, Any]:
    return {
        "title": text.title, "author": None, "hostname": outlet, "date": text.published.date().isoformat(),
        "fingerprint": f"{zlib.crc32(address.encode()):08x}", "raw_text": text.body, "text": text.body,
        "source": address, "source-hostname": outlet, "language": text.language,
    }  # fmt: skip


def _unreadable(chance: random.Random, seed: int, number: int) -> Sent:
    """A record that no reader can use; each of these has its own code."""
    key = f"broken-{seed}-{number}".encode()
    value = chance.choice(
        (
            b'{"url": "https://broken.example/' + key + b'", "title": "Cut o',
            b'{"url": "https://broken.example/' + key + b'", "body": "\xff\xfe"}',
            b'{"title": "No address", "body": "Text without an address."}',
            b'{"url": "https://broken.example/' + key + b'", "body": ""}',
            b'{"url": "https://broken.example/' + key + b'", "body": NaN}',
            b"[" * 200 + b"]" * 200,
            b"",
            None,
        )
    )
    return Sent("unreadable", None if value is None else key, value)
