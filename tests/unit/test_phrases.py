"""The phrase grammar: templates over tokens and word classes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from communique import text
from communique.languages.phrases import Phrase, Phrases, Word

WORDS = {
    "monday": (Word("weekday", 0, capital=True),),
    "may": (Word("month", 5, capital=True),),
    "next": (Word("step", 1),),
    "week": (Word("unit", "week"),),
}


def numbers(digits: str) -> Sequence[Word]:
    return (Word("day", int(digits)),) if len(digits) <= 2 else ()


def find(templates: dict[str, list[str]], body: str, *, refuse: str = "") -> list[Phrase]:
    tokens = text.tokens(body, text.fold(body))

    def accept(first: int, last: int) -> bool:
        return body[tokens[first].start : tokens[last - 1].end] != refuse

    return list(Phrases(templates, WORDS, numbers).find(tokens, accept))


@pytest.mark.parametrize(
    ("template", "body", "slots"),
    [
        ("on {weekday}", "on Monday", (("weekday", 0),)),
        ("[on] {weekday}", "Monday", (("weekday", 0),)),
        ("(on|by) {weekday}", "by Monday", (("weekday", 0),)),
        ("[on|by [the]] {weekday}", "by the Monday", (("weekday", 0),)),
        ("{month} {day} [- {day}]", "May 9-11", (("month", 5), ("day", 9), ("day", 11))),
        (r"{weekday} \( {day} \)", "Monday (9)", (("weekday", 0), ("day", 9))),
        ("{step} {unit}", "Next week", (("step", 1), ("unit", "week"))),
    ],
)
def test_templates(template: str, body: str, slots: tuple[tuple[str, int | str], ...]) -> None:
    """Brackets, alternatives, literal parentheses and repeated slots."""
    assert [phrase.slots for phrase in find({"a": [template]}, body)] == [slots]


@pytest.mark.parametrize("body", ["on monday", "on Tuesday", "on", "Monday", "on - Monday", ""])
def test_what_does_not_match(body: str) -> None:
    """A name with a capital wants one; a template matches whole or not at all."""
    assert find({"a": ["on {weekday}"]}, body) == []


def test_the_longest_phrase_wins_and_none_overlap() -> None:
    templates = {"short": ["{weekday}"], "long": ["{weekday} {step} {unit}"], "unit": ["{step} {unit}"]}
    assert [p.meaning for p in find(templates, "Monday next week, Monday")] == ["long", "short"]


def test_a_refused_span_falls_back_to_a_shorter_one() -> None:
    templates = {"a": ["{month}"], "b": ["{month} {day}"]}
    assert [p.meaning for p in find(templates, "May 9", refuse="May 9")] == ["a"]


@pytest.mark.parametrize(
    ("templates", "complaint"),
    [
        ({"a": ["on {weekday}"], "b": ["[on] {weekday}"]}, "means a and b"),
        ({"a": ["on ({weekday}"]}, "unbalanced"),
        ({"a": ["on {weekday}]"]}, "unbalanced"),
        ({"a": ["[on]"]}, "nothing at all"),
    ],
)
def test_faulty_templates_are_refused(templates: dict[str, list[str]], complaint: str) -> None:
    """One phrase has one meaning, brackets close, and something must be said."""
    with pytest.raises(ValueError, match=complaint):
        find(templates, "")
