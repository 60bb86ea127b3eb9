"""What stands in deploy/ is held against the schemas of those who will read it, and against the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from communique import settings
from communique.telemetry import Metrics

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
KUBERNETES_VERSION = "1.34"
OF_OTHERS = {"keda.sh/v1alpha1", "kustomize.config.k8s.io/v1beta1"}
"""Kinds whose schemas no package ships; the assertions below read them."""


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(KUBERNETES.rglob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text("utf-8")):
            yield str(file.relative_to(KUBERNETES)), document


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(name of the object, pod spec, container)."""
    for name, document in documents():
        spec = document.get("spec", {})
        pod = spec.get("jobTemplate", {}).get("spec", spec).get("template", {}).get("spec", {})
        for container in pod.get("containers", []):
            yield name, pod, container


def alerts() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "communique.rules.yaml").read_text("utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def queries() -> list[str]:
    dashboard = json.loads((DEPLOY / "grafana" / "communique.json").read_text("utf-8"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def promtool(*arguments: str) -> str:
    """Debian's package `prometheus` brings it. CI fails without it; a person without it is told, and the rest runs."""
    if shutil.which("promtool") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("promtool is missing: apt-get install prometheus")
        pytest.skip("promtool is missing (apt-get install prometheus): the alerts were not checked")
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("name", "document"), [pytest.param(*pair, id=pair[0]) for pair in documents()])
def test_kubernetes_accepts_every_object(name: str, document: dict[str, Any]) -> None:
    if document["apiVersion"] not in OF_OTHERS:
        kubernetes_validate.validate(document, KUBERNETES_VERSION, strict=True)


def test_every_manifest_is_named_by_its_kustomization_and_every_name_exists() -> None:
    for file in KUBERNETES.rglob("kustomization.yaml"):
        named = set(yaml.safe_load(file.read_text("utf-8"))["resources"])
        beside = {other.name for other in file.parent.glob("*.yaml")} - {"kustomization.yaml"}
        assert {name for name in named if name.endswith(".yaml")} == beside
        assert all((file.parent / name).exists() for name in named)


@pytest.mark.parametrize(("name", "pod", "container"), [pytest.param(*three, id=three[0]) for three in containers()])
def test_every_container_runs_as_nobody_and_writes_nothing(
    name: str, pod: dict[str, Any], container: dict[str, Any]
) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert "memory" in container["resources"]["limits"]


def test_the_pod_outlives_the_shutdown_deadline() -> None:
    [spec] = [pod for name, pod, _ in containers() if name == "base/deployment.yaml"]
    config = next(document for name, document in documents() if name == "base/configmap.yaml")
    assert spec["terminationGracePeriodSeconds"] > float(config["data"]["COMMUNIQUE_SHUTDOWN_SECONDS"])


def test_the_autoscaler_watches_the_group_and_never_goes_to_zero() -> None:
    scaled = next(document for _, document in documents() if document["kind"] == "ScaledObject")["spec"]
    defaults = settings.Settings.model_construct()
    trigger = scaled["triggers"][0]["metadata"]
    assert scaled["minReplicaCount"] >= 1
    assert scaled["maxReplicaCount"] <= defaults.topic_partitions
    assert (trigger["consumerGroup"], trigger["topic"]) == (defaults.group, defaults.topic_articles)


def test_every_variable_in_deploy_is_a_setting() -> None:
    """A misspelt variable in a manifest would silently leave the default in force."""
    known = {settings.variable(name) for name in settings.Settings.model_fields}
    for file in DEPLOY.rglob("*"):
        if file.suffix in (".yaml", ".md") or file.name == "Dockerfile":
            named = set(re.findall(r"COMMUNIQUE_[A-Z_]+", file.read_text("utf-8"))) - {"COMMUNIQUE_PORT"}
            assert named <= known, file


def test_compose_reads_the_compose_file() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, DEPLOY / "compose.yaml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_compose_runs_the_kafka_that_the_tests_run() -> None:
    version = re.search(r"<kafka\.version>([^<]+)<", (DEPLOY / "kafka" / "pom.xml").read_text("utf-8"))
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert version is not None
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_the_dockerfile_has_no_complaint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_may_read_every_file_that_the_dockerfile_copies() -> None:
    copies = re.findall(r"^COPY (?!--)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    copied = {name for names in copies for name in names.split()}
    assert copied
    assert copied <= {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_requirements_are_pinned_with_hashes_and_name_no_index() -> None:
    for file in DEPLOY.glob("requirements*.txt"):
        lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        assert all(re.match(r"[\w.\-\[\],]+==\S+|\s+--hash=sha256:", line) for line in lines), file
        assert "--hash" in file.read_text("utf-8")


def test_every_dependency_is_pinned() -> None:
    """`make requirements` pins anew what pyproject.toml has gained."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for wanted, file in (
        (project["project"]["dependencies"], "requirements.txt"),
        (project["dependency-groups"]["build"], "requirements-build.txt"),
        (project["dependency-groups"]["dev"], "requirements-dev.txt"),
    ):
        pinned = set(re.findall(r"^([\w.\-]+)", (DEPLOY / file).read_text("utf-8"), re.MULTILINE))
        named = {re.split(r"[\[<>=;~! ]", entry)[0].lower().replace("_", "-") for entry in wanted}
        assert named <= pinned, file


def test_prometheus_reads_the_alerts_and_they_fire_as_tested() -> None:
    rules = DEPLOY / "prometheus"
    promtool("check", "rules", str(rules / "communique.rules.yaml"))
    promtool("test", "rules", str(rules / "communique.test.yaml"))


def test_each_alert_is_tested_once_firing_and_once_quiet() -> None:
    tests = yaml.safe_load((DEPLOY / "prometheus" / "communique.test.yaml").read_text("utf-8"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    for firing in (True, False):
        assert {case["alertname"] for case in cases if bool(case["exp_alerts"]) is firing} == alerts().keys()


def test_each_alert_has_its_entry_in_the_runbook_and_no_entry_lacks_an_alert() -> None:
    entries = re.findall(r"^### (Communique\w+)$", (DEPLOY / "RUNBOOK.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(entries) == sorted(alerts())
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook"] == f"RUNBOOK.md#{name.lower()}"


def test_prometheus_can_parse_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"dashboard:query:{number}", "expr": expr} for number, expr in enumerate(queries())]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")
    promtool("check", "rules", str(file))


def test_alerts_and_dashboard_use_metrics_that_exist() -> None:
    exposed = set()
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            family = metric.describe()[0]
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
            exposed |= {family.name + suffix for suffix in suffixes}
    for expr in [*queries(), *(rule["expr"] for rule in alerts().values())]:
        assert set(re.findall(r"communique_\w+", expr)) <= exposed, expr
