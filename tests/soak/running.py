"""A service in a process of its own, under its usual limits unless they are changed."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.service.processes import children

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
_START_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Running:
    url: str
    pid: int

    def decoders(self) -> tuple[int, ...]:
        return children(self.pid)

    def memory_mb(self) -> tuple[float, float]:
        """Resident, of the service and of its decoding processes."""
        return _resident(self.pid), sum(_resident(pid) for pid in self.decoders())

    async def metrics(self) -> dict[str, float]:
        async with httpx.AsyncClient(timeout=60) as client:
            lines = (await client.get(f"{self.url}/metrics")).text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if line.startswith("liveness_"))
        return {name: float(value) for name, _, value in pairs}


@asynccontextmanager
async def running(**settings: object) -> AsyncIterator[Running]:
    """With the shipped weights and a memory store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVENESS_")}
    environment |= {"LIVENESS_LOG_LEVEL": "error"}
    environment |= {f"LIVENESS_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        await asyncio.wait_for(_ready(f"http://127.0.0.1:{port}"), _START_SECONDS)
        yield Running(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            try:
                if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.2)


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
    except (FileNotFoundError, ProcessLookupError):  # it was killed just now
        return 0.0
