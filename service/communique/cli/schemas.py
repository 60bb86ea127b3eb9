"""schemas export | check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.screen import Json, console, put_json

app = typer.Typer(help="Write the JSON Schemas of the contracts, or compare them with the code.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Where the schemas stand.")]


@app.command()
def export(folder: Folder = Path("schemas")) -> None:
    """Write the schemas of this version's contracts."""
    from communique import schemas

    written = schemas.export_schemas(folder)
    console().print("\n".join(f"wrote {file}" for file in written) or "Nothing has changed.", markup=False)


@app.command()
def check(folder: Folder = Path("schemas"), json: Json = False) -> None:
    """Compare the committed schemas with the code, and each with its earlier minor versions; exit code 1 on a fault."""
    from communique import schemas

    faults = schemas.check_schemas(folder)
    for fault in faults:
        if json:
            put_json({"fault": fault})
        else:
            console().print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    if not json:
        console().print("The schemas are as the code says, and compatible with every earlier version.")
