"""The statements of queries.sql by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_BLOCK = re.compile(r"^-- name: (\w+)\n((?:-- .+\n)+)((?:.+\n)+)", re.MULTILINE)


def sql(name: str) -> str:
    """The statement of that name."""
    return statements()[name][1]


@cache
def statements() -> Mapping[str, tuple[str, str]]:
    """Name → its sentence and the statement, in the order of the file."""
    text = (files("communique.store") / "queries.sql").read_text("utf-8")
    found = {}
    for name, comment, body in _BLOCK.findall(text):
        sentence = " ".join(line.removeprefix("-- ") for line in comment.splitlines())
        found[name] = (sentence, body.strip())
    return MappingProxyType(found)
