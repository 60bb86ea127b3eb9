"""migrate and maintain: what the owner of the database does."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from communique.cli.screen import Json, console, put_json

if TYPE_CHECKING:
    from communique.settings import Settings
    from communique.store import Database

Check = Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if a migration is missing.")]


def migrate(check: Check = False, json: Json = False) -> None:
    """Bring the database to this version's tables: each migration in its own transaction, one process at a time."""
    from communique import settings
    from communique.store import schema
    from communique.store.roles import Roles

    loaded = settings.load("database_url")
    roles = Roles(writer=loaded.role_writer, reader=loaded.role_reader, owner=loaded.role_owner)
    report = asyncio.run(schema.migrate(_as_owner(loaded), datetime.now(UTC), roles=roles, check=check))
    if json:
        put_json(dataclasses.asdict(report))
    else:
        for word, names in (("applied", report.applied), ("missing", report.pending), ("changed", report.changed)):
            for name in names:
                console().print(f"{word}  {name}", markup=False)
        for sentence in (*(f"{name} is of a newer version" for name in report.unknown), *report.notes):
            console().print(f"note     {sentence}", markup=False)
        if not (report.applied or report.pending or report.changed):
            console().print("The database is up to date.")
    if check and not report.current:
        raise typer.Exit(1)


def maintain(json: Json = False) -> None:
    """Make the coming months' partitions of raw articles and drop those older than the retention. Run it daily."""
    from communique import settings
    from communique.store import upkeep

    loaded = settings.load("database_url")
    keep = timedelta(days=loaded.retention_days)
    done = asyncio.run(upkeep.maintain(_as_owner(loaded), datetime.now(UTC), keep))
    if json:
        put_json(dataclasses.asdict(done))
        return
    for word, names in (("made", done.made), ("dropped", done.dropped)):
        for name in names:
            console().print(f"{word:7}  {name}", markup=False)
    if not (done.made or done.dropped):
        console().print("Nothing to do.")


def _as_owner(settings: Settings) -> Database:
    from communique.app import database_of

    return database_of(settings, settings.migrate_url.get_secret_value() or None)
