"""Every hostile input ends in a refusal with its own documented code, or is made harmless; none costs much time."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from communique import adapters
from communique.model import Article, Record, Refusal
from communique.refusals import REASONS

ARRIVED = datetime(2024, 6, 28, 18, 0, tzinfo=UTC)
ARTICLE = {"url": "https://agentur.example/1", "title": "Ein Titel", "body": "Ein Satz.", "published_at": "2024-06-28"}


def record(value: bytes | None, key: bytes | None = b"k", **headers: bytes) -> Record:
    named = tuple((name.replace("_", "-", 1), content) for name, content in headers.items())
    return Record(value, key, named, "articles.raw.v1", 0, 1, int(ARRIVED.timestamp() * 1000))


def article(**changes: Any) -> bytes:
    """The article with some fields changed, as JSON."""
    return json.dumps(ARTICLE | changes, ensure_ascii=False).encode()


def literal(name: str, text: str) -> bytes:
    """The article with one more field, whose value is JSON text that json.dumps would never write."""
    return article()[:-1] + f', "{name}": {text}}}'.encode()


REFUSED = {
    "a null value without a key": (record(None, None), "null_without_key"),
    "no bytes": (record(b""), "empty_value"),
    "a prefix with nothing behind it": (record(b"\x00\x00\x00\x00\x07"), "empty_value"),
    "more than 2 MB": (record(article(body="x" * 2_100_000)), "too_large"),
    "a compression nobody announced": (record(gzip.compress(article())), "not_utf8"),
    "an unknown codec": (record(article(), content_encoding=b"br"), "unknown_codec"),
    "two codecs": (record(gzip.compress(article()), content_encoding=b"gzip, gzip"), "unknown_codec"),
    "a codec that is not the one": (record(article(), content_encoding=b"gzip"), "bad_compression"),
    "a cut compression": (record(gzip.compress(article())[:-9], content_encoding=b"gzip"), "bad_compression"),
    "bytes behind a compression": (
        record(gzip.compress(article()) + b"x", content_encoding=b"gzip"),
        "bad_compression",
    ),
    "a gzip bomb": (record(gzip.compress(bytes(50_000_000)), content_encoding=b"gzip"), "decompression_bomb"),
    "a deflate bomb": (record(zlib.compress(bytes(50_000_000)), content_encoding=b"deflate"), "decompression_bomb"),
    "text that is not JSON": (record(b"Der Kanzler traf den Pr\xc3\xa4sidenten."), "not_json"),
    "JSON that is cut": (record(article()[:-20]), "not_json"),
    "a raw line end in a string": (record(b'{"url": "https://a.example/1", "body": "a\nb"}'), "not_json"),
    "Latin-1": (record(article(body="Präsident").decode().encode("latin-1")), "not_utf8"),
    "a surrogate as UTF-8": (record(article()[:-1] + b', "x": "\xed\xa0\x80"}'), "not_utf8"),
    "UTF-16": (record(article().decode().encode("utf-16")), "not_utf8"),
    "a list": (record(b"[" + article() + b"]"), "not_an_object"),
    "a string": (record(b'"https://a.example/1"'), "not_an_object"),
    "nested 65 deep": (record(literal("x", "[" * 64 + "]" * 64)), "too_deep"),
    "nested 900 deep": (record(literal("x", "[" * 900 + "]" * 900)), "too_deep"),
    "nested 300 000 deep": (record(literal("x", "[" * 300_000 + "]" * 300_000)), "too_deep"),
    "objects nested 100 000 deep": (record(literal("x", '{"a":' * 100_000 + "1" + "}" * 100_000)), "too_deep"),
    "NaN": (record(literal("x", "NaN")), "not_a_number"),
    "Infinity": (record(literal("x", "[-Infinity]")), "not_a_number"),
    "a number of 5 000 digits": (record(literal("x", "7" * 5_000)), "number_too_large"),
    "a number of 61 digits": (record(literal("x", "1" + "0" * 60)), "number_too_large"),
    "a large exponent": (record(literal("x", "1e99")), "number_too_large"),
    "an exponent beyond a double": (record(literal("x", "1e999")), "number_too_large"),
    "half a surrogate pair": (record(literal("x", '"\\ud83d"')), "lone_surrogate"),
    "half a surrogate pair in a key": (record(article()[:-1] + b', "\\udc00": 1}'), "lone_surrogate"),
    "a key twice": (record(literal("url", '"https://b.example/2"')), "duplicate_key"),
    "a key twice, spaced": (record(article()[:-1] + b', "url"\n\t : "https://b.example/2"}'), "duplicate_key"),
    "a key twice, escaped": (record(article()[:-1] + b', "u\\u0072l": "https://b.example/2"}'), "duplicate_key"),
    "a key twice, deep": (record(literal("x", '[{"a": {"b": 1, "b": 2}}]')), "duplicate_key"),
    "a key twice behind a spaced one": (record(literal("x", '{"a" :1,"b":1,"b":2}')), "duplicate_key"),
    "a title that is a list": (record(article(title=["a"])), "wrong_type"),
    "a body that is a number": (record(article(body=5)), "wrong_type"),
    "a date that is a number": (record(article(published_at=1719597600)), "wrong_type"),
    "a source that is a string": (record(article(source="Agentur")), "wrong_type"),
    "a tag that is an object": (record(article(tags=[{"a": 1}])), "wrong_type"),
    "no address": (record(article(url=None)), "no_address"),
    "an empty address": (record(article(url="  ")), "no_address"),
    "a script as address": (record(article(url="javascript:alert(1)")), "bad_address"),
    "an address without a host": (record(article(url="https:///1")), "bad_address"),
    "a broken IPv6 address": (record(article(url="http://[::1")), "bad_address"),
    "an impossible port": (record(article(url="http://a.example:99999999/")), "bad_address"),
    "a URI with spaces only": (record(article(url=None, uri="not a uri")), "bad_address"),
    "no body": (record(article(body=None)), "empty_body"),
    "an empty body": (record(article(body=" \n\t\u00a0 ")), "empty_body"),
    "a body of NULs": (record(article(body="\x00\x00")), "empty_body"),
    "a body of scripts": (record(article(body="<script>alert(1)</script><style>p{}</style>")), "empty_body"),
    "a body of one million and one": (record(article(body="x" * 1_000_001)), "body_too_long"),
    "a body of HTML that is too long": (record(article(body=None, body_html="<p>" + "x" * 1_000_001)), "body_too_long"),
    "a title of 1 001": (record(article(title="x" * 1_001)), "title_too_long"),
    "an address of 2 049": (record(article(url="https://a.example/" + "x" * 2_031)), "field_too_long"),
    "half a million tags": (record(article(tags=["x"] * 400_000)), "field_too_long"),
    "half a million wrong tags": (record(article(tags=[1] * 600_000)), "field_too_long"),
    "100 000 nested blocks": (record(article(body="<div>" * 100_000)), "too_much_markup"),
    "no date at all": (record(article(published_at="am Freitag")), "bad_date"),
    "a day that is none": (record(article(published_at="2024-02-30")), "bad_date"),
    "the year 0": (record(article(published_at="0000-00-00")), "bad_date"),
    "an embargo that is no date": (record(article(embargo_until="tomorrow")), "bad_date"),
    "a date in the far future": (record(article(published_at="2024-07-06T00:00:00Z")), "far_future_date"),
    "the last date there is": (record(article(published_at="9999-12-31T23:59:59-12:00")), "far_future_date"),
    "a batch of CloudEvents": (record(b"[]", content_type=b"application/cloudevents-batch+json"), "cloudevents_batch"),
    "an event without an object": (record(b'{"specversion": "1.0", "data": 5}'), "bad_cloudevent"),
    "an event with broken base64": (record(b'{"specversion": "1.0", "data_base64": "%"}'), "bad_cloudevent"),
    "a graph without an article": (record(b'{"@graph": [{"@type": "Person"}]}'), "no_article"),
}


@pytest.mark.parametrize(("hostile", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_is_refused_with_its_code(hostile: Record, code: str) -> None:
    """A hostile record is refused with the code that README documents, at the stage that belongs to it."""
    answer = adapters.read(hostile)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.stage) == (code, REASONS[code].stage)


@pytest.mark.parametrize(("hostile", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_costs_little_time(hostile: Record, code: str) -> None:
    """No input of at most 2 MB holds a worker for longer than half a second."""
    begun = time.perf_counter()
    adapters.read(hostile)
    assert time.perf_counter() - begun < 0.5


def test_every_reason_of_reading_is_shown_here() -> None:
    """Each documented reason before the extraction has an input in this table, but those that only the broker or an
    operator can cause."""
    of_reading = {code for code, reason in REASONS.items() if reason.stage in ("decode", "adapt", "validate")}
    assert of_reading - {code for _, code in REFUSED.values()} == {"batch_unreadable", "unknown_shape"}


SECRET = "Geheimtext"


@pytest.mark.parametrize(
    "hostile",
    [
        article(title=SECRET * 200),
        article(body=[SECRET]),
        article(published_at=SECRET),
        article(url=SECRET),
        article(uri=SECRET, url=None),
        article(source={"name": [SECRET]}),
        f'{{"body": "{SECRET}'.encode(),
        f'{{"{SECRET}": 1, "{SECRET}": 2}}'.encode(),
    ],
)
def test_message_holds_no_article_text(hostile: bytes) -> None:
    """A refusal's message names field and rule, and never repeats what the sender wrote."""
    answer = adapters.read(record(hostile))
    assert isinstance(answer, Refusal)
    assert SECRET not in answer.message
    assert len(answer.message.encode()) <= 1024


