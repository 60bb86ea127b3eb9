"""What the commands share in speaking to a person or to a program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from communique.errors import CommuniqueError

if TYPE_CHECKING:
    from rich.console import Console


def is_watched() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def console() -> Console:
    """Standard output, plain where it is no terminal, without colour where NO_COLOR is set."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not is_watched())


def say_failed(error: CommuniqueError) -> None:
    """One sentence on standard error; where the error brings none, its class has one."""
    sentence = str(error) or (type(error).__doc__ or "Failed.").split("\n", 1)[0]
    print(f"communique: {sentence}", file=sys.stderr)


def put_json(value: Any, *, pretty: bool = False) -> None:
    """One value as JSON: one line for a program, indented for a person, in colour on a terminal."""
    import orjson

    if pretty and is_watched():
        console().print_json(orjson.dumps(value).decode())
        return
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 if pretty else 0) + b"\n")
    sys.stdout.buffer.flush()
