"""Alert rules and the dashboard: they parse, ask for what is exported, and say what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from tests.containers.compose import ROOT

DEPLOY = ROOT / "deploy"
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
#: What Prometheus itself adds, and the parts of a histogram.
OWN, PARTS = {"up"}, ("_bucket", "_sum", "_count")


def loaded(path: str) -> Any:
    """A YAML file below `deploy`."""
    return yaml.safe_load((DEPLOY / path).read_text())


def rules() -> list[dict[str, Any]]:
    """Every alert rule."""
    return [rule for group in loaded("prometheus/alerts.yml")["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Every panel of the dashboard that shows something."""
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression, by the alert or panel that it stands in."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def selected(expression: str) -> list[promql_parser.VectorSelector]:
    """Every selector of an expression."""
    found: list[promql_parser.VectorSelector] = []

    def note(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        if isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)

    promql_parser.walk(promql_parser.parse(expression), note)
    return found


def exported() -> dict[str, set[str]]:
    """Names and labels of all metrics; another test holds this table to what is exported."""
    rows = re.findall(r"^\| `(orrery_\w+)`([^|]*)\|", DOCUMENT, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


@pytest.mark.parametrize(("where", "expression"), expressions())
def test_an_expression_parses_and_asks_for_what_is_exported(where: str, expression: str) -> None:
    known = exported()
    for selector in selected(expression):
        name = selector.name or ""
        if name not in known and name not in OWN:
            name = next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)
        assert name in known.keys() | OWN, where
        asked = {matcher.name for matcher in selector.matchers.matchers}
        assert asked <= known.get(name, set()) | {"job", "instance"}, where


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    assert [name for name in exported() if name not in shown] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert (ROOT / page).is_file()
    assert anchor == rule["alert"].lower()
    assert re.search(rf"^#+ {rule['alert']}$", DOCUMENT, re.MULTILINE)


def test_the_page_explains_no_alert_that_is_gone() -> None:
    explained = re.findall(r"^### (\w+)$", DOCUMENT.partition("## When an alert fires")[2], re.M)
    assert explained == [rule["alert"] for rule in rules()]


def test_every_failure_that_an_operator_must_see_has_an_alert() -> None:
    wanted = {"NoWorker", "ItemsWaitTooLong", "Quarantines", "LeaseExpiries", "AccuracyFell"}
    wanted |= {"DiskNearlyFull", "ApiErrors", "NotReady"}
    assert wanted <= {rule["alert"] for rule in rules()}


def test_panels_overlap_nowhere_and_stand_on_the_data_source_that_is_chosen() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(at["x"] + i, at["y"] + k) for i in range(at["w"]) for k in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
        assert panel["datasource"]["uid"] == "${datasource}"


def test_prometheus_and_grafana_are_pointed_at_each_other() -> None:
    scrape = loaded("prometheus/prometheus.yml")
    assert scrape["rule_files"] == ["alerts.yml"]
    [source] = loaded("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    assert source["url"] == "http://prometheus:9090"
    [provider] = loaded("grafana/provisioning/dashboards/orrery.yml")["providers"]
    assert provider["options"]["path"] == "/etc/dashboards"
