"""Value classes: what is found is never changed, only replaced."""

from __future__ import annotations

import dataclasses
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True)
def value(cls: type[Class]) -> type[Class]:
    """A dataclass with slots that is frozen for the type checker alone, for values of which an article makes hundreds:
    freezing one at run time makes it six times as dear."""
    return dataclasses.dataclass(slots=True, unsafe_hash=True)(cls)
