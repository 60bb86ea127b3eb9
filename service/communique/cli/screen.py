"""What the commands share in speaking to a person or to a program."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from communique.errors import CommuniqueError, UserError

if TYPE_CHECKING:
    from rich.console import Console

    from communique.model import Record

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for a program.")]


class Unreachable(CommuniqueError):
    """A server that the command needs cannot be reached."""


def is_watched() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def console() -> Console:
    """Standard output, plain where it is no terminal, without colour where NO_COLOR is set."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not is_watched())


def say_failed(error: CommuniqueError) -> None:
    """One sentence on standard error; where the error brings none, its class has one."""
    sentence = str(error) or (type(error).__doc__ or "Failed.").split("\n", 1)[0]
    print(f"communique: {sentence}", file=sys.stderr)


def put_json(value: Any, *, pretty: bool = False) -> None:
    """One value as JSON: one line for a program, indented for a person, in colour on a terminal."""
    import orjson

    if pretty and is_watched():
        console().print_json(orjson.dumps(value).decode())
        return
    try:
        sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 if pretty else 0) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`). The interpreter must not try to flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


@contextmanager
def reaching_kafka(brokers: str) -> Iterator[None]:
    """Kafka's failures as one sentence; its client's own complaints on the way are not repeated."""
    import logging

    from aiokafka.errors import KafkaError

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Unreachable(f"Kafka at {brokers}: {str(error) or type(error).__name__}") from error


def moment(given: str | None) -> datetime | None:
    """The moment of "2024-06-28", "2024-06-28T10:00:00Z", "90m", "12h" or "3d" (ago)."""
    if given is None:
        return None
    if given[:-1].isdigit() and given[-1] in "mhd":
        unit = {"m": "minutes", "h": "hours", "d": "days"}[given[-1]]
        return datetime.now(UTC) - timedelta(**{unit: int(given[:-1])})
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise UserError(f"{given} is neither an ISO 8601 moment nor an age such as 90m, 12h or 3d.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def headers_of(record: Record) -> dict[str, str]:
    return {name: value.decode(errors="backslashreplace") for name, value in record.headers}


def printable(text: str) -> str:
    """Without control characters: what strangers wrote must not steer the terminal that shows it."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)
