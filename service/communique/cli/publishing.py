"""produce: articles from files onto the input topic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from communique.cli.articles import check_readable, lines_of
from communique.cli.screen import console, is_watched, reaching_kafka
from communique.errors import UserError
from communique.model import Article, Message, Record

if TYPE_CHECKING:
    from communique.settings import Settings


def produce(
    files: Annotated[list[Path] | None, typer.Argument(help="NDJSON files; none: standard input.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Most articles a second.")] = None,
    topic: Annotated[str | None, typer.Option(help="Another topic than that of the settings.")] = None,
    binary: Annotated[bool, typer.Option("--binary", help="Send structured CloudEvents in binary mode.")] = False,
) -> None:
    """Publish articles, one a line in any accepted shape; the line's bytes are the message, its address is the key."""
    from communique import settings

    loaded = settings.load("brokers")
    for file in files or []:
        check_readable(file)
    with reaching_kafka(loaded.brokers):
        sent = asyncio.run(_produce(loaded, files or [], rate, topic or loaded.topic_articles, binary))
    if is_watched():
        console().print(f"{sent} articles sent to {topic or loaded.topic_articles}.")


async def _produce(settings: Settings, files: list[Path], rate: float | None, topic: str, binary: bool) -> int:
    from communique.kafka import reader

    sent, began = 0, time.monotonic()
    async with reader.writer(settings) as write:
        for record in _counted(lines_of(files)):
            await write(message(as_binary(record.value or b"") if binary else record, topic))
            sent += 1
            if rate:
                await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))
    return sent


def _counted(records: Iterator[Record]) -> Iterator[Record]:
    """Their number as they go by, where a person watches."""
    if not is_watched():
        yield from records
        return
    with console().status("sending") as status:
        for number, record in enumerate(records, 1):
            status.update(f"{number} articles")
            yield record


def message(record: Record, topic: str) -> Message:
    """A record as a message keyed by the article's address, so that its versions stay in order; without one, no key."""
    from communique import adapters

    read = adapters.read(record)
    key = read.uri.encode() if isinstance(read, Article) else None
    return Message(topic=topic, key=key, headers=record.headers, value=record.value)


def as_binary(line: bytes) -> Record:
    """A structured CloudEvent in binary mode: attributes as headers, its data as the value."""
    import orjson

    try:
        event = orjson.loads(line)
        data = event.pop("data")
    except (orjson.JSONDecodeError, AttributeError, KeyError):
        raise UserError("--binary takes structured CloudEvents with JSON data, and a line is none.") from None
    content_type = str(event.pop("datacontenttype", "application/json")).encode()
    attributes = tuple((f"ce_{name}", str(value).encode()) for name, value in event.items())
    return Record(orjson.dumps(data), headers=(("content-type", content_type), *attributes))
