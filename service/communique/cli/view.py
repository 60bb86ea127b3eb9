"""How a meeting event and a dead letter look to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from communique.model import Record
from communique.wire import MeetingEvent, Participant

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

STATUS_COLOURS: Mapping[str, str] = {
    "held": "green",
    "ongoing": "green",
    "announced": "cyan",
    "postponed": "yellow",
    "cancelled": "red",
    "refused": "red",
    "retracted": "red",
}
MOST_TOPICS = 4


def event_of(record: Record) -> MeetingEvent | None:
    """The event of a record of the event topic; None for a tombstone."""
    return None if record.value is None else MeetingEvent.model_validate_json(record.value)


def change_of(record: Record) -> str:
    """ "reported", "updated" or "retracted"."""
    kind = dict(record.headers).get("ce_type", b"").decode()
    return kind.removeprefix("communique.meeting.").partition(".")[0]


def event_line(event: MeetingEvent, change: str) -> str:
    """One event on one line, without colour."""
    parts = [
        f"{change:9}",
        f"{when(event):10}",
        f"{what(event)}:",
        "; ".join(who(event)),
        f"in {where(event)}" if where(event) else "",
        f"[{', '.join(topics(event))}]" if event.topics else "",
        f"(revision {event.revision}, {reports(event)})",
    ]
    return "  ".join(part for part in parts if part)


def letter_line(headers: Mapping[str, str]) -> str:
    """One dead letter on one line."""
    place = f"{headers.get('dlq-topic', '?')}/{headers.get('dlq-partition', '?')}@{headers.get('dlq-offset', '?')}"
    return f"refused    {place}  {headers.get('dlq-error-code', '?')}: {headers.get('dlq-error-message', '')}"


def event_table(events: Iterable[tuple[MeetingEvent, str]], *, in_order: bool = False) -> Table:
    """The present state of each meeting, one row each, by day or as given; the second of a pair is the last change."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", expand=True)
    table.add_column("when", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("who", ratio=3)
    table.add_column("where", ratio=1, min_width=16)
    table.add_column("about", ratio=2)
    table.add_column("reported by", no_wrap=True)
    for event, change in events if in_order else sorted(events, key=lambda pair: pair[0].when.start or ""):
        kind = Text.assemble(f"{event.kind.replace('_', ' ')} ", (event.status, STATUS_COLOURS.get(event.status, "")))
        reported = Text.assemble(reports(event), ("  updated" if change == "updated" else "", "dim"))
        people = Text("\n").join(_person(participant) for participant in event.participants) or Text(
            ", ".join(event.countries)
        )
        table.add_row(when(event), kind, people, where(event), ", ".join(topics(event)), reported)
    return table


def what(event: MeetingEvent) -> str:
    return f"{event.kind.replace('_', ' ')} {event.status}"


def when(event: MeetingEvent) -> str:
    start, end = event.when.start, event.when.end
    if start is None:
        return "undated"
    return start if end in (None, start) else f"{start}/{end[-2:] if end.startswith(start[:7]) else end}"


def who(event: MeetingEvent) -> list[str]:
    return [_person(participant).plain for participant in event.participants] or list(event.countries)


def where(event: MeetingEvent) -> str:
    return ", ".join(part for part in (event.where.venue, event.where.city, event.where.country) if part)


def topics(event: MeetingEvent) -> list[str]:
    names = [*event.organisations, *event.initiatives, *(topic.id.replace("_", " ") for topic in event.topics)]
    distinct = list({name.casefold(): name for name in reversed(names)}.values())[::-1]
    return (
        distinct if len(distinct) <= MOST_TOPICS else [*distinct[:MOST_TOPICS], f"{len(distinct) - MOST_TOPICS} more"]
    )


def reports(event: MeetingEvent) -> str:
    """ "2 articles (de, en)"."""
    languages = sorted({source.language for source in event.sources if source.language})
    number = len(event.sources)
    return f"{number} article{'' if number == 1 else 's'}" + (f" ({', '.join(languages)})" if languages else "")


def _person(participant: Participant) -> Text:
    from rich.text import Text

    office = participant.office.replace("_", " ") if participant.office else participant.office_text
    described = ", ".join(part for part in (office, participant.country or participant.organisation) if part)
    return Text.assemble(participant.name or participant.surface, (f" ({described})" if described else "", "dim"))
