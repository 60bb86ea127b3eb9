"""dlq list | show | replay: what was refused, why, and once more."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from communique.cli.screen import Json, console, headers_of, is_watched, moment, printable, put_json, reaching_kafka
from communique.errors import UserError

if TYPE_CHECKING:
    from communique.model import Record
    from communique.settings import Settings

app = typer.Typer(help="Look at the articles that were refused, and send them in again.", no_args_is_help=True)

Code = Annotated[str | None, typer.Option(help="Only this error code.")]
Since = Annotated[str | None, typer.Option(help="Only refused since: ISO 8601, or an age such as 90m, 12h, 3d.")]
MOST_SHOWN_BYTES = 4000


@app.command("list")
def list_(
    code: Code = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="Show the newest so many.")] = 100,
    json: Json = False,
) -> None:
    """List dead letters, oldest first."""
    found = _matching(code, since)
    if json:
        for letter in found[-limit:]:
            put_json(_described(letter))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "refused at", "code", "from", "tries"):
        table.add_column(column, no_wrap=True)
    table.add_column("reason")
    for letter in found[-limit:]:
        headers = headers_of(letter)
        origin = f"{headers.get('dlq-topic')}/{headers.get('dlq-partition')}@{headers.get('dlq-offset')}"
        table.add_row(
            _name(letter),
            headers.get("dlq-failed-at", "")[:19],
            headers.get("dlq-error-code", ""),
            origin,
            headers.get("dlq-attempts", ""),
            headers.get("dlq-error-message", ""),
        )
    if found:
        console().print(table)
    counts = Counter(headers_of(letter).get("dlq-error-code", "?") for letter in found)
    total = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    console().print(f"{len(found)} dead letters{': ' + total if total else ''}")


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="Its id from `dlq list`: PARTITION:OFFSET.")], json: Json = False
) -> None:
    """Show one dead letter: why it was refused, and its bytes."""
    found = _named([letter], _matching(None, None))[0]
    if json:
        import base64

        value = None if found.value is None else base64.b64encode(found.value).decode()
        put_json({**_described(found), "value_base64": value})
        return
    screen = console()
    for name, value in headers_of(found).items():
        screen.print(f"{name:20} {value}", markup=False)
    screen.print(f"{'key':20} {(found.key or b'').decode(errors='replace')}", markup=False)
    shown = (found.value or b"")[:MOST_SHOWN_BYTES]
    screen.print()
    screen.print(printable(shown.decode(errors="backslashreplace")), markup=False)
    if len(found.value or b"") > len(shown):
        screen.print(f"… {len(found.value or b'') - len(shown)} more bytes")


@app.command()
def replay(
    letters: Annotated[list[str] | None, typer.Argument(help="Ids from `dlq list`: PARTITION:OFFSET …")] = None,
    code: Code = None,
    since: Since = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Send dead letters to the topic they came from, bytes unchanged. What was sent twice counts once."""
    from communique import settings
    from communique.kafka import reader

    if not (letters or code or since or everything):
        raise UserError("Say which: ids, --code, --since or --all.")
    chosen = _matching(code, since)
    if letters:
        chosen = _named(letters, chosen)
    whole = [letter for letter in chosen if reader.is_whole(letter)]
    if is_watched() and not (yes or dry_run or json) and whole:
        typer.confirm(f"Send {len(whole)} dead letters again?", abort=True)
    loaded = settings.load("brokers")
    if not dry_run:
        with reaching_kafka(loaded.brokers):
            asyncio.run(reader.replay(loaded, whole))
    told = {"sent": 0 if dry_run else len(whole), "would_send": len(whole), "oversize": len(chosen) - len(whole)}
    if json:
        put_json(told)
    else:
        verb = "would be sent" if dry_run else "sent"
        left = f"; {told['oversize']} oversize ones are not kept whole and cannot be" if told["oversize"] else ""
        console().print(f"{len(whole)} dead letters {verb} again{left}.")


def _matching(code: str | None, since: str | None) -> list[Record]:
    from communique import settings

    loaded, earliest = settings.load("brokers"), moment(since)
    with reaching_kafka(loaded.brokers):
        found = asyncio.run(_all(loaded))
    return [
        letter
        for letter in sorted(found, key=lambda letter: (letter.timestamp_ms, letter.partition, letter.offset))
        if (code is None or headers_of(letter).get("dlq-error-code") == code)
        and (earliest is None or datetime.fromtimestamp(letter.timestamp_ms / 1000, UTC) >= earliest)
    ]


async def _all(settings: Settings) -> list[Record]:
    from communique.kafka import reader

    return [letter async for letter in reader.read(settings, settings.topic_dead_letters)]


def _named(names: list[str], letters: list[Record]) -> list[Record]:
    known = {_name(letter): letter for letter in letters}
    for name in names:
        if name not in known:
            raise UserError(f"There is no dead letter {name}; `communique dlq list` shows their ids.")
    return [known[name] for name in names]


def _name(letter: Record) -> str:
    return f"{letter.partition}:{letter.offset}"


def _described(letter: Record) -> dict[str, object]:
    key = None if letter.key is None else letter.key.decode(errors="backslashreplace")
    return {"id": _name(letter), "key": key, "headers": headers_of(letter), "bytes": len(letter.value or b"")}
