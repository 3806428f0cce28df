"""A service in a process of its own, as the settings have it, and what it says and uses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import httpx

_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 30
_LAG: Final = "liveness_lag_seconds_bucket"
ADMIT_ALL: Final = {"STREAMS__MAX_STREAMS": "1000", "STREAMS__MAX_LAG_SECONDS": "1000"}
# What would keep the benchmark's streams out, or its metrics away.
_OPEN: Final = {"OPEN_STREAM": "true", "LOG_LEVEL": "error"}
_NOT_HERE: Final = ("KEYS_FILE", "METRICS_PORT", "AUDIT_FILE", "STORE", "REDIS_URL")


class NotStarted(RuntimeError):  # noqa: N818 - it is called what it says
    """The service did not start; the message has its reason."""


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        return resident_mb(self.pid)

    def lags(self) -> dict[float, float]:
        """Windows by the upper bound of their lag in seconds, cumulative."""
        counts = {}
        for line in httpx.get(f"{self.url}/metrics", timeout=60).text.splitlines():
            if line.startswith(_LAG):
                bound = line.partition('le="')[2].partition('"')[0]
                counts[float(bound)] = float(line.rpartition(" ")[2])
        return counts


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no memory")


def quantile(before: Mapping[float, float], after: Mapping[float, float], share: float) -> float:
    """The bound below which this share of the windows lies that were judged in between; NaN for none."""
    new = {bound: after[bound] - before.get(bound, 0.0) for bound in sorted(after)}
    total = new.get(float("inf"), 0.0)
    return next((bound for bound, count in new.items() if total and count >= share * total), float("nan"))


@contextmanager
def served(settings: Mapping[str, str], *, start_seconds: float = _START_SECONDS) -> Iterator[Served]:
    """The environment's settings, `settings`, and open streams, on a free port. Raises NotStarted."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not _kept_out(name)}
    environment |= {f"LIVENESS_{name}": value for name, value in {**_OPEN, **settings}.items()}
    command = [sys.executable, "-m", "service", "serve", "--host", "127.0.0.1", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with TemporaryFile("w+") as said:  # a pipe that nobody empties would stop a service with much to say
        process = subprocess.Popen(command, env=environment, stderr=said)
        try:
            _await(url, process, said, start_seconds)
            yield Served(url, process.pid)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _kept_out(name: str) -> bool:
    return name.removeprefix("LIVENESS_") in _NOT_HERE


def _await(url: str, process: subprocess.Popen[bytes], said: IO[str], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            said.seek(0)
            raise NotStarted(said.read().strip() or "it ended without a word")
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise NotStarted(f"nobody answers at {url} within {seconds:g} s")
