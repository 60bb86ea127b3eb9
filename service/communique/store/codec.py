"""How values lie in columns: Kafka headers and outbox rows."""

from __future__ import annotations

from typing import Any

import orjson
from asyncpg import Record as Row

from communique.model import Message, OutboxRow

Headers = tuple[tuple[str, bytes], ...]


def packed(headers: Headers) -> bytes:
    """Headers as JSON pairs. Latin-1 makes any bytes text and back; a bytea column takes what text may not hold."""
    return orjson.dumps([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def unpacked(headers: bytes) -> Headers:
    """The inverse of `packed`. Kafka allows a header without a value, whatever the type says."""
    pairs: list[tuple[str, Any]] = orjson.loads(headers)
    return tuple((name, None if value is None else value.encode("latin-1")) for name, value in pairs)  # type: ignore[misc]


def outbox_row(row: Row) -> OutboxRow:
    """A row of outbox as the relay sees it."""
    message = Message(row["topic"], row["key"], unpacked(row["headers"]), row["value"])
    return OutboxRow(row["seq"], message, row["created_at"])
