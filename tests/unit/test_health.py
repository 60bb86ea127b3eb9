"""/livez, /readyz and /metrics."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import pytest

from communique import health
from communique.errors import SettingsError
from communique.telemetry import Metrics


async def get(live: Mapping[str, str | None], ready: Mapping[str, str | None], path: str) -> tuple[int, str]:
    async def live_checks() -> Mapping[str, str | None]:
        return live

    async def ready_checks() -> Mapping[str, str | None]:
        return ready

    async with (
        health.serve("127.0.0.1", 0, live=live_checks, ready=ready_checks, metrics=Metrics()) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("live", "ready", "path", "status", "shown"),
    [
        ({"ingest": None}, {"database": None}, "/livez", 200, '"ok"'),
        ({"ingest": None}, {"database": "It is read only."}, "/livez", 200, '"ok"'),
        ({"ingest": "It has ended."}, {"database": None}, "/livez", 503, "It has ended."),
        ({"ingest": None}, {"database": "It is read only.", "relay": None}, "/readyz", 503, "It is read only."),
        ({"ingest": None}, {"database": None}, "/readyz", 200, '"ok"'),
        ({}, {}, "/metrics", 200, "communique_build_info"),
    ],
)
async def test_each_question_has_its_own_answer(
    live: Mapping[str, str | None], ready: Mapping[str, str | None], path: str, status: int, shown: str
) -> None:
    """A database that is down makes the process unready, never dead."""
    found, text = await get(live, ready, path)
    assert found == status
    assert shown in text


async def test_a_port_that_is_taken_is_a_wrong_setting() -> None:
    async def none() -> Mapping[str, str | None]:
        return {}

    async with health.serve("127.0.0.1", 0, live=none, ready=none, metrics=Metrics()) as port:
        with pytest.raises(SettingsError, match=f"COMMUNIQUE_HTTP_PORT.*{port}"):
            async with health.serve("127.0.0.1", port, live=none, ready=none, metrics=Metrics()):
                pass
