"""Thirty random kills, every time the tests run; `make soak KILLS=1000` is the same for longer."""

from __future__ import annotations

import os
import random
import sys

import pytest

from tests import soak
from tests.servers.kafka import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow]


async def test_thirty_random_kills_lose_nothing_and_double_nothing(kafka: Broker, postgres: str) -> None:
    """Whenever ingest and relay are killed or frozen: each record has one outcome, each message is published once."""
    seed = int(os.environ.get("COMMUNIQUE_SOAK_SEED") or random.SystemRandom().randrange(1_000_000))
    result = await soak.run(30, seed, kafka.bootstrap, postgres, lambda line: print(line, file=sys.stderr, flush=True))
    print(result)
    assert result.verdict.clean
