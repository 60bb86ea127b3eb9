"""The compiled wheel, for its test and for `make bench`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Missing(Exception):
    """Something that compiling needs is not on this machine."""


def wheel(folder: Path) -> Path:
    """Build it in `folder`; takes a minute or two. Raises Missing."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise Missing("no C compiler here (Debian: apt-get install gcc libc6-dev)")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise Missing("no headers of Python here (Debian: apt-get install python3-dev)")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    enabled = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_CUSTOM": "true"}
    done = subprocess.run(command, cwd=ROOT, env=enabled, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    [built] = folder.glob("*.whl")
    return built


def installed(wheel: Path, folder: Path) -> dict[str, str]:
    """The environment of a process that reads with this wheel instead of the sources."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, str(wheel)], check=True)
    return {**os.environ, "PYTHONPATH": str(folder)}
