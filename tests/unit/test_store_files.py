"""What a reader may rely on in queries.sql and the migrations."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from communique.store import schema
from communique.store.queries import statements

PACKAGE = files("communique.store")
SOURCES = "\n".join(each.read_text("utf-8") for each in PACKAGE.iterdir() if each.name.endswith(".py"))
TEXT = (PACKAGE / "queries.sql").read_text("utf-8")
TESTS_ONLY = {"raw_article"}
"""Read by `communique reprocess` to come; until then a test shows what is kept."""


def test_every_block_of_the_file_is_a_statement() -> None:
    """A block that the reader of the file does not see would be missed at run time only."""
    assert list(statements()) == re.findall(r"^-- name: (\w+)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", statements())
def test_every_statement_says_what_it_does_in_one_sentence(name: str) -> None:
    sentence, body = statements()[name]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert body


@pytest.mark.parametrize("name", sorted(set(statements()) - TESTS_ONLY))
def test_every_statement_is_used(name: str) -> None:
    assert f'"{name}"' in SOURCES


def test_no_statement_stands_in_the_code() -> None:
    assert not re.findall(r'"(?:SELECT|INSERT|UPDATE|DELETE|WITH) ', SOURCES)


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.number for migration in schema.migrations()] == list(range(1, len(schema.migrations()) + 1))


@pytest.mark.parametrize("migration", schema.migrations(), ids=lambda migration: migration.name)
def test_every_migration_says_what_for_and_whether_old_code_still_runs(migration: schema.Migration) -> None:
    assert migration.purpose.endswith(".")
    assert migration.old_code.endswith(".")
