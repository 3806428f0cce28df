"""Where the time of one capture went: intervals of `time.perf_counter`, by stage."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Interval: TypeAlias = tuple[float, float]
Observe: TypeAlias = Callable[["Stage", float], None]


class Stage(StrEnum):
    DECODE = "decode"
    FACE = "face"
    QUEUE = "queue"  # waiting for a face finder's or the engine's turn, and for others to share a batch
    ENCODE = "encode"
    PAIR = "pair"
    WINDOW = "window"
    SCORE = "score"  # crops, masks, Eq. 11 and the verdict: what is done between the other stages


def _unobserved(_stage: Stage, _seconds: float) -> None:
    """Nobody counts."""


@dataclass(slots=True)
class Timeline:
    """Collects what was spent; passes that ran side by side count once."""

    observe: Observe = _unobserved
    intervals: dict[Stage, list[Interval]] = field(default_factory=dict)

    def add(self, stage: Stage, interval: Interval) -> None:
        self.intervals.setdefault(stage, []).append(interval)
        self.observe(stage, interval[1] - interval[0])

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, (start, time.perf_counter()))

    @contextmanager
    def rest(self, stage: Stage) -> Iterator[None]:
        """Gives `stage` what is spent inside and belongs to no other stage."""
        start, before = time.perf_counter(), self._covered_by_all()
        try:
            yield
        finally:
            end = time.perf_counter()
            others = self._covered_by_all() - before
            self.add(stage, (start, max(start, end - others)))

    def seconds(self) -> dict[Stage, float]:
        """Wall time of each stage that there was."""
        return {stage: covered(self.intervals[stage]) for stage in Stage if stage in self.intervals}

    def _covered_by_all(self) -> float:
        return covered(interval for each in self.intervals.values() for interval in each)


def covered(intervals: Iterable[Interval]) -> float:
    """Length of the union of intervals."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
