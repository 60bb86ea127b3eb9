"""make bench: a table of throughput and latency, the extractor alone, and the machine it was measured on."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from pathlib import Path

import asyncpg

from communique import __version__
from tests import bench, compiled
from tests.bench import extractor
from tests.servers import kafka, postgres

DELIVERIES = ("exactly_once", "at_least_once")
WORKERS = (1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=bench.__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rate", type=int, default=300, help="articles a second while latency is measured")
    parser.add_argument("--seconds", type=int, default=20, help="how long latency is measured")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    _extractor_alone(min(given.articles, 5000), given.seed)
    with kafka.running(heap="1g") as broker, postgres.running() as server:
        asyncio.run(_end_to_end(broker.bootstrap, server.url, given))
        print(f"\n{asyncio.run(_machine(server.url))}")


def _extractor_alone(articles: int, seed: int) -> None:
    _print_alone("extractor alone, one core", extractor.measured(articles, seed, os.environ))
    with tempfile.TemporaryDirectory(prefix="communique-bench-") as folder:
        try:
            wheel = compiled.wheel(Path(folder))
        except compiled.Missing as missing:
            print(f"The compiled wheel was not measured: {missing}.\n", flush=True)
            return
        faster = extractor.measured(articles, seed, compiled.installed(wheel, Path(folder, "installed")))
    assert faster.compiled, "measured the sources instead of the compiled wheel"
    _print_alone("the same, compiled wheel", faster)
    print(flush=True)


def _print_alone(name: str, alone: extractor.Extraction) -> None:
    print(f"{name:28}mix of the feed {alone.mix:7,.0f} articles/s"
          f"   meeting articles only {alone.meetings:7,.0f} articles/s"
          f"   meetings found in {alone.found:.0%} of them", flush=True)  # fmt: skip


async def _end_to_end(brokers: str, postgres_url: str, given: argparse.Namespace) -> None:
    print(f"{'':15}{'workers':>8}{'articles/s':>12}{'p50':>9}{'p95':>9}{'p99':>9}   share of the time in stages")
    best: dict[str, float] = {}
    for delivery in DELIVERIES:
        slow = await bench.latency(brokers, postgres_url, delivery, given.rate, given.seconds, given.seed)
        for workers in WORKERS:
            fast = await bench.throughput(brokers, postgres_url, delivery, workers, given.articles, given.seed)
            best[delivery] = max(best.get(delivery, 0.0), fast.articles_a_second)
            total = sum(fast.stages.values()) or 1.0
            shares = "  ".join(f"{stage} {seconds / total:.0%}" for stage, seconds in sorted(fast.stages.items()))
            percentiles = "".join(f"{value:6.0f} ms" for value in (slow.p50, slow.p95, slow.p99))
            name = delivery.replace("_", "-")
            print(f"{name:15}{workers:8}{fast.articles_a_second:12,.0f}{percentiles}   {shares}", flush=True)
    cost = 1 - best["exactly_once"] / best["at_least_once"]
    print(f"\nExactly once costs {max(0.0, cost):.0%} of the throughput of at least once.")
    print(f"Latency at {given.rate} articles/s, from the hand-over to Kafka until a subscriber has the event.")


async def _machine(postgres_url: str) -> str:
    connection = await asyncpg.connect(postgres_url)
    database = (await connection.fetchval("SHOW server_version")).split()[0]
    await connection.close()
    models = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, {memory} GB,"
        f" broker, database, service and load on it · {platform.system()} {platform.release()}"
        f" · Python {platform.python_version()} · communique {__version__}"
        f" · Apache Kafka {kafka.version()} · PostgreSQL {database}, fsync on"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


if __name__ == "__main__":
    main()
