"""What the loops, Kafka and the store hand each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from communique.model.articles import Record
from communique.model.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Claim:
    """Ownership of one partition, won by raising the epoch of its row in `ingest_position`."""

    topic: str
    partition: int
    next_offset: int | None
    """Where to seek; None at a group's very first start."""
    epoch: int


@dataclass(frozen=True, slots=True)
class Decided:
    record: Record
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Drained:
    """Records of one partition as a source hands them over; what the source itself had to refuse is decided already.

    `end` is the consumer's position after the drain, not last offset + 1: control records and compaction leave gaps.
    """

    claim: Claim
    start: int
    end: int
    records: tuple[Record | Decided, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Decided records of one partition: the half-open offset range [start, end) that one transaction commits."""

    claim: Claim
    start: int
    end: int
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class CommitReport:
    """What one committed batch changed."""

    articles: int = 0
    duplicates: int = 0
    reported: int = 0
    updated: int = 0
    retracted: int = 0
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """An outgoing Kafka message, as the outbox keeps it."""

    topic: str
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    seq: int
    message: Message
    created_at: datetime
