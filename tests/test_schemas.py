"""The committed contracts: as the code says, compatible with what came before, met by the examples."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from communique import adapters, wire
from communique.model import Record, Refusal
from communique.schemas import CONTRACTS, build_schema, check_schemas, export_schemas
from communique.wire import VERSIONS, DeadLetter, MeetingEvent

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
EXAMPLES = SCHEMAS / "examples"
ASYNCAPI = ROOT / "tests" / "asyncapi"


def load(path: Path) -> Any:
    return json.loads(path.read_bytes())


def test_committed_schemas_are_as_the_code_says() -> None:
    """No drift, and no break of an earlier minor version."""
    assert check_schemas(SCHEMAS) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_schemas_are_schemas(contract: Any) -> None:
    """Each names its dialect and its own address, and is a valid JSON Schema."""
    schema = load(SCHEMAS / contract.path)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == wire.schema_id(contract.name)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_export_writes_only_what_has_changed(tmp_path: Path) -> None:
    """A first export writes every contract, a second one nothing, and what a hand has changed is found."""
    assert [path.relative_to(tmp_path).as_posix() for path in export_schemas(tmp_path)] == [c.path for c in CONTRACTS]
    assert export_schemas(tmp_path) == []
    assert check_schemas(tmp_path) == []
    edited = tmp_path / CONTRACTS[0].path
    edited.write_bytes(edited.read_bytes().replace(b"1000", b"999"))
    assert [problem.partition(" ")[0] for problem in check_schemas(tmp_path)] == [CONTRACTS[0].path]
    edited.unlink()
    assert [problem.partition(" ")[0] for problem in check_schemas(tmp_path)] == [CONTRACTS[0].path]


@pytest.mark.parametrize("name", ["canonical.good", "canonical.refused.no_address"])
def test_canonical_examples_against_the_schema(name: str) -> None:
    """The schema accepts what the service accepts, and refuses what it refuses."""
    schema = build_schema(CONTRACTS[0])
    valid = jsonschema.Draft202012Validator(schema).is_valid(load(EXAMPLES / f"{name}.json"))
    assert valid is name.endswith(".good")


@pytest.mark.parametrize(("name", "model"), [("meeting-event", MeetingEvent), ("dead-letter", DeadLetter)])
def test_output_examples_against_the_schema(name: str, model: Any) -> None:
    """The published examples satisfy their schema and come back unchanged from the model."""
    example = load(EXAMPLES / "out" / f"{name}.json")
    jsonschema.validate(example, load(SCHEMAS / name / f"{VERSIONS[name]}.json"))
    assert (
        model.model_validate(example).model_dump(mode="json", by_alias=True, exclude_none=name == "dead-letter")
        == example
    )


def test_evidence_of_the_example_points_into_its_article() -> None:
    """Offsets in the example event count code points of the example article's canonical text."""
    article = adapters.read(Record((EXAMPLES / "canonical.good.json").read_bytes()))
    assert not isinstance(article, Refusal)
    found = list(evidence(load(EXAMPLES / "out" / "meeting-event.json")))
    assert found
    assert [article.text[e["start"] : e["end"]] for e in found] == [e["text"] for e in found]
    assert {e["article_id"] for e in found} == {article.article_id}


def evidence(node: Any) -> Any:
    if isinstance(node, dict):
        if "rule" in node:
            yield node
        for child in node.values():
            yield from evidence(child)
    elif isinstance(node, list):
        for child in node:
            yield from evidence(child)


def test_every_shape_has_a_good_and_a_refused_example() -> None:
    """The folder of examples and the table of adapters know the same shapes."""
    good = {path.name.partition(".good.")[0] for path in EXAMPLES.glob("*.good.json")}
    refused = {path.name.partition(".refused.")[0] for path in EXAMPLES.glob("*.refused.*.json")}
    assert good == refused
    shapes = {adapters.read(Record((EXAMPLES / f"{name}.good.json").read_bytes())).shape for name in good}  # type: ignore[union-attr]
    assert shapes == set(adapters.SHAPES)


def test_asyncapi_names_the_present_versions() -> None:
    """The document refers to the versions that the service writes, and to files that exist."""
    document = (SCHEMAS / "asyncapi.yaml").read_text()
    for name in VERSIONS:
        assert f"./{name}/{VERSIONS[name]}.json" in document
    messages = yaml.safe_load(document)["components"]["messages"]
    types = {
        part["properties"]["ce_type"]["const"]
        for m in messages.values()
        for part in m.get("headers", {}).get("allOf", [])[1:]
    }
    assert types == {f"communique.meeting.{change}.v1" for change in ("reported", "updated", "retracted")}
    assert wire.schema_id("meeting-event") in document


def test_asyncapi_document_is_valid() -> None:
    """@asyncapi/parser, the reference implementation, finds no error in the document."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.fail("Node.js and npm are needed to validate schemas/asyncapi.yaml (Debian: apt-get install nodejs npm)")
    if not (ASYNCAPI / "node_modules" / "@asyncapi" / "parser").exists():
        install = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(install, cwd=ASYNCAPI, check=True, timeout=300)
    script = [node, str(ASYNCAPI / "validate.mjs"), str(SCHEMAS / "asyncapi.yaml")]
    answer = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1].startswith("valid: AsyncAPI 3.0.0")
