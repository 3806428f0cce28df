"""Checkov finds nothing in the renderings but what is explained here."""

import json
import subprocess
from pathlib import Path
from typing import Final

from tests.system.helm.chart import MATRIX, rendered
from tests.system.tools.catalogue import Tool, require

# Check and kind of object -> why the finding stays. One that no longer occurs has to go.
EXPLAINED: Final = {
    ("CKV_K8S_8", "Pod"): "helm's test asks once and ends; there is nothing to restart",
    ("CKV_K8S_9", "Pod"): "helm's test serves nobody",
    (
        "CKV_K8S_15",
        "Deployment",
    ): "a version's image never changes; a node that has it starts without the registry",
    ("CKV_K8S_15", "Pod"): "as for the Deployment",
    (
        "CKV_K8S_43",
        "Deployment",
    ): "image.digest is the operator's: the chart cannot know what was pushed where",
    ("CKV_K8S_43", "Pod"): "as for the Deployment",
}
# The least, and the most in one; `open` switches protections off on purpose.
CASES: Final = [case for case in MATRIX if case != "open"]


def test_checkov_has_no_unexplained_finding_and_no_explanation_is_idle(tmp_path: Path) -> None:
    for case in CASES:
        (tmp_path / f"{case}.yaml").write_text(rendered(Tool.HELM_4, case))
    done = subprocess.run(
        [require(Tool.CHECKOV), "--skip-download", "--framework", "kubernetes", "-o", "json", "-d", tmp_path],
        capture_output=True, text=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["summary"]["passed"] > 100 * len(CASES)
    assert report["summary"]["parsing_errors"] == 0
    found = {
        (each["check_id"], each["resource"].split(".")[0]): each["file_path"]
        for each in report["results"]["failed_checks"]
    }
    assert {finding: found[finding] for finding in found.keys() - EXPLAINED.keys()} == {}
    assert EXPLAINED.keys() - found.keys() == set()
