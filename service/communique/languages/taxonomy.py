"""The topics and relationship labels that events can have: one list for all languages, read once a process."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Medtop = Annotated[str, Field(pattern=r"^(medtop:\d{8})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Relationships(_Strict):
    names: tuple[str, ...]
    """Canonical English labels, sorted."""


class Taxonomy(_Strict):
    topics: dict[str, Medtop]
    """Topic id → IPTC media topic, "" where IPTC has none of that meaning."""
    relationships: Relationships


@cache
def load() -> Taxonomy:
    text = (files("communique.languages") / "taxonomy.toml").read_text(encoding="utf-8")
    return Taxonomy.model_validate(tomllib.loads(text))
