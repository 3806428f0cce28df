"""Custom resources fit their types, unknown fields included: those, the API server drops without a word."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.system.helm.chart import MATRIX, is_custom, objects
from tests.system.tools.catalogue import CACHE, Tool, require

PACKAGES = {
    "keda.sh": "keda",
    "monitoring.coreos.com": "prometheus-operator",
    "gateway.networking.k8s.io": "gateway-api",
}


def module(each: dict[str, Any]) -> str:
    group = each["apiVersion"].split("/")[0]
    return f"@kubernetes-models/{PACKAGES[group]}/{each['apiVersion']}/{each['kind']}"


def check(folder: Path, resources: list[dict[str, Any]]) -> list[str]:
    """What the type checker (fields) and the schema (values) say against the resources."""
    shutil.copy(CACHE / "node" / "package.json", folder)
    (folder / "node_modules").symlink_to(CACHE / "node" / "node_modules")
    lines = []
    for number, each in enumerate(resources):
        kind = each["kind"]
        lines += [
            f"import {{ {kind} as K{number}, type I{kind} as I{number} }} from {json.dumps(module(each))};",
            f"const r{number}: I{number} = {json.dumps(each)};",
            f"new K{number}(r{number}).validate();",
        ]
    (folder / "resources.ts").write_text("\n".join(lines))
    tsc = [require(Tool.TSC), "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"]
    typed = subprocess.run([*tsc, "resources.ts"], cwd=folder, capture_output=True, text=True)
    run = subprocess.run(["node", "resources.js"], cwd=folder, capture_output=True, text=True)
    return [text for text in (typed.stdout, run.stderr) if text]


def test_every_custom_resource_of_the_matrix_fits(tmp_path: Path) -> None:
    resources = [each for case in MATRIX for each in objects(case) if is_custom(each)]
    kinds = {each["kind"] for each in resources}
    assert kinds == {"ScaledObject", "ServiceMonitor", "PodMonitor", "PrometheusRule", "HTTPRoute"}
    assert check(tmp_path, resources) == []


def test_a_misspelt_field_and_a_wrong_value_would_be_found(tmp_path: Path) -> None:
    (route,) = [each for each in objects("httproute") if is_custom(each)]
    misspelt = json.loads(json.dumps(route))
    misspelt["spec"]["hostname"] = misspelt["spec"].pop("hostnames")
    wrong = json.loads(json.dumps(route))
    wrong["spec"]["rules"][0]["backendRefs"][0]["port"] = 70000
    fields, values = check(tmp_path, [misspelt, wrong])
    assert '"hostname"' in fields
    assert "port" in values
