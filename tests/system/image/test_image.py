"""The image's steps, run in a clean folder, and the service that comes out of them."""

import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.ports import free_port
from tests.system.image.dockerfile import Builder, chain, environment, exec_form, parse, value
from tests.system.tools.catalogue import ROOT, Tool, require

STAGES = parse((ROOT / "Dockerfile").read_text())
START_SECONDS = 300
REFUSAL_SECONDS = 120


@pytest.fixture(scope="module")
def image() -> Iterator[Builder]:
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    try:
        builder = Builder(ROOT, folder)
        builder.build("cpu")
        yield builder
    finally:
        shutil.rmtree(folder)


def start(image: Builder, arguments: list[str], **variables: str) -> subprocess.Popen[str]:
    """The entry point with the image's environment alone."""
    told = {name: image.inside(said) for name, said in environment(STAGES, "cpu").items()}
    return subprocess.Popen(
        [image.inside(f"/opt/liveness/venv/bin/{exec_form(STAGES, 'cpu', 'ENTRYPOINT')[0]}"),
         *exec_form(STAGES, "cpu", "ENTRYPOINT")[1:], *arguments],
        env=told | variables, cwd=image.inside("/opt/liveness/"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def port(image: Builder) -> Iterator[int]:
    free = free_port()
    before = snapshot(image)
    server = start(image, ["serve", "--host", "127.0.0.1", "--port", str(free)])
    try:
        wait_until_ready(free, server)
        yield free
    finally:
        server.terminate()
        said = server.communicate(timeout=30)[0]
    assert snapshot(image) == before, f"the service wrote into its own files:\n{said}"


def wait_until_ready(port: int, server: subprocess.Popen[str]) -> None:
    for _ in range(4 * START_SECONDS):
        assert server.poll() is None, server.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the service did not become ready")


def snapshot(image: Builder) -> dict[str, int]:
    folder = image.root / "opt"
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def packages(image: Builder) -> dict[str, str]:
    """What the bill of materials lists."""
    bill = json.loads(Path(image.inside("/opt/liveness/sbom.cdx.json")).read_text())
    assert bill["bomFormat"] == "CycloneDX"
    return {part["name"].lower().replace("_", "-"): part["version"] for part in bill["components"]}


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([require(Tool.HADOLINT), ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_checkov_finds_nothing() -> None:
    done = subprocess.run(
        [require(Tool.CHECKOV), "--skip-download", "--compact", "--quiet",
         "--framework", "dockerfile", "--file", ROOT / "Dockerfile"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert re.search(r"Passed checks: [1-9]\d+", done.stdout)


def test_the_compose_file_fits_the_specification() -> None:
    done = subprocess.run(
        [require(Tool.CHECK_JSONSCHEMA), "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_a_target_runs_as_a_numeric_user_without_rights(target: str) -> None:
    user, group = value(STAGES, target, "USER").split(":")
    assert int(user) >= 10000
    assert int(group) >= 10000


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_the_system_packages_are_those_that_mediapipe_opens(target: str) -> None:
    installs = [
        rest for stage in chain(STAGES, target) for verb, rest in stage.instructions if "apt-get" in rest
    ]
    assert len(installs) == 1
    wanted = re.search(r"--no-install-recommends ([\w ]+)", installs[0])
    assert wanted is not None
    assert wanted[1].split() == ["libegl1", "libgles2"]


def test_the_bill_of_materials_lists_what_the_lock_names_and_the_service(image: Builder) -> None:
    listed = packages(image)
    assert (
        listed["liveness-service"]
        == re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]
    )  # type: ignore[index]
    lock = (ROOT / "requirements/cpu.txt").read_text()
    unconditional = re.findall(r"^([\w.-]+)==(\S+) \\", lock, re.M)
    assert len(unconditional) > 30
    assert [name for name, version in unconditional if listed.get(name) != version] == []


def test_the_image_holds_no_torch_no_training_and_no_installer(image: Builder) -> None:
    assert packages(image).keys().isdisjoint({"torch", "onnxscript", "pip", "setuptools", "onnxruntime-gpu"})
    site = image.root / "opt/liveness/venv/lib/python3.11/site-packages"
    assert (site / "model/judge.py").is_file()
    assert not (site / "model/network").exists()
    assert not (site / "training").exists()


def test_the_image_comes_up_ready_with_its_own_environment_alone(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        assert answer.status == 200


def test_the_image_has_the_files_that_are_not_python(port: int) -> None:
    for path in ("/docs", "/docs/stream", "/docs/documents.css"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            assert len(answer.read()) > 1000, path


@pytest.mark.parametrize("path", ["", "console/app.js", "console/fonts/plex-sans-400.woff2"])
def test_the_image_holds_the_console(port: int, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
        assert answer.read()


def test_promtool_has_no_complaint_about_the_metrics(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        metrics = answer.read()
    assert b"liveness_engine_info" in metrics
    done = subprocess.run([require(Tool.PROMTOOL), "check", "metrics"], input=metrics, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_the_health_check_passes_where_the_service_lives_and_fails_where_it_does_not(
    image: Builder, port: int
) -> None:
    python, flag, code = exec_form(STAGES, "cpu", "HEALTHCHECK")
    python = image.inside(f"/opt/liveness/venv/bin/{python}")
    assert ":8000/" in code
    assert subprocess.run([python, flag, code.replace(":8000/", f":{port}/")]).returncode == 0
    assert subprocess.run([python, flag, code.replace(":8000/", ":9/")], capture_output=True).returncode != 0


def test_without_keys_the_default_command_refuses_to_serve_the_world_and_says_so(image: Builder) -> None:
    refused = start(image, exec_form(STAGES, "cpu", "CMD"))
    said = refused.communicate(timeout=REFUSAL_SECONDS)[0]
    assert refused.returncode not in (0, None)
    assert "LIVENESS_ALLOW_OPEN" in said
    assert "Traceback" not in said
