"""Writes the tables of README.md anew from the code (settings, error codes, metrics), and its example from what is
found in the shipped article, and the scores last saved. A test says when that is due.

python scripts/readme.py
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client.metrics import MetricWrapperBase

from communique import pipeline
from communique.cli.articles import record_of_text
from communique.model import Found
from communique.refusals import REASONS
from communique.settings import Settings, shown, variable
from communique.telemetry import Metrics

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
ARTICLE = ROOT / "service" / "communique" / "samples" / "article.txt"
SCORES = {"first": ROOT / "tests" / "eval" / "first.json", "now": ROOT / "tests" / "eval" / "scores.json"}
SHOWN = (
    "article detected", "meetings", "participants", "participant country", "participant office", "status", "date",
    "place country", "main meeting all right", "statements", "statement speaker",
)  # fmt: skip
WIDTH = 115
PUBLISHED = "2024-04-26"
"""The day that the README gives to `communique extract` for the shipped article."""


def rendered(text: str) -> str:
    """README.md with each `<!-- NAME -->` … `<!-- end -->` filled in."""
    for name, part in PARTS.items():
        block = f"<!-- {name} -->\n{part()}<!-- end -->"
        text, found = re.subn(rf"<!-- {name} -->\n.*?<!-- end -->", lambda _, b=block: b, text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"README.md has {found} places for {name}, not one")
    return text


# ── the example ──────────────────────────────────────────────────────────────────────────────────────────────────────


def article() -> str:
    """The shipped article, quoted."""
    quoted = textwrap.wrap(ARTICLE.read_text("utf-8"), WIDTH)
    return "".join(f"> {line}\n" for line in quoted)


def event() -> str:
    """Its meeting, without what would make it long: evidence, topics, statements, what is empty."""
    found = meeting()
    left_out = ("meeting_id", "revision", "topics", "statements", "sources", "extractor")
    groups = [
        {name: found[name] for name in ("meeting_id", "revision")},
        {name: found[name] for name in ("kind", "status", "background")},
        {"when": short(found["when"], "evidence")},
        {"where": short(found["where"], "evidence", "latitude", "longitude")},
        {"participants": [short(person, "evidence", "surface") for person in found["participants"]]},
    ]
    told = {name for group in groups for name in group}
    groups.append({name: v for name, v in found.items() if name not in told and name not in left_out and v})
    lines = [line for group in groups for line in laid_out(group)]
    return "```json\n{\n  " + ",\n  ".join(lines) + "\n}\n```\n"


def evidence() -> str:
    """The first piece of evidence of its first participant."""
    first = {**meeting()["participants"][0]["evidence"][0], "article_id": "…"}
    return f"\n    {json.dumps(first, ensure_ascii=False)}\n\n"


@cache
def meeting() -> dict[str, Any]:
    outcome = pipeline.load().process(record_of_text(ARTICLE, PUBLISHED, None, None))
    assert isinstance(outcome, Found), outcome
    return outcome.meetings[0].model_dump(mode="json")


def short(value: dict[str, Any], *left_out: str) -> dict[str, Any]:
    return {name: v for name, v in value.items() if name not in left_out and v not in (None, [], ())}


def laid_out(group: dict[str, Any]) -> list[str]:
    """A few fields on one line while there is room; lists of objects one object after the other."""
    if list(group) == ["participants"]:
        people = ",\n".join(f"    {{{fields(person, 5)}}}" for person in group["participants"])
        return [f'"participants": [\n{people}\n  ]']
    return [fields(group, 2)]


def fields(values: dict[str, Any], indent: int) -> str:
    """JSON without its braces; where it is too long, broken between two fields."""
    text, width = "", indent
    for name, value in values.items():
        field = json.dumps({name: value}, ensure_ascii=False)[1:-1]
        if text and width + len(field) > WIDTH:
            text, width = f"{text},\n{' ' * indent}{field}", indent + len(field)
        else:
            text, width = f"{text}, {field}" if text else field, width + len(field) + 2
    return text


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def settings_table() -> str:
    bare = shown(Settings.model_construct())
    lines = ["| variable | default | |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = f"`{bare[variable(name)]}`" if bare[variable(name)] else ""
        lines.append(f"| `{variable(name)}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def codes_table() -> str:
    lines = ["| code | stage | |", "| --- | --- | --- |"]
    lines += [f"| `{code}` | {reason.stage} | {reason.sentence} |" for code, reason in REASONS.items()]
    return "\n".join(lines) + "\n"


def metrics_table() -> str:
    lines = ["| metric | type | labels | |", "| --- | --- | --- | --- |"]
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            family = metric.describe()[0]
            name = family.name + ("_total" if family.type == "counter" else "")
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            lines.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(lines) + "\n"


def scores_table() -> str:
    """What `make eval` printed the first time and saved last, of the rows that a subscriber asks about."""
    saved = {when: json.loads(file.read_text("utf-8")) for when, file in SCORES.items()}
    columns = {
        f"{code}, {when}": scores for code in saved["now"] for when, told in saved.items() if (scores := told[code])
    }
    lines = [f"| | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    lines += [f"| {row} | {' | '.join(f'{scores[row]:.2f}' for scores in columns.values())} |" for row in SHOWN]
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "example article": article,
    "example event": event,
    "example evidence": evidence,
    "table codes": codes_table,
    "table settings": settings_table,
    "table metrics": metrics_table,
    "table scores": scores_table,
}


if __name__ == "__main__":
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")
