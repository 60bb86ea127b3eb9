"""What /readyz, `communique doctor` and the metrics ask of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from communique.store.connection import READ, transaction, translated
from communique.store.queries import sql


@dataclass(frozen=True, slots=True)
class Position:
    topic: str
    partition: int
    next_offset: int | None
    epoch: int
    owner: str
    claimed_at: datetime
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages that wait in the outbox after a sequence number."""

    pending: int
    oldest: datetime | None


async def writable(pool: asyncpg.Pool) -> bool:
    """Whether this is a primary that takes writes."""
    with translated():
        async with transaction(pool, READ) as connection:
            return bool(await connection.fetchval(sql("writable")))


async def positions(pool: asyncpg.Pool) -> tuple[Position, ...]:
    """Every partition that was ever claimed."""
    with translated():
        async with transaction(pool, READ) as connection:
            rows = await connection.fetch(sql("positions"))
    return tuple(Position(*row.values()) for row in rows)


async def backlog(pool: asyncpg.Pool, published: int) -> Backlog:
    """What was committed after the message that the relay published last."""
    with translated():
        async with transaction(pool, READ) as connection:
            row = await connection.fetchrow(sql("outbox_pending"), published)
    return Backlog(row["pending"], row["oldest"])
