"""Wrong values are refused before anything is installed, with words that say what to do."""

import pytest

from tests.system.helm.chart import CHART, HELMS, helm
from tests.system.tools.catalogue import Tool

KEYS = "auth.existingSecret=liveness-keys"
REDIS = "store.kind=redis,store.existingSecret=r"
REFUSED = [
    ("", "python -m service keys new"),
    (f"{KEYS},auth.allowOpen=true", "contradict each other"),
    (f"{KEYS},store.kind=redis", "store.existingSecret is empty"),
    (f"auth.allowOpen=true,{REDIS}", "python -m service keys signing"),
    (f"{KEYS},replicaCount=2", "each further pod would accept a token again"),
    (f"{KEYS},autoscaling.kind=hpa", "each further pod would accept a token again"),
    (f"{KEYS},{REDIS},autoscaling.kind=keda", "autoscaling.keda.prometheusAddress is empty"),
    (
        f"{KEYS},{REDIS},autoscaling.kind=hpa,autoscaling.minReplicas=20",
        "larger than autoscaling.maxReplicas",
    ),
    (f"{KEYS},{REDIS},autoscaling.kind=hpa,autoscaling.sessionsPerPod=8", "more than a tenth below 6"),
    (
        f"{KEYS},{REDIS},autoscaling.kind=keda,autoscaling.keda.prometheusAddress=http://p,"
        "autoscaling.sessionsPerPod=19,settings.streams.max_streams=20",
        "more than a tenth below 20",
    ),
    (f"{KEYS},triton.mode=external", "triton.url is empty"),
    (f"{KEYS},triton.mode=deploy,gpu.enabled=true", "two places for the network"),
    (f"{KEYS},ingress.enabled=true", "ingress.hosts is empty"),
    (f"{KEYS},httpRoute.enabled=true", "httpRoute.parentRefs is empty"),
    (f"{KEYS},replicaCount=0", "replicaCount"),
    (f"{KEYS},replicaCount=two", "replicaCount"),
    (f"{KEYS},replicas=2", "replicas"),
    (f"{KEYS},auth.existingsecret=x", "existingsecret"),
    (f"{KEYS},image.digest=latest", "digest"),
    (f"{KEYS},store.kind=postgres", "kind"),
    (f"{KEYS},autoscaling.kind=both", "kind"),
    (f"{KEYS},monitoring.monitor=both", "monitor"),
    (f"{KEYS},monitoring.port=8000", "port"),
    (f"{KEYS},settings.threshold=0.1", "threshold"),
    (f"{KEYS},settings.max_pending=none", "max_pending"),
    (f"{KEYS},settings.streams.max_seconds=90", "max_seconds"),
    (f"{KEYS},settings.sessions.start_second=90", "start_second"),
    (f"{KEYS},settings.public_url=liveness.example.org", "public_url"),
    (f"{KEYS},sharedMemory=lots", "sharedMemory"),
    (f"{KEYS},sessions.streamSeconds=0", "streamSeconds"),
    (f"{KEYS},networkPolicy.enabled=yes", "enabled"),
]


@pytest.mark.parametrize("tool", HELMS)
@pytest.mark.parametrize(("values", "said"), REFUSED, ids=[values or "defaults" for values, _ in REFUSED])
def test_a_wrong_value_is_refused_by_name(tool: Tool, values: str, said: str) -> None:
    done = helm(tool, "template", CHART, "--set", values)
    assert done.returncode != 0, done.stdout
    assert said in done.stderr


@pytest.mark.parametrize("tool", HELMS)
def test_a_cluster_that_is_too_old_is_refused(tool: Tool) -> None:
    done = helm(tool, "template", CHART, "--set", KEYS, "--kube-version", "1.29.9")
    assert done.returncode != 0
    assert ">=1.30.0" in done.stderr
