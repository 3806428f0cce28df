"""The service as people run it, with the weights that it ships, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.system.tools.catalogue import ROOT

_START_SECONDS: Final = 600
# A busy machine is slow with a clip; that is not what the browser is watched for.
_PATIENT: Final = {"deadline_seconds": "300", "decode_seconds": "60"}


@dataclass(frozen=True)
class Served:
    url: str
    process: subprocess.Popen[bytes]

    def new_session(self) -> dict[str, Any]:
        """As a backend makes it."""
        made: dict[str, Any] = httpx.post(f"{self.url}/v1/sessions").raise_for_status().json()
        return made

    def session(self, session_id: str) -> dict[str, Any]:
        read: dict[str, Any] = httpx.get(f"{self.url}/v1/sessions/{session_id}").raise_for_status().json()
        return read

    def link(self, made: dict[str, Any]) -> str:
        """What the person opens."""
        return f"{self.url}/#live?session={made['session_id']}&token={made['client_token']}"

    def drain(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(**settings: str) -> Iterator[Served]:
    """`settings` are environment variables without their prefix."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {f"LIVENESS_{name.upper()}": value for name, value in (_PATIENT | settings).items()}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | told, stderr=subprocess.DEVNULL) as process:
        served = Served(f"http://127.0.0.1:{port}", process)
        try:
            _wait_until_ready(served)
            yield served
        finally:
            served.die()


def _wait_until_ready(served: Served) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        assert served.process.poll() is None, "the service did not start"
        try:
            with urllib.request.urlopen(f"{served.url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the service did not become ready")
