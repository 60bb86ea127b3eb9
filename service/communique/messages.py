"""What is published: a meeting's state as a CloudEvent, a refused record as a dead letter. Each bounded, whatever it
holds: one message that no broker takes would stop the relay for good.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

import orjson

from communique.model import Message, Record, Refusal
from communique.wire import DeadLetter, MeetingEvent, padded, schema_id

EVENT_BYTES = 65_536
EVENT_STEPS = ((500, 200), (200, 100), (80, 50), (80, 20), (40, 8), (40, 3))
"""How an event that is too large is cut, step by step until it fits: characters a text, items a list."""
KEPT_BYTES = 900_000
"""The largest refused value that is kept whole: with its headers it fits a broker's default limit of 1 MiB."""
KEPT_HEAD = 4_096
KEPT_HEADERS = 65_536
ERROR_BYTES = 1_024

Change = Literal["reported", "updated", "retracted"]


def event_message(
    event: MeetingEvent, *, topic: str, change: Change, sequence: int, time: datetime, traceparent: bytes | None
) -> Message:
    """One meeting's state as a CloudEvent in binary mode, keyed by the meeting."""
    meeting_id = event.meeting_id.encode()
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid.uuid5(uuid.UUID(event.meeting_id), str(event.revision))).encode()),
        ("ce_source", b"/communique"),
        ("ce_type", f"communique.meeting.{change}.v1".encode()),
        ("ce_subject", meeting_id),
        ("ce_partitionkey", meeting_id),
        ("ce_time", _instant(time)),
        ("ce_dataschema", schema_id("meeting-event").encode()),
        ("ce_revision", str(event.revision).encode()),
        ("ce_sequence", padded(sequence).encode()),
    ]
    if traceparent:
        headers.append(("traceparent", traceparent))
    return Message(topic=topic, key=meeting_id, headers=tuple(headers), value=event_value(event))


def event_value(event: MeetingEvent) -> bytes:
    """The JSON of an event, below 64 KB; identifiers and addresses are never cut."""
    value = event.model_dump_json().encode()
    if len(value) < EVENT_BYTES:
        return value
    whole = event.model_dump(mode="json") | {"truncated": True}
    for characters, items in EVENT_STEPS:
        value = orjson.dumps(_cut(whole, characters, items))
        if len(value) < EVENT_BYTES:
            break
    return value


_NEVER_CUT = frozenset({"meeting_id", "article_id", "url", "wikidata", "medtop", "rule"})


def _cut(node: Any, characters: int, items: int) -> Any:
    if isinstance(node, str):
        return node if len(node) <= characters else node[: characters - 1] + "…"
    if isinstance(node, list):
        return [_cut(item, characters, items) for item in node[:items]]
    if isinstance(node, dict):
        return {name: value if name in _NEVER_CUT else _cut(value, characters, items) for name, value in node.items()}
    return node


def dead_letter_message(
    record: Record,
    refusal: Refusal,
    *,
    topic: str,
    sequence: int,
    attempts: int,
    failed_at: datetime,
    group: str,
    version: str,
    kept_bytes: int = KEPT_BYTES,
) -> Message:
    """A refused record as it came, with the reason in its headers; those of an earlier refusal are replaced."""
    value, value_sha256, value_bytes = _kept(record.value, kept_bytes)
    key, key_sha256, key_bytes = _kept(record.key, KEPT_HEADERS)
    own = [(name, content) for name, content in record.headers if not name.lower().startswith("dlq-")]
    kept = _first_headers(own)
    letter = DeadLetter(
        sequence=sequence,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp_ms,
        stage=refusal.stage,
        error_code=refusal.code,
        error_message=refusal.message.encode()[:ERROR_BYTES].decode(errors="ignore"),
        attempts=attempts,
        failed_at=_instant(failed_at).decode(),
        group=group,
        service_version=version,
        value_sha256=value_sha256,
        value_bytes=value_bytes,
        key_sha256=key_sha256,
        key_bytes=key_bytes,
        headers_dropped=len(own) - len(kept) or None,
    )
    reason = letter.model_dump(by_alias=True, exclude_none=True)
    return Message(
        topic=topic,
        key=key,
        headers=(*kept, *((name, str(content).encode()) for name, content in reason.items())),
        value=value,
    )


def _kept(content: bytes | None, limit: int) -> tuple[bytes | None, str | None, int | None]:
    """The bytes as they are, or their head with sha256 and size where they are too many."""
    if content is None or len(content) <= limit:
        return content, None, None
    return content[:KEPT_HEAD], sha256(content).hexdigest(), len(content)


def _first_headers(headers: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    room = KEPT_HEADERS
    for index, (name, content) in enumerate(headers):
        room -= len(name) + len(content or b"")
        if room < 0:
            return headers[:index]
    return headers


def _instant(time: datetime) -> bytes:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
