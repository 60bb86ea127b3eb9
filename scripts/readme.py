"""Writes the tables of README.md anew from the code: settings, error codes, metrics. A test says when that is due.

python scripts/readme.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from communique.refusals import REASONS
from communique.settings import Settings, shown, variable
from communique.telemetry import Metrics

README = Path(__file__).parent.parent / "README.md"


def rendered(text: str) -> str:
    """README.md with each `<!-- table NAME -->` … `<!-- end -->` filled in."""
    for name, table in TABLES.items():
        block = f"<!-- table {name} -->\n{table()}<!-- end -->"
        text, found = re.subn(rf"<!-- table {name} -->\n.*?<!-- end -->", lambda _, b=block: b, text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"README.md has {found} places for the table {name}, not one")
    return text


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


TABLES: dict[str, Callable[[], str]] = {"settings": settings_table, "codes": codes_table, "metrics": metrics_table}


if __name__ == "__main__":
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")
