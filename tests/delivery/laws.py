"""The laws of delivery, as questions to the real broker and the real database.

    no input record without an outcome · no outcome twice · the published sequence is gapless, and each revision of a
    meeting appears once under read_committed · what subscribers hold equals what Postgres holds

`Subscriber` reads all that is published and complains at once; `judge` asks the rest when everything has come to rest.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from communique.settings import Settings
from tests.delivery.articles import Sent


@dataclass
class Input:
    """What was sent: partition and offset → the record."""

    topic: str
    sent: dict[tuple[int, int], Sent] = field(default_factory=dict)

    def ends(self) -> dict[int, int]:
        """Partition → offset after its last record. Nothing but this test writes to the topic, so none is left out."""
        return dict(Counter(partition for partition, _ in self.sent))


@dataclass(frozen=True, slots=True)
class Verdict:
    records: int
    lost: int
    doubled: int
    faults: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not self.lost and not self.doubled and not self.faults


class Subscriber:
    """Reads both outgoing topics from their beginning under read_committed, for as long as the test lasts."""

    def __init__(self, settings: Settings) -> None:
        self._topics = (settings.topic_events, settings.topic_dead_letters)
        self._events_topic = settings.topic_events
        self._brokers = settings.brokers
        self._consumer: AIOKafkaConsumer | None = None
        self._reading: asyncio.Task[None] | None = None
        self.holds: dict[str, tuple[int, bytes]] = {}
        """Meeting → revision and state, as a late subscriber would have it."""
        self.revisions: set[tuple[str, int]] = set()
        self.sequences: set[int] = set()
        """Of events and dead letters."""
        self.letters: dict[tuple[int, int], tuple[bytes | None, bytes | None, str]] = {}
        """Partition and offset of a refused record → its key, its bytes and the code."""
        self.doubled = 0
        self.faults: list[str] = []
        self._last: dict[TopicPartition, int] = {}

    async def start(self) -> None:
        self._consumer = AIOKafkaConsumer(
            *self._topics,  # without a group: all partitions
            bootstrap_servers=self._brokers,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        await self._consumer.start()
        self._reading = asyncio.create_task(self._read(self._consumer))

    async def stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))
        if self._consumer is not None:
            await self._consumer.stop()

    @property
    def messages(self) -> int:
        return len(self.sequences)

    async def received(self, count: int, seconds: float = 30) -> None:
        """Wait until so many different messages have come, and all that was published until then. There is no harm in
        it if they do not come: `judge` will tell."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self.messages < count and asyncio.get_running_loop().time() < deadline:
            if self._reading is not None and self._reading.done():
                self._reading.result()
            await asyncio.sleep(0.05)
        assert self._consumer is not None
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while asyncio.get_running_loop().time() < deadline:
            positions = [await self._consumer.position(tp) >= end for tp, end in ends.items()]
            if all(positions):
                return
            await asyncio.sleep(0.05)

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for tp, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    headers = dict(record.headers)
                    if tp.topic == self._events_topic:
                        self._count(tp, int(headers["ce_sequence"]))
                        self._event(record.key.decode(), record.value, int(headers["ce_revision"]))
                    else:
                        self._count(tp, int(headers["dlq-sequence"]))
                        self._letter(record.key, record.value, headers)

    def _count(self, tp: TopicPartition, sequence: int) -> None:
        last = self._last.get(tp, 0)
        if sequence in self.sequences:
            self.doubled += 1
            self.faults.append(f"sequence {sequence} was published twice")
        elif sequence <= last:
            self.faults.append(f"sequence {sequence} came after {last} on {tp.topic}/{tp.partition}")
        self._last[tp] = sequence
        self.sequences.add(sequence)

    def _event(self, meeting: str, value: bytes, revision: int) -> None:
        if (meeting, revision) in self.revisions:
            self.doubled += 1
            self.faults.append(f"revision {revision} of {meeting} was published twice")
        elif revision != self.holds.get(meeting, (0, b""))[0] + 1:
            self.faults.append(f"revision {revision} of {meeting} came after {self.holds.get(meeting, (0, b''))[0]}")
        self.revisions.add((meeting, revision))
        if revision > self.holds.get(meeting, (0, b""))[0]:
            self.holds[meeting] = (revision, value)

    def _letter(self, key: bytes | None, value: bytes | None, headers: dict[str, bytes]) -> None:
        place = int(headers["dlq-partition"]), int(headers["dlq-offset"])
        if place in self.letters:
            self.doubled += 1
            self.faults.append(f"the dead letter of {place} was published twice")
        self.letters[place] = (key, value, headers["dlq-error-code"].decode())


async def moved(database: asyncpg.Connection, topic: str) -> dict[int, int]:
    """Partition → next offset, after checking that every position was reached by counting each record once."""
    rows = await database.fetch(_POSITIONS, topic)
    for row in rows:
        assert row["decided"] == (row["next_offset"] or 0), (
            f"partition {row['partition']} is at {row['next_offset']}, but {row['decided']} records were decided"
        )
    return {row["partition"]: row["next_offset"] or 0 for row in rows}


