"""Values, their schema, their description and the service's own settings agree."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm.make_readme import described, readme

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "liveness"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
# helm adds it wherever the chart is a part of another.
OF_HELM = {"global"}


def pairs(values: Any, schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each object of the values beside what the schema says of it."""
    if "properties" in schema:
        yield path, values, schema
        for name, inner in schema["properties"].items():
            yield from pairs(values.get(name, {}), inner, f"{path}.{name}")


def test_the_readme_is_what_the_values_make_of_it() -> None:
    assert (CHART / "README.md").read_text() == readme(CHART)
    assert sum(1 for _ in described((CHART / "values.yaml").read_text())) > 60


@pytest.mark.parametrize(
    ("path", "values", "schema"), list(pairs(VALUES, SCHEMA)), ids=lambda each: str(each)[:40]
)
def test_the_schema_knows_every_value_and_nothing_else(
    path: str, values: Any, schema: dict[str, Any]
) -> None:
    assert schema["additionalProperties"] is False
    if not path.startswith(".settings"):  # any of these may be set, none has a default here
        assert values.keys() == schema["properties"].keys() - OF_HELM


def test_the_chart_the_image_and_the_compose_file_carry_the_version_of_the_package() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == VERSION
    assert f"ARG VERSION={VERSION}\n" in (ROOT / "Dockerfile").read_text()
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert compose["services"]["liveness"]["image"] == f"liveness-service:{VERSION}"
