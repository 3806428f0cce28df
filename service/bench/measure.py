"""The figures: what a sampled frame costs by stage, and how many streams at once are carried."""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from service.bench.load import streamed
from service.bench.served import Served, quantile

MAX_LAG: Final = 0.25  # seconds from a frame to its window's score, at the 95th percentile


@dataclass(frozen=True, slots=True)
class Stages:
    """One stream alone."""

    milliseconds: dict[str, float]  # of a sampled frame, by stage
    sampled: int
    cpu_seconds: float  # of the service, a second of stream


@dataclass(frozen=True, slots=True)
class Carried:
    """So many streams at once."""

    streams: int
    answered: int
    lag_p50: float  # seconds, upper bounds of the metrics' buckets; NaN where no window was judged
    lag_p95: float
    late: int  # sampled frames that were dropped
    cores: float  # in use by the service
    memory_mb: float

    @property
    def kept_up(self) -> bool:
        """Everyone was answered, nothing was dropped, and scores came in time."""
        return self.answered == self.streams and not self.late and self.lag_p95 <= MAX_LAG


def stages(service: Served, *, seconds: float) -> Stages:
    cpu = service.cpu_seconds()
    answered = asyncio.run(streamed(service.url, 1, seconds=seconds))
    spent = (service.cpu_seconds() - cpu) / seconds
    if not answered.verdicts or not answered.sampled:
        return Stages({}, 0, spent)
    timings = answered.verdicts[0].document["timings_ms"]
    each = {name: total / answered.sampled for name, total in timings.items() if name != "total"}
    return Stages(each, answered.sampled, spent)


def carried(service: Served, count: int, *, seconds: float) -> Carried:
    lags, cpu = service.lags(), service.cpu_seconds()
    answered = asyncio.run(streamed(service.url, count, seconds=seconds))
    after = service.lags()
    return Carried(
        count,
        len(answered.verdicts),
        quantile(lags, after, 0.5),
        quantile(lags, after, 0.95),
        answered.late,
        (service.cpu_seconds() - cpu) / seconds,
        service.memory_mb(),
    )


def ramp(service: Served, *, most: int, seconds: float) -> Iterator[Carried]:
    """One stream more each time, until the service does not keep up."""
    for count in range(1, most + 1):
        load = carried(service, count, seconds=seconds)
        yield load
        if not load.kept_up:
            return


def finite(value: float) -> float | None:
    """For JSON, which has no infinity."""
    return value if math.isfinite(value) else None
