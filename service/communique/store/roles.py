"""The three roles: the owner migrates, the writer writes rows, the reader reads the views of schema `api`.

They are groups without a login, which an administrator gives to the users of the service. They are made where the
migrating user may; where not, an administrator makes them by hand and the next `communique migrate` grants them.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from communique.store.connection import lock_number
from communique.store.queries import sql

_LOCK = lock_number("communique.roles")


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of the roles. Without an `owner` everything belongs to the user who migrates."""

    writer: str = "communique_writer"
    reader: str = "communique_reader"
    owner: str | None = None


async def create(connection: asyncpg.Connection, roles: Roles) -> tuple[str, ...]:
    """Make what is missing and act as the owner from here on; a sentence for each thing that was not allowed."""
    notes = []
    for name in (roles.owner, roles.writer, roles.reader):
        if name is None or await connection.fetchval(sql("role_exists"), name):
            continue
        if refusal := await _refusal(connection, f"CREATE ROLE {_quoted(name)} NOLOGIN"):
            notes.append(f"Role {name} does not exist and could not be created: {refusal}.")
    if roles.owner and await connection.fetchval(sql("role_exists"), roles.owner):
        owner, base = _quoted(roles.owner), _quoted(await connection.fetchval(sql("database_name")))
        await _refusal(connection, f"GRANT {owner} TO CURRENT_USER")
        await _refusal(connection, f"GRANT CREATE ON DATABASE {base} TO {owner}")
        if refusal := await _refusal(connection, f"SET ROLE {owner}"):
            notes.append(f"The schema belongs to the user who migrates and not to {roles.owner}: {refusal}.")
    return tuple(notes)


async def grant(connection: asyncpg.Connection, roles: Roles) -> tuple[str, ...]:
    """Give writer and reader their rights, as often as one likes; a sentence for each that was not allowed."""
    notes = []
    for name, rights in ((roles.writer, "grant_writer"), (roles.reader, "grant_reader")):
        if not await connection.fetchval(sql("role_exists"), name):
            continue
        if refusal := await _refusal(connection, sql(rights).format(role=_quoted(name))):
            notes.append(f"Role {name} was not given its rights: {refusal}.")
    return tuple(notes)


async def _refusal(connection: asyncpg.Connection, statement: str) -> str | None:
    """Execute; the database's reason where it does not let us."""
    try:
        async with connection.transaction():
            await connection.execute(sql("migration_lock"), _LOCK)
            await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError as refused:
        return str(refused)
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return None  # somebody else made the role at this moment
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
