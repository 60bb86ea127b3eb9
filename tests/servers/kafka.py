"""A real Apache Kafka on free local ports: as a fixture, as a context manager, or on the terminal.

python -m tests.servers.kafka        starts one, prints its address, stops it on Ctrl-C
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
import xml.etree.ElementTree as ElementTree
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from string import Template

import pytest
from aiokafka import AIOKafkaConsumer

HOME = Path(__file__).parents[2] / "deploy" / "kafka"
LIBS = HOME / "libs"
START_SECONDS = 60
STOP_SECONDS = 20


class Missing(RuntimeError):
    """The machine cannot run a broker; the message says what to install."""


class Broker:
    """One broker with its data directory; stopping and starting keeps both its data and its ports."""

    def __init__(self, directory: Path, heap: str = "512m") -> None:
        self.directory = directory
        self.heap = heap
        port, behind_proxy, self.proxy_port, controller = free_ports(4)
        self.bootstrap = f"127.0.0.1:{port}"
        self.behind_proxy = ("127.0.0.1", behind_proxy)
        """Where a proxy that listens on `proxy_port` forwards to; clients that start there stay behind the proxy."""
        self.log = directory / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._properties = directory / "server.properties"
        template = Template((HOME / "server.properties").read_text())
        self._properties.write_text(
            template.substitute(
                port=port,
                behind_proxy_port=behind_proxy,
                proxy_port=self.proxy_port,
                controller_port=controller,
                log_dir=directory / "data",
            )
        )
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        arguments = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties)]
        subprocess.run(self._java("128m", *arguments), check=True, capture_output=True)

    def start(self) -> None:
        """Start, and return when it serves."""
        with self.log.open("ab") as log:
            seen = log.tell()
            command = self._java(self.heap, "kafka.Kafka", str(self._properties))
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.directory, preexec_fn=end_with_parent
            )
        deadline = time.monotonic() + START_SECONDS
        while b"Kafka Server started" not in self.log.read_bytes()[seen:]:
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-3000:]
                self.kill()
                raise RuntimeError(f"the broker did not start:\n{tail}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop in good order; kill where that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _java(self, heap: str, *arguments: str) -> list[str]:
        options = ["-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.logFile=System.out"]
        return ["java", f"-Xmx{heap}", *options, "-cp", f"{LIBS}/*", *arguments]


@contextmanager
def running(heap: str = "512m") -> Iterator[Broker]:
    """A fresh broker that is gone afterwards with all it stored."""
    provide_jars()
    directory = Path(tempfile.mkdtemp(prefix="communique-kafka-"))
    broker = Broker(directory, heap)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(directory, ignore_errors=True)


async def transactions_ended(bootstrap: str, topic: str, seconds: float = 3) -> None:
    """Wait until no transaction is open on a topic, or the time is over: the answer to a commit comes before the
    markers that let readers see what was committed."""
    deadline = time.monotonic() + seconds
    async with AsyncExitStack() as stack:
        ends = []
        for isolation in ("read_committed", "read_uncommitted"):
            consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, isolation_level=isolation)
            await consumer.start()
            stack.push_async_callback(consumer.stop)
            ends.append(partial(consumer.end_offsets, list(consumer.assignment())))
        while await ends[0]() != await ends[1]() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def provide_jars() -> None:
    """Copy the jars of the version in pom.xml into LIBS, once. Raises Missing."""
    if shutil.which("java") is None:
        raise Missing("no Java here; install a Java 17 runtime (Debian: apt-get install openjdk-17-jre-headless)")
    if (LIBS / f"kafka_2.13-{version()}.jar").exists():
        return
    if shutil.which("mvn") is None:
        raise Missing("no Maven here, which fetches the broker's jars (Debian: apt-get install maven)")
    shutil.rmtree(LIBS, ignore_errors=True)
    arriving = LIBS.with_name(f"libs.{os.getpid()}")
    command = ["mvn", "-q", "-B", "-f", str(HOME / "pom.xml"), "dependency:copy-dependencies"]
    fetched = subprocess.run(
        [*command, f"-DoutputDirectory={arriving}"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if fetched.returncode != 0:
        shutil.rmtree(arriving, ignore_errors=True)
        raise Missing(f"Maven could not fetch the broker's jars: {fetched.stdout[-2000:]}{fetched.stderr[-500:]}")
    arriving.rename(LIBS)


def version() -> str:
    """The Kafka version that pom.xml names."""
    namespaces = {"m": "http://maven.apache.org/POM/4.0.0"}
    found = ElementTree.parse(HOME / "pom.xml").findtext("m:properties/m:kafka.version", namespaces=namespaces)
    assert found, "deploy/kafka/pom.xml names no kafka.version"
    return found


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on at this moment.

    They lie below the range from which the system takes the ports of outgoing connections: a client that knocks at a
    stopped broker there could take its port, or even connect to itself.
    """
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if port not in ports and probe.connect_ex(("127.0.0.1", port)) != 0:
                ports.append(port)
    return ports


def end_with_parent() -> None:
    """In a child before exec: the system kills it when its parent has died, however that died (Linux only)."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Broker]:
    """One broker for the whole run. Without Java or Maven: said plainly, and in CI a failure."""
    try:
        provide_jars()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with running() as broker:
        yield broker


if __name__ == "__main__":
    with running() as one:
        print(f"Apache Kafka {version()} on {one.bootstrap}, data in {one.directory}; Ctrl-C stops it", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
