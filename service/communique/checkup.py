"""`communique doctor`: looks at everything that the service stands on, and says what to do about each fault."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from aiokafka.errors import KafkaError

from communique import __version__, app
from communique.errors import CommuniqueError
from communique.kafka import topics
from communique.settings import Settings
from communique.store import health, schema
from communique.store.connection import Database
from communique.store.health import Position

LEAST_POSTGRES = 160000
LARGEST_SKEW_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    verdict: Literal["ok", "warning", "fault"]
    found: str
    remedy: str | None = None


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at one thing after the other."""
    yield Finding("communique", "ok", f"version {__version__}")
    async for finding in _kafka(settings):
        yield finding
    async for finding in _database(app.database_of(settings)):
        yield finding


async def _kafka(settings: Settings) -> AsyncIterator[Finding]:
    try:
        differences = await topics.check(settings)
    except (KafkaError, OSError) as error:
        remedy = "Is the broker up, and is COMMUNIQUE_BROKERS right?"
        yield Finding("broker", "fault", f"{settings.brokers}: {str(error) or type(error).__name__}", remedy)
        return
    yield Finding("broker", "ok", f"{settings.brokers} answers")
    for difference in differences:
        if difference.found is None:
            yield Finding("topic", "fault", f"{difference.topic} is missing", "Run `communique topics create`.")
        else:
            found = f"{difference.topic}: {difference.what} is {difference.found}, not {difference.wanted}"
            remedy = f"Set {difference.what} of {difference.topic} to {difference.wanted}."
            yield Finding("topic", "fault" if difference.fatal else "warning", found, remedy)
    if not differences:
        yield Finding("topics", "ok", "all four are as they should be")


async def _database(database: Database) -> AsyncIterator[Finding]:
    try:
        connection = await database.dedicated()
    except (CommuniqueError, OSError) as error:
        yield Finding("database", "fault", str(error), "Is it up, and is COMMUNIQUE_DATABASE_URL right?")
        return
    try:
        yield _version(connection.get_server_version().major * 10_000)
        before = time.time()
        row = await connection.fetchrow(
            "SELECT extract(epoch FROM clock_timestamp())::float8 AS clock, current_setting('fsync') AS fsync,"
            " current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery() AS standby"
        )
        yield _clock(row["clock"] - (before + time.time()) / 2)
        yield _durability(row["fsync"], row["synchronous_commit"], row["standby"])
    finally:
        await connection.close()
    report = await schema.migrate(database, datetime.now(UTC), check=True)
    if not report.current:
        missing = ", ".join((*report.pending, *report.changed))
        yield Finding("migrations", "fault", f"missing or changed: {missing}", "Run `communique migrate`.")
        return
    yield Finding("migrations", "ok", "all are applied")
    pool = await database.pool()
    try:
        yield _progress(await health.positions(pool), datetime.now(UTC))
    finally:
        await pool.close()


def _progress(positions: Sequence[Position], now: datetime) -> Finding:
    """Who reads what, and when a position moved last; whether that is long ago only the feed can tell."""
    if not positions:
        return Finding("positions", "ok", "nothing has been read yet")
    owners = ", ".join(sorted({position.owner for position in positions}))
    moved = [position.moved_at for position in positions if position.moved_at]
    last = f"the last moved {_ago(now - max(moved))} ago" if moved else "none has moved yet"
    return Finding("positions", "ok", f"{len(positions)} partitions, claimed by {owners}; {last}")


def _ago(age: timedelta) -> str:
    """The largest unit that is not below one: "3 s", "2 min", "5 h", "4 d"."""
    seconds = max(0, round(age.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _version(number: int) -> Finding:
    if number < LEAST_POSTGRES:
        return Finding("database", "warning", f"PostgreSQL {number // 10_000}", "Upgrade to PostgreSQL 16 or newer.")
    return Finding("database", "ok", f"PostgreSQL {number // 10_000}")


def _clock(skew: float) -> Finding:
    if abs(skew) > LARGEST_SKEW_SECONDS:
        found = f"the database's differs from this machine's by {skew:.1f} s"
        return Finding("clock", "warning", found, "Let both machines keep their time by NTP.")
    return Finding("clock", "ok", f"within {LARGEST_SKEW_SECONDS:g} s of the database's")


def _durability(fsync: str, synchronous_commit: str, standby: bool) -> Finding:
    if standby:
        return Finding(
            "durability", "fault", "the database is a standby", "Point COMMUNIQUE_DATABASE_URL at the primary."
        )
    if fsync == "off":
        return Finding("durability", "fault", "fsync is off: a crash can lose commits", "Set fsync = on.")
    if synchronous_commit == "off":
        found = "synchronous_commit is off: a crash can undo what was already published"
        return Finding("durability", "fault", found, "Set synchronous_commit = on for the writer role.")
    return Finding("durability", "ok", "commits reach the disk")
