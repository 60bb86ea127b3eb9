"""What the demo looks like: to a person at a terminal, in a log, and to a program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from communique.cli import view
from communique.cli.screen import console, headers_of, is_watched, printable, put_json

if TYPE_CHECKING:
    from communique.app import Service
    from communique.cli.showcase import Audience, Summary
    from communique.model import Record
    from communique.wire import MeetingEvent


@contextmanager
def audience(*, json: bool) -> Iterator[Audience]:
    """Whoever watches: a program that asked for JSON, a person, or a file."""
    if json:
        yield JsonLines()
    elif is_watched():
        with Terminal(console()) as terminal:
            yield terminal
    else:
        yield Plain(console())


class JsonLines:
    """Events and refusals only, one object a line."""

    def step(self, text: str) -> None:
        pass

    def fed(self, number: int, total: int) -> None:
        pass

    def published(self, record: Record) -> None:
        event = view.event_of(record)
        if event is not None:
            put_json({"change": view.change_of(record), "event": event.model_dump(mode="json")})

    def refused(self, record: Record) -> None:
        put_json({"change": "refused", "headers": headers_of(record)})

    def finished(self, summary: Summary) -> None:
        pass

    def stays(self, service: Service) -> None:
        put_json({"change": "stays", "environment": _environment(service)})


class Plain:
    """Line after line, without colour and without anything that moves."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        self._screen.print(f"[{time.monotonic() - self._began:5.1f} s] {text}", markup=False)

    def fed(self, number: int, total: int) -> None:
        if number == 1:
            self.step(f"Feeding {total} sample articles; events as they are published:")

    def published(self, record: Record) -> None:
        event = view.event_of(record)
        if event is not None:
            self._screen.print(view.event_line(event, view.change_of(record)), markup=False)

    def refused(self, record: Record) -> None:
        self._screen.print(view.letter_line(headers_of(record)), markup=False)

    def finished(self, summary: Summary) -> None:
        self._screen.print()
        self._screen.print(_conclusion(summary))

    def stays(self, service: Service) -> None:
        self._screen.print(_connections(service))


class Terminal(Plain):
    """A line for each event as it comes, a bar below them that moves, and the whole table at the end."""

    def __init__(self, screen: Console) -> None:
        super().__init__(screen)
        self._status = Text("")
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=40),
            MofNCompleteColumn(),
            TextColumn("articles"),
            TimeElapsedColumn(),
            console=screen,
        )
        self._task = self._bar.add_task("starting", total=None)
        self._live = Live(self._bar, console=screen, refresh_per_second=12, transient=True)

    def __enter__(self) -> Terminal:
        self._screen.print(Rule("communique", style="dim"))
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def step(self, text: str) -> None:
        self._screen.print(Text.assemble(("· ", "green"), text, (f"  {time.monotonic() - self._began:.1f} s", "dim")))

    def fed(self, number: int, total: int) -> None:
        if number == 1:
            self._screen.print()
        self._bar.update(self._task, description="reading", completed=number, total=total)

    def published(self, record: Record) -> None:
        event = view.event_of(record)
        if event is not None:
            line = Text(view.event_line(event, view.change_of(record)), style=view.STATUS_COLOURS.get(event.status, ""))
            self._screen.print(line, no_wrap=True, overflow="ellipsis", crop=True)

    def refused(self, record: Record) -> None:
        line = Text(view.letter_line(headers_of(record)), style="red")
        self._screen.print(line, no_wrap=True, overflow="ellipsis", crop=True)

    def finished(self, summary: Summary) -> None:
        self._live.stop()
        latest = {event.meeting_id: (event, view.change_of(record)) for record, event in _events(summary)}
        self._screen.print()
        self._screen.print(Rule("the meetings as subscribers have them now", style="dim"))
        self._screen.print(view.event_table(latest.values()))
        self._screen.print(Rule("the articles that were refused", style="dim"))
        for letter in summary.letters:
            self._screen.print(_refusal(letter))
        self._screen.print(Rule(style="dim"))
        self._screen.print(_conclusion(summary))


def _events(summary: Summary) -> Iterator[tuple[Record, MeetingEvent]]:
    """In the order of their sequence, which is that of the commits; the topic's partitions come as they like."""
    for record in sorted(summary.events, key=lambda record: headers_of(record).get("ce_sequence", "")):
        event = view.event_of(record)
        if event is not None:
            yield record, event


def _refusal(letter: Record) -> Group:
    headers = headers_of(letter)
    start = printable((letter.value or b"")[:100].decode(errors="replace"))
    reason = f"{headers.get('dlq-error-code')}: {headers.get('dlq-error-message')}"
    return Group(Text(reason, style="red"), Padding(Text(f"{start} …", style="dim"), (0, 0, 0, 2)))


def _conclusion(summary: Summary) -> Group:
    changes = [view.change_of(record) for record in summary.events]
    meetings = {record.key for record in summary.events}
    return Group(
        Text.assemble(
            (f"{summary.articles} articles", "bold"),
            " in German and English, in every accepted shape → ",
            (f"{len(meetings)} meetings", "bold green"),
            f" in {len(changes)} events ({changes.count('reported')} reported, {changes.count('updated')} updated), ",
            f"{summary.nothing} articles without a meeting, ",
            (f"{len(summary.letters)} refused", "red"),
            f", in {summary.seconds:.1f} s.",
        ),
        Text(f"{summary.sequence} messages were published, numbered 1 to {summary.sequence} without a gap.\n"),
        Text("Where to look further", style="bold"),
        Text("  make demo ARGS=--keep                    the same, left up: tail the events, read the tables"),
        Text("  communique extract --text FILE --pretty   what is found in a text of yours"),
        Text("  communique explain --text FILE            which rule found it, and why"),
        Text("  README.md                                 topics, contracts, guarantees, settings"),
    )


def _environment(service: Service) -> dict[str, str]:
    settings = service.settings
    return {
        "COMMUNIQUE_BROKERS": settings.brokers,
        "COMMUNIQUE_DATABASE_URL": settings.database_url.get_secret_value(),
        "COMMUNIQUE_DELIVERY": settings.delivery,
        "HTTP": f"http://127.0.0.1:{service.http_port}",
    }


def _connections(service: Service) -> Group:
    environment = _environment(service)
    http = environment.pop("HTTP")
    return Group(
        Text("\nEverything stays up until Ctrl-C. In another terminal:", style="bold"),
        *(Text(f"  export {name}='{value}'") for name, value in environment.items()),
        Text("  communique tail --from-beginning          the events, and each new one as it comes"),
        Text("  communique produce FILE                   more articles, one a line"),
        Text("  communique dlq list                       what was refused"),
        Text('  psql "$COMMUNIQUE_DATABASE_URL" -c "SELECT * FROM api.meetings_v1"'),
        Text(f"  curl {http}/readyz   {http}/metrics"),
    )
