"""How to reach and trust the brokers: settings → the keyword arguments of every aiokafka client."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import aiohttp
from aiokafka.abc import AbstractTokenProvider
from aiokafka.helpers import create_ssl_context

from communique.errors import SettingsError
from communique.settings import Settings, variable

_RENEW_BEFORE_SECONDS = 60.0


def arguments(settings: Settings) -> dict[str, Any]:
    """Arguments that consumer, producer and admin client share. Call inside the running loop."""
    shared: dict[str, Any] = {
        "bootstrap_servers": [broker.strip() for broker in settings.brokers.split(",") if broker.strip()],
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
        "request_timeout_ms": milliseconds(settings.request_timeout_seconds),
    }
    if settings.security_protocol in ("SSL", "SASL_SSL"):
        shared["ssl_context"] = create_ssl_context(
            cafile=settings.tls_ca_file,
            certfile=settings.tls_certificate_file,
            keyfile=settings.tls_key_file,
            password=settings.tls_key_password.get_secret_value() if settings.tls_key_password else None,
        )
    if settings.security_protocol.startswith("SASL_"):
        shared |= _sasl(settings)
    return shared


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _sasl(settings: Settings) -> dict[str, Any]:
    if settings.sasl_mechanism == "OAUTHBEARER":
        return {"sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": ClientCredentials.of(settings)}
    return {
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": _needed(settings, "sasl_username"),
        "sasl_plain_password": _needed(settings, "sasl_password"),
    }


class ClientCredentials(AbstractTokenProvider):  # type: ignore[misc]
    """Tokens of an OAuth 2 server by the client credentials grant, kept until a minute before they expire."""

    def __init__(
        self, url: str, client: str, secret: str, scope: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._headers = {"Authorization": basic(client, secret)}
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._clock = clock
        self._token = ""
        self._expires = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    def of(cls, settings: Settings) -> ClientCredentials:
        return cls(
            _needed(settings, "oauth_token_url"),
            _needed(settings, "oauth_client_id"),
            _needed(settings, "oauth_client_secret"),
            settings.oauth_scope,
        )

    async def token(self) -> str:
        async with self._one_at_a_time:
            if self._clock() >= self._expires - _RENEW_BEFORE_SECONDS:
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        timeout = aiohttp.ClientTimeout(total=15)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self._url, data=self._form, headers=self._headers, raise_for_status=True) as answer,
        ):
            granted = await answer.json()
        self._token = granted["access_token"]
        self._expires = self._clock() + float(granted.get("expires_in", 300))


def basic(client: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are form-encoded before they are joined."""
    return "Basic " + b64encode(f"{quote_plus(client)}:{quote_plus(secret)}".encode()).decode()


def _needed(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        raise SettingsError(f"{variable(name)} is not set, but {settings.sasl_mechanism} needs it.")
    return value if isinstance(value, str) else str(value.get_secret_value())
