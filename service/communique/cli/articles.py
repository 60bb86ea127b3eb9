"""extract, explain, produce: articles from files."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from communique.cli.screen import put_json
from communique.errors import UserError

if TYPE_CHECKING:
    from communique.model import Outcome, Record
    from communique.pipeline import Pipeline

MOST_LINE_BYTES = 2_100_000
"""The rest of a longer line is dropped unread; what is left is still too large to be accepted."""

Files = Annotated[list[Path] | None, typer.Argument(help="NDJSON files of raw articles; none: standard input.")]
Text = Annotated[
    Path | None, typer.Option("--text", metavar="FILE", help="One plain text article; - is standard input.")
]
PublishedAt = Annotated[str | None, typer.Option(help="Its date or date-time, ISO 8601.")]
Title = Annotated[str | None, typer.Option(help="Its title.")]
Url = Annotated[str | None, typer.Option(help="Its address; without one it is named by its content.")]


def extract(
    files: Files = None,
    text: Text = None,
    published_at: PublishedAt = None,
    title: Title = None,
    url: Url = None,
    pretty: Annotated[bool, typer.Option("--pretty", help="Indent the output, colour it on a terminal.")] = False,
) -> None:
    """Find the meetings in articles: one line of JSON in, in any accepted shape, one line out, in order.

    Needs no Kafka and no database. A line that cannot be used comes out as "rejected" with its code, and the next
    follows.
    """
    if text is not None and files:
        raise UserError("Give either --text with one article or files of NDJSON, not both.")
    for file in files or []:
        check_readable(file)
    records = iter([record_of_text(text, published_at, title, url)]) if text is not None else lines_of(files or [])

    from communique import pipeline

    reader = pipeline.load()
    for number, record in enumerate(records, 1):
        put_json(_line(_decide(reader, record, number)), pretty=pretty)


def _decide(reader: Pipeline, record: Record, number: int) -> Outcome:
    """A loop that may meet a bug: the article is refused, standard error says why, and the feed goes on."""
    from communique.model import Rejected
    from communique.refusals import refusal

    try:
        return reader.process(record)
    except Exception as bug:
        trace = bug.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
        print(f"communique: article {number}: {type(bug).__name__} at {where}: {bug}", file=sys.stderr)
        return Rejected(refusal("enrich_failed", f"{type(bug).__name__} at {where}"))


def _line(outcome: Outcome) -> dict[str, Any]:
    from typing import assert_never

    from communique.model import Found, Nothing, Rejected, Withdrawn

    told: dict[str, Any]
    match outcome:
        case Found(article, language, meetings):
            events = [meeting.model_dump(mode="json") for meeting in meetings]
            told = {"uri": article.uri, "outcome": "found", "language": language, "meetings": events}
        case Nothing(article, language):
            told = {"uri": article.uri, "outcome": "nothing", "language": language}
        case Withdrawn(_, uri, reason):
            told = {"uri": uri, "outcome": "withdrawn", "reason": reason}
        case Rejected(refusal):
            error = {"stage": refusal.stage, "code": refusal.code, "message": refusal.message}
            told = {"outcome": "rejected", "error": error}
        case _:
            assert_never(outcome)
    return {"uri": None, "outcome": "", "language": None, "meetings": [], "error": None} | told


def record_of_text(text: Path, published_at: str | None, title: str | None, url: str | None) -> Record:
    """A plain text as a canonical raw article. Without an address its content names it: same text, same event."""
    import hashlib

    import orjson

    from communique.model import Record

    body = _read(text)
    address = {"url": url} if url else {"uri": f"urn:sha256:{hashlib.sha256(body.encode()).hexdigest()}"}
    article = {**address, "title": title, "body": body, "published_at": _checked_date(published_at)}
    value = orjson.dumps({name: given for name, given in article.items() if given is not None})
    return Record(value=value, timestamp_ms=_now_ms())


def lines_of(files: list[Path]) -> Iterator[Record]:
    from communique.model import Record

    for stream in _streams(files):
        with stream:
            while line := stream.readline(MOST_LINE_BYTES):
                if not line.endswith(b"\n"):
                    _skip_rest_of_line(stream)
                yield Record(value=line.rstrip(b"\r\n"), timestamp_ms=_now_ms())


def _streams(files: list[Path]) -> Iterator[IO[bytes]]:
    if not files:
        yield sys.stdin.buffer
    for file in files:
        yield sys.stdin.buffer if file == Path("-") else file.open("rb")


def check_readable(file: Path) -> None:
    """Before anything is loaded: a mistyped name is told at once."""
    try:
        if file != Path("-"):
            file.open("rb").close()
    except OSError as error:
        raise UserError(f"Cannot read {file}: {error.strerror}.") from None


def _skip_rest_of_line(stream: IO[bytes]) -> None:
    while (rest := stream.readline(65_536)) and not rest.endswith(b"\n"):
        pass


def _read(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"Cannot read {file}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 (byte {error.start}).") from None


def _checked_date(given: str | None) -> str | None:
    if given is None:
        return None
    for kind in (date, datetime):
        try:
            kind.fromisoformat(given)
            return given
        except ValueError:
            continue
    raise UserError(f"--published-at {given} is no ISO 8601 date or date-time, such as 2024-06-28.")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
