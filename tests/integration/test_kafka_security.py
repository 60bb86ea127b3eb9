"""Every way to log in, against a broker that insists on it."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from communique.kafka import topics
from communique.settings import Settings
from tests.servers.kafka import Broker, free_ports

pytestmark = pytest.mark.kafka

PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="alice-secret";'
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"


@dataclass(frozen=True)
class Guarded:
    """A broker with a listener for each protocol."""

    broker: Broker
    folder: Path
    sasl: str
    mutual: str

    def settings(self, **given: Any) -> Settings:
        over_tls = given["security_protocol"] == "SSL"
        return Settings(
            brokers=self.mutual if over_tls else self.sasl,
            topic_replication=1,
            request_timeout_seconds=5,
            **given,
        )


@pytest.fixture(scope="module")
def guarded(kafka: Broker) -> Iterator[Guarded]:
    """`kafka` is asked for because it provides the jars, or skips."""
    folder = Path(tempfile.mkdtemp(prefix="communique-guarded-"))
    certificates(folder)
    sasl, mutual = free_ports(2)
    broker = Broker(folder)
    properties = folder / "server.properties"
    lines = properties.read_text().splitlines()
    more = {
        "listeners=": f",SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual}",
        "advertised.listeners=": f",SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual}",
        "listener.security.protocol.map=": ",SASL:SASL_PLAINTEXT,MUTUAL:SSL",
    }
    lines = [line + next((text for start, text in more.items() if line.startswith(start)), "") for line in lines]
    lines += [
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        f"listener.name.sasl.plain.sasl.jaas.config={PLAIN}",
        f"listener.name.sasl.scram-sha-256.sasl.jaas.config={SCRAM}",
        f"listener.name.sasl.scram-sha-512.sasl.jaas.config={SCRAM}",
        f"listener.name.sasl.oauthbearer.sasl.jaas.config={OAUTH}",
        "listener.name.mutual.ssl.client.auth=required",
        "listener.name.mutual.ssl.keystore.type=PEM",
        f"listener.name.mutual.ssl.keystore.location={folder}/broker.pem",
        "listener.name.mutual.ssl.truststore.type=PEM",
        f"listener.name.mutual.ssl.truststore.location={folder}/ca.crt",
    ]
    properties.write_text("\n".join(lines) + "\n")
    shutil.rmtree(folder / "data")
    users = [f"--add-scram=SCRAM-SHA-{bits}=[name=alice,password=alice-secret,iterations=4096]" for bits in (256, 512)]
    cluster = base64.urlsafe_b64encode(b"communique-tests").decode().rstrip("=")
    format_ = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties), *users]
    subprocess.run(broker._java("128m", *format_), check=True, capture_output=True)
    broker.start()
    yield Guarded(broker, folder, f"127.0.0.1:{sasl}", f"127.0.0.1:{mutual}")
    broker.stop()
    shutil.rmtree(folder, ignore_errors=True)


def certificates(folder: Path) -> None:
    """An authority, and certificates of a broker and a client that it signed."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority",
            "-keyout", "ca.key", "-out", "ca.crt")  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    for name in ("broker", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "names", "-out", f"{name}.crt")  # fmt: skip
    (folder / "broker.pem").write_text((folder / "broker.key").read_text() + (folder / "broker.crt").read_text())


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_a_password_opens(guarded: Guarded, mechanism: str) -> None:
    """PLAIN without TLS only because the broker is on this machine."""
    settings = guarded.settings(
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism=mechanism,
        sasl_username="alice",
        sasl_password="alice-secret",
    )
    assert await topics.check(settings)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_wrong_password_does_not(guarded: Guarded, mechanism: str) -> None:
    """And it is said at once."""
    settings = guarded.settings(
        security_protocol="SASL_PLAINTEXT", sasl_mechanism=mechanism, sasl_username="alice", sasl_password="wrong"
    )
    with pytest.raises(Exception, match=r"(?i)authenticat|bootstrap"):
        await topics.check(settings)


async def test_a_client_certificate_opens(guarded: Guarded) -> None:
    """The broker's own is verified against the authority."""
    settings = guarded.settings(
        security_protocol="SSL",
        tls_ca_file=str(guarded.folder / "ca.crt"),
        tls_certificate_file=str(guarded.folder / "client.crt"),
        tls_key_file=str(guarded.folder / "client.key"),
    )
    assert await topics.check(settings)


async def test_without_a_client_certificate_the_door_stays_shut(guarded: Guarded) -> None:
    """Although the broker is trusted."""
    settings = guarded.settings(security_protocol="SSL", tls_ca_file=str(guarded.folder / "ca.crt"))
    with pytest.raises(Exception, match=r"(?i)bootstrap|connect|ssl"):
        await topics.check(settings)


async def test_a_broker_that_nobody_vouches_for_is_not_trusted(guarded: Guarded) -> None:
    """The authorities of the system do not know it."""
    settings = guarded.settings(security_protocol="SSL")
    with pytest.raises(Exception, match=r"(?i)bootstrap|connect|ssl|certificate"):
        await topics.check(settings)


async def test_a_bearer_token_opens(guarded: Guarded) -> None:
    """Fetched by the client credentials grant."""

    async def grant(_: web.Request) -> web.Response:
        now = time.time()
        parts = ({"alg": "none"}, {"sub": "alice", "iat": now, "exp": now + 600})
        token = ".".join(base64.urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=") for part in parts) + "."
        return web.json_response({"access_token": token, "expires_in": 600})

    site = web.Application()
    site.router.add_post("/token", grant)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = guarded.settings(
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="OAUTHBEARER",
        oauth_token_url=f"http://127.0.0.1:{runner.addresses[0][1]}/token",
        oauth_client_id="communique",
        oauth_client_secret="secret",
    )
    assert await topics.check(settings)
    await runner.cleanup()
