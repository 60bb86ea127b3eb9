"""Mutated examples through the whole pipeline, and arbitrary values through the reader: nothing crashes."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique import adapters, pipeline
from communique.adapters import SHAPES
from communique.model import Article, Record, Refusal, Withdrawn
from communique.refusals import REASONS
from tests import fuzz

INPUTS = int(os.environ.get("COMMUNIQUE_FUZZ_INPUTS", "20000"))
SEED = int(os.environ.get("COMMUNIQUE_FUZZ_SEED", "7"))


def test_mutated_examples_crash_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Every mutated record ends in an outcome that the loops and the store can handle."""
    with capsys.disabled():
        print(f"\nfuzz: seed {SEED}, {INPUTS} inputs")
    outcomes = fuzz.run(pipeline.load().process, SEED, INPUTS)
    assert sum(outcomes.values()) == INPUTS
    assert outcomes["found"]
    assert outcomes["nothing"]


def test_equal_seeds_give_equal_records() -> None:
    """A failure can be run again from its seed."""
    assert list(fuzz.records(1, 300)) == list(fuzz.records(1, 300))
    assert list(fuzz.records(1, 300)) != list(fuzz.records(2, 300))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    "uri url canonical_url title body body_html description language published_at modified_at fetched_at embargo_until"
    " authors source tags pub_status maintext date_publish text date author hostname fingerprint source-hostname @type"
    " @graph headline articleBody mainEntityOfPage publisher headlines bodies pubstatus firstCreated infoSources"
    " metadata publish_date top_image link summary content published_parsed feed specversion"
    " data data_base64 dataschema".split()
)
TEXTS = st.text() | st.sampled_from(
    [
        "https://a.example/1",
        "2024-06-28",
        "2024-06-28T10:00",
        "Fri, 28 Jun 2024 10:00:00 GMT",
        "NewsArticle",
        "canceled",
    ]
)


def check(answer: Article | Withdrawn | Refusal) -> None:
    if isinstance(answer, Refusal):
        assert REASONS[answer.code].stage == answer.stage
    else:
        assert answer.article_id


@settings(max_examples=400, deadline=None)
@given(fields=st.dictionaries(NAMES, TEXTS | JSON, max_size=14), shape=st.none() | st.sampled_from(SHAPES))
def test_any_object_is_read_or_refused(fields: dict[str, object], shape: str | None) -> None:
    """Whatever stands in the fields that the shapes know, reading it raises nothing, in any shape."""
    value = json.dumps(fields).encode("utf-8", "surrogatepass")
    check(adapters.read(Record(value, b"k", timestamp_ms=1_720_000_000_000), shape))


@settings(max_examples=400, deadline=None)
@given(
    value=st.none() | st.binary(max_size=200),
    key=st.none() | st.binary(max_size=40),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["content-type", "content-encoding", "ce_dataschema", "ce_subject"]) | st.text(max_size=8),
            st.sampled_from([b"gzip", b"deflate", b"application/cloudevents+json"]) | st.binary(max_size=12),
        ),
        max_size=3,
    ),
    timestamp_ms=st.integers(-(2**63), 2**63 - 1),
)
def test_any_record_is_read_or_refused(
    value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes]], timestamp_ms: int
) -> None:
    """Arbitrary bytes in value, key and headers raise nothing."""
    check(adapters.read(Record(value, key, tuple(headers), timestamp_ms=timestamp_ms)))
