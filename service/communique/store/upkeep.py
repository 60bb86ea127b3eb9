"""Monthly partitions of the raw articles: the coming ones are made, the old ones dropped. Run as the owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from communique.store.connection import Database, lock_number, translated
from communique.store.queries import sql

_AHEAD = 3
"""Months to make: this one and the following."""
_LOCK = lock_number("communique.maintain")


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Names of the partitions that were made and dropped."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]


async def maintain(database: Database, now: datetime, keep: timedelta) -> Upkeep:
    """Make coming partitions; drop those whose last article is older than `keep`."""
    connection = await database.dedicated(patient=True)
    try:
        with translated():
            made = await make_partitions(connection, database, now)
            dropped = await _drop_partitions(connection, database, now - keep)
    finally:
        await connection.close()
    return Upkeep(made, dropped)


async def make_partitions(connection: asyncpg.Connection, database: Database, now: datetime) -> tuple[str, ...]:
    """This month's partition and the next ones, as far as they are missing. What arrived meanwhile moves into them."""
    made = []
    month = _month(now)
    for _ in range(_AHEAD):
        following = _month(month + timedelta(days=32))
        name = f"raw_articles_{month:%Y_%m}"
        async with connection.transaction():
            await _exclusive(connection, database)
            if not await connection.fetchval(sql("table_exists"), f"communique.{name}"):
                for step in sql("make_partition").split(";\n"):
                    await connection.execute(
                        step.format(name=name, since=month.isoformat(), until=following.isoformat())
                    )
                made.append(name)
        month = following
    return tuple(made)


async def _drop_partitions(connection: asyncpg.Connection, database: Database, horizon: datetime) -> tuple[str, ...]:
    dropped = []
    for row in await connection.fetch(sql("raw_partitions")):
        year, month = (int(part) for part in row["relname"].split("_")[-2:])
        end = _month(datetime(year, month, 1, tzinfo=UTC) + timedelta(days=32))
        if end <= horizon:
            async with connection.transaction():
                await _exclusive(connection, database)
                await connection.execute(sql("drop_partition").format(name=row["relname"]))
            dropped.append(row["relname"])
    async with connection.transaction():
        await connection.execute(sql("drop_old_rows"), horizon)
    return tuple(dropped)


async def _exclusive(connection: asyncpg.Connection, database: Database) -> None:
    await connection.execute(sql("migration_deadlines").format(lock_ms=round(database.waits.lock * 1000)))
    await connection.execute(sql("migration_lock"), _LOCK)


def _month(day: datetime) -> datetime:
    return day.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
