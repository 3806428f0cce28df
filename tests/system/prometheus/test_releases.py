"""Two releases that one Prometheus scrapes, labelled as the operator does: each one's rules are its own."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.system.helm.chart import of_kind, one
from tests.system.prometheus.cases import END, START
from tests.system.prometheus.load import Series, level, normal
from tests.system.prometheus.test_rules import ALERTS, FIRING, evaluate, silence

OURS: Final = {"namespace": "faces", "job": "faces-metrics"}
STAGING: Final = {"namespace": "staging", "job": "liveness-metrics"}
DRAINED: Final = level("draining{", 1, after=START, minutes=END)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(json.dumps(one("everything", "PrometheusRule")["spec"]))
    return path


def scraped(series: Series, release: dict[str, str]) -> Series:
    told = ",".join(f'{name}="{value}"' for name, value in release.items())
    return {metric.replace("}", f",{told}}}"): values for metric, values in series.items()}


def test_another_release_that_is_well_does_not_hide_that_ours_is_down(rules: Path, tmp_path: Path) -> None:
    alert = ALERTS["LivenessNoReadyPods"]
    evaluate(
        tmp_path,
        scraped(normal(END) | DRAINED, OURS) | scraped(normal(END), STAGING),
        rules=rules,
        alert_rule_test=[
            {
                "alertname": "LivenessNoReadyPods",
                "eval_time": f"{START + 5}m",
                "exp_alerts": [
                    {"exp_labels": alert["labels"] | OURS, "exp_annotations": alert["annotations"]}
                ],
            }
        ],
    )


def test_another_release_s_fault_is_not_ours(rules: Path, tmp_path: Path) -> None:
    evaluate(
        tmp_path,
        scraped(normal(END), OURS) | scraped(normal(END) | DRAINED, STAGING),
        rules=rules,
        promql_expr_test=[silence(END, over=END)],
    )


def test_what_two_releases_record_is_told_apart(rules: Path, tmp_path: Path) -> None:
    told = ",".join(f'{name}="{value}"' for name, value in sorted(OURS.items()))
    recorded = {"labels": f"liveness:score:mean_1h{{{told}}}", "value": 41 / 51}
    evaluate(
        tmp_path,
        scraped(normal(90), OURS) | scraped(normal(90), STAGING),
        rules=rules,
        promql_expr_test=[
            {"expr": "liveness:score:mean_1h", "eval_time": "80m", "exp_samples": [recorded]},
            {"expr": FIRING, "eval_time": "80m", "exp_samples": []},
        ],
    )


@pytest.mark.parametrize("case", ["everything", "hpa"])
def test_the_rules_ask_for_what_the_monitor_labels(case: str) -> None:
    """A ServiceMonitor's job is its service's name, a PodMonitor's its own with the namespace."""
    (rule,) = of_kind(case, "PrometheusRule")
    (monitor,) = [*of_kind(case, "ServiceMonitor"), *of_kind(case, "PodMonitor")]
    name, namespace = monitor["metadata"]["name"], monitor["metadata"]["namespace"]
    job = f"{name}-metrics" if monitor["kind"] == "ServiceMonitor" else f"{namespace}/{name}"
    if monitor["kind"] == "ServiceMonitor":
        assert job in {each["metadata"]["name"] for each in of_kind(case, "Service")}
    for each in rule["spec"]["groups"][0]["rules"]:
        assert each["labels"].items() >= {"namespace": namespace, "job": job}.items()
        assert f'{{namespace="{namespace}",job="{job}"' in each["expr"]
