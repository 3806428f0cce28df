"""Limits that no slow machine meets, and what the service's own metrics say in the end."""

import time

import httpx

from service.stream.limits import StreamLimits

# However slow the machine is that runs the tests.
PATIENT = StreamLimits(
    late_seconds=60,
    max_lag_seconds=60,
    resume_seconds=60,
    max_seconds=600,
    idle_seconds=60,
    send_seconds=60,
    max_fps=1000,
)


def metric(client: httpx.Client, name: str) -> float:
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(name):
            return float(line.rpartition(" ")[2])
    return 0.0


def eventually(client: httpx.Client, name: str, value: float) -> bool:
    for _ in range(100):
        if metric(client, name) == value:
            return True
        time.sleep(0.05)
    return False