async def judge(database: asyncpg.Connection, subscriber: Subscriber, given: Input) -> Verdict:
    """Ask all laws. To be called when everything that was sent has been decided and published."""
    faults = list(subscriber.faults)
    lost = doubled = 0
    decided = {row["partition"]: row for row in await database.fetch(_POSITIONS, given.topic)}
    for partition, end in given.ends().items():
        row = decided.get(partition)
        count, position = (row["decided"], row["next_offset"]) if row else (0, 0)
        lost, doubled = lost + max(0, end - count), doubled + max(0, count - end)
        if position != end or count != end:
            faults.append(f"partition {partition}: {end} sent, {count} decided, position {position}")

    refused = {place for place, record in given.sent.items() if record.kind == "unreadable"}
    lost += len(refused - subscriber.letters.keys())
    faults += [f"{place} has no dead letter" for place in sorted(refused - subscriber.letters.keys())[:5]]
    faults += [
        f"{place} is readable, but was refused: {subscriber.letters[place][2]}"
        for place in sorted(subscriber.letters.keys() - refused)[:5]
    ]
    faults += [
        f"the dead letter of {place} is not the record"
        for place in refused & subscriber.letters.keys()
        if subscriber.letters[place][:2] != (given.sent[place].key, given.sent[place].value)
    ]

    stored = {row["uri"]: row for row in await database.fetch(_ARTICLES)}
    living, withdrawn = _articles(given)
    missing = [address for address in living if address not in stored]
    lost += len(missing)
    faults += [f"no row for {address}" for address in missing[:5]]
    faults += [f"{a} was never sent" for a in sorted(stored.keys() - living - withdrawn)[:5]]
    faults += [f"{a} is withdrawn, not here" for a in sorted(withdrawn & stored.keys()) if not stored[a]["withdrawn"]]
    faults += [f"{a} is not withdrawn" for a in sorted(living & stored.keys()) if stored[a]["withdrawn"]]
    twice = await database.fetchval(_RAW_TWICE)
    doubled += twice

    head = await database.fetchval("SELECT next_seq FROM communique.outbox_head")
    committed = set(range(1, head))
    if unpublished := committed - subscriber.sequences:
        lost += len(unpublished)
        faults.append(f"of {len(committed)} messages {len(unpublished)} were not published: {sorted(unpublished)[:5]}")
    if unknown := subscriber.sequences - committed:
        doubled += len(unknown)
        faults.append(f"{sorted(unknown)[:5]} were published, but never committed")

    faults += await differences(database, subscriber)
    return Verdict(len(given.sent), lost, doubled + subscriber.doubled, tuple(faults))


def _articles(given: Input) -> tuple[set[str], set[str]]:
    """Addresses of the articles that must be there, and of those that were taken back: these are marked, or have no row
    where one batch held both. The records of one article lie on one partition, in the order of the offsets."""
    living: set[str] = set()
    withdrawn: set[str] = set()
    for _, record in sorted(given.sent.items()):
        if record.kind == "withdrawal":
            living.discard(record.address)
            withdrawn.add(record.address)
        elif record.kind != "unreadable":
            withdrawn.discard(record.address)
            living.add(record.address)
    return living, withdrawn


async def differences(database: asyncpg.Connection, subscriber: Subscriber) -> list[str]:
    """Where a subscriber's view is not that of Postgres."""
    faults = []
    rows = {str(row["meeting_id"]): row for row in await database.fetch(_MEETINGS)}
    faults += [f"meeting {meeting} is in Postgres only" for meeting in sorted(rows.keys() - subscriber.holds.keys())]
    faults += [f"meeting {meeting} is in Kafka only" for meeting in sorted(subscriber.holds.keys() - rows.keys())]
    for meeting in rows.keys() & subscriber.holds.keys():
        revision, state = subscriber.holds[meeting]
        if revision != rows[meeting]["revision"]:
            faults.append(f"meeting {meeting}: subscribers hold revision {revision}, not {rows[meeting]['revision']}")
        elif json.loads(state) != json.loads(rows[meeting]["state"]):
            faults.append(f"meeting {meeting}: revision {revision} differs between Kafka and Postgres")
    revisions = {(str(row["meeting_id"]), row["revision"]) for row in await database.fetch(_REVISIONS)}
    if revisions != subscriber.revisions:
        faults.append(f"{len(revisions ^ subscriber.revisions)} revisions are not the same in Kafka and Postgres")
    return faults


_POSITIONS = """
SELECT "partition", next_offset, found + nothing + withdrawn + refused AS decided
FROM communique.ingest_position WHERE topic = $1
"""
_ARTICLES = "SELECT uri, withdrawn_at IS NOT NULL AS withdrawn FROM communique.articles"
_RAW_TWICE = """
SELECT count(*) - count(DISTINCT (topic, "partition", "offset")) FROM communique.raw_articles
"""
_MEETINGS = "SELECT meeting_id, revision, state FROM communique.meetings"
_REVISIONS = "SELECT meeting_id, revision FROM communique.revisions"
