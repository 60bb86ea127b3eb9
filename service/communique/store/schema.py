"""Migrations: plain SQL files, forward only, each in one transaction of its own, once, under a lock, with a checksum.

A file is migrations/NNNN_name.sql. Its first lines say what it is for and whether code of the version before still runs
on the new schema ("Old code: …"), so that a person knows whether processes may stay up meanwhile.

    migrate(url, roles)          apply what is missing, then grant the roles and make the coming partitions
    migrate(url, check=True)     only say what is missing or has been changed since it was applied
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import asyncpg

from communique.errors import CommuniqueError, SchemaOutdated
from communique.store.connection import READ, Database, lock_number, transaction, translated
from communique.store.queries import sql
from communique.store.roles import Roles, create, grant
from communique.store.upkeep import make_partitions

_LOCK = lock_number("communique.migrate")
_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


class MigrationChanged(CommuniqueError):
    """A migration file is not what was applied to this database."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def purpose(self) -> str:
        """Its first line."""
        return self.sql.split("\n", 1)[0].removeprefix("-- ")

    @property
    def old_code(self) -> str:
        """Whether the version before still runs on it, and why."""
        found = re.search(r"^-- Old code: (.+)$", self.sql, re.MULTILINE)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Numbers and names as "0001_first_tables"."""

    applied: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Applied by a newer version than this one."""
    notes: tuple[str, ...] = ()
    """What could not be done for want of a privilege; nothing that keeps the service from running."""

    @property
    def current(self) -> bool:
        return not self.pending and not self.changed


@cache
def migrations() -> tuple[Migration, ...]:
    """The files, in order."""
    found = []
    for entry in (files("communique.store") / "migrations").iterdir():
        match = _FILE.fullmatch(entry.name)
        if match:
            found.append(Migration(int(match[1]), match[2], entry.read_text("utf-8")))
    return tuple(sorted(found, key=lambda migration: migration.number))


async def migrate(
    database: Database,
    now: datetime,
    *,
    roles: Roles | None = None,
    check: bool = False,
    known: tuple[Migration, ...] | None = None,
) -> MigrationReport:
    """Bring the schema up to date, or say what is missing. Raises MigrationChanged where the past was edited."""
    known = migrations() if known is None else known
    connection = await database.dedicated(patient=True)
    try:
        with translated():
            before = await _compared(connection, known)
            if check:
                return before
            if before.changed:
                raise MigrationChanged(
                    f"{', '.join(before.changed)}: not what was applied to this database. A migration is never edited;"
                    " put the file back and add a new one."
                )
            notes = await create(connection, roles) if roles else ()
            applied = tuple([_name(m) for m in known if await _apply(connection, database, m, now)])
            await make_partitions(connection, database, now)
            notes += await grant(connection, roles) if roles else ()
        return MigrationReport(applied=applied, unknown=before.unknown, notes=notes)
    finally:
        await connection.close()


async def require_current(pool: asyncpg.Pool, known: tuple[Migration, ...] | None = None) -> None:
    """Raise SchemaOutdated unless every migration of this version was applied. Newer ones do no harm: each says so."""
    with translated():
        async with transaction(pool, READ) as connection:
            report = await _compared(connection, migrations() if known is None else known)
    if not report.current:
        raise SchemaOutdated(
            f"The database lacks {', '.join(report.pending + report.changed)}. Run `communique migrate`."
        )


async def _compared(connection: asyncpg.Connection, known: tuple[Migration, ...]) -> MigrationReport:
    there = await connection.fetchval(sql("migrations_table"))
    rows = await connection.fetch(sql("migrations")) if there else []
    applied = {row["number"]: row for row in rows}
    return MigrationReport(
        pending=tuple(_name(m) for m in known if m.number not in applied),
        changed=tuple(_name(m) for m in known if m.number in applied and applied[m.number]["checksum"] != m.checksum),
        unknown=tuple(
            f"{row['number']:04}_{row['name']}" for row in rows if row["number"] not in {m.number for m in known}
        ),
    )


async def _apply(connection: asyncpg.Connection, database: Database, migration: Migration, now: datetime) -> bool:
    """One migration, if it is missing; True if it was. Whoever comes second waits for the lock and finds it done."""
    async with connection.transaction():
        await connection.execute(sql("wait_for_lock"))
        await connection.execute(sql("migration_lock"), _LOCK)
        await connection.execute(sql("migrations_create"))
        if await connection.fetchval(sql("migration_applied"), migration.number):
            return False
        await connection.execute(sql("migration_deadlines").format(lock_ms=round(database.waits.lock * 1000)))
        await connection.execute(migration.sql)
        await connection.execute(sql("migration_record"), migration.number, migration.name, migration.checksum, now)
    return True


def _name(migration: Migration) -> str:
    return f"{migration.number:04}_{migration.name}"
