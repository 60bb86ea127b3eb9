"""Every sentence of the corpus is read as it says, and every meaning that a language file declares has a sentence."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from communique import adapters, extract, languages, pipeline
from communique.extract import dates
from communique.model import Article, Meeting
from communique.pipeline import Pipeline
from tests import corpus
from tests.corpus import Case

CASES = [case for code in corpus.codes() for case in corpus.read(corpus.FOLDER / f"{code}.toml")]
CODES = corpus.codes()


@cache
def reader() -> Pipeline:
    return pipeline.load(CODES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_text_is_read_as_the_corpus_says(case: Case) -> None:
    """What a text reports is found with every field that the entry names, and nothing else is found."""
    assert corpus.differences(case, reader().process(case.record)) == [], case.text


def test_every_language_has_a_corpus() -> None:
    """A language file comes with its sentences, and no corpus is left behind by a language that went."""
    assert tuple(CODES) == languages.codes()


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", CODES)
def test_every_frame_is_in_the_evidence_of_some_text(code: str) -> None:
    """A word for an encounter that no sentence of ours reports a meeting with has not been tried."""
    declared = {f"{code}.trigger.{frame.id}" for frame in languages.load(code).frames}
    assert declared - _evidence(code) == set()


@pytest.mark.parametrize("code", CODES)
def test_every_office_is_read_in_some_text(code: str) -> None:
    declared = {f"{code}.office.{office.id}" for office in languages.load(code).offices}
    assert declared - _matched(code) == set()


@pytest.mark.parametrize("code", CODES)
def test_every_status_cue_stands_in_a_text_with_that_status(code: str) -> None:
    """A cue is tried where a text that holds it expects its status; a wish is tried where nothing comes of it."""
    tried = {
        (name, status)
        for case in _of(code)
        for name in _hits(case)
        for status in ({str(want.get("status")) for want in case.expect} | _told_otherwise(case))
    }
    missing = [cue.id for cue in languages.load(code).status if (f"{code}.status.{cue.id}", cue.status) not in tried]
    assert missing == []


@pytest.mark.parametrize("code", CODES)
def test_every_topic_and_relationship_is_found_in_some_text(code: str) -> None:
    topics = languages.load(code).topics
    found = _found(code)
    assert [name for name in topics.forms if f"{code}.topic.{name}" not in found] == []
    assert [name for name in topics.relationships if name not in found] == []


@pytest.mark.parametrize("code", CODES)
def test_every_verb_of_saying_speaks_in_some_text(code: str) -> None:
    found = _found(code)
    sayings = languages.load(code).statements.sayings
    assert [saying.id for saying in sayings if f"{code}.statement.{saying.id}" not in found] == []


@pytest.mark.parametrize("code", CODES)
def test_every_kind_of_date_phrase_stands_in_some_text(code: str) -> None:
    """But for "none", which is there to be no date."""
    found = _dates(code)
    assert [name for name in languages.load(code).dates.phrases if f"{code}.date.{name}" not in found] == ["none"]


@pytest.mark.parametrize("code", CODES)
def test_negatives_are_as_many_as_frames(code: str) -> None:
    negatives = {case.text for case in _of(code) if case.negative}
    assert len(negatives) >= len(languages.load(code).frames)


@pytest.mark.parametrize("code", CODES)
def test_no_text_stands_in_the_corpus_twice(code: str) -> None:
    assert [text for text, times in Counter(case.text for case in _of(code)).items() if times > 1] == []


# ── the language files ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", CODES)
def test_files_are_in_composed_form(code: str) -> None:
    """A decomposed "ü" in a data file would match no text."""
    for source in (_language_file(code), (corpus.FOLDER / f"{code}.toml").read_text(encoding="utf-8")):
        assert unicodedata.is_normalized("NFC", source)


@pytest.mark.parametrize("code", CODES)
def test_no_list_of_a_language_file_holds_a_form_twice(code: str) -> None:
    assert list(_doubled(tomllib.loads(_language_file(code)), code)) == []


@pytest.mark.parametrize("code", CODES)
def test_no_form_stands_for_two_offices(code: str) -> None:
    """Which office a form means would depend on the order of the file."""
    offices = Counter(
        form.casefold()
        for office in languages.load(code).offices
        for form in {form.casefold(): form for form in (*office.forms, *office.plural)}.values()
    )
    assert {form for form, times in offices.items() if times > 1} == set()


@pytest.mark.parametrize("code", CODES)
def test_ids_are_unique(code: str) -> None:
    language = languages.load(code)
    for entries in (language.offices, language.frames, language.status, language.statements.sayings):
        assert [name for name, times in Counter(entry.id for entry in entries).items() if times > 1] == []


# ── what a text was read with ────────────────────────────────────────────────────────────────────────────────────────


def _of(code: str) -> list[Case]:
    return [case for case in CASES if case.language == code]


def _article(case: Case) -> Article:
    article = adapters.read(case.record)
    assert isinstance(article, Article)
    return article


@cache
def _hits(case: Case) -> frozenset[str]:
    document = extract.read(_article(case), reader().engines[case.language])
    return frozenset(entry.id for hit in document.hits for entry in hit.entries) if document else frozenset()


@cache
def _meetings(code: str) -> tuple[Meeting, ...]:
    """What is read from all texts of a language, with the evidence that the published event leaves out."""
    return tuple(meeting for case in _of(code) for meeting in reader().meetings(_article(case), code))


def _evidence(code: str) -> set[str]:
    """Ids of the entries that made a meeting."""
    return {evidence.rule for meeting in _meetings(code) for evidence in meeting.evidence}


def _found(code: str) -> set[str | None]:
    """Rules of topics and statements, and relationships."""
    found: set[str | None] = set()
    for meeting in _meetings(code):
        found |= {evidence.rule for topic in meeting.topics for evidence in topic.evidence}
        found |= {said.evidence.rule for said in meeting.statements}
        found.add(meeting.relationship)
    return found


@cache
def _dates(code: str) -> frozenset[str]:
    """Rules of every date mentioned in the texts of a language, whether or not it is a meeting's."""
    engine = reader().engines[code]
    documents = (extract.read(_article(case), engine) for case in _of(code))
    found = (dates.find(document, engine.dates) for document in documents if document is not None)
    return frozenset(mention.rule for mentions in found for mention in mentions)


def _matched(code: str) -> frozenset[str]:
    return frozenset(name for case in _of(code) for name in _hits(case))


def _told_otherwise(case: Case) -> set[str]:
    """The statuses that no meeting has: nothing comes of a wish or an invitation, the past is background."""
    background = {"background"} if any(want.get("background") for want in case.expect) else set()
    return background | ({"wished", "invited"} if case.negative else set())


def _language_file(code: str) -> str:
    return (Path(str(files("communique.languages"))) / "data" / f"{code}.toml").read_text(encoding="utf-8")


def _doubled(node: object, path: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _doubled(value, f"{path}.{key}")
    elif isinstance(node, list):
        if all(isinstance(item, str) for item in node):
            yield from (f"{path}: {form}" for form, times in Counter(node).items() if times > 1)
        else:
            for item in node:
                if isinstance(item, list):
                    continue  # a pair, such as two quotation marks
                yield from _doubled(item, path + (f"[{item['id']}]" if isinstance(item, dict) and "id" in item else ""))
