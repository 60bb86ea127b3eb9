"""The settings: what is missing or wrong is said in one sentence, and no secret is ever shown."""

from __future__ import annotations

import re

import pytest

from communique import settings
from communique.errors import SettingsError


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.variable(name), raising=False)


@pytest.mark.parametrize("name", ["brokers", "database_url"])
def test_a_missing_setting_is_named_in_one_sentence(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(name)
    sentence = str(caught.value)
    assert settings.variable(name) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMMUNIQUE_WORKERS", "many"),
        ("COMMUNIQUE_WORKERS", "-1"),
        ("COMMUNIQUE_DELIVERY", "maybe_once"),
        ("COMMUNIQUE_BREAKER_RATIO", "1.5"),
        ("COMMUNIQUE_BATCH_WAIT_SECONDS", "0"),
        ("COMMUNIQUE_HTTP_PORT", "70000"),
        ("COMMUNIQUE_DATABASE_URL", "mysql://communique@localhost/communique"),
        ("COMMUNIQUE_LOG_FORMAT", "xml"),
        ("COMMUNIQUE_SESSION_TIMEOUT_SECONDS", "5"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        settings.load()


@pytest.mark.parametrize(
    ("mechanism", "brokers", "accepted"),
    [
        ("PLAIN", "kafka.example:9092", False),
        ("PLAIN", "127.0.0.1:9092,kafka.example:9092", False),
        ("OAUTHBEARER", "kafka.example:9092", False),
        ("PLAIN", "localhost:9092", True),
        ("PLAIN", "127.0.0.1:9092,[::1]:9092", True),
        ("SCRAM-SHA-512", "kafka.example:9092", True),
    ],
)
def test_a_secret_goes_in_the_clear_only_to_loopback(mechanism: str, brokers: str, accepted: bool) -> None:
    given = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": mechanism, "brokers": brokers}
    if accepted:
        assert settings.load(**given).brokers == brokers
    else:
        with pytest.raises(SettingsError, match="in the clear"):
            settings.load(**given)


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "7")
    assert settings.load(workers=2).workers == 2
    assert settings.load().workers == 7


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files and charts often pass empty strings."""
    monkeypatch.setenv("COMMUNIQUE_HTTP_PORT", "")
    assert settings.load().http_port == 8080


def test_secrets_are_masked_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_DATABASE_URL", "postgresql://writer:open-sesame@db.example/communique")
    monkeypatch.setenv("COMMUNIQUE_SASL_PASSWORD", "open-sesame")
    loaded = settings.load()
    assert loaded.database_url.get_secret_value().endswith("@db.example/communique")
    assert "open-sesame" not in f"{loaded!r} {dict(settings.shown(loaded))}"


def test_a_misspelt_variable_is_noticed_and_a_foreign_one_is_not() -> None:
    environment = ["COMMUNIQUE_BROKER", "COMMUNIQUE_PORT_8080_TCP_ADDR", "COMMUNIQUE_BROKERS", "HOME"]
    assert settings.unknown(environment) == ("COMMUNIQUE_BROKER is not a setting; did you mean COMMUNIQUE_BROKERS?",)


def test_every_setting_is_described() -> None:
    for name, field in settings.Settings.model_fields.items():
        assert re.search(r"[.;]$", field.description or ""), name
