"""The outbox: messages in the order of their commits, without a gap, and how the relay reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import asyncpg

from communique.errors import DatabaseUnavailable
from communique.model import Message, OutboxRow
from communique.store.codec import outbox_row, packed
from communique.store.connection import LOST, Database, lock_number, transaction, translated
from communique.store.queries import sql

_LEADER = lock_number("communique.relay")
_CHANNEL = "communique_outbox"
_STANDBY_SECONDS = 1.0
_SLICE = 5_000
"""Messages that one transaction removes, so that none takes longer than a statement may."""
_BYTES = 32_000_000
"""About as much as the relay has in hand at once: dead letters may be large."""


async def publish(
    connection: asyncpg.Connection, count: int, made: Callable[[int], Sequence[Message]], now: datetime
) -> None:
    """Write `count` messages, which `made` makes from the first sequence number. The last thing in a transaction: the
    head stays locked until it ends."""
    first = await connection.fetchval(sql("take_sequence"), count)
    messages = made(first)
    await connection.execute(
        sql("write_outbox"),
        list(range(first, first + count)),
        [message.topic for message in messages],
        [message.key for message in messages],
        [packed(message.headers) for message in messages],
        [message.value for message in messages],
        now,
    )


class Outbox:
    """The relay's side."""

    def __init__(self, pool: asyncpg.Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self._begin = database.begin()
        self._leading: tuple[asyncpg.Connection, asyncio.Event] | None = None

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[None]:
        """Stand by until no other process leads. A leader that hangs stops beating, and the database gives its lock to
        another; when it goes on it learns that from `wakeups`, and Kafka fences what it may still have in hand."""
        connection, news = await self._database.dedicated(), asyncio.Event()
        try:
            with translated():
                limit = self._database.waits.leader
                await connection.execute(sql("leader_deadlines").format(leader_ms=round(limit * 1000)))
                while not await connection.fetchval(sql("try_lead"), _LEADER):  # noqa: ASYNC110 - nobody here to wake us
                    await asyncio.sleep(min(_STANDBY_SECONDS, limit / 4))
                connection.add_termination_listener(lambda _: news.set())
                await connection.add_listener(_CHANNEL, lambda *_: news.set())
            self._leading = connection, news
            beating = asyncio.create_task(_beat(connection, limit / 4), name="relay-leader")
            try:
                yield
            finally:
                beating.cancel()
                await asyncio.wait((beating,))
        finally:
            self._leading = None
            connection.terminate()

    async def wakeups(self) -> AsyncIterator[None]:
        """One item for all notifications since the last. Raises when the connection of the lead is lost."""
        if self._leading is None:
            raise DatabaseUnavailable("Only the leading relay is woken.")
        connection, news = self._leading
        while True:
            await news.wait()
            news.clear()
            if connection.is_closed():
                raise DatabaseUnavailable("The relay lost the connection that makes it the leader.")
            yield

    async def last_sequence(self) -> int:
        """The number of the last message that was committed; 0 before the first."""
        with translated():
            async with transaction(self._pool, self._begin) as connection:
                following: int = await connection.fetchval(sql("next_sequence"))
        return following - 1

    async def rows_after(self, seq: int, limit: int) -> list[OutboxRow]:
        """The messages that follow, at most `limit`, fewer where they are large."""
        with translated():
            async with transaction(self._pool, self._begin) as connection:
                rows = await connection.fetch(sql("outbox_after"), seq, limit, _BYTES)
        return [outbox_row(row) for row in rows]

    async def forget(self, through_seq: int) -> int:
        """Remove messages up to this number, slice by slice; gives how many there were."""
        forgotten = 0
        with translated():
            while True:
                async with transaction(self._pool, self._begin) as connection:
                    status: str = await connection.execute(sql("forget_published"), through_seq, _SLICE)
                removed = int(status.rpartition(" ")[2])
                forgotten += removed
                if removed < _SLICE:
                    return forgotten


async def _beat(connection: asyncpg.Connection, seconds: float) -> None:
    """Show the database that this process lives, until the connection is lost; `wakeups` tells of that."""
    with suppress(*LOST):
        while True:
            await asyncio.sleep(seconds)
            await connection.execute(sql("beat"))
