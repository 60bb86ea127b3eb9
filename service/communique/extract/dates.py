"""Date expressions, by an own grammar over the month and weekday names of CLDR.

The language file says which words fill which slot and which phrases mean what; calendar.py says what that is on the
calendar. Times of day are left alone: the day is what counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale

from communique.extract import calendar, dateline
from communique.languages import Language
from communique.languages.patterns import expand
from communique.languages.phrases import Phrase, Phrases, Word
from communique.languages.sections import Dates
from communique.model import DateMention, Document, Token

_BREATH = 200
"""Characters within which "am Abend" belongs to the day told before it."""
_GLUE = ".,:/-"
_UNITS = ("%", "€", "$")

_RANKED = 14
"""Words between a rank and the span that it is of."""

Bound = Literal["on", "since", "until", "before", "after", "for"]


@dataclass(frozen=True, slots=True)
class Rules:
    code: str
    phrases: Phrases
    bounds: Mapping[str, Bound]
    articles: frozenset[str]
    superlatives: frozenset[str]


def compile(language: Language) -> Rules:
    """The tables of one language, built once a process."""
    section = language.dates
    words: dict[str, list[Word]] = {}
    for form, word in _words(section, language.code):
        words.setdefault(form.lower(), []).append(word)
    return Rules(
        code=language.code,
        phrases=Phrases(section.phrases, {form: tuple(readings) for form, readings in words.items()}, _numbers),
        bounds=section.bounds,
        articles=frozenset(section.articles),
        superlatives=frozenset(section.superlatives),
    )


def find(document: Document, rules: Rules, paragraphs: Collection[int] | None = None) -> tuple[DateMention, ...]:
    """All date expressions by start, or all in those paragraphs and perhaps more.

    No expression goes over the end of a line, so the other paragraphs need reading only where one expression counts
    from a day that may have been told there, or where no day of publication is known, which a dateline may tell.
    """
    text, tokens = document.text, document.tokens
    datelines = dateline.find(text)
    mentions: list[DateMention] = []
    published = document.published
    told = named = None
    told_end = -1

    for phrase in _phrases(document, rules, paragraphs):
        start, end = tokens[phrase.first].start, tokens[phrase.last - 1].end
        if text[end - 1] == "." and text[end - 2].isalpha():
            end -= 1  # "Sept." or the end of the sentence
        if phrase.meaning == "bare_year" and not _year_alone(text, tokens, phrase):
            continue
        if phrase.meaning == "ahead" and _span(tokens, phrase.first, rules):
            continue
        if phrase.meaning == "shift_ahead" and _dates_another(tokens, phrase, rules):
            continue
        near = 0 <= start - told_end <= _BREATH and "\n" not in text[told_end:start]
        reading = calendar.read(phrase, calendar.Context(published, told, near, named))
        if reading is None:
            continue
        heading = any(line.start <= start and end <= line.end for line in datelines)
        if heading and published is None and reading.precision == "day" and reading.value:
            published = date.fromisoformat(reading.value)  # the report dates itself
        bound, start = _bound(tokens, phrase, rules)
        mentions.append(_mention(start, end, reading, bound, heading, f"{rules.code}.date.{phrase.meaning}"))
        if not heading and (reading.weekday is not None or len(reading.value or "") == 10):
            told, told_end = reading, end
            named = named if phrase.meaning == "offset" else reading
    return tuple(mentions)


def _phrases(document: Document, rules: Rules, paragraphs: Collection[int] | None) -> list[Phrase]:
    text, tokens = document.text, document.tokens

    def whole(first: int, last: int) -> bool:
        return _whole(text, tokens, first, last)

    if paragraphs is not None and document.published is not None:
        spans: dict[int, tuple[int, int]] = {}
        for sentence in document.sentences:
            number = sentence.paragraph
            if number in paragraphs:
                spans[number] = (spans[number][0] if number in spans else sentence.first, sentence.last)
        found = [phrase for span in spans.values() for phrase in rules.phrases.find(tokens, whole, *span)]
        if not any(phrase.meaning in calendar.COUNTED for phrase in found):
            return found
    return list(rules.phrases.find(tokens, whole))


def _mention(start: int, end: int, reading: calendar.Reading, bound: Bound, heading: bool, rule: str) -> DateMention:
    value, until = reading.value, reading.until
    if bound in ("for", "until") and reading.relation == "unknown" and reading.future:
        value, until = reading.future
    return DateMention(
        start=start,
        end=end,
        value=value,
        until=until,
        precision=reading.precision,
        relation=reading.relation,
        rule=rule,
        dateline=heading,
        past=reading.past,
        future=reading.future,
        weekday=reading.weekday,
        bound=bound,
        shift=reading.shift,
    )


def _whole(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """No part of a bigger number or word ("1.5", "10:30", "2,000", "1980er") and within one line."""
    start, end = tokens[first].start, tokens[last - 1].end
    if tokens[first].text.isdigit() and start > 1 and text[start - 1] in _GLUE and text[start - 2].isdigit():
        return False
    if tokens[last - 1].text.isdigit() and end + 1 < len(text):
        if text[end].isascii() and text[end].isalpha():
            return False
        if text[end] in _GLUE and text[end + 1].isdigit():
            return False
        if text[end : end + 2].lstrip()[:1] in _UNITS:
            return False
    return "\n" not in text[start:end]


def _year_alone(text: str, tokens: Sequence[Token], phrase: Phrase) -> bool:
    """ "2016 war er …", not "Agenda 2030", "2016 Soldaten", "F-2016" """
    start, end = tokens[phrase.first].start, tokens[phrase.last - 1].end
    if (start and not text[start - 1].isspace()) or text[end : end + 1] in ("/", "-", "–"):
        return False
    if phrase.last < len(tokens) and (tokens[phrase.last].text[0].isupper() or tokens[phrase.last].text[0].isdigit()):
        return False
    if not phrase.first:
        return True
    before = tokens[phrase.first - 1]
    return (
        before.text in ".!?:" or "\n" in text[before.end : start] or (before.text.isalpha() and before.text.islower())
    )


def _dates_another(tokens: Sequence[Token], phrase: Phrase, rules: Rules) -> bool:
    """Whether "after" at the end of a phrase goes on: "a day after taking office" counts from no day told."""
    after = tokens[phrase.last].text if phrase.last < len(tokens) else "."
    return tokens[phrase.last - 1].lower in rules.bounds and after[0].isalnum()


def _span(tokens: Sequence[Token], first: int, rules: Rules) -> bool:
    """Whether a rank stands before the phrase in its clause: "only the second minister to come in six years"."""
    for back in range(first - 1, max(-1, first - _RANKED), -1):
        if tokens[back].text in ".;:!?":
            return False
        if tokens[back].lower in rules.superlatives:
            return True
    return False


def _bound(tokens: Sequence[Token], phrase: Phrase, rules: Rules) -> tuple[Bound, int]:
    """What the preposition at or before the phrase makes of it, and where the whole then starts."""
    at = phrase.first
    own = rules.bounds.get(tokens[at].lower)
    if own:
        return (own if own == "since" or phrase.meaning not in ("ago", "vague_past") else "on"), tokens[at].start
    at -= 1
    while at >= 0 and phrase.first - at <= 2 and tokens[at].lower in rules.articles:
        at -= 1
    bound = rules.bounds.get(tokens[at].lower) if at >= 0 else None
    return (bound, tokens[at].start) if bound else ("on", tokens[phrase.first].start)


def _words(section: Dates, code: str) -> Iterator[tuple[str, Word]]:
    """Every word form with the slot that it fills."""
    locale = Locale.parse(code, sep="-")
    months, weekdays = dict(section.months), dict(section.weekdays)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            months |= {form.rstrip("."): number for number, form in locale.months[context][width].items()}
        weekdays |= {form: number for number, form in locale.days[context]["wide"].items()}
    weekdays |= {form + part: number for form, number in weekdays.items() for part in section.weekday_compounds}
    tables: dict[str, Mapping[str, int | str]] = {
        "month": months,
        "weekday": weekdays,
        "offset": section.offsets,
        "offset_adjective": section.offset_adjectives,
        "step": {form: step for p, step in section.steps.items() for form in expand(p, section.endings)},
        "unit": section.units,
        "plural_unit": section.plural_units,
        "last_unit": section.last_units,
        "weekend": dict.fromkeys(section.weekend, "weekend"),
        "phase": section.phases,
        "season": section.seasons,
        "count": section.counts,
        "ordinal": section.ordinals,
        "part": dict.fromkeys(section.parts, "part"),
        "lead": dict.fromkeys(section.leads, "lead"),
        "joiner": dict.fromkeys(section.joiners, "joiner"),
        "mark": dict.fromkeys(section.marks, "mark"),
        "past": dict.fromkeys(section.past, "past"),
        "future": dict.fromkeys(section.future, "future"),
    }
    for slot, table in tables.items():
        for form, value in table.items():
            yield form, Word(slot, value, form[0].isupper())


@lru_cache(maxsize=4096)
def _numbers(digits: str) -> tuple[Word, ...]:
    """The slots that a run of digits may fill."""
    number = int(digits) if len(digits) <= 4 else 0
    words = []
    if len(digits) <= 2:
        if 1 <= number <= 31:
            words.append(Word("day", number))
        if 1 <= number <= 12:
            words.append(Word("monthnumber", number))
    if len(digits) == 4 and 1900 <= number <= 2099:
        words.append(Word("year", number))
    if number and len(digits) <= 3:
        words.append(Word("count", number))
        words.append(Word("ordinal", number))
    return tuple(words)
