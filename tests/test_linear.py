"""No text takes time that grows faster than its length: neither one mistake of a scraper repeated, nor an attack."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from itertools import product

import pytest

from communique import pipeline
from communique.model import Record
from communique.pipeline import Pipeline

SHORT, LONG = 10_000, 40_000
"""Characters. Linear time makes a ratio of 4, quadratic time one of 16."""
RATIO = 8.0
SECONDS = 3.0
"""For the long text, on a slow machine that does other things too; about half of one on a quiet one."""

OPENING = {
    "de": "Bundeskanzler Olaf Scholz traf am Freitag in Berlin den französischen Präsidenten Emmanuel Macron. ",
    "en": "German Chancellor Olaf Scholz met French President Emmanuel Macron in Berlin on Friday. ",
}
"""Without a meeting in it, most of what follows would not be read at all."""

REPEATED = {
    "commas": ("de", ","),
    "quotation marks that open": ("de", "„"),
    "quotation marks apart": ("de", '" der "'),
    "brackets": ("de", "("),
    "full stops": ("de", "."),
    "full stops apart": ("de", ". "),
    "abbreviations": ("de", "Dr. "),
    "initials": ("de", "J. "),
    "hyphens": ("de", "US-"),
    "apostrophes": ("en", "'s "),
    "combining marks": ("de", "\u0301"),
    "letters": ("de", "a"),
    "capitals": ("de", "A"),
    "digits": ("de", "1"),
    "numbers": ("de", "1 "),
    "dates": ("de", "12. März "),
    "weekdays": ("en", "on Friday "),
    "blanks": ("de", " "),
    "line ends": ("de", "\n \n"),
    "indented lines": ("de", "\n\t\t\t\t"),
    "datelines": ("de", "\nBERLIN, 12. März (dpa) - "),
    "cities": ("de", "in Berlin "),
    "countries": ("de", "Frankreich und China und "),
    "offices": ("de", "Präsident "),
    "counterparts": ("en", "his counterpart "),
    "pronouns": ("en", "He met him. She met her. They said so. "),
    "encounters as nouns": ("de", "Treffen "),
    "encounters as verbs": ("en", "met with "),
    "verbs of saying": ("de", "sagte "),
    "speakers": ("de", "er sagte, "),
    "topics": ("de", "Klimawandel Handel "),
    "an opening without an end": ("de", "Präsident Xi Jinping traf "),
    "an English opening without an end": ("en", "President Xi Jinping met "),
    "appositions": ("de", "Macron, der Präsident Frankreichs, "),
    "one sentence": ("de", "der Präsident sagte, er werde in Berlin mit Wladimir Putin sprechen und "),
    "one English sentence": ("en", "the president said he would talk to Vladimir Putin in Moscow and "),
    "meetings": ("de", OPENING["de"]),
    "English meetings": ("en", OPENING["en"]),
}

LISTED = {
    "names in a row": ("de", "{}, "),
    "persons with offices who meet": ("de", "Präsident {} traf den Kanzler. "),
    "English persons with offices who meet": ("en", "President {} met the chancellor. "),
    "persons who speak": ("en", "Minister {} said so. "),
}


@pytest.fixture(scope="module")
def compiled() -> Pipeline:
    return pipeline.load()


@pytest.fixture(autouse=True)
def _without_collector() -> Iterator[None]:
    """The collector of garbage runs when the heap has grown by a share: its time says nothing about a text's."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", REPEATED)
def test_a_repetition_takes_time_in_proportion_to_its_length(name: str, compiled: Pipeline) -> None:
    language, piece = REPEATED[name]
    grows_linearly(compiled, *(OPENING[language] + (piece * (size // len(piece) + 1))[:size] for size in (SHORT, LONG)))


@pytest.mark.parametrize("name", LISTED)
def test_a_list_of_names_takes_time_in_proportion_to_its_length(name: str, compiled: Pipeline) -> None:
    language, piece = LISTED[name]
    listed = "".join(piece.format(person) for person in persons())
    grows_linearly(compiled, *(OPENING[language] + listed[:size] for size in (SHORT, LONG)))


def grows_linearly(compiled: Pipeline, short: str, long: str) -> None:
    before = min(seconds(compiled, short) for _ in range(2))
    after = min(seconds(compiled, long) for _ in range(2))
    assert after < SECONDS
    assert after < RATIO * before or after < 0.05


def seconds(compiled: Pipeline, text: str) -> float:
    value = json.dumps({"uri": "urn:example:1", "body": text, "published_at": "2024-06-28"}).encode()
    record = Record(value=value, timestamp_ms=1_720_000_000_000)
    start = time.process_time()
    compiled.process(record)
    return time.process_time() - start


def persons() -> Iterator[str]:
    """Thousands of names that no table knows, none twice."""
    syllables = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "wu")
    for one, two, three, four in product(syllables, repeat=4):
        yield f"{one}{two}".title() + " " + f"{three}{four}".title()
