"""Reading the fact tables, folding names, writing sorted JSON lines."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, str]

BY_HAND = Path(__file__).parent / "by_hand"
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th", "ə": "a"})


def read(path: Path) -> list[Row]:
    """Every row of a CSV file with a header, in NFC and sorted, so that the order of a source changes nothing."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        found = [{key: unicodedata.normalize("NFC", value) for key, value in row.items()} for row in rows]
    return sorted(found, key=lambda row: tuple(row.values()))


def by_hand(name: str) -> list[Row]:
    """A table that is kept in this folder because no source states it in this form."""
    return read(BY_HAND / f"{name}.csv")


def fold(text: str) -> str:
    """Letters and digits only, without case and accents: equal for two spellings of the same letters."""
    decomposed = unicodedata.normalize("NFD", text.casefold().translate(LETTERS))
    return "".join(character for character in decomposed if character.isalnum())


def write(path: Path, rows: Iterable[Any]) -> None:
    """One compact JSON value a line; the order is the caller's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
