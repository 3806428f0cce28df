"""(c) How many people at once, (d) with and without batching, and what happens with three times as many."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.bench.served import Served, quantile, served
from tests.bench.tables import show

SECONDS = 12.0
MOST = 10
MAX_LAG = 0.25  # seconds, at the 95th percentile
OPENED = 10_000
_ADMIT_ALL = {"STREAMS__MAX_STREAMS": "1000", "STREAMS__MAX_LAG_SECONDS": "1000"}
_HEAD = (
    "streams",
    "answered",
    "p50 s <=",
    "p95 s <=",
    "late",
    "windows",
    "cores used",
    "resident MB",
    "told",
)


@dataclass(frozen=True, slots=True)
class Load:
    """So many streams for a while."""

    streams: int
    p50: float
    p95: float
    told: dict[str, int]
    cores: float
    memory_mb: float

    @property
    def sustained(self) -> bool:
        return self.p95 <= MAX_LAG and not self.told.get("late") and self.told["answered"] == self.streams

    def row(self) -> tuple[object, ...]:
        known = ("answered", "late", "windows", "received")
        rest = ", ".join(f"{name}: {count}" for name, count in self.told.items() if name not in known)
        counts = (self.told.get("late", 0), self.told.get("windows", 0))
        return (
            self.streams, self.told.get("answered", 0), self.p50, self.p95, *counts, self.cores,
            self.memory_mb, rest or "-",
        )  # fmt: skip


def load(service: Served, streams: int) -> Load:
    lags, cpu = service.lags(), service.cpu_seconds()
    command = [sys.executable, "-m", "tests.bench.load", service.url, str(streams), str(SECONDS)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = service.lags()
    return Load(
        streams,
        quantile(lags, after, 0.5),
        quantile(lags, after, 0.95),
        json.loads(said),
        (service.cpu_seconds() - cpu) / SECONDS,
        service.memory_mb(),
    )


def main() -> None:
    most = _most()
    _batching(most)
    _overload(most)
    asyncio.run(_open_and_close())


def _most() -> int:
    """The largest number with a lag that holds and nothing dropped."""
    loads: list[Load] = []
    with served(**_ADMIT_ALL) as service:
        load(service, 1)
        for streams in range(1, MOST + 1):
            loads.append(load(service, streams))
            if not loads[-1].sustained and len(loads) > 1:
                break
    show("Streams of 640 x 480 at 30 a second, compact", _HEAD, [each.row() for each in loads])
    return max((each.streams for each in loads if each.sustained), default=1)


def _batching(streams: int) -> None:
    rows = []
    for name, settings in (("on", {}), ("off", {"MAX_BATCH": "1", "MAX_WAIT_MS": "0"})):
        with served(**_ADMIT_ALL, **settings) as service:
            load(service, 1)
            rows.append((name, *load(service, streams).row()))
    show("Micro-batching", ("", *_HEAD), rows)


def _overload(streams: int) -> None:
    """Three times as many as the service holds, under its usual admission, then as many as it holds."""
    with served(STREAMS__MAX_STREAMS=str(streams + 1)) as service:
        before = load(service, streams)
        during = load(service, 3 * streams)
        after = load(service, streams)
    rows = [(name, *each.row()) for name, each in (("before", before), ("3 x", during), ("after", after))]
    show("Overload", ("", *_HEAD), rows)


async def _open_and_close() -> None:
    """What ten thousand streams leave behind."""
    with served() as service:
        url = service.url.replace("http", "ws", 1) + "/v1/stream"
        sizes = [service.memory_mb()]
        for i in range(OPENED):
            async with connect(url, subprotocols=[Subprotocol("liveness.v1")], compression=None) as socket:
                await socket.send(json.dumps(_HELLO))
                await socket.recv()
            if (i + 1) % (OPENED // 4) == 0:
                sizes.append(service.memory_mb())
    rows = [tuple(round(size, 1) for size in sizes)]
    head = tuple(str(OPENED * i // 4) for i in range(5))
    show("Resident MB after so many streams were opened and closed", head, rows)


_HELLO = {"type": "hello", "version": 1, "width": 640, "height": 480, "fps": 30}
