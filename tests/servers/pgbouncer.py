"""A pgbouncer in transaction mode before a database: sessions are shared, and nothing may rely on having its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.kafka import end_with_parent, free_ports

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
START_SECONDS = 10
POOLED = 2
"""Connections to the database, whatever the number of clients: fewer than a test has, so that they change hands."""


@contextmanager
def pooling(database_url: str) -> Iterator[str]:
    """The URL of the same database behind a pooler that lives as long as the context."""
    assert PROGRAM is not None, "pgbouncer is not installed; on Debian: apt-get install pgbouncer"
    parts = urlsplit(database_url)
    user, name = parts.username or "postgres", parts.path[1:]
    (port,) = free_ports(1)
    directory = Path(tempfile.mkdtemp(prefix="communique-pgbouncer-"))
    (directory / "users.txt").write_text(f'"{user}" "{parts.password or ""}"\n')
    (directory / "pgbouncer.ini").write_text(
        f"[databases]\n{name} = host={parts.hostname} port={parts.port or 5432} user={user}"
        f"{f' password={parts.password}' if parts.password else ''}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"auth_file = {directory / 'users.txt'}\npool_mode = transaction\ndefault_pool_size = {POOLED}\n"
    )
    ordinary = {}
    if os.geteuid() == 0:  # it does not run as root either
        entry = pwd.getpwnam("nobody")
        for path in (directory, *directory.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        ordinary = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM, directory / "pgbouncer.ini"],
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=end_with_parent,
            **ordinary,  # type: ignore[call-overload]
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"process up" not in (directory / "log").read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((directory / "log").read_text()[-2000:])
            time.sleep(0.02)
        yield f"postgresql://{user}@127.0.0.1:{port}/{name}?sslmode=disable"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)
