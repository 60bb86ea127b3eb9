"""Articles with gold, from pairs of NDJSON files: PREFIX.jsonl and PREFIX_gold.jsonl."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from communique.model import Found, Record, Rejected
from communique.pipeline import Pipeline
from communique.wire import MeetingEvent

FOLDER = Path(__file__).parent
OWN = (FOLDER / "de", FOLDER / "en")
"""The sets that belong to the repository."""

Event = Mapping[str, Any]
"""One meeting as the gold tells it."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Article:
    """One article with its gold; `date` is the day of publication, or a part of it, or None."""

    id: str
    language: str
    date: str | None
    title: str | None
    text: str
    events: tuple[Event, ...]
    main: int
    statements: tuple[Event, ...] | None
    """None where nobody annotated what is said."""

    @property
    def record(self) -> Record:
        """The article as a feed would bring it, its language untold."""
        day = self.date if self.date and _DAY.match(self.date) else None
        message = {"uri": f"urn:eval:{self.id}", "title": self.title, "body": self.text, "published_at": day}
        return Record(orjson.dumps(message))


def read(prefix: Path, languages: Collection[str]) -> list[Article]:
    """The articles of one set in these languages."""
    gold = {line["id"]: line for line in _lines(Path(f"{prefix}_gold.jsonl"))}
    articles = _lines(Path(f"{prefix}.jsonl"))
    return [_article(line, gold[line["id"]]) for line in articles if line["lang"] in languages]


def extract(articles: Iterable[Article], reader: Pipeline) -> dict[str, tuple[MeetingEvent, ...]]:
    """What the extractor finds in each article, by its id."""
    found = {}
    for article in articles:
        outcome = reader.process(article.record)
        if isinstance(outcome, Rejected):
            raise ValueError(f"{article.id} is refused: {outcome.refusal.message}")
        found[article.id] = outcome.meetings if isinstance(outcome, Found) else ()
    return found


def _lines(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]


def _article(line: Mapping[str, Any], gold: Mapping[str, Any]) -> Article:
    statements = gold.get("statements")
    return Article(
        id=line["id"],
        language=line["lang"],
        date=line.get("date"),
        title=line.get("title"),
        text=line["text"],
        events=tuple(_named(event) for event in gold["events"]),
        main=gold.get("main") or 0,
        statements=None if statements is None else tuple(statements),
    )


def _named(event: Event) -> Event:
    """Participants without a name do not count: their country stands in `countries`."""
    return {**event, "participants": [person for person in event["participants"] if person.get("name")]}
