"""KafkaPublisher: outbox rows → Kafka, one transaction at a time, with the relay's own position inside it.

The progress record, not a consumer group's offset, says how far the relay came: it commits or aborts together with the
rows, never expires, and is read back by the next relay after its `start` has fenced this one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from communique.errors import ClientDied
from communique.kafka import internals
from communique.kafka.connection import arguments, milliseconds
from communique.model import Message, OutboxRow
from communique.settings import Settings

_PROGRESS_PARTITION = 0
_FIRST_LOOK_BACK = 64
LARGEST_REQUEST = 4 * 1024 * 1024
"""More than any message of ours; `communique produce` sends articles of up to 2 MB."""


class KafkaPublisher:
    """Exactly once by transactions; with `delivery=at_least_once` an idempotent producer that records progress too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._transactional = settings.delivery == "exactly_once"
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> int:
        """Fence the previous relay, resolve its open transaction, and return the last sequence number it published
        (0 before the first)."""
        settings = self._settings
        kind = (
            {
                "transactional_id": settings.transactional_id,
                "transaction_timeout_ms": milliseconds(settings.transaction_timeout_seconds),
            }
            if self._transactional
            else {"enable_idempotence": True}
        )
        self._producer = producer = AIOKafkaProducer(
            acks="all",
            linger_ms=0,
            max_request_size=LARGEST_REQUEST,
            max_batch_size=256 * 1024,
            **kind,
            **arguments(settings),
        )
        async with asyncio.timeout(settings.relay_commit_seconds):
            await producer.start()
            return await self._last_published()

    async def publish(self, rows: Sequence[OutboxRow]) -> None:
        """All rows and the progress, or nothing. An exception leaves the result unknown: `close`, `start` again."""
        producer = self._producer
        if producer is None:
            raise ClientDied("The publisher is not started.")
        internals.check_alive(internals.producer_tasks(producer))
        async with asyncio.timeout(self._settings.relay_commit_seconds):
            if self._transactional:
                await producer.begin_transaction()
                # Every future is awaited: aiokafka's commit succeeds although a batch has failed.
                await _all([*await self._send(producer, rows), await self._send_progress(producer, rows[-1])])
                await producer.commit_transaction()
            else:
                # Without a transaction the order does it: progress never runs ahead of the rows.
                await _all(await self._send(producer, rows))
                await _all([await self._send_progress(producer, rows[-1])])

    async def close(self) -> None:
        """In bounded time; an open transaction is left for the next `start` or the broker's time-out to abort."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await internals.close(producer, seconds=5)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[OutboxRow]) -> list[asyncio.Future[object]]:
        return [await send(producer, row.message) for row in rows]

    async def _send_progress(self, producer: AIOKafkaProducer, last: OutboxRow) -> asyncio.Future[object]:
        sent: asyncio.Future[object] = await producer.send(
            self._settings.topic_progress,
            key=self._settings.transactional_id.encode(),
            value=orjson.dumps({"last_seq": last.seq}),
            partition=_PROGRESS_PARTITION,
        )
        return sent

    async def _last_published(self) -> int:
        """The last committed progress record of this relay, looked for from the end backwards."""
        settings = self._settings
        tp = TopicPartition(settings.topic_progress, _PROGRESS_PARTITION)
        consumer = AIOKafkaConsumer(
            auto_offset_reset="none",
            enable_auto_commit=False,
            isolation_level="read_committed" if self._transactional else "read_uncommitted",
            check_crcs=settings.check_crcs,
            fetch_max_wait_ms=50,
            **arguments(settings),
        )
        try:
            await consumer.start()
            consumer.assign([tp])
            first = (await consumer.beginning_offsets([tp]))[tp]
            end = (await consumer.end_offsets([tp]))[tp]
            look_back = _FIRST_LOOK_BACK
            while end > first:
                start = max(first, end - look_back)
                found = await self._newest(consumer, tp, start, end)
                if found is not None or start == first:
                    return found or 0
                look_back *= 8
            return 0
        finally:
            await internals.close(consumer, seconds=5)

    async def _newest(self, consumer: AIOKafkaConsumer, tp: TopicPartition, start: int, end: int) -> int | None:
        key, newest = self._settings.transactional_id.encode(), None
        consumer.seek(tp, start)
        while await consumer.position(tp) < end:
            for record in (await consumer.getmany(tp, timeout_ms=200)).get(tp, []):
                if record.key == key and record.value is not None:
                    newest = int(orjson.loads(record.value)["last_seq"])
        return newest


async def send(producer: AIOKafkaProducer, message: Message, partition: int | None = None) -> asyncio.Future[object]:
    """Hand one message to the producer; the returned future ends when the broker has it.

    The timestamp is that of the sending. A time out of the database must not decide here: the broker refuses what lies
    an hour ahead of its clock, and after a step of another machine's clock the relay would come to a standstill.
    """
    headers = list(message.headers)
    if message.key is None and message.value is None:
        # A refused record may have had neither, and is published unchanged; `send` declines that, a batch does not.
        batch = producer.create_batch()
        batch.append(key=None, value=None, timestamp=None, headers=headers)
        sent: asyncio.Future[object] = await producer.send_batch(batch, message.topic, partition=partition or 0)
    else:
        sent = await producer.send(message.topic, message.value, message.key, partition, headers=headers)
    return sent


async def _all(sent: Sequence[asyncio.Future[object]]) -> None:
    """Wait for all of them even if one fails, so that no failure stays unread; then raise the first."""
    results = await asyncio.gather(*sent, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
