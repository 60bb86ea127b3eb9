"""The command line: parses, calls, prints. Exit codes: 0 done, 1 failed, 2 the command was not given right.

Every command imports what it needs when it runs, so that `--help` is instant and `extract` loads no Kafka client.
"""

from __future__ import annotations

import sys

import typer

from communique.cli import (
    articles,
    checkup,
    database,
    events,
    explanation,
    letters,
    publishing,
    schemas,
    service,
    topics,
)
from communique.cli.screen import say_failed
from communique.errors import CommuniqueError, UserError

app = typer.Typer(
    name="communique",
    help="Raw news articles in, one event per diplomatic meeting out, exactly once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(rich_help_panel="Begin here")(service.demo)
app.command(rich_help_panel="Begin here")(articles.extract)
app.command(rich_help_panel="Begin here")(explanation.explain)
app.command(rich_help_panel="The service")(service.run)
app.command(rich_help_panel="The service")(database.migrate)
app.command(rich_help_panel="The service")(database.maintain)
app.command(rich_help_panel="The service")(checkup.doctor)
app.command(rich_help_panel="The service")(checkup.config)
app.add_typer(topics.app, name="topics", rich_help_panel="The service")
app.command(rich_help_panel="Messages")(publishing.produce)
app.command(rich_help_panel="Messages")(events.tail)
app.add_typer(letters.app, name="dlq", rich_help_panel="Messages")
app.add_typer(schemas.app, name="schemas", rich_help_panel="Messages")


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    if version:
        from communique import __version__

        print(f"communique {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(2)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows what it can; JSON is written as UTF-8 whatever it is.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except UserError as error:
        say_failed(error)
        sys.exit(2)
    except CommuniqueError as error:
        say_failed(error)
        sys.exit(1)
