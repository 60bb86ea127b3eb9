"""What an orchestrator asks over HTTP: /livez, /readyz and /metrics.

/livez answers from this process alone: a broker or a database that is down is no reason to restart it. /readyz names
every check that fails, so that a person who looks at it knows where to look next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from communique.errors import SettingsError
from communique.settings import variable
from communique.telemetry import Metrics

Checks = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Name of a check → None where it holds, or one sentence on what is wrong."""


@asynccontextmanager
async def serve(host: str, port: int, *, live: Checks, ready: Checks, metrics: Metrics) -> AsyncIterator[int]:
    """Answer for as long as the context lives; gives the port that was taken."""
    site = web.Application()
    site.router.add_get("/livez", _answer(live))
    site.router.add_get("/readyz", _answer(ready))
    site.router.add_get("/metrics", _metrics(metrics))
    runner = web.AppRunner(site, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"{variable('http_port')}: cannot listen on {host}:{port}: {error.strerror}."
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _answer(checks: Checks) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        found = await checks()
        status = 503 if any(found.values()) else 200
        body = {"status": "ok" if status == 200 else "failing", "checks": {k: v or "ok" for k, v in found.items()}}
        return web.json_response(body, status=status)

    return answer


def _metrics(metrics: Metrics) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return answer