def read(value: bytes, **headers: bytes) -> Article:
    answer = adapters.read(record(value, **headers))
    assert isinstance(answer, Article), answer
    return answer


def test_nul_characters_are_removed_and_counted() -> None:
    """NUL, which Postgres refuses, is taken out of every field, and the article says how many there were."""
    found = read(article(title="Ein\x00 Titel", body="Ein\x00 Satz.\x00", note={"a\x00": ["\x00b"]}))
    assert found.text == "Ein Titel\n\nEin Satz."
    assert found.extra["nul_characters"] == 5
    assert found.extra["note"] == {"a": ["b"]}


def test_other_control_characters_are_removed() -> None:
    """An escape sequence in a body reaches no terminal; tabs and line ends stay."""
    assert read(article(title=None, body="a\x1b[31mb\x07\tc\nd")).text == "a[31mb\tc\nd"


def test_an_escaped_backslash_is_no_control_character() -> None:
    assert read(article(title=None, body="C:\\u0000")).text == "C:\\u0000"


@pytest.mark.parametrize("field", ["title", "body", "description", "language", "note", "license"])
def test_html_and_script_in_any_field_are_text(field: str) -> None:
    """A script in a field is dropped where the field becomes text, and never reaches title or body."""
    found = read(article(**{field: "<p>Ein <b>Satz</b>.</p><script>alert('x')</script>"}))
    assert "alert" not in found.text
    assert "<" not in found.text
    assert "<" not in (found.title or "")
    assert found.language_hint is None


