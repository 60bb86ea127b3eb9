"""`communique doctor` finds what is wrong and says what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from communique import app, checkup, embedded, store
from communique.checkup import Finding
from communique.model import Batch
from communique.settings import Settings, load
from communique.store import schema

NOWHERE = "127.0.0.1:1"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("COMMUNIQUE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    with embedded.broker() as brokers, embedded.database() as url:
        yield brokers, url


async def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.subject: finding async for finding in checkup.examine(settings)}


async def test_what_cannot_be_reached_is_a_fault_and_the_rest_is_looked_at_all_the_same(
    servers: tuple[str, str],
) -> None:
    found = await findings(load(brokers=NOWHERE, database_url=servers[1]))
    assert found["broker"].verdict == "fault"
    assert NOWHERE in found["broker"].found
    assert found["database"].verdict == "ok"

    found = await findings(load(brokers=servers[0], database_url=f"postgresql://nobody@{NOWHERE}/none"))
    assert found["broker"].verdict == "ok"
    assert found["database"].verdict == "fault"


async def test_every_fault_has_a_remedy(servers: tuple[str, str]) -> None:
    found = await findings(load(brokers=servers[0], database_url=servers[1]))
    assert [finding for finding in found.values() if finding.verdict != "ok" and not finding.remedy] == []


async def test_missing_topics_and_migrations_name_the_command_that_makes_them(servers: tuple[str, str]) -> None:
    settings = load(brokers=servers[0], database_url=servers[1], topic_articles="no.such.topic")
    before = await findings(settings)
    assert "communique topics create" in (before["topic"].remedy or "")
    assert "communique migrate" in (before["migrations"].remedy or "")
    await schema.migrate(app.database_of(settings), datetime.now(UTC))
    assert (await findings(settings))["migrations"].verdict == "ok"


async def test_who_reads_what_is_told(servers: tuple[str, str]) -> None:
    settings = load(brokers=servers[0], database_url=servers[1])
    database = app.database_of(settings)
    await schema.migrate(database, datetime.now(UTC))
    assert (await findings(settings))["positions"].found == "nothing has been read yet"
    async with store.connect(database, store.Publication(), lambda: datetime.now(UTC)) as one:
        for partition, owner in ((0, "host-a:7"), (1, "host-b:9"), (2, "host-a:7")):
            claim = await one.claim(settings.topic_articles, partition, owner)
        before = (await findings(settings))["positions"].found
        await one.commit(Batch(claim, 0, 5, ()))
    assert before == "3 partitions, claimed by host-a:7, host-b:9; none has moved yet"
    assert (await findings(settings))["positions"].found.endswith("; the last moved 0 s ago")


async def test_a_database_that_may_forget_commits_is_a_fault(servers: tuple[str, str]) -> None:
    """The embedded database runs with fsync off, which no service may stand on."""
    found = await findings(load(brokers=servers[0], database_url=servers[1]))
    assert found["durability"].verdict == "fault"
    assert "fsync" in found["durability"].found
