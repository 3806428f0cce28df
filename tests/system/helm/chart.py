"""The chart as helm renders it. Each rendering is made once and shared by the tests."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.system.tools.catalogue import ROOT, Tool, require

CHART: Final = ROOT / "helm" / "liveness"
VALUES: Final = Path(__file__).parent / "values"
MATRIX: Final = sorted(file.stem for file in VALUES.glob("*.yaml"))
HELMS: Final = (Tool.HELM_3, Tool.HELM_4)
# What a Kubernetes without operators does not know.
CUSTOM: Final = ("keda.sh/", "monitoring.coreos.com/", "gateway.networking.k8s.io/")


def helm(tool: Tool, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([require(tool), *arguments], capture_output=True, text=True)


@cache
def rendered(tool: Tool, case: str, chart: Path = CHART) -> str:
    done = helm(tool, "template", "demo", chart, "--namespace", "faces", "--values", VALUES / f"{case}.yaml")
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def objects(case: str, chart: Path = CHART) -> tuple[dict[str, Any], ...]:
    """The objects that helm 4 makes; that helm 3 makes the same ones is a test of its own."""
    return tuple(each for each in yaml.safe_load_all(rendered(Tool.HELM_4, case, chart)) if each)


def is_custom(each: dict[str, Any]) -> bool:
    return str(each["apiVersion"]).startswith(CUSTOM)


def of_kind(case: str, kind: str) -> list[dict[str, Any]]:
    return [each for each in objects(case) if each["kind"] == kind]


def one(case: str, kind: str, name: str = "") -> dict[str, Any]:
    """The object of the kind; of several, the one whose name ends so."""
    (found,) = [each for each in of_kind(case, kind) if each["metadata"]["name"].endswith(name)]
    return found


def service(case: str) -> dict[str, Any]:
    """The Deployment of the service itself."""
    (found,) = [
        each for each in of_kind(case, "Deployment")
        if each["metadata"]["labels"]["app.kubernetes.io/component"] == "service"
    ]  # fmt: skip
    return found


def pods(case: str) -> list[dict[str, Any]]:
    """Every pod's spec, helm's test included."""
    deployed = [each["spec"]["template"]["spec"] for each in of_kind(case, "Deployment")]
    return deployed + [each["spec"] for each in of_kind(case, "Pod")]


def containers(case: str) -> list[dict[str, Any]]:
    return [each for pod in pods(case) for each in (*pod["containers"], *pod.get("initContainers", ()))]


def variables(case: str) -> dict[str, str]:
    """The environment of the service's container, but for what the cluster fills in."""
    (container,) = service(case)["spec"]["template"]["spec"]["containers"]
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}
