"""`communique demo` is the first thing that a person runs: it works, it ends, it shows what it promises."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from communique.cli import main; main()", "demo"]
ANSI = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=120)


@cache
def told() -> list[dict]:
    """What the demo tells a program, once for all tests."""
    done = demo("--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def final() -> dict[str, dict]:
    """The latest state of each meeting."""
    latest: dict[str, dict] = {}
    for line in told():
        if line["change"] != "refused":
            event = line["event"]
            if event["revision"] > latest.get(event["meeting_id"], {"revision": 0})["revision"]:
                latest[event["meeting_id"]] = event
    return latest


def meeting(*names: str) -> dict:
    """The one meeting of these people."""
    [found] = [event for event in final().values() if {p["name"] for p in event["participants"]} == set(names)]
    return found


def test_one_meeting_reported_by_two_outlets_in_two_languages_is_one_event() -> None:
    event = meeting("Xi Jinping", "Dina Boluarte")
    assert {source["language"] for source in event["sources"]} == {"de", "en"}
    assert event["revision"] == 2
    assert (event["status"], event["when"]["start"], event["where"]["city"]) == ("held", "2024-06-28", "Beijing")


def test_an_announcement_that_is_later_held_is_one_event_and_held() -> None:
    event = meeting("Vladimir Putin", "Narendra Modi")
    assert event["status"] == "held"
    assert len(event["sources"]) == 3
    assert event["when"]["start"] == "2024-07-09"


def test_the_malformed_article_is_refused_with_its_code() -> None:
    [refused] = [line for line in told() if line["change"] == "refused"]
    assert refused["headers"]["dlq-error-code"] == "not_json"


def test_articles_without_a_meeting_make_no_event() -> None:
    silent = ("gewitter", "deutschland-ungarn", "northline", "museum", "haushalt", "court-dam", "wissen")
    urls = [source["url"] or "" for event in final().values() for source in event["sources"]]
    assert not [url for url in urls if any(word in url for word in silent)]


def test_the_sample_feed_has_every_accepted_shape() -> None:
    from communique import adapters
    from communique.model import Article, Record

    feed = (files("communique") / "samples" / "feed.ndjson").read_bytes().splitlines()
    read = [adapters.read(Record(line, timestamp_ms=1_735_689_600_000)) for line in feed]
    assert {article.shape for article in read if isinstance(article, Article)} == set(adapters.SHAPES)


def test_a_log_gets_plain_lines_and_the_conclusion() -> None:
    done = demo()
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "25 articles" in done.stdout
    assert "1 refused" in done.stdout
    assert "Where to look further" in done.stdout
    assert done.stderr == ""


def on_a_terminal() -> tuple[int, bytes]:
    """Exit code and output of the demo with a terminal of 120 columns in front of it."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(COLUMNS="120", LINES="60", TERM="xterm-256color")
        os.environ.pop("NO_COLOR", None)
        os.execv(COMMAND[0], COMMAND)
    output, deadline = b"", time.monotonic() + 120
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), output


def test_a_person_sees_colour_progress_and_one_table_of_the_meetings() -> None:
    code, output = on_a_terminal()
    plain = ANSI.sub(b"", output).decode()
    assert code == 0
    assert ANSI.search(output)
    assert "25/25" in plain
    assert "the meetings as subscribers have them now" in plain
    assert "not_json" in plain.split("the articles that were refused")[1]


def mind_interrupts() -> None:
    """Whoever started these tests in the background may have told all below to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def under_way(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A demo to look at while it runs; a test that fails does not wait for its end."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, text=True, preexec_fn=mind_interrupts
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_keep_leaves_all_up_says_how_to_connect_and_ends_on_ctrl_c() -> None:
    with under_way("--keep", "--json") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        environment = next(line["environment"] for line in map(json.loads, lines) if line["change"] == "stays")
        connected = {**os.environ, **{k: v for k, v in environment.items() if k.startswith("COMMUNIQUE_")}}
        tail = subprocess.run(
            [*COMMAND[:-1], "tail", "--until-end", "--json"],
            env=connected,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert tail.returncode == 0, tail.stderr.decode()
        assert len(tail.stdout.splitlines()) == len([line for line in told() if line["change"] != "refused"])
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_killed_leaves_no_database_behind(number: signal.Signals) -> None:
    with under_way("--json") as process:
        assert process.stdout is not None
        process.stdout.readline()
        servers = servers_of(process.pid)
        assert servers
        process.send_signal(number)
        process.wait(timeout=30)
    deadline = time.monotonic() + 20
    while any(map(exists, servers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(exists, servers))


def servers_of(parent: int) -> list[int]:
    """The guard of the embedded database, by its parent."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)
            command = status.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1].split()[1]) == parent and b"communique-embedded" in command:
            found.append(int(status.parent.name))
    return found


def exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
