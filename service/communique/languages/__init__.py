"""A language is one data file: discovery, the strict model of its content, and its compiled form.

    codes()      the languages that exist, by listing the folder
    load(code)   one file, validated, immutable

What a form *means* stands in the file and is read by exactly one extractor. No extractor asks which language it is in:
where files have to answer differently, they get a named field.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from communique.languages.sections import (
    Dates,
    Frame,
    Inflection,
    Office,
    OfficePrefix,
    Places,
    Segmentation,
    Statements,
    StatusCue,
    Topics,
    Words,
)


class Language(BaseModel):
    """One language file, whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    code: str
    name: str
    version: str
    segmentation: Segmentation
    inflection: Inflection
    words: Words
    offices: tuple[Office, ...]
    office_prefixes: tuple[OfficePrefix, ...] = ()
    frames: tuple[Frame, ...]
    status: tuple[StatusCue, ...]
    dates: Dates
    places: Places
    topics: Topics
    statements: Statements
    script: Literal["latin", "cyrillic", "arabic", "han"]


def codes() -> tuple[str, ...]:
    """The languages whose file exists, sorted."""
    folder = files("communique.languages") / "data"
    return tuple(sorted(entry.name[: -len(".toml")] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load(code: str) -> Language:
    """The validated content of one language file; a pydantic ValidationError names what is wrong in it."""
    text = (files("communique.languages") / "data" / f"{code}.toml").read_text(encoding="utf-8")
    return Language.model_validate(tomllib.loads(text))
