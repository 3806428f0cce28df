"""The alerts of the chart, evaluated by promtool on a simulated clock."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system.prometheus.cases import CASES, Case
from tests.system.prometheus.load import DAY, Series, normal, rollout
from tests.system.tools.catalogue import ROOT, Tool, require

RULES = ROOT / "helm" / "liveness" / "files" / "rules.yaml"
FIRING = 'ALERTS{alertstate="firing"}'
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def evaluate(
    folder: Path, series: Series, *, rules: Path = RULES, **expectations: list[dict[str, Any]]
) -> None:
    """Fails with promtool's words where an expectation does not hold."""
    inputs = [{"series": metric, "values": values} for metric, values in series.items()]
    test = {"interval": "1m", "input_series": inputs, **expectations}
    file = folder / "test.yaml"
    # JSON is YAML; written so, no string is taken for something else.
    file.write_text(json.dumps({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [test]}))
    done = subprocess.run([require(Tool.PROMTOOL), "test", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def silence(minute: int, over: int = 1) -> dict[str, Any]:
    return {"expr": f"count_over_time({FIRING}[{over}m])", "eval_time": f"{minute}m", "exp_samples": []}


def expected(case: Case) -> list[dict[str, Any]]:
    description = ALERTS[case.alert]["annotations"]["description"]
    return [
        {
            "exp_labels": {"severity": case.severity, **labels(added)},
            "exp_annotations": {"summary": summary, "description": description},
        }
        for added, summary in case.summaries.items()
    ]


def labels(text: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in text.split(",") if pair)
    return {key: value.strip('"') for key, value in pairs}


def test_promtool_accepts_the_rules() -> None:
    done = subprocess.run(
        [require(Tool.PROMTOOL), "check", "rules", "--lint-fatal", RULES], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_can_read_every_query_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads((RULES.parent / "dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    filled = [each.replace("$__rate_interval", "1m").replace("$job", ".+") for each in asked]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(filled)]
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run([require(Tool.PROMTOOL), "check", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(asked) > 20


def test_prometheus_takes_the_laptop_s_configuration_with_the_chart_s_rules(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    (tmp_path / "prometheus.yml").write_text(compose["configs"]["prometheus"]["content"])
    shutil.copy(RULES, tmp_path)
    done = subprocess.run(
        [require(Tool.PROMTOOL), "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rule files found" in done.stdout


def test_every_alert_has_a_case() -> None:
    assert {case.alert for case in CASES} == ALERTS.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_a_fault_wakes_someone_in_time_for_this_reason_alone_and_says_what_it_is(
    tmp_path: Path, case: Case
) -> None:
    early, due = case.start + case.waits, f"{case.start + case.fires}m"
    others = f'{FIRING} unless ALERTS{{alertname="{case.alert}"}}'
    evaluate(
        tmp_path,
        normal(case.end) | case.fault,
        promql_expr_test=[
            silence(early, over=early + 1),
            {"expr": others, "eval_time": due, "exp_samples": []},
        ],
        alert_rule_test=[{"alertname": case.alert, "eval_time": due, "exp_alerts": expected(case)}],
    )


def test_a_day_of_normal_load_is_silent_every_minute(tmp_path: Path) -> None:
    evaluate(tmp_path, normal(DAY + 120), promql_expr_test=[silence(DAY + 120, over=DAY + 120)])


def test_an_update_of_both_pods_in_an_hour_of_normal_load_is_silent(tmp_path: Path) -> None:
    evaluate(tmp_path, normal(90) | rollout(90, at=40), promql_expr_test=[silence(90, over=90)])
