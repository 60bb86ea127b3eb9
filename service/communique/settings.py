"""Every setting: read once from the environment, prefix COMMUNIQUE_, into one frozen model that app.py hands out.

    load("brokers", "database_url")   the settings; SettingsError names the first one that is missing or wrong
    variable("brokers")               "COMMUNIQUE_BROKERS"
    unknown(os.environ)               variables with our prefix that are no setting: most likely a misspelling

The order of the fields is the order of the table in README.md.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from communique.errors import SettingsError

PREFIX = "COMMUNIQUE_"

Seconds = Annotated[float, Field(gt=0)]
Size = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Secrets are SecretStr: they print as asterisks wherever a settings object is shown."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    # ── where things are ─────────────────────────────────────────────────────────────────────────────────────────────
    brokers: str = Field("", description="Kafka bootstrap servers, `host:port` separated by commas. Required.")
    database_url: SecretStr = Field(SecretStr(""), description="PostgreSQL URL of the writer role. Required.")
    migrate_url: SecretStr = Field(
        SecretStr(""), description="PostgreSQL URL of the owner role, for `communique migrate`; empty: `DATABASE_URL`."
    )
    database_direct_url: SecretStr = Field(
        SecretStr(""), description="The same past a pooler, for locks and notifications; empty: `DATABASE_URL`."
    )
    http_host: str = Field("127.0.0.1", description="Address of /livez, /readyz and /metrics.")
    http_port: int = Field(8080, ge=0, le=65535, description="Port of these; 0 takes a free one.")

    # ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────
    topic_articles: str = Field("articles.raw.v1", min_length=1, description="Topic of the raw articles that come in.")
    topic_events: str = Field("meetings.events.v1", min_length=1, description="Topic of the meeting events.")
    topic_dead_letters: str = Field(
        "articles.dead-letter.v1", min_length=1, description="Topic of the articles that were refused."
    )
    topic_progress: str = Field(
        "meetings.relay-progress.v1", min_length=1, description="Topic of the relay's own position."
    )
    topic_partitions: Size = Field(12, description="Partitions of the topics that `communique topics create` makes.")
    topic_replication: Size = Field(3, description="Replicas of the topics that `communique topics create` makes.")
    article_shape: str | None = Field(
        None, description="Shape of all incoming articles, where they should not be recognised one by one."
    )

    # ── Kafka ────────────────────────────────────────────────────────────────────────────────────────────────────────
    group: str = Field("communique", min_length=1, description="Consumer group.")
    client_id: str = Field("communique", min_length=1, description="Client id that the broker's logs and quotas see.")
    delivery: Literal["exactly_once", "at_least_once"] = Field(
        "exactly_once", description="`at_least_once` publishes without transactions, for brokers that have none."
    )
    transactional_id: str = Field(
        "communique-relay", min_length=1, description="Transactional id of the relay; one per database, never shared."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to speak to the brokers."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism; PLAIN without TLS is accepted to loopback addresses only."
    )
    sasl_username: str | None = Field(None, description="SASL user.")
    sasl_password: SecretStr | None = Field(None, description="SASL password.")
    oauth_token_url: str | None = Field(None, description="OAUTHBEARER: token endpoint (client credentials grant).")
    oauth_client_id: str | None = Field(None, description="OAUTHBEARER: client id.")
    oauth_client_secret: SecretStr | None = Field(None, description="OAUTHBEARER: client secret.")
    oauth_scope: str | None = Field(None, description="OAUTHBEARER: scope.")
    tls_ca_file: str | None = Field(None, description="Certificate authorities; empty: those of the system.")
    tls_certificate_file: str | None = Field(None, description="Client certificate, for mutual TLS.")
    tls_key_file: str | None = Field(None, description="Key of the client certificate.")
    tls_key_password: SecretStr | None = Field(None, description="Password of that key.")
    session_timeout_seconds: Seconds = Field(45, description="A consumer that sends no heartbeat for so long is out.")
    heartbeat_seconds: Seconds = Field(3, description="Time between heartbeats.")
    rebalance_timeout_seconds: Seconds = Field(60, description="Time for a consumer to hand over its partitions.")
    request_timeout_seconds: Seconds = Field(30, description="Deadline of one request to a broker.")
    transaction_timeout_seconds: Seconds = Field(60, description="The broker aborts a transaction open for longer.")
    check_crcs: bool = Field(True, description="Verify checksums of fetched batches.")

    # ── ingest ───────────────────────────────────────────────────────────────────────────────────────────────────────
    workers: int = Field(1, ge=0, le=256, description="Enrichment processes; 0 enriches in the event loop's process.")
    batch_records: Size = Field(500, description="Most records of one partition in one transaction.")
    batch_bytes: Size = Field(8_388_608, description="Most bytes of one partition in one transaction.")
    batch_wait_seconds: Seconds = Field(0.2, description="Longest wait for the first record of a batch.")
    article_bytes: Size = Field(2_000_000, description="A larger article is refused.")
    breaker_in_row: Size = Field(200, description="So many refusals in a row stop the partition.")
    breaker_ratio: float = Field(0.9, gt=0, le=1, description="This share of refusals in a window stops the partition.")
    breaker_window: Size = Field(2000, description="Records in that window.")
    retry_first_seconds: Seconds = Field(0.2, description="First pause after a failure of a dependency; it doubles.")
    retry_most_seconds: Seconds = Field(30, description="Longest pause between two tries.")

    # ── relay ────────────────────────────────────────────────────────────────────────────────────────────────────────
    relay_records: Size = Field(500, description="Most messages in one Kafka transaction.")
    relay_poll_seconds: Seconds = Field(1, description="Look into the outbox so often even if nothing notifies.")
    relay_commit_seconds: Seconds = Field(30, description="Deadline of one commit; afterwards the relay starts anew.")
    outbox_keep_seconds: float = Field(3600, ge=0, description="Age at which published outbox rows are removed.")

    # ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────
    pool_min: int = Field(1, ge=0, description="Connections that are always open.")
    pool_max: Size = Field(6, description="Most connections of one process.")
    connect_seconds: Seconds = Field(10, description="Deadline to connect.")
    statement_seconds: Seconds = Field(30, description="statement_timeout.")
    lock_seconds: Seconds = Field(10, description="lock_timeout.")
    idle_transaction_seconds: Seconds = Field(
        15, description="idle_in_transaction_session_timeout: how long a process that hangs keeps its locks."
    )
    statement_cache: int = Field(200, ge=0, description="Prepared statements of a connection; 0 behind pgbouncer.")
    role_writer: str = Field("communique_writer", min_length=1, description="Role that writes rows.")
    role_owner: str | None = Field(None, description="Role that owns the tables; empty: whoever migrates.")
    role_reader: str = Field("communique_reader", min_length=1, description="Role that reads the `api` views.")
    retention_days: Size = Field(400, description="`communique maintain` drops raw articles older than this.")

    # ── the process ──────────────────────────────────────────────────────────────────────────────────────────────────
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Language codes to read, separated by commas; empty: all that are shipped."
    )
    shutdown_seconds: Seconds = Field(25, description="Deadline to finish what is in hand after SIGTERM.")
    stalled_seconds: Seconds = Field(120, description="/livez fails when a loop has not moved for so long.")
    outbox_old_seconds: Seconds = Field(300, description="/readyz fails when the oldest unpublished row is older.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto` means console on a terminal and one JSON object a line elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level to log.")

    @field_validator("languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(code.strip() for code in value.split(",") if code.strip()) if isinstance(value, str) else value

    @field_validator("database_url", "migrate_url", "database_direct_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and urlsplit(value.get_secret_value()).scheme not in ("postgres", "postgresql"):
            raise ValueError("it must begin with postgresql://")
        return value

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Settings:
        plain = self.security_protocol == "SASL_PLAINTEXT" and self.sasl_mechanism in ("PLAIN", "OAUTHBEARER")
        if plain and not all(map(_is_loopback, self.brokers.split(","))):
            raise ValueError(
                f"{PREFIX}SECURITY_PROTOCOL=SASL_PLAINTEXT would send the secret of {self.sasl_mechanism} in the clear;"
                " use SASL_SSL (only loopback brokers are excepted)"
            )
        return self

    @model_validator(mode="after")
    def _heartbeats_fit(self) -> Settings:
        if self.heartbeat_seconds * 3 > self.session_timeout_seconds:
            raise ValueError(f"{PREFIX}SESSION_TIMEOUT_SECONDS must be at least three times {PREFIX}HEARTBEAT_SECONDS")
        return self


def load(*needed: str, **given: Any) -> Settings:
    """The settings of this process; `given` (from the command line) goes before the environment."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    for name in needed:
        if not _text(getattr(settings, name)):
            raise SettingsError(f"{variable(name)} is not set: {_HINTS[name]}.")
    return settings


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def unknown(environment: Iterable[str]) -> tuple[str, ...]:
    """Sentences on variables that look like settings and are none. Never an error: Kubernetes adds COMMUNIQUE_PORT_…"""
    known = [variable(name) for name in Settings.model_fields]
    sentences = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
            if near:
                sentences.append(f"{name} is not a setting; did you mean {near[0]}?")
    return tuple(sentences)


def shown(settings: Settings) -> Mapping[str, str]:
    """Every setting as text, secrets masked, passwords inside URLs too."""
    return {variable(name): _shown(getattr(settings, name)) for name in Settings.model_fields}


_HINTS = {
    "brokers": "give it the Kafka bootstrap servers, for example localhost:9092",
    "database_url": "give it the PostgreSQL URL, for example postgresql://communique@localhost/communique",
}


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    reason = first["msg"].removeprefix("Value error, ")
    where = ".".join(str(part) for part in first["loc"][:1])
    if not where:
        return f"{reason}."
    name = where if where.startswith(PREFIX) else variable(where)
    return f"{name} is wrong: {reason[0].lower()}{reason[1:]}."


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "**********" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_loopback(broker: str) -> bool:
    host = broker.strip().rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
