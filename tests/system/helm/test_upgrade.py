"""An update changes what it must, and nothing that would make Kubernetes refuse it or restart a bystander."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.helm.chart import CHART, MATRIX, objects

EXPECTED = (
    re.compile(r".*/labels/(helm\.sh/chart|app\.kubernetes\.io/version)"),
    re.compile(r"(Deployment|Pod)/.*/(initC|c)ontainers/\d+/image"),
)


@pytest.fixture(scope="module")
def bumped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chart = tmp_path_factory.mktemp("bumped") / "liveness"
    shutil.copytree(CHART, chart)
    described = (chart / "Chart.yaml").read_text()
    (chart / "Chart.yaml").write_text(re.sub(r"(?m)^(version|appVersion): .*$", r"\1: 99.0.0", described))
    return chart


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if children is None:
        yield path, value
    else:
        for key, child in children:
            yield from leaves(child, f"{path}/{key}")


def flat(case: str, chart: Path) -> dict[str, Any]:
    made = objects(case, chart)
    return {
        path: leaf
        for each in made
        for path, leaf in leaves(each, f"{each['kind']}/{each['metadata']['name']}")
    }


@pytest.mark.parametrize("case", MATRIX)
def test_a_new_version_touches_the_images_and_the_version_labels_alone(bumped: Path, case: str) -> None:
    before, after = flat(case, CHART), flat(case, bumped)
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    assert changed
    assert [path for path in changed if not any(known.fullmatch(path) for known in EXPECTED)] == []


@pytest.mark.parametrize("case", MATRIX)
def test_selectors_which_kubernetes_never_lets_change_hold_no_version(case: str) -> None:
    for path in flat(case, CHART):
        if re.search(r"/(selector|matchLabels)/", path):
            assert "version" not in path
            assert "helm.sh/chart" not in path
