"""The compiled wheel reads every article as the sources do."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pytest

from communique import pipeline
from communique.model import Outcome, Record
from tests import compiled, corpus
from tests.delivery.articles import BENCH, feed

pytestmark = pytest.mark.slow

SERVICE = compiled.ROOT / "service"
FEED_ARTICLES = 1000
MEETING_ARTICLES = 200
READ = """
import pickle, sys
from communique import pipeline
process = pipeline.load({codes}).process
outcomes = [process(record) for record in pickle.load(sys.stdin.buffer)]
files = {{name: str(module.__spec__.origin) for name, module in sys.modules.items() if name.startswith("communique.")}}
pickle.dump((files, outcomes), sys.stdout.buffer)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without a compiler: said plainly, and in CI a failure."""
    try:
        return compiled.wheel(tmp_path_factory.mktemp("compiled"))
    except compiled.Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(f"{missing}: the compiled wheel was not tested")


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return compiled.installed(wheel, tmp_path_factory.mktemp("installed"))


def modules() -> set[str]:
    """The modules that the wheel holds compiled, as paths without their ending."""
    files = [*SERVICE.glob("communique/extract/*.py"), SERVICE / "communique/text.py"]
    files.append(SERVICE / "communique/languages/matcher.py")
    return {str(file.relative_to(SERVICE).with_suffix("")) for file in files}


def test_the_modules_that_read_are_compiled_and_the_source_tree_stays_as_it_was(wheel: Path) -> None:
    libraries = {name.partition(".")[0] for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")}
    assert libraries == {*modules(), "communique__mypyc"}
    assert list(SERVICE.rglob("*.so")) == []


def test_every_article_is_read_as_by_the_sources(environment: Mapping[str, str], tmp_path: Path) -> None:
    records = [case.record for code in corpus.codes() for case in corpus.read(corpus.FOLDER / f"{code}.toml")]
    meetings = (sent for sent in feed(2, BENCH) if sent.kind == "meeting")
    for sent in (*islice(feed(1, BENCH), FEED_ARTICLES), *islice(meetings, MEETING_ARTICLES)):
        records.append(Record(sent.value, sent.key, timestamp_ms=1_710_000_000_000))
    files, outcomes = read(records, environment, tmp_path)
    assert {name for name, file in files.items() if file.endswith(".so")} == {
        module.replace("/", ".").removesuffix(".__init__") for module in modules()
    }
    process = pipeline.load(corpus.codes()).process
    for record, outcome in zip(records, outcomes, strict=True):
        assert outcome == process(record), record.value


def read(
    records: list[Record], environment: Mapping[str, str], elsewhere: Path
) -> tuple[Mapping[str, str], list[Outcome]]:
    """What a process with this environment makes of the records, and the files that its modules came from."""
    command = [sys.executable, "-c", READ.format(codes=corpus.codes())]
    done = subprocess.run(
        command, input=pickle.dumps(records), env=environment, cwd=elsewhere, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    files, outcomes = pickle.loads(done.stdout)
    return files, outcomes
