"""Metrics and logs: the names that dashboards, alerts and log pipelines rely on."""

from __future__ import annotations

import asyncio
import json
import logging
import time

import pytest
import structlog
from prometheus_client import generate_latest

from communique import telemetry

DOCUMENTED = {
    "communique_records_consumed_total",
    "communique_outcomes_total",
    "communique_dead_letters_total",
    "communique_meetings_total",
    "communique_duplicates_total",
    "communique_fenced_batches_total",
    "communique_batch_records",
    "communique_stage_seconds",
    "communique_end_to_end_seconds",
    "communique_consumer_lag_records",
    "communique_consumer_lag_seconds",
    "communique_outbox_pending",
    "communique_outbox_oldest_seconds",
    "communique_relay_transactions_total",
    "communique_relay_restarts_total",
    "communique_rebalances_total",
    "communique_event_loop_lag_seconds",
    "communique_db_pool_connections",
    "communique_last_progress_timestamp_seconds",
    "communique_build_info",
}
PERMITTED_LABELS = {
    *("outcome", "language", "code", "change", "kind", "stage", "topic", "partition", "result", "state", "loop"),
    *("version", "schema", "reason", "le"),
}


def names_on_the_page(metrics: telemetry.Metrics) -> set[str]:
    page = generate_latest(metrics.registry).decode()
    return {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}


def test_every_documented_metric_is_exposed_under_its_name() -> None:
    assert names_on_the_page(telemetry.Metrics()) >= DOCUMENTED


def test_labels_come_from_a_short_list() -> None:
    """No URL, meeting id or error text can become a label: each label name is one of these."""
    metrics = telemetry.Metrics()
    used = {label for family in vars(metrics).values() for label in getattr(family, "_labelnames", ())}
    assert used <= PERMITTED_LABELS


def test_two_sets_of_metrics_do_not_meet() -> None:
    """A test, the demo and a service in one process each have their own."""
    one, other = telemetry.Metrics(), telemetry.Metrics()
    one.records_consumed.inc()
    assert other.registry.get_sample_value("communique_records_consumed_total") == 0


async def test_a_blocked_event_loop_shows_as_lag() -> None:
    metrics = telemetry.Metrics()
    watch = asyncio.create_task(telemetry.watch_event_loop(metrics, every=0.01))
    await asyncio.sleep(0)
    time.sleep(0.2)  # noqa: ASYNC251  this is the fault that the gauge is for
    await asyncio.sleep(0.005)
    watch.cancel()
    assert metrics.registry.get_sample_value("communique_event_loop_lag_seconds") > 0.1


@pytest.fixture
def _logging_restored():
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_restored")
def test_a_log_line_is_one_json_object_in_ecs_names(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("json")
    structlog.get_logger("communique.ingest").warning(
        "fenced", topic="articles.raw.v1", partition=3, offset=17, records=4
    )
    line = json.loads(capsys.readouterr().err)
    assert line["message"] == "fenced"
    assert line["log.level"] == "warning"
    assert line["kafka.topic"] == "articles.raw.v1"
    assert (line["kafka.partition"], line["kafka.offset"], line["communique.records"]) == (3, 17, 4)
    assert line["service.name"] == "communique"
    assert line["@timestamp"].endswith("Z")


@pytest.mark.usefixtures("_logging_restored")
def test_libraries_log_in_the_same_form_and_the_level_holds(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("json", "warning")
    logging.getLogger("aiokafka.consumer").info("chatter")
    logging.getLogger("aiokafka.consumer").warning("lost %s", "heartbeat")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["lost heartbeat"]


@pytest.mark.usefixtures("_logging_restored")
def test_an_exception_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("json")
    try:
        raise LookupError("gone")
    except LookupError:
        structlog.get_logger("communique").exception("failed")
    [line] = capsys.readouterr().err.splitlines()
    assert "LookupError: gone" in json.loads(line)["error.stack_trace"]
