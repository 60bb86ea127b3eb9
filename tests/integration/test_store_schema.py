"""Migrations, roles and upkeep."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from communique.errors import DatabaseUnavailable, SchemaOutdated
from communique.store import Database, Store, health, schema, upkeep
from communique.store.roles import Roles
from communique.store.schema import Migration, MigrationChanged
from tests.integration.news import NOW, Feed, found, nothing, opened

ALL = tuple(f"{migration.number:04}_{migration.name}" for migration in schema.migrations())
NEXT = Migration(9001, "one_more", "-- One more.\n-- Old code: runs.\nCREATE TABLE communique.one_more (n integer);\n")
BROKEN = Migration(
    9002, "broken", "-- Broken.\n-- Old code: runs.\nCREATE TABLE communique.half (n integer);\nSELECT 1/0;\n"
)


async def test_an_empty_database_is_brought_up_to_date_once(database_url: str) -> None:
    database = Database(database_url)
    assert (await schema.migrate(database, NOW, check=True)).pending == ALL
    assert (await schema.migrate(database, NOW)).applied == ALL
    again = await schema.migrate(database, NOW)
    assert again.applied == ()
    assert (await schema.migrate(database, NOW, check=True)).current


async def test_a_check_changes_nothing(database_url: str) -> None:
    await schema.migrate(Database(database_url), NOW, check=True)
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT to_regnamespace('communique')") is None
    await connection.close()


async def test_of_several_that_migrate_at_once_each_file_is_applied_by_one(database_url: str) -> None:
    database = Database(database_url)
    reports = await asyncio.gather(*(schema.migrate(database, NOW, roles=Roles()) for _ in range(4)))
    assert sorted(name for report in reports for name in report.applied) == sorted(ALL)


async def test_a_migration_that_was_edited_is_named_and_nothing_is_built_on_it(database: Database) -> None:
    first, *others = schema.migrations()
    edited = (replace(first, sql=first.sql + "-- a later thought\n"), *others, NEXT)
    report = await schema.migrate(database, NOW, check=True, known=edited)
    assert (report.changed, report.pending, report.current) == ((ALL[0],), ("9001_one_more",), False)
    with pytest.raises(MigrationChanged, match=ALL[0]):
        await schema.migrate(database, NOW, known=edited)


async def test_a_migration_that_fails_leaves_those_before_it_and_nothing_of_itself(
    database: Database, rows: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await schema.migrate(database, NOW, known=(*schema.migrations(), NEXT, BROKEN))
    assert await rows.fetchval("SELECT to_regclass('communique.half')") is None
    report = await schema.migrate(database, NOW, check=True, known=(*schema.migrations(), NEXT, BROKEN))
    assert report.pending == ("9002_broken",)


async def test_a_migration_gives_up_when_a_table_is_busy(database: Database, rows: asyncpg.Connection) -> None:
    """Better than to wait, for everybody else would wait behind it."""
    change = replace(NEXT, sql="-- One more.\nALTER TABLE communique.articles ADD COLUMN more integer;\n")
    async with rows.transaction():
        await rows.execute("SELECT * FROM communique.articles")
        busy = replace(database, waits=replace(database.waits, lock=0.2))
        with pytest.raises(DatabaseUnavailable, match="busy"):
            await schema.migrate(busy, NOW, known=(*schema.migrations(), change))


async def test_code_that_is_older_than_the_database_still_starts(database: Database) -> None:
    await schema.migrate(database, NOW, known=(*schema.migrations(), NEXT))
    async with opened(database) as store:
        await schema.require_current(store.pool)
    assert (await schema.migrate(database, NOW, check=True)).unknown == ("9001_one_more",)


async def test_code_that_is_newer_than_the_database_refuses_to_start(store: Store) -> None:
    with pytest.raises(SchemaOutdated, match=r"9001_one_more.*communique migrate"):
        await schema.require_current(store.pool, (*schema.migrations(), NEXT))


# ── roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def acting(store: Store, rows: asyncpg.Connection) -> asyncpg.Connection:
    """A connection on a database with one meeting, to be turned into a role."""
    await (await Feed.of(store))(found("a"))
    return rows


async def test_the_reader_sees_the_views(acting: asyncpg.Connection) -> None:
    await acting.execute("SET ROLE communique_reader")
    for view in ("meetings_v1", "participants_v1", "statements_v1", "sources_v1"):
        await acting.fetch(f"SELECT * FROM api.{view}")
    assert await acting.fetchval("SELECT count(*) FROM api.meetings_v1") == 1


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("communique_reader", "SELECT * FROM communique.meetings"),
        ("communique_reader", "SELECT * FROM communique.outbox"),
        ("communique_reader", "DELETE FROM api.meetings_v1"),
        ("communique_reader", "CREATE TABLE api.mine (n integer)"),
        ("communique_writer", "DROP TABLE communique.outbox"),
        ("communique_writer", "ALTER TABLE communique.meetings ADD COLUMN mine integer"),
        ("communique_writer", "CREATE TABLE communique.mine (n integer)"),
        ("communique_writer", "TRUNCATE communique.outbox"),
        ("communique_writer", "DELETE FROM communique.migrations"),
    ],
)
async def test_a_role_may_not(acting: asyncpg.Connection, role: str, statement: str) -> None:
    await acting.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await acting.execute(statement)


async def test_the_writer_may_do_all_that_the_service_does(database: Database, rows: asyncpg.Connection) -> None:
    await rows.execute("DROP ROLE IF EXISTS communique_test_service")
    await rows.execute("CREATE ROLE communique_test_service LOGIN IN ROLE communique_writer PASSWORD 'service'")
    parts = database.url.split("@", 1)[1]
    as_writer = replace(database, url=f"postgresql://communique_test_service:service@{parts}")
    async with opened(as_writer) as store, store.outbox.lead():
        feed = await Feed.of(store)
        await feed(found("a"), nothing("b"))
        assert await store.outbox.forget(1) == 1
        await schema.require_current(store.pool)
        assert await health.writable(store.pool)
    await rows.execute("DROP ROLE communique_test_service")


async def test_an_owner_role_owns_what_is_migrated(database_url: str) -> None:
    """Whoever migrates first need not be who migrates next."""
    roles = Roles("communique_test_writer", "communique_test_reader", "communique_test_owner")
    report = await schema.migrate(Database(database_url), NOW, roles=roles)
    again = await schema.migrate(Database(database_url), NOW, roles=roles)
    connection = await asyncpg.connect(database_url)
    owners = await connection.fetch("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'communique'")
    for name in (roles.writer, roles.reader, roles.owner):
        await connection.execute(f"DROP OWNED BY {name} CASCADE")
        await connection.execute(f"DROP ROLE {name}")
    await connection.close()
    assert (report.notes, again.notes) == ((), ())
    assert [row["tableowner"] for row in owners] == ["communique_test_owner"]


async def test_roles_that_may_not_be_created_are_named_and_the_tables_come_all_the_same(
    database_url: str, postgres: str
) -> None:
    admin = await asyncpg.connect(database_url)
    await admin.execute("DROP ROLE IF EXISTS communique_test_plain")
    await admin.execute("CREATE ROLE communique_test_plain LOGIN PASSWORD 'plain'")
    await admin.execute("DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO communique_test_plain',"
                        " current_database()); END $$")  # fmt: skip
    plain = Database(f"postgresql://communique_test_plain:plain@{database_url.split('@', 1)[1]}")
    report = await schema.migrate(plain, NOW, roles=Roles("communique_test_w", "communique_test_r", None))
    await admin.execute("DROP OWNED BY communique_test_plain CASCADE")
    await admin.execute("DROP ROLE communique_test_plain")
    await admin.close()
    assert report.applied == ALL
    assert [note.split(" could")[0] for note in report.notes] == [
        "Role communique_test_w does not exist and",
        "Role communique_test_r does not exist and",
    ]


# ── upkeep ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def partitions(rows: asyncpg.Connection) -> list[str]:
    found_rows = await rows.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'communique.raw_articles'::regclass"
    )
    return sorted(row["name"].removeprefix("communique.raw_articles_") for row in found_rows)


async def test_this_month_and_the_next_two_have_their_partition(database: Database, rows: asyncpg.Connection) -> None:
    assert await partitions(rows) == ["2024_07", "2024_08", "2024_09", "other"]
    done = await upkeep.maintain(database, datetime(2024, 11, 30, 23, 59, tzinfo=UTC), timedelta(days=400))
    assert done.made == ("raw_articles_2024_11", "raw_articles_2024_12", "raw_articles_2025_01")
    assert (await upkeep.maintain(database, NOW, timedelta(days=400))).made == ()


async def test_what_came_before_its_partition_was_made_moves_into_it(
    database: Database, rows: asyncpg.Connection
) -> None:
    """Upkeep that was forgotten for months stops nothing, and costs nothing afterwards."""
    await rows.execute("DROP TABLE communique.raw_articles_2024_07")
    async with opened(database) as store:
        await (await Feed.of(store))(nothing("a"))
    assert await rows.fetchval("SELECT count(*) FROM communique.raw_articles_other") == 1
    done = await upkeep.maintain(database, NOW, timedelta(days=400))
    assert done.made == ("raw_articles_2024_07",)
    assert await rows.fetchval("SELECT count(*) FROM communique.raw_articles_other") == 0
    assert await rows.fetchval("SELECT count(*) FROM communique.raw_articles_2024_07") == 1


@pytest.mark.parametrize(
    ("days", "dropped"),
    [(400, ()), (31, ()), (30, ("raw_articles_2024_07",)), (1, ("raw_articles_2024_07", "raw_articles_2024_08"))],
)
async def test_a_month_is_dropped_when_its_last_day_is_older_than_the_retention(
    database: Database, days: int, dropped: tuple[str, ...]
) -> None:
    now = datetime(2024, 9, 3, tzinfo=UTC) if days == 1 else datetime(2024, 8, 31, tzinfo=UTC)
    assert (await upkeep.maintain(database, now, timedelta(days=days))).dropped == dropped


async def test_retention_keeps_the_meetings(database: Database, rows: asyncpg.Connection) -> None:
    async with opened(database) as store:
        await (await Feed.of(store))(found("a"))
    await upkeep.maintain(database, NOW + timedelta(days=900), timedelta(days=30))
    assert await rows.fetchval("SELECT count(*) FROM communique.raw_articles") == 0
    assert await rows.fetchval("SELECT count(*) FROM api.meetings_v1") == 1


# ── health ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_health_tells_positions_and_backlog(store: Store) -> None:
    await (await Feed.of(store))(found("a"), nothing("b"))
    (position,) = await health.positions(store.pool)
    assert (position.partition, position.next_offset, position.owner) == (0, 2, "test")
    assert await health.backlog(store.pool, 0) == health.Backlog(1, NOW)
    assert await health.backlog(store.pool, 1) == health.Backlog(0, None)
    assert await health.writable(store.pool)


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        async with opened(Database("postgresql://nobody@127.0.0.1:1/none")):
            pass
