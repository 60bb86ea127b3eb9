"""Reading a topic through without a consumer group, writing single messages, and putting dead letters back.

For `communique tail`, `dlq` and `produce`; the loops of the service use source.py and publisher.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from communique.errors import UserError
from communique.kafka import internals
from communique.kafka.connection import arguments
from communique.kafka.publisher import LARGEST_REQUEST, send
from communique.model import Message, Record
from communique.settings import Settings

_MISSING_AFTER_SECONDS = 10
_DLQ = "dlq-"
_KEPT_IN_REPLAY = "dlq-attempts"
_TOPIC = "dlq-topic"
_CUT = ("dlq-value-sha256", "dlq-key-sha256")
_UNREADABLE = ("dlq-error-code", b"batch_unreadable")


async def read(
    settings: Settings, topic: str, *, from_beginning: bool = True, follow: bool = False
) -> AsyncIterator[Record]:
    """The committed records of all partitions, each partition in order. Without `follow` it ends where the topic ended
    when it was called; with it, it waits for more."""
    consumer = AIOKafkaConsumer(
        topic,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if settings.delivery == "exactly_once" else "read_uncommitted",
        check_crcs=settings.check_crcs,
        fetch_max_wait_ms=100,
        **arguments(settings),
    )
    try:
        await _start(consumer, topic)
        partitions = list(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        for tp, offset in (await consumer.beginning_offsets(partitions) if from_beginning else ends).items():
            consumer.seek(tp, offset)
        while follow or await _behind(consumer, ends):
            for tp, fetched in (await consumer.getmany(timeout_ms=200)).items():
                for record in fetched:
                    if follow or record.offset < ends[tp]:
                        yield Record(
                            value=record.value,
                            key=record.key,
                            headers=tuple((name, value or b"") for name, value in record.headers),
                            topic=record.topic,
                            partition=record.partition,
                            offset=record.offset,
                            timestamp_ms=record.timestamp,
                        )
    finally:
        await internals.close(consumer, seconds=5)


@asynccontextmanager
async def writer(
    settings: Settings, partition: int | None = None
) -> AsyncIterator[Callable[[Message], Awaitable[None]]]:
    """A function that hands a message to an idempotent producer; all of them are with the broker when the context ends.
    Raises the first failure. Without `partition` the key chooses one."""
    producer = AIOKafkaProducer(
        acks="all", enable_idempotence=True, linger_ms=5, max_request_size=LARGEST_REQUEST, **arguments(settings)
    )
    await producer.start()
    waiting: set[asyncio.Future[object]] = set()

    async def write(message: Message) -> None:
        waiting.add(await send(producer, message, partition))
        if len(waiting) >= 1000:  # bounded, and a failure shows early
            await _settle(waiting)

    try:
        yield write
        await _settle(waiting)
    finally:
        await internals.close(producer, seconds=10)


def is_whole(dead_letter: Record) -> bool:
    """Whether it holds the bytes it came from: not the head of an oversize record, nor none of an unreadable batch."""
    return not any(name in _CUT or (name, value) == _UNREADABLE for name, value in dead_letter.headers)


def revived(dead_letter: Record) -> Message:
    """A dead letter as the message it was: to its topic of origin, the same bytes, the reason taken off. Only the
    number of attempts stays, so that a second refusal counts on. Twice replayed is an article twice sent: a duplicate
    by its content, of which nothing doubles."""
    headers = dict(dead_letter.headers)
    if _TOPIC not in headers:
        raise UserError(f"{_place(dead_letter)} is no dead letter: it has no header {_TOPIC}.")
    if not is_whole(dead_letter):
        raise UserError(f"{_place(dead_letter)} does not hold all bytes of the article; it cannot be replayed.")
    return Message(
        topic=headers[_TOPIC].decode(),
        key=dead_letter.key,
        headers=tuple(
            (name, value) for name, value in dead_letter.headers if not name.startswith(_DLQ) or name == _KEPT_IN_REPLAY
        ),
        value=dead_letter.value,
    )


async def replay(settings: Settings, dead_letters: Iterable[Record]) -> int:
    """Send dead letters to their topics of origin; how many."""
    messages = [revived(dead_letter) for dead_letter in dead_letters]
    async with writer(settings) as write:
        for message in messages:
            await write(message)
    return len(messages)


async def _settle(waiting: set[asyncio.Future[object]]) -> None:
    results = await asyncio.gather(*waiting, return_exceptions=True)
    waiting.clear()
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _start(consumer: AIOKafkaConsumer, topic: str) -> None:
    try:
        async with asyncio.timeout(_MISSING_AFTER_SECONDS):  # aiokafka asks again for as long as a request may take
            await consumer.start()
    except (UnknownTopicOrPartitionError, TimeoutError):
        raise UserError(f"The broker shows no topic {topic}; `communique topics create` makes it.") from None


async def _behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return any([await consumer.position(tp) < end for tp, end in ends.items()])


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}@{record.offset}"
