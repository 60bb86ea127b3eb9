"""README.md says what is so: its example is real output, its tables come from the code, its links lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from scripts.readme import rendered

from communique.adapters import SHAPES
from communique.refusals import REASONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def communique(*arguments: str) -> str:
    command = [sys.executable, "-c", "from communique.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def differences(shown: Any, real: Any, path: str = "") -> list[str]:
    """Where a shown value is not what the real one has; what is left out does not count."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [d for name in shown for d in differences(shown[name], real.get(name, "missing"), f"{path}.{name}")]
    if isinstance(shown, list) and isinstance(real, list) and len(shown) == len(real):
        return [d for i, pair in enumerate(zip(shown, real, strict=True)) for d in differences(*pair, f"{path}[{i}]")]
    return [] if shown == real else [f"{path}: README has {shown!r}, the command says {real!r}"]


def test_the_example_is_what_the_command_finds_in_the_shipped_article() -> None:
    article = (files("communique") / "samples" / "article.txt").read_text("utf-8")
    assert " ".join(re.findall(r"^> (.*)$", README, re.MULTILINE)) == article.strip()
    told = json.loads(
        communique("extract", "--text", "service/communique/samples/article.txt", "--published-at", "2024-04-26")
    )
    example = re.search(r"<!-- example event -->\n```json\n(.*?)```", README, re.DOTALL)
    assert example is not None
    assert differences(json.loads(example[1]), told["meetings"][0]) == []
    [shown] = [json.loads(line) for line in re.findall(r'^    (\{"article_id".*\})$', README, re.MULTILINE)]
    blinken = told["meetings"][0]["participants"][0]["evidence"][0]
    assert {**shown, "article_id": blinken["article_id"]} == blinken


def test_example_and_tables_are_those_of_the_code() -> None:
    """`make schemas` writes them anew."""
    assert rendered(README) == README


def test_every_error_code_is_documented_once() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (?:decode|adapt|validate|enrich|store) \|", README, re.MULTILINE)
    assert sorted(documented) == sorted(REASONS)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_of_the_readme_exists_and_none_is_left_out() -> None:
    block = README.split("## Commands\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"^    communique (\w+)", block, re.MULTILINE))
    offered = set(re.findall(r"^│ (\w+) ", communique("--help"), re.MULTILINE))
    assert documented == offered


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    block = README.split("## Development\n")[1].split("\n`make test`")[0]
    targets = re.findall(r"^    make ([a-z-]+)", block, re.MULTILINE)
    assert targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_accepted_shape_is_in_the_readme() -> None:
    table = README.split("## Articles in\n")[1].split("\nBare, or")[0]
    first_column = "".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    assert re.findall(r"`([^`]+)`", first_column) == list(SHAPES)


def test_no_line_is_wider_than_the_code() -> None:
    wide = [line for line in README.splitlines() if len(line) > 120 and not line.startswith("|")]
    assert wide == []
