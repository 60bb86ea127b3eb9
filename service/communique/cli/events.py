"""tail: meeting events as they are published."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from communique.cli.screen import Json, console, headers_of, put_json, reaching_kafka

if TYPE_CHECKING:
    from communique.model import Record
    from communique.settings import Settings


def tail(
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Begin with the oldest event.")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop where the topic ends now.")] = False,
    json: Json = False,
) -> None:
    """Print meeting events from the topic as they come, until Ctrl-C."""
    from communique import settings

    loaded = settings.load("brokers")
    with reaching_kafka(loaded.brokers), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_tail(loaded, from_beginning, until_end, json))


async def _tail(settings: Settings, from_beginning: bool, until_end: bool, json: bool) -> None:
    from communique.kafka import reader

    records = reader.read(
        settings, settings.topic_events, from_beginning=from_beginning or until_end, follow=not until_end
    )
    async for record in records:
        if json:
            put_json(_described(record))
        else:
            _print(record)


def _print(record: Record) -> None:
    from communique.cli.view import STATUS_COLOURS, change_of, event_line, event_of

    event = event_of(record)
    if event is None:
        console().print(f"erased     {(record.key or b'').decode(errors='replace')}", style="red", markup=False)
    else:
        console().print(event_line(event, change_of(record)), style=STATUS_COLOURS.get(event.status), markup=False)


def _described(record: Record) -> dict[str, object]:
    import orjson

    return {
        "partition": record.partition,
        "offset": record.offset,
        "key": (record.key or b"").decode(errors="replace"),
        "headers": headers_of(record),
        "event": None if record.value is None else orjson.loads(record.value),
    }
