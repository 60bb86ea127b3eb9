"""A real PostgreSQL on a free local port: the wheel's server, or whatever COMMUNIQUE_TEST_DATABASE_URL names.

A test that stops, kills or sets back its database takes a `Server` of its own; it keeps data and port over restarts.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from communique import embedded
from tests.servers.kafka import end_with_parent, free_ports

START_SECONDS = 30
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
"""What any server of this size would have; commits wait for the disk as they do in production."""


class Server:
    """One server with its data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._user = embedded.ordinary_user()
        self._binaries = embedded.binaries_in(directory, self._user)
        (self.port,) = free_ports(1)
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            os.chown(directory, self._user.pw_uid, self._user.pw_gid)
        command = [self._binaries / "initdb", "-D", directory / "data", "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, **embedded.as_user(self._user))

    def start(self) -> None:
        """Start, and return when it serves."""
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        with (self._directory / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._directory / "data", *options],
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
                **embedded.as_user(self._user),
            )
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run([self._binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._directory / "postgres.log").read_text()[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, connections closed."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """An immediate shutdown: nothing is finished, the next start recovers from the log."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


@contextmanager
def running() -> Iterator[Server]:
    """A fresh server that is gone afterwards with all it stored."""
    directory = Path(tempfile.mkdtemp(prefix="communique-postgres-"))
    server = Server(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server on which databases may be created: one for the whole run."""
    given = os.environ.get("COMMUNIQUE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with running() as server:
        yield server.url


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """The URL of a new, empty database, which is dropped afterwards."""
    async with fresh_database(postgres) as url:
        yield url


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """A new, empty database on a server, dropped at the end with whoever is still connected."""
    name = f"communique_{uuid.uuid4().hex[:12]}"
    await _as_administrator(server_url, f"CREATE DATABASE {name}")
    try:
        yield named(server_url, name)
    finally:
        await _as_administrator(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _as_administrator(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def named(server_url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{database}"))
