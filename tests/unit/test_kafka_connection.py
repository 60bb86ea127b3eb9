"""Settings become the arguments of every Kafka client."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from communique.errors import SettingsError
from communique.kafka.connection import ClientCredentials, arguments
from communique.settings import Settings


def settings(**given: Any) -> Settings:
    return Settings(brokers="a:9092, b:9092,", **given)


async def test_plain_text_needs_nothing() -> None:
    """No security argument is set."""
    assert arguments(settings()) == {
        "bootstrap_servers": ["a:9092", "b:9092"],
        "client_id": "communique",
        "security_protocol": "PLAINTEXT",
        "request_timeout_ms": 30_000,
    }


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_sasl_by_password_goes_over_tls(mechanism: Any) -> None:
    """User, password and a context that verifies the broker."""
    made = arguments(
        settings(security_protocol="SASL_SSL", sasl_mechanism=mechanism, sasl_username="u", sasl_password="p")
    )
    assert (made["sasl_mechanism"], made["sasl_plain_username"], made["sasl_plain_password"]) == (mechanism, "u", "p")
    assert made["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert made["ssl_context"].check_hostname


async def test_scram_without_tls_is_accepted() -> None:
    """It does not send the password."""
    made = arguments(settings(security_protocol="SASL_PLAINTEXT", sasl_username="u", sasl_password="p"))
    assert made["sasl_mechanism"] == "SCRAM-SHA-512"
    assert "ssl_context" not in made


@pytest.mark.parametrize("missing", ["sasl_username", "sasl_password"])
async def test_a_missing_secret_is_named(missing: str) -> None:
    """By the variable to set."""
    given = {"sasl_username": "u", "sasl_password": "p"}
    del given[missing]
    with pytest.raises(SettingsError, match=f"COMMUNIQUE_{missing.upper()} is not set"):
        arguments(settings(security_protocol="SASL_SSL", **given))


async def test_oauth_gets_a_token_provider() -> None:
    """From the client credentials."""
    made = arguments(
        settings(
            security_protocol="SASL_SSL",
            sasl_mechanism="OAUTHBEARER",
            oauth_token_url="https://id.example/token",
            oauth_client_id="c",
            oauth_client_secret="s",
        )
    )
    assert isinstance(made["sasl_oauth_token_provider"], ClientCredentials)


class TokenServer:
    """Counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, dict[str, str]]] = []

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append(
            (request.headers.get("Authorization"), {k: str(v) for k, v in (await request.post()).items()})
        )
        return web.json_response({"access_token": f"token-{len(self.asked)}", "expires_in": 600})


@pytest.fixture
async def token_server() -> AsyncIterator[tuple[TokenServer, str]]:
    server = TokenServer()
    app = web.Application()
    app.router.add_post("/token", server.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    await runner.cleanup()


async def test_a_token_is_kept_until_shortly_before_it_expires(token_server: tuple[TokenServer, str]) -> None:
    """Brokers ask often, the token server is asked rarely."""
    server, url = token_server
    now = 0.0
    provider = ClientCredentials(url, "client", "s:cret", "kafka", clock=lambda: now)
    assert [await provider.token() for _ in range(3)] == ["token-1"] * 3
    now = 539.0
    assert await provider.token() == "token-1"
    now = 541.0
    assert await provider.token() == "token-2"
    grant = {"grant_type": "client_credentials", "scope": "kafka"}
    assert server.asked == [("Basic Y2xpZW50OnMlM0FjcmV0", grant)] * 2
