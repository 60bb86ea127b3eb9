"""The command line: a person's mistake costs one sentence, a program gets lines it can rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import communique as communique_package

COMMANDS = (
    *("demo", "extract", "explain", "run", "migrate", "maintain", "doctor", "config", "produce", "tail"),
    *("topics create", "topics check", "dlq list", "dlq show", "dlq replay", "schemas export", "schemas check"),
)
ARTICLE = Path(communique_package.__file__).parent / "samples" / "article.txt"
LISBON = {
    "url": "https://example.org/lisbon",
    "title": "Port works",
    "body": "The port of Lisbon will be dredged in spring.",
    "published_at": "2024-03-01",
}


def communique(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COMMUNIQUE_")}
    return subprocess.run(
        [sys.executable, "-c", "from communique.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        env={**clean, "NO_COLOR": "1", "COLUMNS": "200", **environment},
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = communique(*command.split(), "--help")
    assert done.returncode == 0
    assert command.split()[-1] in done.stdout.decode()


def test_help_loads_no_client_and_no_language() -> None:
    """Help is instant because commands import what they need when they run."""
    program = (
        "import sys\nfrom communique.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, check=True)
    loaded = set(done.stderr.decode().split())
    assert not loaded & {"aiokafka", "asyncpg", "aiohttp", "pydantic", "numpy", "prometheus_client"}


def test_extract_loads_no_kafka_client_and_no_database_client() -> None:
    program = (
        "import sys\nfrom communique.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "extract"], input=json.dumps(LISBON).encode(), capture_output=True, check=True
    )
    assert not set(done.stderr.decode().split()) & {"aiokafka", "asyncpg", "aiohttp", "confluent_kafka", "structlog"}


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["run"], {}, "COMMUNIQUE_BROKERS is not set"),
        (["run"], {"COMMUNIQUE_BROKERS": "localhost:9092"}, "COMMUNIQUE_DATABASE_URL is not set"),
        (["migrate"], {}, "COMMUNIQUE_DATABASE_URL is not set"),
        (["topics", "create"], {}, "COMMUNIQUE_BROKERS is not set"),
        (["tail"], {}, "COMMUNIQUE_BROKERS is not set"),
        (["config"], {"COMMUNIQUE_WORKERS": "x"}, "COMMUNIQUE_WORKERS is wrong"),
        (["dlq", "replay"], {"COMMUNIQUE_BROKERS": "localhost:1"}, "Say which"),
        (["dlq", "list", "--since", "soon"], {"COMMUNIQUE_BROKERS": "localhost:1"}, "soon is neither"),
        (["extract", "no-such-file"], {}, "Cannot read no-such-file"),
        (["extract", "--text", "no-such-file"], {}, "Cannot read no-such-file"),
        (["extract", "--text", "-", "--published-at", "yesterday"], {}, "is no ISO 8601 date"),
        (["extract", "--text", "-", "articles.ndjson"], {}, "not both"),
    ],
)
def test_a_mistake_costs_one_sentence_and_exit_code_2(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    done = communique(*arguments, **environment)
    assert done.returncode == 2
    assert sentence in done.stderr.decode()
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert done.stdout == b""


@pytest.mark.parametrize("arguments", [["topics", "check"], ["dlq", "list"], ["tail", "--until-end"]])
def test_a_broker_that_is_down_costs_one_sentence_and_exit_code_1(arguments: list[str]) -> None:
    done = communique(*arguments, COMMUNIQUE_BROKERS="127.0.0.1:1")
    assert done.returncode == 1
    [line] = done.stderr.decode().strip().splitlines()
    assert "127.0.0.1:1" in line


def test_an_unknown_option_is_a_usage_error() -> None:
    assert communique("extract", "--nonsense").returncode == 2


def test_config_masks_secrets_and_names_misspelt_variables() -> None:
    url = "postgresql://writer:open-sesame@db.example/communique"
    done = communique("config", "--json", COMMUNIQUE_DATABASE_URL=url, COMMUNIQUE_BROKER="localhost:9092")
    assert b"open-sesame" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["COMMUNIQUE_WORKERS"] == "1"
    assert "did you mean COMMUNIQUE_BROKERS?" in done.stderr.decode()


def lines_of(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


HOSTILE = {
    "nothing at all": (b"", "empty_value"),
    "text": (b"The king has met the queen.", "not_json"),
    "half an object": (b'{"url": "https://example.org/a", "body": "cut', "not_json"),
    "a list": (b"[1, 2, 3]", "not_an_object"),
    "bytes that are not UTF-8": (b'{"url": "https://example.org/a", "body": "\xff\xfe"}', "not_utf8"),
    "a deep object": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
    "not a number": (b'{"url": "https://example.org/a", "body": "x", "n": NaN}', "not_a_number"),
    "a number of 5 000 digits": (b'{"url": "https://example.org/a", "body": "x", "n": ' + b"9" * 5000 + b"}", None),
    "half a surrogate pair": (b'{"url": "https://example.org/a", "body": "\\ud800"}', "lone_surrogate"),
    "a key twice": (b'{"url": "https://example.org/a", "url": "https://example.org/b", "body": "x"}', "duplicate_key"),
    "no address": (b'{"title": "t", "body": "b"}', "no_address"),
    "no body": (b'{"url": "https://example.org/a", "body": ""}', "empty_body"),
    "a body that is a number": (b'{"url": "https://example.org/a", "body": 7}', "wrong_type"),
    "a date in 9999": (b'{"url": "https://example.org/a", "body": "x", "published_at": "9999-01-01"}', None),
    "three megabytes": (b'{"url": "https://example.org/a", "body": "' + b"x" * 3_000_000 + b'"}', "too_large"),
    "NUL bytes": (b"\x00\x00\x00\x00\x00", None),
}


def test_every_hostile_line_is_rejected_with_its_code_and_the_feed_goes_on() -> None:
    """One line out for each line in, in order: the good article after each bad one is still read."""
    good = json.dumps(LISBON).encode()
    feed = b"\n".join(line for value, _ in HOSTILE.values() for line in (value, good)) + b"\n"
    told = lines_of(communique("extract", stdin=feed))
    assert len(told) == 2 * len(HOSTILE)
    for (name, (_, code)), bad, fine in zip(HOSTILE.items(), told[::2], told[1::2], strict=True):
        assert bad["outcome"] == "rejected", name
        assert bad["meetings"] == [], name
        assert code is None or bad["error"]["code"] == code, name  # type: ignore[index]
        assert (fine["outcome"], fine["uri"]) == ("nothing", LISBON["url"]), name


def test_a_plain_text_is_an_article_named_by_its_content(tmp_path: Path) -> None:
    """The same text is the same article wherever the file lies."""
    told = []
    for name in ("here.txt", "there.txt"):
        file = tmp_path / name
        file.write_text("The port of Lisbon will be dredged in spring.", "utf-8")
        told += lines_of(communique("extract", "--text", str(file), "--published-at", "2024-03-01"))
    assert told[0] == told[1]
    assert str(told[0]["uri"]).startswith("urn:sha256:")


def explained(text: str) -> dict[str, list[dict[str, object]]]:
    done = communique("explain", "--text", "-", "--published-at", "2024-04-26", "--json", stdin=text.encode())
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_explain_names_the_rule_behind_each_part_of_a_meeting() -> None:
    told = explained(ARTICLE.read_text("utf-8"))
    used = {(finding["what"], finding["text"]) for finding in told["findings"] if finding["used"]}
    assert {("trigger", "met"), ("date", "on Friday"), ("place", "Beijing")} <= used
    assert all(finding["rule"] for finding in told["findings"])
    assert len(told["meetings"]) == len(told["doubts"]) == 1


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (
            "The port of Lisbon will be dredged in spring, and the ferry will stop at the new pier.",
            "no word of the text",
        ),
        ("", "The article is not read"),
    ],
)
def test_explain_says_why_there_is_no_meeting(text: str, verdict: str) -> None:
    told = explained(text)
    assert verdict in str(told["verdict"])
    assert told["meetings"] == []


def test_explain_shows_a_person_each_sentence_with_its_findings() -> None:
    done = communique("explain", "--text", str(ARTICLE), "--published-at", "2024-04-26")
    shown = done.stdout.decode()
    assert "US Secretary of State Antony Blinken met" in shown
    assert "en.date.weekday" in shown
    assert "One meeting." in shown
    assert "Confidence 0." in shown


def test_a_terminal_that_knows_only_ascii_is_no_failure() -> None:
    done = communique("explain", "--text", str(ARTICLE), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"\\u25cf" in done.stdout


def test_text_from_strangers_cannot_steer_the_terminal() -> None:
    done = communique("explain", "--text", "-", stdin=b"Rain fell on \x1b[31mLisbon\x1b[0m all day long.")
    assert b"Lisbon" in done.stdout
    assert b"\x1b" not in done.stdout


def test_the_last_line_may_lack_its_line_end() -> None:
    line = json.dumps(LISBON).encode()
    assert len(lines_of(communique("extract", stdin=line + b"\n" + line))) == 2


def test_no_input_gives_no_output() -> None:
    assert lines_of(communique("extract")) == []


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    """`communique extract … | head -1` ends quietly."""
    feed = tmp_path / "feed.ndjson"
    feed.write_bytes((json.dumps(LISBON) + "\n").encode() * 5000)
    with subprocess.Popen(
        [sys.executable, "-c", "from communique.cli import main; main()", "extract", str(feed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")
