"""make soak KILLS=1000: the long run, on servers of its own. The last line says what was lost and what was doubled."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys

from tests import soak
from tests.servers import kafka, postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=soak.__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    with kafka.running() as broker, postgres.running() as server:
        try:
            result = asyncio.run(
                soak.run(given.kills, given.seed, broker.bootstrap, server.url, lambda line: print(line, flush=True))
            )
        except soak.Broken as broken:
            print(broken, file=sys.stderr)
            return 1
    print(f"freezes {result.freezes}, seed {given.seed}: every law held after every kill")
    print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
