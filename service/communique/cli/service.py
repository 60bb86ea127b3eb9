"""run and demo."""

from __future__ import annotations

import enum
from typing import Annotated

import typer


class Part(enum.StrEnum):
    INGEST = "ingest"
    RELAY = "relay"


def run(
    only: Annotated[Part | None, typer.Option(help="Run one of the two loops.")] = None,
    workers: Annotated[int | None, typer.Option(min=0, help="Enrichment processes; 0: none beside this one.")] = None,
) -> None:
    """Run the service: articles from Kafka into PostgreSQL, events from there to Kafka. SIGTERM stops it.

    Settings come from the environment; `communique config` shows them.
    """
    from communique import settings

    loaded = settings.load("brokers", "database_url", **({} if workers is None else {"workers": workers}))

    from communique import app

    app.run(loaded, app.LOOPS if only is None else (only.value,))


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave all up afterwards, and say how to connect.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The events and refusals only, one JSON object a line.")] = False,
) -> None:
    """Feed sample articles through the whole service, with a broker and a database that start and end with it."""
    import asyncio
    import contextlib

    from communique.cli import showcase, stage

    with stage.audience(json=json) as audience, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(showcase.run(audience, keep=keep))
