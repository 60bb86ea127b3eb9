"""Text, identity and hash of an accepted article."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from communique import adapters
from communique.adapters.article import hash_content
from communique.model import Article, Record, Withdrawn


def article(**fields: Any) -> Article:
    found = adapters.read(Record(json.dumps({"uri": "urn:x:1", **fields}).encode()))
    assert isinstance(found, Article), found
    return found


def test_the_least_that_is_accepted() -> None:
    """A body and a URI make an article; null address and null date count as not given."""
    found = article(body="Text.", url=None, published_at=None)
    assert (found.text, found.title, found.uri, found.url, found.published_at) == ("Text.", None, "urn:x:1", None, None)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"title": "T", "body": "Text."}, "T\n\nText."),
        ({"title": " T \n U ", "body": "Text."}, "T U\n\nText."),
        ({"title": "T", "body": "T\n\nText."}, "T\n\nText."),
        ({"title": "T", "body": "T"}, "T"),
        ({"title": "Scholz", "body": "Scholz traf Macron."}, "Scholz\n\nScholz traf Macron."),
        ({"title": "", "body": "Text."}, "Text."),
        ({"body": "  Text.\n"}, "  Text.\n"),
        ({"body": "A\r\nB\rC"}, "A\nB\nC"),
        ({"body": "", "body_html": "<p>A</p><p>B</p>"}, "A\n\nB"),
        ({"title": "T", "description": "D"}, "T\n\nD"),
        ({"title": "T", "description": "D", "body": "B"}, "T\n\nB"),
        ({"title": "<b>T</b>", "body": "<p>A &amp; B</p>"}, "T\n\nA & B"),
        ({"title": "Fish &amp; Chips", "body": "Er sagte:\n&#8222;Ja&#8220;"}, "Fish & Chips\n\nEr sagte:\n„Ja“"),
        ({"body": "&lt;p&gt;A&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;"}, "A"),
        ({"body": "a=1&copy=2 & b"}, "a=1&copy=2 & b"),
        ({"body": "Pra\u0308sident"}, "Pr\u00e4sident"),
    ],
)
def test_canonical_text(fields: dict[str, Any], text: str) -> None:
    """NFC, the title first and once, a body that is plain already left as it is."""
    found = article(**fields)
    assert found.text == text
    assert unicodedata.is_normalized("NFC", found.text)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("Scholz traf Macron.", "SCHOLZ  traf\n\nMacron", True),
        ("„Ja“, sagte er – und ging…", '"Ja", sagte er - und ging', True),
        ("Ärger im Élysée", "ärger im élysée", True),
        ("习近平在北京会见普京。", "习近平 在北京会见普京", True),
        ("Премьер принял гостя.", "ПРЕМЬЕР ПРИНЯЛ ГОСТЯ", True),
        ("Scholz traf Macron.", "Scholz traf Meloni.", False),
        ("Größe", "Grüße", False),
        ("习近平会见普京", "普京会见习近平", False),
        ("am 28. Juni", "am 29. Juni", False),
    ],
)
def test_content_hash_sees_words_only(left: str, right: str, equal: bool) -> None:
    """Case, spaces and punctuation do not count, letters and digits do."""
    assert (hash_content(left) == hash_content(right)) is equal


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ({"url": "https://a.example/1"}, {"url": "HTTPS://A.Example:443/1?utm_source=x&fbclid=y#top"}, True),
        ({"url": "https://a.example/1"}, {"url": "https://a.example/1", "uri": "urn:x:2"}, True),
        ({"url": "https://a.example/1"}, {"url": None, "uri": "https://a.example/1"}, True),
        (
            {"url": "https://a.example/1"},
            {"url": "https://a.example/amp/1", "canonical_url": "https://a.example/1"},
            True,
        ),
        ({"url": "https://a.example/1"}, {"url": "https://b.example/1", "canonical_url": "https://a.example/1"}, False),
        ({"url": "https://a.example/"}, {"url": "https://a.example/2", "canonical_url": "https://a.example/"}, False),
        ({"url": "https://a.example/1?id=1"}, {"url": "https://a.example/1?id=2"}, False),
        ({"uri": "urn:x:1"}, {"uri": "urn:x:1", "title": "T"}, True),
        ({"uri": "urn:x:1"}, {"uri": "urn:x:2"}, False),
    ],
)
def test_the_same_address_is_the_same_article(left: dict[str, Any], right: dict[str, Any], equal: bool) -> None:
    """Tracking, case and fragments do not make another article; a canonical link to elsewhere is not believed."""
    assert (article(body="x", **left).article_id == article(body="x", **right).article_id) is equal


@pytest.mark.parametrize(
    ("hint", "kept"),
    [("de", "de"), ("de-AT", "de-AT"), ("zh_Hans", "zh_Hans"), ("German", "German"), ("<b>", None), ("", None)],
)
def test_language_is_a_hint(hint: str, kept: str | None) -> None:
    """A hint that could be a language tag is passed on, anything else is dropped without a refusal."""
    assert article(body="x", language=hint).language_hint == kept


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"url": "https://a.example/amp/1", "canonical_url": "https://a.example/1"}, b"https://a.example/amp/1"),
        ({"url": "https://a.example/amp/1", "canonical_url": "https://a.example/1"}, b"https://a.example/1"),
        ({"url": "https://a.example/1", "uri": "urn:x:2"}, b"urn:x:2"),
        ({"url": "https://a.example/1"}, b"HTTPS://a.example/1?utm_source=x"),
        ({"uri": "HTTPS://A.example/1", "url": "https://a.example/amp"}, b"https://a.example/1"),
    ],
)
def test_a_withdrawal_may_name_any_address_of_the_article(fields: dict[str, Any], key: bytes) -> None:
    """The article says which other ids it would have under its other addresses; its own is not among them."""
    found = article(**{"uri": None, "body": "x", **fields})
    taken_back = adapters.read(Record(None, key))
    assert isinstance(taken_back, Withdrawn)
    assert taken_back.article_id in (found.article_id, *found.aliases)
    assert found.article_id not in found.aliases


def test_an_article_with_one_address_has_no_other() -> None:
    """Spelling does not make a second address."""
    assert article(body="x", url="https://a.example/1", uri="HTTPS://a.example:443/1#top").aliases == ()
    assert article(body="x").aliases == ()
