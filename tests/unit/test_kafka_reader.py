"""A dead letter goes back as the article it was."""

from __future__ import annotations

import pytest

from communique.errors import UserError
from communique.kafka.reader import revived
from communique.model import Message, Record

REASON = (
    ("dlq-topic", b"articles.raw.v1"),
    ("dlq-partition", b"3"),
    ("dlq-offset", b"7"),
    ("dlq-error-code", b"not_json"),
    ("dlq-attempts", b"2"),
)


def test_the_bytes_the_key_and_the_own_headers_come_back() -> None:
    """Of the reason only the number of attempts stays."""
    dead = Record(b"{", b"key", (("traceparent", b"00"), *REASON, ("x", b"y")), "articles.dead-letter.v1", 0, 12)
    assert revived(dead) == Message(
        topic="articles.raw.v1",
        key=b"key",
        headers=(("traceparent", b"00"), ("dlq-attempts", b"2"), ("x", b"y")),
        value=b"{",
    )


def test_an_empty_record_comes_back_empty() -> None:
    """A null value without a key was refused for just that."""
    assert revived(Record(None, None, REASON)) == Message("articles.raw.v1", None, (("dlq-attempts", b"2"),), None)


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ((("x", b"y"),), "is no dead letter"),
        ((*REASON, ("dlq-value-sha256", b"00")), "does not hold all bytes"),
        ((*REASON, ("dlq-key-sha256", b"00")), "does not hold all bytes"),
        ((REASON[0], ("dlq-error-code", b"batch_unreadable")), "does not hold all bytes"),
    ],
)
def test_what_cannot_be_replayed_says_why(headers: tuple[tuple[str, bytes], ...], sentence: str) -> None:
    """With its place on the topic."""
    with pytest.raises(UserError, match=rf"articles.dead-letter.v1/0@12 .*{sentence}"):
        revived(Record(b"{", None, headers, "articles.dead-letter.v1", 0, 12))
