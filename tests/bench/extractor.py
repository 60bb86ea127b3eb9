"""The extractor alone, in a process of its own: with the package that PYTHONPATH names, else with the sources."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice

from communique import extract, pipeline
from communique.model import Record
from tests.delivery.articles import BENCH, feed


@dataclass(frozen=True, slots=True)
class Extraction:
    """Articles a second on one core, without Kafka and Postgres."""

    compiled: bool
    mix: float
    meetings: float
    found: float
    """Share of the meeting articles in which a meeting was found."""


def measured(articles: int, seed: int, environment: Mapping[str, str]) -> Extraction:
    """What a process with this environment says of itself."""
    command = [sys.executable, "-m", __name__, str(articles), str(seed)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return Extraction(**json.loads(done.stdout))


def extraction(articles: int, seed: int) -> Extraction:
    """The pipeline alone, from bytes to outcome."""
    process = pipeline.load().process
    now_ms = round(time.time() * 1000)
    mix = [Record(sent.value, sent.key, timestamp_ms=now_ms) for sent in islice(feed(seed, BENCH), articles)]
    meetings = [
        Record(sent.value, sent.key, timestamp_ms=now_ms)
        for sent in islice((sent for sent in feed(seed + 1, BENCH) if sent.kind == "meeting"), articles // 10)
    ]
    for record in mix[:200]:  # what is compiled at first use
        process(record)
    began = time.process_time()
    for record in mix:
        process(record)
    between = time.process_time()
    outcomes = [process(record) for record in meetings]
    ended = time.process_time()
    found = sum(type(outcome).__name__ == "Found" for outcome in outcomes)
    return Extraction(
        compiled=not extract.__file__.endswith(".py"),
        mix=len(mix) / (between - began),
        meetings=len(meetings) / (ended - between),
        found=found / len(meetings),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(extraction(int(sys.argv[1]), int(sys.argv[2])))))
