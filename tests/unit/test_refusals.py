"""The table of reasons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from communique.refusals import REASONS, as_refusal, refusal, refused


@pytest.mark.parametrize("code", REASONS)
def test_reason_is_stable_in_form(code: str) -> None:
    """A code is snake_case, its sentence is one sentence."""
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)
    assert REASONS[code].sentence.endswith(".")


def test_readme_lists_every_reason() -> None:
    """The README's table holds exactly the codes and stages of the code."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z0-9_]+)` \| (decode|adapt|validate|enrich|store) \|", readme, re.MULTILINE))
    assert listed == {code: reason.stage for code, reason in REASONS.items()}


def test_exception_and_value_say_the_same() -> None:
    assert as_refusal(refused("not_json", "at character 7")) == refusal("not_json", "at character 7")


def test_detail_is_bounded() -> None:
    """A long detail cannot push a message beyond its kilobyte."""
    assert len(refusal("not_json", "x" * 100_000).message.encode()) < 1024


def test_an_undocumented_code_is_a_bug() -> None:
    with pytest.raises(KeyError):
        refusal("something_new")
