"""The compiled wheel: beside each module that reads an article lies the same as machine code, which Python prefers.

    HATCH_BUILD_HOOK_ENABLE_CUSTOM=true hatchling build -t wheel

Without the variable the wheel is pure Python. Nothing is written beside the sources, where it would hide later edits.

mypyc stops at two usual expressions: write `x in {a, *b}` for `x in (a, *b)`, and where it says "AssertionError: Any",
`hits[::-1]` for `reversed(hits)`.
"""

from __future__ import annotations

from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution

_AS_LIST = "warning: Treating generator comprehension as list"
"""Said of a hundred lines; no generator here is endless or has a side effect."""


class Compile(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self.folder = TemporaryDirectory(prefix="communique-build-")
        built = Path(self.folder.name, "lib")
        with chdir(self.root):
            compile_modules(self.config["modules"], Path(self.folder.name), built)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(file): str(file.relative_to(built)) for file in built.rglob("*.so")})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.folder.cleanup()


def compile_modules(patterns: list[str], folder: Path, built: Path) -> None:
    """Modules of the working directory to shared libraries in `built`, with the settings of mypy in pyproject.toml."""
    modules = sorted(str(file) for pattern in patterns for file in Path().glob(pattern))
    said = StringIO()
    try:
        with redirect_stdout(said):
            extensions = mypycify(
                [f"--cache-dir={folder / 'cache'}", *modules],
                target_dir=str(folder / "c"),
                group_name="communique",
                multi_file=True,  # with level 2, half the time of one file with level 3, and as fast a module
                opt_level="2",
                debug_level="0",
            )
    finally:
        print("".join(line for line in said.getvalue().splitlines(keepends=True) if _AS_LIST not in line), end="")
    command = Distribution({"name": "communique", "ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(built), str(folder / "objects")
    command.ensure_finalized()
    command.run()
