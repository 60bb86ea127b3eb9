"""Word lists made from dictionaries by a script of scripts/, kept apart from what is written by hand."""

from __future__ import annotations

from importlib.resources import files


def words(name: str) -> frozenset[str]:
    """The forms of data/generated/<name>.txt; lines with # say source and date."""
    path = files("communique.languages") / "data" / "generated" / f"{name}.txt"
    return frozenset(line for line in path.read_text(encoding="utf-8").split("\n") if line and line[0] != "#")
