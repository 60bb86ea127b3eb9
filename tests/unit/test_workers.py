"""One record can cost one outcome, never its neighbours, and never the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from communique.errors import WorkersUnusable
from communique.model import Nothing, Outcome, Record, Rejected
from communique.telemetry import Metrics
from communique.workers import CHUNK_RECORDS, InProcess, Workers
from tests.fakes.pipeline import load, load_fails

MANY = CHUNK_RECORDS * 3 + 7


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(2, load, Metrics(), record_seconds=1.0) as started:
        yield started


def records(*values: str) -> list[Record]:
    return [Record(value.encode(), offset=offset) for offset, value in enumerate(values)]


def seen(outcomes: list[Outcome]) -> list[str]:
    return [
        outcome.article.article_id if isinstance(outcome, Nothing) else outcome.refusal.code
        for outcome in outcomes
        if isinstance(outcome, Nothing | Rejected)
    ]


@pytest.mark.asyncio(loop_scope="module")
async def test_outcomes_come_in_the_order_of_the_records(workers: Workers) -> None:
    """More records than one chunk, over two processes."""
    values = [str(number) for number in range(MANY)]
    assert seen(await workers.enrich(records(*values))) == values


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("order", "code"),
    [("die", "enrich_failed"), ("hang", "enrich_timeout"), ("bug", "enrich_failed")],
)
async def test_a_poisonous_record_is_refused_alone(workers: Workers, order: str, code: str) -> None:
    """A crash, a record that does not end, and a bug: the neighbours before and after have their outcomes."""
    assert seen(await workers.enrich(records("a", "b", order, "c"))) == ["a", "b", code, "c"]


@pytest.mark.asyncio(loop_scope="module")
async def test_two_poisonous_records_in_one_chunk_are_both_found(workers: Workers) -> None:
    """And no third one is blamed."""
    assert seen(await workers.enrich(records("die", "a", "die"))) == ["enrich_failed", "a", "enrich_failed"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_record_that_was_unlucky_once_is_not_refused(workers: Workers, tmp_path: Path) -> None:
    """The worker died with it in hand, but alone it goes through."""
    order = f"die once:{tmp_path / 'died'}"
    assert seen(await workers.enrich(records("a", order, "b"))) == ["a", order, "b"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_refusal_for_a_bug_holds_no_text_of_the_article(workers: Workers) -> None:
    """Only the class of the error and where it was raised."""
    [outcome] = await workers.enrich(records("bug"))
    assert isinstance(outcome, Rejected)
    assert "the text" not in outcome.refusal.message
    assert "ZeroDivisionError: pipeline.py, line" in outcome.refusal.message


@pytest.mark.asyncio(loop_scope="module")
async def test_a_cancelled_batch_does_not_answer_the_next_one(workers: Workers) -> None:
    """What a worker had in hand for someone who left never reaches another."""
    leaving = asyncio.create_task(workers.enrich(records(*["hang"] * 2)))
    await asyncio.sleep(0.1)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert seen(await workers.enrich(records("x", "y"))) == ["x", "y"]


async def test_workers_that_cannot_load_end_the_process() -> None:
    """It is no record's fault, and trying for ever would hide it."""
    with pytest.raises(WorkersUnusable):
        async with Workers(1, load_fails, Metrics()):
            pass


async def test_the_loops_own_process_enriches_too() -> None:
    """COMMUNIQUE_WORKERS=0, with the same answer to a bug."""
    assert seen(await InProcess(load).enrich(records("a", "bug"))) == ["a", "enrich_failed"]


def test_workers_end_with_a_parent_that_was_killed() -> None:
    """The idle one at once, and the one with an endless record when its time is up: nothing is left to burn a core."""
    parent = subprocess.Popen([sys.executable, "-m", "tests.fakes.abandoned"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    assert len(workers) == 2
    deadline = time.monotonic() + 10
    while any(map(lives, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(lives, workers))


def lives(pid: int) -> bool:
    """A zombie that nobody has waited for is dead enough."""
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
