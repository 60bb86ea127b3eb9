"""TCP proxies that understand where a request begins, so that a test can cut a connection at the moment it means.

async with Proxy(("127.0.0.1", 5432), postgres_requests) as proxy:
    trap = proxy.set(Trap(is_commit, "lose the answer"))
    …
    await trap.sprung.wait()
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal, Self

Requests = Callable[[asyncio.StreamReader], AsyncIterator[bytes]]

Deed = Literal[
    "cut before",  # the server never sees the request, the client sees a lost connection
    "lose the answer",  # the server has answered, the client sees a lost connection
    "hold",  # the server never sees the request, the client waits
    "hold the answer",  # the server has answered, the client waits
    "delay",  # the request goes on its way when the test says `release.set()`, however late that is
]


@dataclass
class Trap:
    """Waits for the first request that `matches`, then does its deed once."""

    matches: Callable[[bytes], bool]
    deed: Deed
    sprung: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the deed is done: for those that involve an answer, when the server has given it."""
    release: asyncio.Event = field(default_factory=asyncio.Event)


class Proxy:
    """Forwards connections of 127.0.0.1:`port` to `target` until told otherwise."""

    def __init__(self, target: tuple[str, int], requests: Requests, port: int = 0) -> None:
        self._target = target
        self._requests = requests
        self.port = port
        self.open = True
        """False: connections are accepted and closed at once, as by a broker that is going down."""
        self._traps: list[Trap] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self.open = False
        self._server.close()
        self.cut()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def set(self, trap: Trap) -> Trap:
        self._traps.append(trap)
        return trap

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        try:
            ahead, behind = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, behind}
        answers = _Answers(ahead, writer)
        back = asyncio.create_task(answers.pump())
        try:
            async for request in self._requests(reader):
                trap = self._sprung_by(request)
                if trap is None:
                    behind.write(request)
                    await behind.drain()
                    continue
                await self._do(trap, request, behind, answers)
                if trap.deed == "delay":
                    continue
                if trap.deed.startswith("hold"):
                    await reader.read()  # whatever else is asked goes nowhere, until the client gives up
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            back.cancel()
            for each in (writer, behind):
                each.transport.abort()
                self._writers.discard(each)

    def _sprung_by(self, request: bytes) -> Trap | None:
        for trap in self._traps:
            if trap.matches(request):
                self._traps.remove(trap)
                return trap
        return None

    async def _do(self, trap: Trap, request: bytes, behind: asyncio.StreamWriter, answers: _Answers) -> None:
        if trap.deed in ("lose the answer", "hold the answer"):
            answers.withhold()
            behind.write(request)
            await answers.withheld.wait()
        trap.sprung.set()
        if trap.deed == "delay":
            await trap.release.wait()
            behind.write(request)


class _Answers:
    """The way back of one connection."""

    def __init__(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        self._source = source
        self._target = target
        self._through = True
        self.withheld = asyncio.Event()

    def withhold(self) -> None:
        self._through = False

    async def pump(self) -> None:
        try:
            while data := await self._source.read(65536):
                if self._through:
                    self._target.write(data)
                    await self._target.drain()
                else:
                    self.withheld.set()
        except OSError:
            pass
        finally:
            self.withheld.set()
            if self._through:
                self._target.transport.abort()


# ── what a request is ────────────────────────────────────────────────────────────────────────────────────────────────


async def kafka_requests(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Whole Kafka requests: a length of four bytes, then as many."""
    while length := await reader.read(4):
        length += b"" if len(length) == 4 else await reader.readexactly(4 - len(length))
        yield length + await reader.readexactly(int.from_bytes(length, "big"))


async def postgres_requests(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Whole Postgres messages: the start-up ones without a type, then a type and a length that counts itself."""
    protocol_3 = 196608
    started = False
    while head := await reader.read(4 if not started else 1):
        if not started:
            head += await reader.readexactly(4 - len(head))
            body = await reader.readexactly(int.from_bytes(head, "big") - 4)
            started = int.from_bytes(body[:4], "big") == protocol_3
            yield head + body
        else:
            length = await reader.readexactly(4)
            yield head + length + await reader.readexactly(int.from_bytes(length, "big") - 4)


def is_commit(request: bytes) -> bool:
    """A COMMIT, as a simple query."""
    return request[:1] == b"Q" and request[5:].lstrip().upper().startswith(b"COMMIT")


def is_begin(request: bytes) -> bool:
    """A BEGIN, as a simple query."""
    return request[:1] == b"Q" and request[5:].lstrip().upper().startswith(b"BEGIN")


def is_kafka(key: int) -> Callable[[bytes], bool]:
    """Requests of one kind; the numbers are those of the protocol."""
    return lambda request: int.from_bytes(request[4:6], "big") == key


PRODUCE, FETCH, INIT_PRODUCER_ID, END_TXN = 0, 1, 22, 26
