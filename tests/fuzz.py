"""Hostile records, made from the examples by a seeded mutator: `python -m tests.fuzz --inputs 100000 --seed 7`.

Every record must end in an outcome; a refusal must carry a documented code; whatever is accepted must be storable. The
seed and a count of the outcomes are printed, so that a failure can be run again.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import random
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from communique import pipeline
from communique.model import Article, Found, Nothing, Outcome, Record, Rejected, Withdrawn
from communique.refusals import REASONS

EXAMPLES = sorted((Path(__file__).parents[1] / "schemas" / "examples").glob("*.json"))
ARRIVED_MS = 1_720_000_000_000

ATOMS: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 2**70, 1e308, -1e-308, "", " ", "None", "\x00", "a\x00b", "\ufeff", "\u202e", "é",
    "e\u0301", "𝔘", "💥" * 20, "<script>alert(1)</script>", "<p>x</p><style>p{}</style>", "<" * 50,
    "&#7;&#xD800;&lt;b&gt;", "A" * 5_000, "2024-06-28", "2024-06-28T10:00:00+23:59",
    "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", "0000-00-00", "Fri, 28 Jun 2024 10:00:00 GMT",
    "Fri, 99 Foo 2024 99:99:99 +9999", "20240628T10", "-1", "١٢٣٤-٠٦-٢٨", "http://", "http://[::1",
    "http://a:99999/", "https://user:pw@Host.Example:443/a b?utm_source=x&y=1#z", "//x", "javascript:x",
    "urn:x:y", "../../etc/passwd", "Europe/Berlin", "America", "withheld", "canceled", [], {}, [[]],
    {"": {"": ""}}, [None] * 50, {"value": "x"}, [{"value": {"value": 1}}], [{"@type": ["NewsArticle", 5]}],
    [1, 2, 3, 4, 5, 6, 7, 8, 9], {"name": ["x"]},
)  # fmt: skip
TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\\ud800", b"\\u0000", b"\\u001b", b"NaN", b"-Infinity", b"1e999", b"9" * 400, b'"url":"x",', b'"a" : 1,',
    b"[" * 300, b'{"a":' * 100, b"null", b"\n", b"<script>", b"</p>", b"\xe2\x80\xa8", b"\\\"x\\\":",
)  # fmt: skip
HEADERS: tuple[tuple[str, bytes], ...] = (
    ("content-type", b"application/cloudevents+json"), ("content-type", b"application/cloudevents-batch+json"),
    ("Content-Type", b"text/html; charset=latin-1"), ("content-encoding", b"gzip"),
    ("content-encoding", b"deflate"), ("content-encoding", b"br"), ("content-encoding", b"\xff"),
    ("ce_dataschema", b"https://schema.org/NewsArticle"),
    ("ce_dataschema", b"urn:communique:schemas/raw-article/1-0.json"), ("ce_dataschema", b"trafilatura"),
    ("ce_subject", b"\xff\x00"), ("", b""), ("dlq-topic", b"x"),
)  # fmt: skip


def records(seed: int, count: int) -> Iterator[Record]:
    """`count` records; equal seeds give equal records."""
    chance = random.Random(seed)
    values = [path.read_bytes() for path in EXAMPLES]
    trees = [json.loads(value) for value in values]
    for offset in range(count):
        if chance.random() < 0.5:
            value = _mutate_bytes(chance, chance.choice(values), values)
        else:
            tree = copy.deepcopy(chance.choice(trees))
            for _ in range(chance.randint(1, 4)):
                _mutate_tree(chance, tree, chance.choice(trees))
            value = json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        yield _wrap(chance, value, offset)


def _mutate_bytes(chance: random.Random, value: bytes, others: list[bytes]) -> bytes:
    data = bytearray(value)
    for _ in range(chance.randint(1, 6)):
        at, to = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(TOKENS)
            case 1:
                del data[at : min(to, at + 40)]
            case 2:
                data[at:at] = data[at : min(to, at + 200)]
            case 3 if data:
                data[at % len(data)] = chance.randrange(256)
            case 4:
                other = chance.choice(others)
                start = chance.randint(0, len(other))
                data[at : min(to, at + 60)] = other[start : start + 60]
            case _:
                if chance.random() < 0.1:
                    del data[at:]
    return bytes(data)


def _mutate_tree(chance: random.Random, tree: Any, donor: Any) -> None:
    """Replace, remove, add or borrow one value somewhere in the tree."""
    node = tree
    while isinstance(node, dict | list) and node:
        key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
        below = node[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.6:
            node = below
            continue
        match chance.randrange(5):
            case 0:
                del node[key]
            case 1 if isinstance(donor, dict) and isinstance(node, dict):
                name = chance.choice(list(donor))
                node[name] = copy.deepcopy(donor[name])
            case 2:
                node[key] = [node[key]]
            case _:
                node[key] = copy.deepcopy(chance.choice(ATOMS))
        return


def _wrap(chance: random.Random, value: bytes, offset: int) -> Record:
    content: bytes | None = value
    headers: list[tuple[str, bytes]] = []
    match chance.randrange(12):
        case 0:
            content, headers = gzip.compress(value, 1, mtime=0), [("content-encoding", b"gzip")]
        case 1:
            content, headers = zlib.compress(value), [("content-encoding", b"deflate")]
        case 2:
            content = b"\x00" + chance.randbytes(4) + value
        case 3:
            headers = [chance.choice(HEADERS) for _ in range(chance.randint(1, 3))]
        case 4 if chance.random() < 0.2:
            content = None
    key = chance.choice((None, b"", b"https://agentur.example/1", b"\xff\xfe", b"urn:x:1"))
    stamp = chance.choice((0, ARRIVED_MS, ARRIVED_MS, -1, 2**62))
    return Record(content, key, tuple(headers), "articles.raw.v1", 0, offset, stamp)


def run(decide: Callable[[Record], Outcome], seed: int, count: int) -> Counter[str]:
    """Decide every record; the count of outcomes by kind and code. An AssertionError names the record's offset."""
    outcomes: Counter[str] = Counter()
    for record in records(seed, count):
        try:
            outcomes[_judge(decide(record))] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, input {record.offset}: {error!r}") from error
    return outcomes


def _judge(outcome: Outcome) -> str:
    """The outcome's name, once everything that the loops and the store rely on has been looked at."""
    match outcome:
        case Rejected(refusal):
            assert REASONS[refusal.code].stage == refusal.stage
            assert len(refusal.message.encode()) <= 1024
            return refusal.code
        case Withdrawn(article_id, uri, _):
            assert article_id
            assert uri
            assert "\x00" not in uri
            return "withdrawn"
        case Nothing(article, _):
            _check_storable(article)
            return "nothing"
        case Found(article, _, meetings):
            _check_storable(article)
            for event in meetings:
                assert event.model_dump_json()
            return "found"


def _check_storable(article: Article) -> None:
    texts = [article.text, article.title, article.uri, article.url, dict(article.extra)]
    stored = json.dumps(texts, ensure_ascii=False).encode()
    assert b"\\u0000" not in stored.replace(rb"\\", b"")
    assert article.text.strip()
    assert len(article.content_hash) == 32
    for moment in (article.published_at, article.modified_at, article.fetched_at, article.embargo_until):
        assert moment is None or moment.utcoffset() is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.inputs} inputs")
    decide = pipeline.load().process
    begun = time.perf_counter()
    outcomes = run(decide, given.seed, given.inputs)
    for name, count in outcomes.most_common():
        print(f"{count:9}  {name}")
    print(f"{given.inputs} inputs, none crashed, {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
