"""topics create | check."""

from __future__ import annotations

import asyncio
import dataclasses

import typer

from communique.cli.screen import Json, console, put_json, reaching_kafka

app = typer.Typer(help="Make the four topics with their policies, or say where they differ.", no_args_is_help=True)


@app.command()
def create(json: Json = False) -> None:
    """Create the topics that are missing; those that exist are left as they are."""
    from communique import settings
    from communique.kafka import topics

    loaded = settings.load("brokers")
    with reaching_kafka(loaded.brokers):
        created = asyncio.run(topics.create(loaded))
    if json:
        put_json({"created": created})
        return
    console().print("\n".join(f"created {topic}" for topic in created) or "All topics exist.")


@app.command()
def check(json: Json = False) -> None:
    """Compare the topics with their policies; exit code 1 where a promise would break."""
    from communique import settings
    from communique.kafka import topics

    loaded = settings.load("brokers")
    with reaching_kafka(loaded.brokers):
        differences = asyncio.run(topics.check(loaded))
    for difference in differences:
        if json:
            put_json(dataclasses.asdict(difference))
        else:
            found = "missing" if difference.found is None else f"{difference.found}, wanted {difference.wanted}"
            mark = "[red]wrong[/]" if difference.fatal else "[yellow]differs[/]"
            console().print(f"{mark}  {difference.topic}  {difference.what}: {found}")
    if not differences and not json:
        console().print("All topics are as they should be.")
    if any(difference.fatal for difference in differences):
        raise typer.Exit(1)
