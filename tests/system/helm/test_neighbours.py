"""How the pods are reached, scaled, watched and protected."""

import re
from typing import Any

import yaml

from tests.system.helm.chart import CHART, MATRIX, of_kind, one, service


def rules(case: str, direction: str, name: str = "liveness") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one(case, "NetworkPolicy", name)["spec"][direction]
    return found


def ports(case: str, direction: str, name: str = "liveness") -> set[int | str]:
    return {port["port"] for rule in rules(case, direction, name) for port in rule["ports"]}


def test_the_policy_denies_by_default_and_opens_what_is_configured() -> None:
    assert one("nothing", "NetworkPolicy", "liveness")["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert ports("nothing", "ingress") == {"http", "metrics"}
    assert ports("nothing", "egress") == {53}
    assert ports("redis", "egress") == {53, 6380}
    assert ports("triton-external", "egress") == {53, 9001}
    assert ports("everything", "egress", "faces") == {53, 6379, 8001, 4318, 443}


def test_triton_hears_the_service_alone_and_calls_nobody() -> None:
    assert rules("triton", "egress", "-triton") == []
    (caller,) = [
        rule["from"] for rule in rules("triton", "ingress", "-triton") if rule["ports"][0]["port"] == "grpc"
    ]
    assert caller == [{"podSelector": service("triton")["spec"]["selector"]}]


def test_helm_s_test_reaches_the_service_whoever_else_may_call_it() -> None:
    labels = one("everything", "Pod")["metadata"]["labels"]
    callers = [
        rule["from"] for rule in rules("everything", "ingress", "faces") if rule["ports"][0]["port"] == "http"
    ]
    admitted = [peer["podSelector"]["matchLabels"] for peer in callers[0] if "podSelector" in peer]
    assert any(wanted.items() <= labels.items() for wanted in admitted)
    assert ports("everything", "egress", "-test") == {53, "http"}


def test_no_service_that_can_face_outwards_leads_to_the_metrics() -> None:
    for case in MATRIX:
        for each in of_kind(case, "Service"):
            names = {port["name"] for port in each["spec"]["ports"]}
            assert "metrics" not in names or each["spec"]["clusterIP"] == "None"


def test_the_routes_lead_to_the_service_for_all_hosts() -> None:
    ingress = one("ingress", "Ingress")["spec"]
    assert [rule["host"] for rule in ingress["rules"]] == ["liveness.example.org", "liveness.example.com"]
    (rule,) = one("httproute", "HTTPRoute")["spec"]["rules"]
    assert rule["backendRefs"] == [{"name": one("httproute", "Service")["metadata"]["name"], "port": 80}]


def test_scalers_leave_the_number_of_pods_to_themselves() -> None:
    assert "replicas" not in service("hpa")["spec"]
    assert "replicas" not in service("keda")["spec"]
    assert service("redis")["spec"]["replicas"] == 3


def test_hpa_and_keda_scale_on_sessions_and_queue_wait_and_down_slowly() -> None:
    hpa = one("hpa", "HorizontalPodAutoscaler")["spec"]
    targets = {
        each["pods"]["metric"]["name"]: each["pods"]["target"]["averageValue"] for each in hpa["metrics"]
    }
    assert targets == {"liveness_sessions_active": "4", "liveness_queue_wait_seconds_p95": "100m"}
    keda = one("keda", "ScaledObject")["spec"]
    queries = {each["name"]: each["metadata"]["query"] for each in keda["triggers"]}
    assert 'liveness_sessions_active{namespace="faces",pod=~"demo-liveness-.*"}' in queries["sessions"]
    assert "liveness_queue_wait_seconds_bucket" in queries["queue-wait"]
    down = keda["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
    assert down == hpa["behavior"]["scaleDown"]
    assert down["stabilizationWindowSeconds"] == 600
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]


def test_a_monitor_finds_exactly_one_port_of_the_service_s_pods() -> None:
    monitor = one("everything", "ServiceMonitor")["spec"]
    wanted = monitor["selector"]["matchLabels"].items()
    matching = [
        each for each in of_kind("everything", "Service") if wanted <= each["metadata"]["labels"].items()
    ]
    assert [port["name"] for each in matching for port in each["spec"]["ports"]] == [
        monitor["endpoints"][0]["port"]
    ]
    pods = one("hpa", "PodMonitor")["spec"]
    labels = service("hpa")["spec"]["template"]["metadata"]["labels"]
    assert pods["selector"]["matchLabels"].items() <= labels.items()


def test_the_rules_are_installed_as_the_file_is_but_for_the_pod_s_own_limits() -> None:
    rules = (CHART / "files/rules.yaml").read_text()
    for default, own in (  # both set max_pending=32 and streams.max_streams=16
        ("> 12.8 ", "> 25.6 "),
        ("> 4.8\n", "> 12.8\n"),
        ("clips (16) or streams (6) away", "clips (32) or streams (16) away"),
    ):
        assert rules.count(default) == 1
        rules = rules.replace(default, own)
    assert one("extra", "PrometheusRule")["spec"] == yaml.safe_load(rules)
    bound = one("everything", "PrometheusRule")["spec"]["groups"][0]["rules"]
    for ours, asked in zip(bound, yaml.safe_load(rules)["groups"][0]["rules"], strict=True):
        anyone = re.sub(r'\{namespace="faces",job="faces-metrics"(,?)', "{", ours["expr"]).replace("{}", "")
        assert anyone == asked["expr"]
        assert ours["labels"] == asked.get("labels", {}) | {"namespace": "faces", "job": "faces-metrics"}
        assert (ours.get("for"), ours.get("annotations")) == (asked.get("for"), asked.get("annotations"))


def test_the_dashboard_is_installed_as_the_file_is() -> None:
    shown = one("everything", "ConfigMap")["data"]["liveness.json"]
    assert shown.strip() == (CHART / "files/dashboard.json").read_text().strip()
