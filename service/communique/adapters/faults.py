"""What is wrong with a JSON text: the slow, exact reading that is done only where the fast one fails or is in doubt."""

from __future__ import annotations

import json
from typing import Any

from communique.errors import Refused
from communique.refusals import refused

MAX_DEPTH = 64
MAX_DIGITS = 60
MAX_NUMBER = 10.0**MAX_DIGITS


def find_fault(value: bytes) -> Refused | None:
    """The reason why a JSON text is refused, None where every rule is kept."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        return refused("not_utf8", f"byte {error.start}")
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_bounded,
            parse_float=_bounded,
        )
        _check_strings(tree, 1)
    except Refused as fault:
        return fault
    except RecursionError:
        return refused("too_deep")
    except json.JSONDecodeError as error:
        return refused("not_json", f"{error.msg.lower()} at character {error.pos}")
    return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise refused("duplicate_key")
    return made


def _refuse_constant(name: str) -> Any:
    raise refused("not_a_number")


def _bounded(literal: str) -> float:
    """A literal's magnitude is all that is checked; float() reads any number of digits, int() does not."""
    number = float(literal)
    if abs(number) >= MAX_NUMBER:
        raise refused("number_too_large", f"{len(literal)} characters")
    return number


def _check_strings(node: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise refused("too_deep")
    if isinstance(node, str):
        try:
            node.encode()
        except UnicodeEncodeError:
            raise refused("lone_surrogate") from None
    elif isinstance(node, dict):
        for key, value in node.items():
            _check_strings(key, depth)
            _check_strings(value, depth + 1 if isinstance(value, dict | list) else depth)
    elif isinstance(node, list):
        for value in node:
            _check_strings(value, depth + 1 if isinstance(value, dict | list) else depth)
