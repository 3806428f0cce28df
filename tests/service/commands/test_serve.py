"""python -m service serve: it starts as it was asked to, or says why not."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from service.__main__ import main
from service.access import check_address
from service.errors import OpenAddress
from tests.service import videos
from tests.service.processes import children
from tests.service.serving import TINY

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_may_always_ask(host: str) -> None:
    check_address(host, allow_open=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "liveness.example"])
def test_beyond_this_machine_an_open_service_is_refused_unless_it_is_wanted(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(OpenAddress, match="LIVENESS_ALLOW_OPEN"):
        check_address(host, allow_open=False)
    check_address(host, allow_open=True)
    assert "OPEN" in caplog.text


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("LIVENESS_HOST", "0.0.0.0", "LIVENESS_ALLOW_OPEN=true"),
        ("LIVENESS_PORT", "eighty", "LIVENESS_PORT"),
        ("LIVENESS_PROVIDERS", "cuda", "JSON"),
    ],
)
def test_what_cannot_be_served_is_explained(
    variable: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(["serve"]) == 2
    assert says in capsys.readouterr().err


def serve(*, weights: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"LIVENESS_WEIGHTS": str(weights)}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)


def test_a_start_that_fails_ends_with_one_clear_line_and_no_trace(tmp_path: Path) -> None:
    ended = serve(weights=tmp_path, port=0)
    _, said = ended.communicate(timeout=60)
    assert ended.returncode == 2
    assert b"not started: " in said
    assert b"LIVENESS_WEIGHTS" in said
    assert b"Traceback" not in said


def test_it_serves_until_it_is_told_to_end_and_leaves_no_process_behind() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = serve(weights=TINY, port=port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_until_ready(client, server)
            assert client.post("/v1/liveness", files={"clip": videos.person(8)}).status_code == 200
            decoders = children(server.pid)
            assert decoders
            server.send_signal(signal.SIGTERM)
            _, said = server.communicate(timeout=30)
    finally:
        server.kill()
    assert b"Traceback" not in said
    assert b"127.0.0.1:" not in said.split(b"running on")[-1].split(b"}", 1)[1]
    assert not any(Path(f"/proc/{decoder}").exists() for decoder in decoders)


def wait_until_ready(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")
