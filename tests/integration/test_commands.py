"""The commands a person uses, in the order of a first day: on a real Kafka and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import asyncpg
import pytest

from communique import embedded
from tests.servers.kafka import Broker

pytestmark = pytest.mark.kafka

COMMUNIQUE = [sys.executable, "-c", "from communique.cli import main; main()"]
RUNBOOK = Path(__file__).parents[2] / "deploy" / "RUNBOOK.md"
SET_BACK = "DELETE FROM communique.outbox; UPDATE communique.outbox_head SET next_seq = 1"
FEED = str(files("communique") / "samples" / "feed.ndjson")


@dataclass(frozen=True)
class Desk:
    """Where a person sits: an environment with all settings."""

    environment: dict[str, str]
    port: int

    def communique(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [*COMMUNIQUE, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def lines(self, *arguments: str) -> list[dict]:
        return [json.loads(line) for line in self.communique(*arguments, "--json").splitlines()]

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def until(self, path: str, status: int, text: str = "", seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found, body = self.ask(path)
            if found == status and text in body:
                return body
            time.sleep(0.2)
        raise AssertionError(f"{path} did not come to {status} {text!r}; it says {found} {body}")


@pytest.fixture
def desk(kafka: Broker) -> Iterator[Desk]:
    name = uuid.uuid4().hex[:8]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with embedded.database() as url:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("COMMUNIQUE_")}
        settings = {
            "BROKERS": kafka.bootstrap,
            "DATABASE_URL": url,
            "HTTP_PORT": str(port),
            "TOPIC_ARTICLES": f"articles.{name}",
            "TOPIC_EVENTS": f"events.{name}",
            "TOPIC_DEAD_LETTERS": f"letters.{name}",
            "TOPIC_PROGRESS": f"progress.{name}",
            "TOPIC_PARTITIONS": "3",
            "TOPIC_REPLICATION": "1",
            "GROUP": f"group.{name}",
            "TRANSACTIONAL_ID": f"relay.{name}",
            "OUTBOX_OLD_SECONDS": "2",
        }
        yield Desk({**clean, **{f"COMMUNIQUE_{key}": value for key, value in settings.items()}}, port)


@pytest.fixture
def prepared(desk: Desk) -> Desk:
    """Topics and tables are made."""
    desk.communique("topics", "create")
    desk.communique("migrate")
    return desk


def test_a_first_day(desk: Desk) -> None:
    """One story, for each step needs the one before: prepare, run, feed, look, replay, stop."""
    # Nothing is prepared: the service refuses to start and says what to do, doctor names every fault.
    refused = subprocess.run(
        [*COMMUNIQUE, "run"], env=desk.environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert refused.returncode == 1
    assert "communique migrate" in refused.stderr
    assert "communique topics create" in desk.communique("doctor", code=1)

    desk.communique("migrate", "--check", code=1)
    assert desk.lines("migrate")[0]["applied"]
    desk.communique("migrate", "--check")
    assert len(desk.lines("topics", "create")[0]["created"]) == 4
    assert desk.lines("topics", "create") == [{"created": []}]
    assert desk.lines("topics", "check") == []

    service = subprocess.Popen([*COMMUNIQUE, "run"], env=desk.environment, stderr=subprocess.PIPE, text=True)
    try:
        desk.until("/readyz", 200)
        desk.communique("produce", FEED)
        desk.until("/metrics", 200, 'communique_outcomes_total{language="",outcome="rejected"} 1.0')
        deadline = time.monotonic() + 60
        while outcomes(desk) < 25 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert outcomes(desk) == 25

        # What was published: gapless, and the state of every meeting.
        [letter] = settled_letters(desk)
        assert letter["headers"]["dlq-error-code"] == "not_json"
        events = desk.lines("tail", "--until-end")
        numbers = [int(line["headers"]["ce_sequence"]) for line in events]
        assert len(set(numbers)) == len(numbers)
        assert {"Xi Jinping", "Dina Boluarte"} in [{p["name"] for p in e["event"]["participants"]} for e in events]

        # The refused article is looked at, and sent in again: refused again, with one attempt more.
        assert "abgerissen.example" in desk.communique("dlq", "show", letter["id"])
        assert desk.lines("dlq", "replay", letter["id"], "--dry-run")[0]["would_send"] == 1
        assert desk.lines("dlq", "replay", "--code", "no_such_code")[0]["sent"] == 0
        assert desk.lines("dlq", "replay", letter["id"])[0]["sent"] == 1
        deadline = time.monotonic() + 60
        while len(letters := desk.lines("dlq", "list")) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert sorted(line["headers"]["dlq-attempts"] for line in letters) == ["1", "2"]

        # The same feed again is known: no event more.
        before = len(desk.lines("tail", "--until-end"))
        desk.communique("produce", FEED)
        while outcomes(desk) < 51 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert len(desk.lines("tail", "--until-end")) == before

        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=40) == 0
    finally:
        if service.poll() is None:
            service.kill()
        _, log = service.communicate()
    entries = [json.loads(line) for line in log.splitlines()]
    assert "stopped" in [entry["message"] for entry in entries]
    own = [entry for entry in entries if entry["log.logger"].startswith("communique")]
    assert [entry for entry in own if entry["log.level"] in ("error", "critical")] == []


def outcomes(desk: Desk) -> float:
    page = desk.ask("/metrics")[1]
    return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith("communique_outcomes_total{"))


def settled_letters(desk: Desk) -> list[dict]:
    deadline = time.monotonic() + 60
    while not (letters := desk.lines("dlq", "list")) and time.monotonic() < deadline:
        time.sleep(0.2)
    return letters


def test_only_one_loop_runs_where_only_one_is_asked_for(prepared: Desk) -> None:
    desk = prepared
    for loop, other in (("ingest", "relay"), ("relay", "ingest")):
        command = [*COMMUNIQUE, "run", "--only", loop, "--workers", "0"]
        service = subprocess.Popen(command, env=desk.environment, stderr=subprocess.DEVNULL)
        try:
            assert f'"{other}"' not in desk.until("/livez", 200, f'"{loop}"')
        finally:
            service.send_signal(signal.SIGTERM)
            assert service.wait(timeout=40) == 0


def test_a_database_that_goes_away_makes_the_service_unready_and_never_dead(prepared: Desk) -> None:
    desk = prepared
    with embedded.database() as url:
        environment = {**desk.environment, "COMMUNIQUE_DATABASE_URL": url, "COMMUNIQUE_WORKERS": "0"}
        subprocess.run([*COMMUNIQUE, "migrate"], env=environment, check=True, capture_output=True)
        service = subprocess.Popen([*COMMUNIQUE, "run"], env=environment, stderr=subprocess.DEVNULL)
        desk.until("/readyz", 200)
    try:
        desk.until("/readyz", 503, "database")
        assert desk.ask("/livez")[0] == 200
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0


def test_a_relay_that_waits_for_an_operator_does_not_stop_the_ingest(prepared: Desk) -> None:
    """The database was set back to before what was published: the relay refuses, /readyz says so, articles are read."""
    desk = prepared
    command = [*COMMUNIQUE, "run", "--workers", "0"]
    service = subprocess.Popen(command, env=desk.environment, stderr=subprocess.DEVNULL)
    desk.communique("produce", FEED)
    desk.until("/metrics", 200, "communique_outbox_pending 0.0")
    wait_for_outcomes(desk, 25)
    desk.until("/metrics", 200, 'communique_relay_transactions_total{result="committed"}')
    service.send_signal(signal.SIGTERM)
    assert service.wait(timeout=40) == 0

    asyncio.run(executed(desk.environment["COMMUNIQUE_DATABASE_URL"], SET_BACK))
    service = subprocess.Popen(command, env=desk.environment, stderr=subprocess.PIPE, text=True)
    desk.until("/readyz", 503, "set back")
    assert desk.ask("/livez")[0] == 200
    desk.communique("produce", FEED)
    wait_for_outcomes(desk, 25)
    service.send_signal(signal.SIGTERM)
    _, log = service.communicate(timeout=40)
    assert service.returncode == 1
    sentence = log.strip().splitlines()[-1]
    assert "set back" in sentence

    # The operator follows the runbook.
    published = re.search(r"up to sequence (\d+)", sentence)
    assert published is not None
    [recipe] = re.findall(r"^ +BEGIN;\n.*?COMMIT;$", RUNBOOK.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    url = desk.environment["COMMUNIQUE_DATABASE_URL"]
    before = len(desk.lines("tail", "--until-end")) + len(desk.lines("dlq", "list"))
    waiting = asyncio.run(executed(url, recipe.replace(":published", published[1])))
    service = subprocess.Popen(command, env=desk.environment, stderr=subprocess.DEVNULL)
    desk.until("/metrics", 200, f"communique_relay_sequence {int(published[1]) + waiting}.0")
    desk.until("/readyz", 200)
    service.send_signal(signal.SIGTERM)
    assert service.wait(timeout=40) == 0
    assert len(desk.lines("tail", "--until-end")) + len(desk.lines("dlq", "list")) == before + waiting


def wait_for_outcomes(desk: Desk, number: int) -> None:
    deadline = time.monotonic() + 60
    while outcomes(desk) < number and time.monotonic() < deadline:
        time.sleep(0.2)
    assert outcomes(desk) == number


async def executed(url: str, statements: str) -> int:
    """Run them; how many messages are in the outbox then."""
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    waiting: int = await connection.fetchval("SELECT count(*) FROM communique.outbox")
    await connection.close()
    return waiting
