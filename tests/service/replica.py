"""The service in a process of its own: a pod without a cluster, told to end as Kubernetes tells it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.service.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 600


@dataclass
class Replica:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def started(cls, log: Path, variables: dict[str, str], *, port: int | None = None) -> "Replica":
        """Once it is ready; on a free port unless one is named."""
        port = port or free_port()
        command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
        with log.open("wb") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=os.environ | variables, stderr=file)
        replica = cls(port, process, log)
        try:
            replica._await()
        except BaseException:
            replica.kill()
            raise
        return replica

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=600)

    def said(self) -> str:
        return self.log.read_text()

    def end(self, *, within: float) -> float:
        """SIGTERM; the seconds until it was gone. Fails after `within`, where Kubernetes would kill it."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still there after {within} s: {self.said()[-2000:]}")
        return time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _await(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.said()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        pytest.fail(f"not ready: {self.said()[-2000:]}")
