"""explain: what each rule found in an article, sentence by sentence, and which of it became an event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from communique.cli.articles import PublishedAt, Title, Url, record_of_text
from communique.cli.screen import Json, console, printable, put_json

if TYPE_CHECKING:
    from communique.extract import Engine
    from communique.model import Article, Document, Evidence, Meeting, Record, Refusal, Withdrawn
    from communique.pipeline import Pipeline
    from communique.wire import MeetingEvent


@dataclass(frozen=True, slots=True)
class Finding:
    """One span that a rule read, and as what. `used` says whether it is evidence of an event."""

    start: int
    end: int
    text: str
    what: str
    read_as: str
    rule: str
    used: bool


@dataclass(frozen=True)
class Explanation:
    """All that can be said of one article."""

    verdict: str
    language: str | None = None
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    events: tuple[MeetingEvent, ...] = ()
    doubts: tuple[tuple[str, ...], ...] = ()
    """What speaks against each event."""


def explain(
    text: Annotated[Path, typer.Option("--text", metavar="FILE", help="One plain text article; - is standard input.")],
    published_at: PublishedAt = None,
    title: Title = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show what every rule found in a text, sentence by sentence, and which of it became a meeting (●) or not (○)."""
    record = record_of_text(text, published_at, title, url)

    from communique import pipeline

    explanation = explain_record(pipeline.load(), record)
    if json:
        put_json(_described(explanation))
    else:
        _print(explanation)


def explain_record(reader: Pipeline, record: Record) -> Explanation:
    """The pipeline's own steps, one by one, with everything they found on the way."""
    from communique import adapters, detect, extract
    from communique.model import Article

    article: Article | Withdrawn | Refusal = adapters.read(record)
    if not isinstance(article, Article):
        return Explanation(f"The article is not read: {getattr(article, 'message', 'it is withdrawn')}")
    language = detect.language(article.text, reader.engines.keys(), article.language_hint)
    if language is None:
        return Explanation(f"Its language is none of {', '.join(reader.engines)}.")
    engine = reader.engines[language]
    document = extract.read(article, engine)
    events = reader.events(article, language)
    meetings = reader.meetings(article, language) if events else ()
    used = _used(meetings)
    findings = tuple(sorted(_findings(document, engine, used), key=lambda found: (found.start, found.end)))
    doubts = tuple(meeting.doubts for meeting in meetings)
    return Explanation(_verdict(document, findings, events), language, document, findings, events, doubts)


def _verdict(document: Document, findings: tuple[Finding, ...], events: tuple[MeetingEvent, ...]) -> str:
    from communique.extract import triage

    if events:
        return "One meeting." if len(events) == 1 else f"{len(events)} meetings, the main one first."
    if not any(found.what == "trigger" for found in findings):
        return "No meeting: no word of the text reports an encounter."
    if not triage.promising(document.hits):
        return "No meeting: a first look finds no two sides."
    return "No meeting: no encounter has two sides."


def _used(meetings: tuple[Meeting, ...]) -> Mapping[str, set[tuple[int, int]]]:
    """What the finding is read as → the spans that ended in a meeting."""
    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for meeting in meetings:
        for what, evidence in (
            ("trigger", meeting.evidence),
            ("party", tuple(found for participant in meeting.participants for found in participant.evidence)),
            ("date", (meeting.when.evidence,)),
            ("place", (meeting.where.evidence,)),
            ("topic", tuple(found for topic in meeting.topics for found in topic.evidence)),
            ("statement", tuple(statement.evidence for statement in meeting.statements)),
        ):
            spans[what] |= {(found.start, found.end) for found in evidence if found is not None}
    return spans


def _findings(document: Document, engine: Engine, used: Mapping[str, set[tuple[int, int]]]) -> Iterator[Finding]:
    from communique.extract import dates, mentions, places, statements, topics, triggers

    def found(start: int, end: int, what: str, read_as: str, rule: str) -> Finding:
        within = any(start <= first and last <= end for first, last in used.get(what, ()))
        return Finding(start, end, document.text[start:end], what, read_as, rule, within)

    for trigger in triggers.find(document, engine.triggers):
        read_as = f"{trigger.kind}, {trigger.status}" + (", looked back on" if trigger.background else "")
        yield found(trigger.start, trigger.end, "trigger", read_as, _rules(trigger.evidence))
    parties = mentions.find(document, engine.mentions)
    for party in parties:
        read_as = ", ".join(filter(None, (party.name, party.office, party.country, party.organisation)))
        yield found(party.start, party.end, "party", read_as, _rules(party.evidence))
    for day in dates.find(document, engine.dates):
        read_as = f"{day.value or '?'}{'/' + day.until if day.until not in (None, day.value) else ''} ({day.precision})"
        yield found(day.start, day.end, "date", read_as, day.rule)
    for place in places.find(document, engine.places):
        read_as = ", ".join(filter(None, (place.venue, place.city, place.country)))
        yield found(place.start, place.end, "place", read_as, place.rule)
    about = topics.find(document, engine.topics)
    for topic in about:
        yield found(topic.start, topic.end, topic.kind, topic.topic, topic.rule)
    for said in statements.find(document, parties, about, engine.statements):
        at = said.evidence
        yield found(at.start, at.end, "statement", f"{said.speaker} {said.act.replace('_', ' ')}", at.rule)


def _rules(evidence: tuple[Evidence, ...]) -> str:
    return " + ".join(dict.fromkeys(found.rule for found in evidence))


def _described(explanation: Explanation) -> dict[str, Any]:
    return {
        "verdict": explanation.verdict,
        "language": explanation.language,
        "findings": [asdict(found) for found in explanation.findings],
        "meetings": [event.model_dump(mode="json") for event in explanation.events],
        "doubts": explanation.doubts,
    }


def _print(explanation: Explanation) -> None:
    from rich.table import Table
    from rich.text import Text

    screen = console()
    left = list(explanation.findings)
    for sentence in explanation.document.sentences if explanation.document else ():
        inside = [found for found in left if found.start < sentence.end]
        left = left[len(inside) :]
        assert explanation.document is not None
        screen.print(Text(printable(explanation.document.text[sentence.start : sentence.end]), style="bold"))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for found in inside:
            words = found.text if len(found.text) <= 40 else f"{found.text[:38]} …"
            table.add_row(
                Text("  ●" if found.used else "  ○", style="green" if found.used else "dim"),
                Text(found.what, style="cyan"),
                Text(printable(f"“{words}”")),
                Text(printable(found.read_as)),
                Text(found.rule, style="dim"),
            )
        if inside:
            screen.print(table)
        screen.print()
    screen.print(Text(explanation.verdict, style="bold"))
    if explanation.events:
        from communique.cli import view

        screen.print(view.event_table([(event, "reported") for event in explanation.events], in_order=True))
        for event, doubts in zip(explanation.events, explanation.doubts, strict=True):
            against = ", ".join(doubts) or "nothing speaks against it"
            screen.print(Text(f"Confidence {event.confidence:.2f}: {against}."))
