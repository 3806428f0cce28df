"""One load on a running service, and what the service made of it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from service.bench.served import ADMIT_ALL, Served, quantile
from tests.bench.options import Options
from tests.bench.served import served

MAX_LAG: Final = 0.25  # seconds, at the 95th percentile
_MAX_LEFT_OUT: Final = 0.005  # share of the frames: the generator's own hitches on a full machine
_KNOWN: Final = ("answered", "late", "left_out", "windows")
HEAD: Final = (
    "streams", "answered", "p50 lag, s <=", "p95 lag, s <=", "frames dropped", "left out, %", "windows",
    "cores used", "resident MB", "refused or lost",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """So many streams for a while."""

    streams: int
    seconds: float
    p50: float  # seconds from a frame's arrival to the score of the window that it completes
    p95: float
    told: dict[str, int]
    cores: float
    memory_mb: float

    @property
    def left_out(self) -> float:
        """Share of the frames of answered streams for which there was no credit."""
        return self.told.get("left_out", 0) / max(1.0, 30 * self.seconds * self.told.get("answered", 0))

    @property
    def sustained(self) -> bool:
        """Everyone answered in time, and nothing dropped."""
        answered = self.told.get("answered", 0) == self.streams
        return (
            answered
            and self.p95 <= MAX_LAG
            and not self.told.get("late")
            and (self.left_out <= _MAX_LEFT_OUT)
        )

    def row(self) -> tuple[object, ...]:
        others = ", ".join(f"{count} {name}" for name, count in self.told.items() if name not in _KNOWN)
        return (
            self.streams, self.told.get("answered", 0), self.p50, self.p95, self.told.get("late", 0),
            100 * self.left_out, self.told.get("windows", 0), self.cores, self.memory_mb, others or "-",
        )  # fmt: skip


def load(service: Served, streams: int, options: Options, seconds: float = 12.0) -> Load:
    with loading(service, streams, options, seconds) as finished:
        pass
    return finished[0]


@contextmanager
def loading(service: Served, streams: int, options: Options, seconds: float = 12.0) -> Iterator[list[Load]]:
    """The load while something else is done too; the list has it in the end."""
    seconds = options.seconds(seconds)
    lags, cpu, began = service.lags(), service.cpu_seconds(), time.monotonic()
    what = [service.url, str(options.film), str(streams), str(seconds)]
    generator = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load", *what], stdout=subprocess.PIPE, text=True
    )
    finished: list[Load] = []
    try:
        yield finished
        said, _ = generator.communicate(timeout=seconds + 120)
    finally:
        generator.kill()
        generator.wait()
    took, after = time.monotonic() - began, service.lags()
    finished.append(
        Load(
            streams,
            seconds,
            quantile(lags, after, 0.5),
            quantile(lags, after, 0.95),
            json.loads(said),
            (service.cpu_seconds() - cpu) / min(took, seconds + streams / 7),
            service.memory_mb(),
        )
    )


def most(options: Options, *, start: int, limit: int) -> list[Load]:
    """Loads up from `start`, or down from it, until the largest that is sustained is among them."""
    loads: list[Load] = []
    with served(**ADMIT_ALL) as service:
        load(service, 1, options, 4.0)  # a warm-up
        streams = min(start, limit)
        while 1 <= streams <= limit:
            options.say(f"{streams} streams")
            loads.append(load(service, streams, options))
            rising = loads[0].sustained
            if loads[-1].sustained != rising:
                break
            streams += 1 if rising else -1
    return loads


def largest(loads: list[Load]) -> int:
    return max((each.streams for each in loads if each.sustained), default=1)
