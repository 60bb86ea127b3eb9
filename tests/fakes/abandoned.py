"""python -m tests.fakes.abandoned: starts two workers, one of them in the middle of a record that never ends, prints
their process ids, and waits to be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys

from communique.model import Record
from communique.telemetry import Metrics
from communique.workers import Workers
from tests.fakes.pipeline import load


async def main() -> None:
    async with Workers(2, load, Metrics(), record_seconds=2.0) as workers:
        hanging = asyncio.create_task(workers.enrich([Record(b"hang")]))
        await asyncio.sleep(0.2)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        await hanging


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
