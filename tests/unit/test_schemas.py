"""Which change of a contract breaks whom."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from communique.schemas import CONTRACTS, build_schema, check_schemas, export_schemas, find_breaks


def obj(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


TEXT = {"type": "string"}
SHORT = {"type": "string", "maxLength": 10}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
AB = {"enum": ["a", "b"], "type": "string"}
ABC = {"enum": ["a", "b", "c"], "type": "string"}


def nested(part: dict[str, Any]) -> dict[str, Any]:
    """The same part behind a reference, in a list."""
    return obj(x={"type": "array", "items": {"$ref": "#/$defs/P"}}) | {"$defs": {"P": obj(y=part)}}


CHANGES = {
    "nothing": (obj(x=TEXT), obj(x=TEXT), False, False),
    "a description": (obj(x=TEXT), obj(x=TEXT | {"description": "…"}), False, False),
    "a new optional field": (obj(x=TEXT), obj(x=TEXT, y=TEXT), False, False),
    "a new required field": (obj(x=TEXT), obj(("y",), x=TEXT, y=TEXT), True, False),
    "a field is gone": (obj(x=TEXT, y=TEXT), obj(x=TEXT), True, True),
    "a required field is gone": (obj(("y",), x=TEXT, y=TEXT), obj(x=TEXT), True, True),
    "a required field becomes optional": (obj(("x",), x=TEXT), obj(x=TEXT), False, True),
    "an optional field becomes required": (obj(x=TEXT), obj(("x",), x=TEXT), True, False),
    "a string becomes a number": (obj(x=TEXT), obj(x=NUMBER), True, True),
    "an integer becomes a number": (obj(x=INTEGER), obj(x=NUMBER), False, True),
    "a number becomes an integer": (obj(x=NUMBER), obj(x=INTEGER), True, False),
    "a field may now be null": (obj(x=TEXT), obj(x=NULLABLE), False, True),
    "a field may no longer be null": (obj(x=NULLABLE), obj(x=TEXT), True, False),
    "a further value": (obj(x=AB), obj(x=ABC), False, True),
    "a value less": (obj(x=ABC), obj(x=AB), True, False),
    "a constant becomes a choice": (obj(x={"const": "a"}), obj(x={"enum": ["a", "b"]}), False, True),
    "a bound is set": (obj(x=TEXT), obj(x=SHORT), True, False),
    "a bound is lifted": (obj(x=SHORT), obj(x=TEXT), False, True),
    "a lower bound is raised": (obj(x=NUMBER | {"minimum": 0}), obj(x=NUMBER | {"minimum": 1}), True, False),
    "a pattern changes": (obj(x=TEXT | {"pattern": "a"}), obj(x=TEXT | {"pattern": "b"}), True, True),
    "behind a reference, narrower": (nested(TEXT), nested(SHORT), True, False),
    "behind a reference, wider": (nested(SHORT), nested(TEXT), False, True),
    "a new condition": (obj(x=TEXT), obj(x=TEXT) | {"allOf": [{"required": ["x"]}]}, True, False),
    "a further alternative": (
        obj(x=TEXT) | {"allOf": [{"anyOf": [{"required": ["x"]}]}]},
        obj(x=TEXT) | {"allOf": [{"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}]},
        False,
        True,
    ),
    "a keyword that the check does not know": (obj(x=TEXT), obj(x=TEXT | {"not": {}}), True, True),
}


@pytest.mark.parametrize(
    ("earlier", "present", "breaks_senders", "breaks_readers"), CHANGES.values(), ids=CHANGES.keys()
)
def test_change(earlier: dict[str, Any], present: dict[str, Any], breaks_senders: bool, breaks_readers: bool) -> None:
    """Input must accept what earlier senders write, output must satisfy earlier readers; in doubt both are broken."""
    assert bool(find_breaks(earlier, present, "in")) is breaks_senders
    assert bool(find_breaks(earlier, present, "out")) is breaks_readers


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_a_contract_is_compatible_with_itself(contract: Any) -> None:
    schema = build_schema(contract)
    assert find_breaks(schema, schema, contract.direction) == []


def test_a_break_names_the_field_and_what_is_wrong() -> None:
    assert find_breaks(nested(TEXT), nested(SHORT), "in") == ["x[].y has maxLength unbounded where 10 is expected"]


@pytest.mark.parametrize(
    ("version", "field", "bound", "broken"),
    [
        ("0-9", "title", 5_000, False),
        ("1-1", "title", 5_000, False),
        ("1-0", "title", 900, True),
    ],
)
def test_only_the_present_version_is_compared_for_drift(
    tmp_path: Path, version: str, field: str, bound: int, broken: bool
) -> None:
    """Other majors and later minors are none of this version's business; its own file must be as the code says."""
    export_schemas(tmp_path)
    schema = build_schema(CONTRACTS[0])
    schema["properties"][field]["anyOf"][0]["maxLength"] = bound
    (tmp_path / "raw-article" / f"{version}.json").write_text(json.dumps(schema))
    assert bool(check_schemas(tmp_path)) is broken


def test_an_earlier_minor_version_is_compared(tmp_path: Path) -> None:
    """When a contract has moved to 1.2, the check holds it against 1.0 and 1.1."""
    moved = dataclasses.replace(CONTRACTS[0], version="1-2")
    export_schemas(tmp_path)
    export_schemas(tmp_path, [moved])
    assert check_schemas(tmp_path, [moved]) == []
    wider = build_schema(moved)
    wider["properties"]["title"]["anyOf"][0]["maxLength"] = 5_000
    (tmp_path / "raw-article" / "1-1.json").write_text(json.dumps(wider))
    (problem,) = check_schemas(tmp_path, [moved])
    assert problem.startswith("raw-article 1-2 breaks 1-1: title")
