"""SIGTERM while somebody is in front of the camera."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.service.serving import TINY
from tests.service.stream.talking import person, talking

ROOT = Path(__file__).parents[3]


@contextmanager
def served() -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "LIVENESS_WEIGHTS": str(TINY), "LIVENESS_DECODE_WORKERS": "1", "LIVENESS_FACE_WORKERS": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            for _ in range(600):
                try:
                    client.get("/livez")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield client, process
    finally:
        process.kill()
        process.communicate()


def test_a_stream_that_runs_finishes_and_then_the_service_ends() -> None:
    with served() as (client, process):
        with talking(client) as running:
            running.begin()
            running.send_patiently(person(4))
            process.send_signal(signal.SIGTERM)
            assert running.until("draining")["seconds"] > 0
            assert client.get("/readyz").status_code == 503
            assert running.finish()["type"] == "outcome"
        said = process.communicate(timeout=30)[1].decode()
    assert "may finish: 1" in said
    assert "127.0.0.1:" not in said.replace("http://127.0.0.1:", "")


def test_a_second_signal_ends_streams_with_1012() -> None:
    with served() as (client, process):
        with talking(client) as running:
            running.begin()
            process.send_signal(signal.SIGTERM)
            running.until("draining")
            process.send_signal(signal.SIGTERM)
            assert running.hear() is None
        assert running.close == 1012
        process.communicate(timeout=30)
