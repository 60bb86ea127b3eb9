"""doctor and config: is everything as it should be, and what is it set to?"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from communique.cli.screen import Json, console, put_json

if TYPE_CHECKING:
    from communique.settings import Settings


def config(json: Json = False) -> None:
    """Show every setting, secrets masked, and warn of variables that look like settings and are none."""
    from communique import settings

    loaded = settings.load()
    shown = settings.shown(loaded)
    if json:
        put_json(shown)
    else:
        changed = {settings.variable(name) for name in loaded.model_fields_set}
        width = max(map(len, shown))
        for name, value in shown.items():
            console().print(f"{name:{width}}  {value}", style="bold" if name in changed else None, markup=False)
    for sentence in settings.unknown(os.environ):
        print(f"communique: {sentence}", file=sys.stderr)


def doctor(json: Json = False) -> None:
    """Check broker, topics, database, migrations and clock, and say what to do about each fault."""
    import asyncio

    from communique import settings

    loaded = settings.load("brokers", "database_url")
    healthy = asyncio.run(_examine(loaded, json))
    for sentence in settings.unknown(os.environ):
        print(f"communique: {sentence}", file=sys.stderr)
    if not healthy:
        raise typer.Exit(1)


async def _examine(settings: Settings, json: bool) -> bool:
    import dataclasses
    import logging

    from communique import checkup

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    marks = {"ok": "[green]ok   [/]", "warning": "[yellow]warn [/]", "fault": "[red]fault[/]"}
    healthy = True
    async for finding in checkup.examine(settings):
        healthy = healthy and finding.verdict != "fault"
        if json:
            put_json(dataclasses.asdict(finding))
            continue
        console().print(f"{marks[finding.verdict]}  {finding.subject:12} {finding.found}")
        if finding.remedy:
            console().print(f"{'':20}→ {finding.remedy}", markup=False)
    return healthy
