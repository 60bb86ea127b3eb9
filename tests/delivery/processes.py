"""`communique run` as an operating system process, to be killed, frozen and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal

from tests.servers.kafka import end_with_parent

Part = Literal["ingest", "relay", "both"]
COMMAND = Path(sys.executable).with_name("communique")


class Process:
    """One part of the service. Its log is kept over restarts."""

    def __init__(self, part: Part, name: str, environment: Mapping[str, str], logs: Path) -> None:
        self.part = part
        self.name = name
        self.log = logs / f"{name}.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._file: IO[bytes] | None = None

    def start(self) -> None:
        self._file = self.log.open("ab")
        self._process = subprocess.Popen(
            [COMMAND, "run", *(() if self.part == "both" else ("--only", self.part))],
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=self._file,
            preexec_fn=end_with_parent,
        )

    def kill(self) -> None:
        """End it with SIGKILL, frozen or not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._closed()

    def stop(self, seconds: float = 30) -> int:
        """End it with SIGTERM, in good order; gives the exit code."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(seconds)
        finally:
            self.kill()

    def freeze(self) -> None:
        """A pause of any length: a full swap, a hypervisor that moves a machine. It does not know of it afterwards."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Of a process that ended by itself; None while it runs and after `kill`."""
        return None if self._process is None else self._process.poll()

    @property
    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _closed(self) -> None:
        self._process = None
        if self._file is not None:
            self._file.close()
            self._file = None
