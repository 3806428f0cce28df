"""A service in a process of its own, and what it says and uses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.memory import resident_mb
from tests.bench.weights import graphs_of

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 600  # also where others use the machine


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        return resident_mb(str(self.pid))

    def lags(self) -> dict[float, float]:
        """Windows by the upper bound of their lag in seconds, cumulative."""
        counts = {}
        for line in httpx.get(f"{self.url}/metrics", timeout=60).text.splitlines():
            if line.startswith("liveness_lag_seconds_bucket"):
                bound = line.partition('le="')[2].partition('"')[0]
                counts[float(bound)] = float(line.rpartition(" ")[2])
        return counts


def quantile(before: Mapping[float, float], after: Mapping[float, float], share: float) -> float:
    """The bound below which this share of the windows lies that were judged in between."""
    new = {bound: after[bound] - before.get(bound, 0.0) for bound in sorted(after)}
    total = new[float("inf")]
    return next((bound for bound, count in new.items() if total and count >= share * total), float("nan"))


@contextmanager
def served(**settings: str) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "LIVENESS_WEIGHTS": str(graphs_of("compact")),
        "LIVENESS_DECODE_WORKERS": "1",
        "LIVENESS_LOG_LEVEL": "error",
    }
    environment |= {f"LIVENESS_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield Served(url, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _await(url: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"no service at {url} within {_START_SECONDS} s")
