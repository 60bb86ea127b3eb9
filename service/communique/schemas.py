"""The contracts as JSON Schema files, and whether a change of one breaks somebody.

Input stays backward compatible: whatever a sender of an earlier minor version writes is still accepted. Output stays
forward compatible: whatever is published now satisfies a subscriber who knows an earlier minor version only. Both are
one question, whether every instance of one schema is an instance of another, asked in opposite directions.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from communique.wire import SCHEMA_BASE, VERSIONS, DeadLetter, MeetingEvent, RawArticle

Schema = Mapping[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VERSION = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Contract:
    name: str
    model: type[BaseModel]
    direction: Literal["in", "out"]
    version: str

    @property
    def path(self) -> str:
        """Of its file, inside the folder of schemas."""
        return f"{self.name}/{self.version}.json"


CONTRACTS = (
    Contract("raw-article", RawArticle, "in", VERSIONS["raw-article"]),
    Contract("meeting-event", MeetingEvent, "out", VERSIONS["meeting-event"]),
    Contract("dead-letter", DeadLetter, "out", VERSIONS["dead-letter"]),
)


def export_schemas(folder: Path, contracts: Sequence[Contract] = CONTRACTS) -> list[Path]:
    """Write the present version of every contract; earlier versions are left alone. Returns what changed."""
    changed = []
    for contract in contracts:
        path = folder / contract.path
        content = render_schema(contract)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def check_schemas(folder: Path, contracts: Sequence[Contract] = CONTRACTS) -> list[str]:
    """Everything that is wrong with the committed schemas, one sentence each; empty where all is well."""
    problems = []
    for contract in contracts:
        path = folder / contract.path
        if not path.exists():
            problems.append(f"{contract.path} is missing: run `communique schemas export`")
        elif path.read_bytes() != render_schema(contract):
            problems.append(f"{contract.path} differs from wire.py: run `communique schemas export`")
        present = build_schema(contract)
        for earlier in _earlier_minors(folder, contract):
            for problem in find_breaks(orjson.loads(earlier.read_bytes()), present, contract.direction):
                problems.append(f"{contract.name} {contract.version} breaks {earlier.stem}: {problem}")
    return problems


def build_schema(contract: Contract) -> dict[str, Any]:
    """What we read is described as senders write it, what we write as subscribers find it."""
    mode: Literal["validation", "serialization"] = "validation" if contract.direction == "in" else "serialization"
    described = contract.model.model_json_schema(mode=mode, schema_generator=_Plain)
    return {"$schema": DIALECT, "$id": f"{SCHEMA_BASE}/{contract.path}", **described}


class _Plain(GenerateJsonSchema):
    """Without a title for every field that only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def render_schema(contract: Contract) -> bytes:
    return orjson.dumps(build_schema(contract), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def find_breaks(earlier: Schema, present: Schema, direction: Literal["in", "out"]) -> list[str]:
    """How `present` breaks those who rely on `earlier`."""
    inner, outer = (earlier, present) if direction == "in" else (present, earlier)
    breaks = list(_gaps(_Side(inner, inner), _Side(outer, outer), ""))
    lost = _fields(_Side(earlier, earlier), "") - _fields(_Side(present, present), "")
    return breaks + [f"{field} is gone" for field in sorted(lost)]


def _earlier_minors(folder: Path, contract: Contract) -> list[Path]:
    major, minor = _numbers(contract.version)
    found = [path for path in (folder / contract.name).glob("*.json") if _VERSION.fullmatch(path.stem)]
    return sorted(path for path in found if _numbers(path.stem)[0] == major and _numbers(path.stem)[1] < minor)


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split("-")
    return int(major), int(minor)


# ── is every instance of one schema an instance of the other? ────────────────────────────────────────────────────────

_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples", "format"})
_UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_READ = frozenset("type properties required items anyOf allOf enum const pattern".split())
_KNOWN = _SILENT | _READ | {*_UPPER, *_LOWER}


@dataclass(frozen=True, slots=True)
class _Side:
    """A schema, or a part of one, with the document that its references point into."""

    schema: Schema
    document: Schema

    def at(self, part: Schema) -> _Side:
        """A part, with its reference followed."""
        while "$ref" in part:
            siblings = {name: value for name, value in part.items() if name != "$ref"}
            part = {**self.document["$defs"][part["$ref"].rpartition("/")[2]], **siblings}
        return _Side(part, self.document)

    def without(self, keyword: str) -> _Side:
        return _Side({name: value for name, value in self.schema.items() if name != keyword}, self.document)


def _gaps(inner: _Side, outer: _Side, path: str) -> Iterator[str]:
    """Where `inner` allows something that `outer` does not, as sentences that begin with the field's path."""
    inner, outer = inner.at(inner.schema), outer.at(outer.schema)
    here = path or "the message"
    for side in (inner, outer):
        for keyword in sorted(side.schema.keys() - _KNOWN):
            if keyword == "additionalProperties" and side.schema[keyword] is True:
                continue
            yield f"{here} uses {keyword}, which this check does not know"
    if "allOf" in outer.schema:
        parts = [inner.without("allOf"), *(inner.at(part) for part in inner.schema.get("allOf", ()))]
        for wanted in outer.schema["allOf"]:
            if not any(_is_within(part, outer.at(wanted), path) for part in parts):
                yield f"{here} has a new or narrower condition: {orjson.dumps(wanted).decode()}"
        outer = outer.without("allOf")
    if "anyOf" in inner.schema:
        for branch in inner.schema["anyOf"]:
            yield from _gaps(inner.at(branch), outer, path)
        return
    if "anyOf" in outer.schema:
        if not any(_is_within(inner, outer.at(branch), path) for branch in outer.schema["anyOf"]):
            yield f"{here} may be {_spell(inner.schema)}, which fits no alternative of {_spell(outer.schema)}"
        return
    yield from _value_gaps(inner.schema, outer.schema, here)
    for field in outer.schema.get("required", ()):
        if field not in inner.schema.get("required", ()):
            yield f"{_join(path, field)} is required on one side only"
    for field, part in outer.schema.get("properties", {}).items():
        if field in inner.schema.get("properties", {}):
            yield from _gaps(inner.at(inner.schema["properties"][field]), outer.at(part), _join(path, field))
    if "items" in outer.schema and _allows_lists(inner.schema):
        yield from _gaps(inner.at(inner.schema.get("items", {})), outer.at(outer.schema["items"]), f"{path}[]")


def _is_within(inner: _Side, outer: _Side, path: str) -> bool:
    return next(_gaps(inner, outer, path), None) is None


def _value_gaps(inner: Schema, outer: Schema, here: str) -> Iterator[str]:
    if "type" in outer and not (inner.get("type") == outer["type"] or _is_integer_as_number(inner, outer)):
        yield f"{here} may be {inner.get('type', 'anything')} where {outer['type']} is expected"
        return
    values = outer.get("enum", [outer["const"]] if "const" in outer else None)
    if values is not None:
        given = inner.get("enum", [inner["const"]] if "const" in inner else None)
        extra = "anything" if given is None else ", ".join(str(value) for value in given if value not in values)
        if extra:
            yield f"{here} may be {extra}, which is not among {', '.join(map(str, values))}"
    if "pattern" in outer and inner.get("pattern") != outer["pattern"]:
        yield f"{here} has another pattern"
    for keywords, exceeds in ((_UPPER, operator.gt), (_LOWER, operator.lt)):
        for keyword in keywords:
            if keyword in outer and (keyword not in inner or exceeds(inner[keyword], outer[keyword])):
                yield f"{here} has {keyword} {inner.get(keyword, 'unbounded')} where {outer[keyword]} is expected"


def _is_integer_as_number(inner: Schema, outer: Schema) -> bool:
    return bool(inner.get("type") == "integer" and outer["type"] == "number")


def _allows_lists(schema: Schema) -> bool:
    return bool(schema.get("type", "array") == "array")


def _fields(side: _Side, path: str) -> frozenset[str]:
    """Paths of all fields that a schema names."""
    side = side.at(side.schema)
    found: set[str] = set()
    for name, part in side.schema.get("properties", {}).items():
        found.add(_join(path, name))
        found |= _fields(side.at(part), _join(path, name))
    for part in (*side.schema.get("anyOf", ()), *side.schema.get("allOf", ())):
        found |= _fields(side.at(part), path)
    if "items" in side.schema:
        found |= _fields(side.at(side.schema["items"]), f"{path}[]")
    return frozenset(found)


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _spell(schema: Schema) -> str:
    kinds = [part.get("type") or part.get("$ref", "?").rpartition("/")[2] for part in schema.get("anyOf", (schema,))]
    return " or ".join(map(str, kinds))
