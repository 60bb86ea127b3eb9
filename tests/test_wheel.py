"""The wheel, installed elsewhere, does its work: nothing is read from the source tree, no data file is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "service" / "communique"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `communique` of a new environment. It borrows the dependencies of this one, but not its communique: a path
    that a .pth file adds is not searched for the .pth file of an editable install."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    [packages] = home.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "communique"


def run(command: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([command, *arguments], cwd=cwd, env=clean, capture_output=True, check=False, timeout=120)


def test_the_wheel_is_for_every_python_and_system(wheel: Path) -> None:
    """tests/test_compiled.py is about the other one."""
    assert wheel.name.endswith("-py3-none-any.whl")


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    there = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("communique/")}
    wanted = {
        f"communique/{path.relative_to(PACKAGE)}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == wanted


def test_the_installed_command_is_not_that_of_the_source_tree(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python")
    done = run(python, "-c", "import communique; print(communique.__file__)", cwd=tmp_path)
    assert Path(done.stdout.decode().strip()).is_relative_to(installed.parent.parent)


def test_the_installed_command_finds_the_meeting_of_a_text(installed: Path, tmp_path: Path) -> None:
    text = PACKAGE / "samples" / "article.txt"
    done = run(installed, "extract", "--text", str(text), "--published-at", "2024-04-26", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert (told["outcome"], told["language"]) == ("found", "en")
    assert [p["name"] for p in told["meetings"][0]["participants"]] == ["Antony Blinken", "Wang Yi"]
