"""The chart renders over the matrix of values, alike in helm 3 and 4, into objects that Kubernetes takes."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.system.helm.chart import CHART, HELMS, MATRIX, VALUES, helm, is_custom, objects, rendered
from tests.system.tools.catalogue import Tool, require

# The oldest that Chart.yaml admits, and the newest that the validator knows.
KUBERNETES = ("1.30", "1.37")


@pytest.mark.parametrize("tool", HELMS)
def test_lint_has_no_complaint_about_any_case(tool: Tool) -> None:
    for case in MATRIX:
        done = helm(tool, "lint", "--strict", CHART, "--values", VALUES / f"{case}.yaml")
        assert done.returncode == 0, f"{case}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("case", MATRIX)
def test_helm_3_and_4_render_the_same_objects(case: str) -> None:
    three, four = (list(yaml.safe_load_all(rendered(tool, case))) for tool in HELMS)
    by_name = [sorted(str(each) for each in made if each) for made in (three, four)]
    assert by_name[0] == by_name[1]
    assert len(by_name[0]) >= 3


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_every_object_strictly(tmp_path: Path, version: str) -> None:
    for case in MATRIX:
        builtin = [each for each in objects(case) if not is_custom(each)]
        (tmp_path / f"{case}.yaml").write_text(yaml.safe_dump_all(builtin))
    done = subprocess.run(
        [require(Tool.KUBERNETES_VALIDATE), "--strict", "-k", version, *sorted(tmp_path.glob("*.yaml"))],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("INFO") + done.stdout.count("passed") >= len(MATRIX), done.stdout


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("nothing", "sessions live in the memory of the one pod"),
        ("nothing", "create secret generic liveness-keys --from-file=api-keys=keys.json\n"),
        ("redis", "--from-file=api-keys=keys.json --from-file=token-keys=tokens.json\n"),
        ("redis", "create secret generic liveness-redis --from-literal=redis-url=rediss://"),
        ("open", "Whoever reaches this service uses it"),
        ("ingress", "https://liveness.example.com"),
        ("keda", "keda, 2 to 10 pods"),
    ],
)
def test_the_notes_say_what_was_installed(case: str, said: str) -> None:
    # helm 3 renders them too, with every template, but shows them only where it reaches a cluster.
    done = helm(
        Tool.HELM_4, "install", "demo", CHART, "--dry-run=client", "--values", VALUES / f"{case}.yaml"
    )
    assert done.returncode == 0, done.stderr
    notes = done.stdout.split("NOTES:")[1]
    assert said in notes
    assert "\n\n\n" not in notes


def test_objects_have_unique_names_in_their_kind_and_the_release_s_namespace() -> None:
    for case in MATRIX:
        names = [(each["kind"], each["metadata"]["name"]) for each in objects(case)]
        assert len(names) == len(set(names)), case
        assert {each["metadata"]["namespace"] for each in objects(case)} == {"faces"}, case
