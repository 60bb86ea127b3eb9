"""Every sender's shape is recognised without configuration and comes out as the same article."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from communique import adapters
from communique.adapters.shapes import recognise
from communique.model import Article, Record, Refusal, Withdrawn

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"
ARRIVED_MS = 1_720_000_000_000


def read(fields: dict[str, Any], shape: str | None = None, **headers: bytes) -> Article | Withdrawn | Refusal:
    value = json.dumps(fields, ensure_ascii=False).encode()
    return adapters.read(Record(value, None, tuple(headers.items()), timestamp_ms=ARRIVED_MS), shape)


def article(fields: dict[str, Any], shape: str | None = None, **headers: bytes) -> Article:
    found = read(fields, shape, **headers)
    assert isinstance(found, Article), found
    return found


def example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return loaded


DE = "Die norwegische Außenministerin"
EN = "Kenyan President Daniel Otieno"


@pytest.mark.parametrize(
    ("name", "shape", "url", "begins", "published", "precision", "assumed", "language", "publisher"),
    [
        (
            "canonical",
            "canonical",
            "https://agentur.example/2024/06/28/seekabel",
            DE,
            "2024-06-28T18:05:00+02:00",
            "second",
            False,
            "de",
            "Agentur Beispiel",
        ),
        (
            "news-please",
            "news-please",
            "https://daily.example/nairobi-talks",
            EN,
            "2024-07-02T14:30:00+00:00",
            "second",
            True,
            "en",
            None,
        ),
        (
            "trafilatura-json",
            "trafilatura",
            "https://kurier.example/politik/seekabel-4711",
            DE,
            "2024-06-28T00:00:00+00:00",
            "day",
            False,
            "de",
            "Kurier",
        ),
        (
            "trafilatura-dict",
            "trafilatura",
            "https://observer.example/africa/otieno-figueira",
            EN,
            "2024-07-02T00:00:00+00:00",
            "day",
            False,
            "en",
            "The Example Observer",
        ),
        (
            "schema.org",
            "schema.org",
            "https://tagblatt.example/welt/seekabel",
            DE,
            "2024-06-28T19:10:00+02:00",
            "second",
            False,
            "de-DE",
            "Tagblatt",
        ),
        (
            "ninjs-2",
            "ninjs-2",
            "https://wire.example/items/20240702-0091",
            EN,
            "2024-07-02T13:02:00+00:00",
            "second",
            False,
            "en",
            "Example Wire",
        ),
        ("ninjs-3", "ninjs-3", None, DE, "2024-06-28T16:05:00+02:00", "second", False, "de", "Beispieldienst"),
        (
            "zyte",
            "zyte",
            "https://gazette.example/world/otieno-figueira",
            EN,
            "2024-07-02T15:00:00+00:00",
            "second",
            False,
            "en",
            None,
        ),
        (
            "newspaper4k",
            "newspaper4k",
            "https://stadtanzeiger.example/wetter-wochenende",
            "Der Wetterdienst",
            "2024-06-28T06:00:00+00:00",
            "second",
            True,
            "de",
            "Stadtanzeiger",
        ),
        (
            "feedparser",
            "feedparser",
            "https://halden.example/news/88",
            "The city library",
            "2024-06-28T09:30:00+02:00",
            "second",
            False,
            "en",
            "Halden News",
        ),
        (
            "cloudevent",
            "canonical",
            "https://agentur.example/2024/06/28/seekabel",
            DE,
            "2024-06-28T00:00:00+00:00",
            "day",
            False,
            None,
            None,
        ),
    ],
)
def test_example_becomes_an_article(
    name: str,
    shape: str,
    url: str | None,
    begins: str,
    published: str,
    precision: str,
    assumed: bool,
    language: str | None,
    publisher: str | None,
) -> None:
    """The good example of each shape is recognised, its fields stand where they belong, its date keeps its offset."""
    found = article(example(f"{name}.good"))
    assert (found.shape, found.url) == (shape, url)
    assert found.title is not None
    assert found.text.startswith(f"{found.title}\n\n{begins}")
    assert found.published_at is not None
    assert found.published_at.isoformat() == published
    assert (found.published_precision, found.zone_assumed) == (precision, assumed)
    assert (found.language_hint, found.source.name) == (language, publisher)
    assert "<" not in found.text


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.refused.*.json")), ids=lambda path: path.stem)
def test_example_is_refused(path: Path) -> None:
    """The refused example of each shape ends in the code that its file name says."""
    answer = adapters.read(Record(path.read_bytes(), timestamp_ms=ARRIVED_MS))
    assert isinstance(answer, Refusal)
    assert answer.code == path.stem.rpartition(".")[2]


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        ({"@type": "NewsArticle", "uri": "x", "headlines": []}, "schema.org"),
        ({"@type": ["Thing", "ReportageNewsArticle"], "maintext": "x"}, "schema.org"),
        ({"@graph": []}, "schema.org"),
        ({"uri": "x", "headlines": [{"contenttype": "text/plain"}]}, "ninjs-2"),
        ({"uri": "x", "bodies": [{"contentType": "text/plain"}]}, "ninjs-3"),
        ({"uri": "x", "pubstatus": "canceled"}, "ninjs-2"),
        ({"uri": "x", "pubStatus": "canceled"}, "ninjs-3"),
        ({"maintext": None, "text": "x"}, "news-please"),
        ({"source-hostname": "x", "text": "x"}, "trafilatura"),
        ({"fingerprint": "x", "hostname": "x", "text": "x"}, "trafilatura"),
        ({"articleBody": "x", "headline": "x"}, "zyte"),
        ({"publish_date": None, "top_image": "", "text": "x"}, "newspaper4k"),
        ({"published_parsed": None}, "feedparser"),
        ({"link": "x", "summary": "x"}, "feedparser"),
        ({"uri": "x", "body": "x"}, "canonical"),
        ({"text": "x", "url": "x"}, "canonical"),
        ({}, "canonical"),
    ],
)
def test_shape_is_recognised_by_its_marks(fields: dict[str, Any], shape: str) -> None:
    assert recognise(fields, None) == shape


@pytest.mark.parametrize(
    ("dataschema", "shape"),
    [
        ("urn:communique:schemas/raw-article/1-0.json", "canonical"),
        ("https://schema.org/NewsArticle", "schema.org"),
        ("http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json", "ninjs-2"),
        ("http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json", "ninjs-3"),
        ("urn:example:news-please", "news-please"),
        ("urn:example:something-else", "zyte"),
    ],
)
def test_the_senders_own_word_wins(dataschema: str, shape: str) -> None:
    """`ce_dataschema` decides where it names a shape, and is passed over where it does not."""
    assert recognise({"articleBody": "x"}, dataschema) == shape


def test_a_configured_shape_wins_over_everything() -> None:
    """The shape that a topic is configured for is taken without looking for marks."""
    fields = {"url": "https://a.example/1", "body": "Kanonisch.", "maintext": "Von news-please."}
    assert article(fields).text == "Von news-please."
    assert article(fields, "canonical").text == "Kanonisch."
    assert article(fields, ce_dataschema=b"urn:communique:schemas/raw-article/1-0.json").text == "Kanonisch."


@pytest.mark.parametrize("status", ["withheld", "canceled", "Canceled"])
@pytest.mark.parametrize(
    "fields",
    [
        {"uri": "urn:x:1", "pubstatus": None},
        {"uri": "urn:x:1", "pubStatus": None},
        {"uri": "urn:x:1", "pub_status": None},
    ],
)
def test_a_status_takes_the_article_back(fields: dict[str, Any], status: str) -> None:
    """withheld and canceled withdraw, in every shape that has a status, and need no text."""
    answer = read({name: value or status for name, value in fields.items()})
    assert isinstance(answer, Withdrawn)
    assert answer.uri == "urn:x:1"
    usable = article(fields | {"body": "Text.", "bodies": [{"value": "Text."}]})
    assert usable.article_id == answer.article_id


@pytest.mark.parametrize(
    ("key", "headers", "uri"),
    [
        (b"https://A.example/1?utm_source=x", (), "https://A.example/1?utm_source=x"),
        (b"urn:x:1", (), "urn:x:1"),
        (None, (("ce_subject", b"urn:x:1"),), "urn:x:1"),
    ],
)
def test_a_null_value_withdraws_what_the_key_names(
    key: bytes | None, headers: tuple[tuple[str, bytes], ...], uri: str
) -> None:
    """A null value withdraws the article that was read under the same address."""
    answer = adapters.read(Record(None, key, headers))
    assert isinstance(answer, Withdrawn)
    field = "url" if uri.startswith("https") else "uri"
    assert (answer.uri, answer.article_id) == (uri, article({field: uri, "body": "x"}).article_id)


def test_a_key_may_be_the_article_id_itself() -> None:
    known = article({"url": "https://a.example/1", "body": "x"}).article_id
    answer = adapters.read(Record(None, known.encode()))
    assert isinstance(answer, Withdrawn)
    assert answer.article_id == known


TEXT = {"url": "https://a.example/1", "maintext": "Text."}


@pytest.mark.parametrize(
    ("fields", "read_as"),
    [
        (
            TEXT | {"date_modify": "None", "title": "None", "language": "None"},
            {"modified_at": None, "title": None, "language_hint": None},
        ),
        (TEXT | {"date_publish": "2024-06-28 10:00:00"}, {"zone_assumed": True}),
        (TEXT | {"date_publish": None}, {"published_at": None, "zone_assumed": False}),
        (
            {"source": "https://a.example/1", "source-hostname": "A", "text": "Text.", "raw_text": "Roh."},
            {"text": "Text."},
        ),
        ({"source": "https://a.example/1", "source-hostname": "A", "text": "", "raw_text": "Roh."}, {"text": "Roh."}),
        (
            {"@type": "NewsArticle", "mainEntityOfPage": "https://a.example/1", "articleBody": "Text."},
            {"url": "https://a.example/1"},
        ),
        (
            {"@type": ["NewsArticle"], "url": ["https://a.example/1"], "headline": ["T"], "articleBody": ["Text."]},
            {"text": "T\n\nText."},
        ),
        (TEXT | {"language": ["de"]}, {"language_hint": None}),
        (
            {"@type": "NewsArticle", "@id": "https://a.example/1#article", "articleBody": "Text."},
            {"url": "https://a.example/1"},
        ),
        (
            {
                "@graph": [
                    {"@type": "WebPage"},
                    {"@type": ["NewsArticle"], "url": "https://a.example/1", "articleBody": "Text."},
                ]
            },
            {"text": "Text."},
        ),
        (
            {"link": "https://a.example/1", "summary": "<p>Text.</p>", "updated": "2024-06-28T10:00:00Z"},
            {"text": "Text.", "published_precision": "second"},
        ),
        (
            {
                "link": "https://a.example/1",
                "summary": "Kurz.",
                "content": [{"value": "<p>Lang.</p>", "language": "de"}],
            },
            {"text": "Lang.", "language_hint": "de"},
        ),
        (
            {
                "uri": "urn:x:1",
                "bodies": [
                    {"contenttype": "text/html", "value": "<p>Html.</p>"},
                    {"contenttype": "text/plain", "value": "Plain."},
                ],
            },
            {"text": "Plain."},
        ),
        ({"uri": "urn:x:1", "bodies": [{"contenttype": "text/html", "value": "<p>Html.</p>"}]}, {"text": "Html."}),
    ],
)
def test_traps_of_the_shapes(fields: dict[str, Any], read_as: dict[str, Any]) -> None:
    """What the senders' formats do that a reader does not expect."""
    found = article(fields)
    assert {name: getattr(found, name) for name in read_as} == read_as


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("A", ["A"]),
        ("A; B", ["A", "B"]),
        ({"@type": "Person", "name": "A"}, ["A"]),
        (["A", {"name": "B"}, {"nonsense": 1}, 5, None], ["A", "B"]),
        ([], None),
        (5, None),
    ],
)
def test_authors_come_in_many_forms(author: Any, names: list[str] | None) -> None:
    found = article({"@type": "NewsArticle", "url": "https://a.example/1", "articleBody": "Text.", "author": author})
    assert (found.extra.get("authors") and [person["name"] for person in found.extra["authors"]]) == names


def test_what_a_shape_does_not_use_is_kept_beside() -> None:
    """Fields that no adapter reads survive in `extra`; those that were read, or are copies of the page, do not."""
    found = article(TEXT | {"section": "Ausland", "localpath": "/var/x.html"})
    assert found.extra == {"section": "Ausland"}
