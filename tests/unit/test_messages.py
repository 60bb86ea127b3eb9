"""Messages that go out: events as CloudEvents, refused records as dead letters."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from communique import messages
from communique.model import Message, Record, Refusal
from communique.wire import DeadLetter, Evidence, Extractor, MeetingEvent, Participant, SourceReport, Statement, Topic

MEETING = "0b7a6c1e-6d2f-5c3a-9a55-2f6d0f6f8a11"
TIME = datetime(2024, 6, 28, 18, 5, tzinfo=timezone(timedelta(hours=2)))
EXTRACTOR = Extractor(name="communique", version="0.1.0", languages="2026-11")


def event(**changes: object) -> MeetingEvent:
    fields = {"meeting_id": MEETING, "revision": 3, "kind": "talks", "status": "held", "confidence": 0.9}
    return MeetingEvent.model_validate({**fields, "extractor": EXTRACTOR, **changes})


def publish(revision: int = 3, **changes: object) -> Message:
    settings = {"topic": "meetings.events.v1", "change": "updated", "sequence": 42, "time": TIME, "traceparent": None}
    return messages.event_message(event(revision=revision), **(settings | changes))  # type: ignore[arg-type]


def test_event_is_a_cloudevent_in_binary_mode() -> None:
    """All headers of the contract, the meeting as key, plain JSON as value."""
    message = publish(traceparent=b"00-abc-def-01")
    assert (message.topic, message.key) == ("meetings.events.v1", MEETING.encode())
    assert dict(message.headers) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": str(uuid.uuid5(uuid.UUID(MEETING), "3")).encode(),
        "ce_source": b"/communique",
        "ce_type": b"communique.meeting.updated.v1",
        "ce_subject": MEETING.encode(),
        "ce_partitionkey": MEETING.encode(),
        "ce_time": b"2024-06-28T16:05:00.000Z",
        "ce_dataschema": b"urn:communique:schemas/meeting-event/1-0.json",
        "ce_revision": b"3",
        "ce_sequence": b"00000000000000000042",
        "traceparent": b"00-abc-def-01",
    }
    assert message.value is not None
    assert MeetingEvent.model_validate_json(message.value) == event()
    assert json.loads(message.value)["truncated"] is False


def test_event_without_a_trace_has_no_trace_header() -> None:
    assert "traceparent" not in dict(publish().headers)


def test_the_same_revision_has_the_same_id() -> None:
    """A revision that is published twice can be recognised; another one cannot be mistaken for it."""
    assert dict(publish(sequence=1).headers)["ce_id"] == dict(publish(sequence=2).headers)["ce_id"]
    assert dict(publish(revision=4).headers)["ce_id"] != dict(publish().headers)["ce_id"]


EVIDENCE = Evidence(article_id=MEETING, start=0, end=9, text="語" * 3_000, rule="de.rule")
LARGE = {
    "many statements": {
        "statements": [Statement(speaker="A", act="says", text="x" * 900, evidence=EVIDENCE)] * 300,
    },
    "long evidence everywhere": {
        "participants": [Participant(surface="語" * 500, evidence=(EVIDENCE,) * 40)] * 80,
        "topics": [Topic(id="energy", evidence=(EVIDENCE,) * 200)] * 80,
    },
    "many sources": {
        "sources": [SourceReport(article_id=MEETING, url="https://a.example/" + "x" * 2_000)] * 500,
    },
    "everything at once": {
        "statements": [Statement(speaker="語" * 900, act="says", text="語" * 900, evidence=EVIDENCE)] * 300,
        "participants": [Participant(surface="語" * 500, evidence=(EVIDENCE,) * 40)] * 80,
        "topics": [Topic(id="energy", evidence=(EVIDENCE,) * 200)] * 80,
        "sources": [SourceReport(article_id=MEETING, url="https://a.example/" + "x" * 2_000)] * 500,
        "countries": ["DE"] * 5_000,
        "relationship": "x" * 100_000,
    },
}


@pytest.mark.parametrize("changes", LARGE.values(), ids=LARGE.keys())
def test_a_large_event_is_cut_below_64_kb(changes: dict[str, object]) -> None:
    """It stays a valid event, says that it was cut, and keeps identifiers and addresses whole."""
    value = messages.event_value(event(**changes))
    assert len(value) < 65_536
    cut = MeetingEvent.model_validate_json(value)
    assert cut.truncated
    assert cut.meeting_id == MEETING
    assert all(len(report.url or "") in (0, 2_018) for report in cut.sources)
    assert all(e.article_id == MEETING for participant in cut.participants for e in participant.evidence)


def test_a_large_event_loses_no_more_than_it_must() -> None:
    """Texts are shortened before whole items are left out."""
    cut = MeetingEvent.model_validate_json(
        messages.event_value(
            event(statements=[Statement(speaker="A", act="says", text="x" * 5_000, evidence=EVIDENCE)] * 20)
        )
    )
    assert len(cut.statements) == 20
    assert all(len(statement.text) == 500 for statement in cut.statements)


RECORD = Record(
    b'{"broken',
    b"the key",
    (("content-type", b"text/plain"), ("traceparent", b"00-x")),
    "articles.raw.v1",
    partition=3,
    offset=4711,
    timestamp_ms=1_719_591_611_000,
)
REFUSAL = Refusal("decode", "not_json", "The value is not JSON.")


def bury(record: Record = RECORD, refusal: Refusal = REFUSAL, **changes: object) -> Message:
    settings = {"topic": "articles.dead-letter.v1", "sequence": 12, "attempts": 1, "failed_at": TIME}
    settings |= {"group": "g", "version": "0.1.0"}
    return messages.dead_letter_message(record, refusal, **(settings | changes))  # type: ignore[arg-type]


def test_dead_letter_keeps_the_record_and_says_why() -> None:
    """Value, key and headers as they came, then the reason."""
    message = bury()
    assert (message.topic, message.key, message.value) == ("articles.dead-letter.v1", RECORD.key, RECORD.value)
    assert message.headers[:2] == RECORD.headers
    assert dict(message.headers[2:]) == {
        "dlq-sequence": b"00000000000000000012",
        "dlq-topic": b"articles.raw.v1",
        "dlq-partition": b"3",
        "dlq-offset": b"4711",
        "dlq-timestamp": b"1719591611000",
        "dlq-stage": b"decode",
        "dlq-error-code": b"not_json",
        "dlq-error-message": b"The value is not JSON.",
        "dlq-attempts": b"1",
        "dlq-failed-at": b"2024-06-28T16:05:00.000Z",
        "dlq-group": b"g",
        "dlq-service-version": b"0.1.0",
    }


def test_a_second_refusal_replaces_the_first() -> None:
    """What was sent in again and refused again carries one reason, the last, however the names were spelt."""
    first = bury()
    again = Record(first.value, first.key, (*first.headers, ("DLQ-Value-Bytes", b"9")), "articles.raw.v1", 0, 9_000)
    second = bury(again, Refusal("validate", "empty_body", "There is no text."), attempts=2, sequence=99)
    names = [name.lower() for name, _ in second.headers]
    assert len(names) == len(set(names)) == len(first.headers)
    assert dict(second.headers)["dlq-error-code"] == b"empty_body"
    assert dict(second.headers)["dlq-offset"] == b"9000"
    assert dict(second.headers)["dlq-sequence"] == b"00000000000000000099"
    assert dict(second.headers)["content-type"] == b"text/plain"


def test_an_oversize_value_leaves_its_hash_size_and_head() -> None:
    value = bytes(range(256)) * 10_000
    message = bury(Record(value, b"k", (), "articles.raw.v1"))
    headers = dict(message.headers)
    assert message.value == value[:4_096]
    assert headers["dlq-value-sha256"] == hashlib.sha256(value).hexdigest().encode()
    assert headers["dlq-value-bytes"] == b"2560000"
    whole = bury(Record(value, b"k", (), "articles.raw.v1"), kept_bytes=3_000_000)
    assert whole.value == value
    assert "dlq-value-sha256" not in dict(whole.headers)


def test_a_dead_letter_is_bounded_whatever_the_record_holds() -> None:
    """Key, headers and message cannot make a dead letter that no broker takes: it would stop the relay for good."""
    record = Record(b"x" * 2_000_000, b"k" * 1_000_000, (("h", b"x" * 40_000),) * 30, "articles.raw.v1")
    message = bury(record, Refusal("decode", "not_json", "語" * 5_000))
    size = len(message.value or b"") + len(message.key or b"") + sum(len(n) + len(v) for n, v in message.headers)
    assert size < 100_000
    assert dict(message.headers)["dlq-headers-dropped"] == b"29"
    assert len(dict(message.headers)["dlq-error-message"].decode().encode()) <= 1_024


@pytest.mark.parametrize(
    "record", [Record(None, None), Record(b"", b""), Record(b"x", None, (("a", b""), ("a", b"2")))]
)
def test_empty_parts_stay_as_they_are(record: Record) -> None:
    """Null is not empty, and a header that stands twice stands twice."""
    message = bury(record)
    assert (message.value, message.key) == (record.value, record.key)
    assert message.headers[: len(record.headers)] == record.headers


def test_headers_of_a_dead_letter_can_be_read_back() -> None:
    """The model that writes the headers also reads them, numbers included."""
    headers = {name: value.decode() for name, value in bury().headers if name.startswith("dlq-")}
    letter = DeadLetter.model_validate(headers)
    assert (letter.sequence, letter.partition, letter.offset, letter.error_code) == (12, 3, 4711, "not_json")


def test_times_without_milliseconds_are_in_utc() -> None:
    assert (
        dict(bury(failed_at=datetime(2024, 1, 1, tzinfo=UTC)).headers)["dlq-failed-at"] == b"2024-01-01T00:00:00.000Z"
    )
