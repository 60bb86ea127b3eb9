"""A real PostgreSQL for every test of this folder, a new database for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from communique.store import Database, Store, schema
from communique.store.roles import Roles
from tests.delivery.site import place
from tests.integration.news import NOW, opened

__all__ = ["place"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "test_store" in item.nodeid:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture
async def database(database_url: str) -> Database:
    """A migrated database."""
    made = Database(database_url, pool_max=4)
    await schema.migrate(made, NOW, roles=Roles())
    return made


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    async with opened(database) as made:
        yield made


@pytest.fixture
async def rows(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A look at the tables."""
    connection = await asyncpg.connect(database.url)
    yield connection
    await connection.close()