def test_a_comparison_is_no_markup() -> None:
    assert read(article(title=None, body="Wenn a < b und c > d, dann <3.")).text == "Wenn a < b und c > d, dann <3."


@pytest.mark.parametrize(
    "quoted", ['Er sagte: "Titel": ja.', 'Il a dit "oui" : bien sûr.', '{"url": "x", "url": "y"}', '\\"a\\":1']
)
def test_quotes_before_colons_in_a_text_are_no_keys(quoted: str) -> None:
    """What looks like a key twice inside a string is only text."""
    assert read(article(title=None, body=quoted)).text == quoted


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (gzip.compress(article()), {"content_encoding": b"gzip"}),
        (zlib.compress(article()), {"content_encoding": b"deflate"}),
        (article(), {"content_encoding": b"identity"}),
        (b"\x00\x00\x00\x00\x07" + article(), {}),
        (b"\xef\xbb\xbf" + article(), {}),
        (literal("x", "12345678901234567890123456789"), {}),
        (literal("x", "[" * 60 + "]" * 60), {}),
    ],
    ids=["gzip", "deflate", "identity", "Confluent prefix", "byte order mark", "29 digits", "61 levels"],
)
def test_unusual_but_harmless_is_accepted(value: bytes, headers: dict[str, bytes]) -> None:
    assert read(value, **headers).text == "Ein Titel\n\nEin Satz."


def test_unknown_fields_are_kept_within_bounds() -> None:
    """Unknown fields are kept in the sender's order while there is room; the large ones and the many are left out."""
    found = read(article(**{"small": [1], "large": "x" * 100_000} | {f"f{n}": n for n in range(1000)}))
    assert found.extra["small"] == [1]
    assert "large" not in found.extra
    assert len(found.extra) <= 64


@pytest.mark.parametrize(
    ("arrived_ms", "code"), [(0, "far_future_date"), (-1, "far_future_date"), (2**62, "far_future_date")]
)
def test_far_future_without_a_time_of_arrival(arrived_ms: int, code: str) -> None:
    """Where the record has no usable time, only what lies beyond this century is refused."""
    later = Record(article(published_at="2150-01-01"), timestamp_ms=arrived_ms)
    sooner = Record(article(published_at="2024-07-08"), timestamp_ms=arrived_ms)
    assert isinstance(adapters.read(sooner), Article)
    answer = adapters.read(later)
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_an_unknown_shape_is_refused() -> None:
    """A topic that is configured for a shape which does not exist refuses, rather than guesses."""
    answer = adapters.read(record(article()), "nonsense")
    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_shape"
