"""Patterns that spare a language file the writing out of inflected forms.

    "bilateral~ Beziehungen"         "~" is each of the endings that the section lists
    "(Handels|Wirtschafts)abkommen"  one of the alternatives
    "Krieg[s|es]"                    one of them, or nothing

Groups do not nest.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

_PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(~)|([^()\[\]~]+)")


def expand(pattern: str, endings: Sequence[str] = ()) -> Iterator[str]:
    """Every form that the pattern stands for."""
    choices: list[Sequence[str]] = []
    for group, option, tilde, plain in _PIECE.findall(pattern):
        if plain:
            choices.append((plain,))
        elif tilde:
            choices.append(endings or ("",))
        elif group:
            choices.append(group.split("|"))
        else:
            choices.append(("", *option.split("|")))
    return ("".join(parts) for parts in itertools.product(*choices))


def expand_all(patterns: Iterable[str], endings: Sequence[str] = ()) -> tuple[str, ...]:
    """The forms of several patterns, in order, each once."""
    return tuple(dict.fromkeys(form for pattern in patterns for form in expand(pattern, endings)))
