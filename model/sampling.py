"""A clip or a stream -> the frames that are looked at, decided frame by frame from what came before.

The paper samples by an interval of three frames (section 5.2.2) of 25-30 fps video, which is 100-120 ms. So
the third frame is taken wherever it comes at that pace, and at any other or an uneven rate the frame nearest
to 110 ms after the last one taken, so that the network sees motion over the time that it was trained on. No
frame waits for a later one, and a clip is sampled as a stream of the same frames is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from model.card import SamplingRule

_PACE_SLACK = 0.1  # by which the third frame may come early or late, cameras jitter
_REMEMBERED = 5  # frame intervals; a median over as many shrugs off two drops
_NEAREST_FROM = 0.5  # of the interval: two frames at one moment show no motion, whatever the pace has been


class SampledBy(StrEnum):
    FRAME_COUNT = "frame_count"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Sampler:
    """What the choice of the next frame depends on: pass it in, get the next one back."""

    newest: float | None = None  # capture time of the newest frame, seconds
    taken: float | None = None  # of the newest sampled frame
    since: int = 0  # frames after it
    intervals: tuple[float, ...] = ()  # between the newest frames
    counted: bool = True  # whether all sampled neighbours are the rule's interval apart

    @property
    def sampled_by(self) -> SampledBy:
        return SampledBy.FRAME_COUNT if self.counted else SampledBy.TIME

    @property
    def frame_interval(self) -> float | None:
        """Median seconds between the newest frames."""
        return median(self.intervals) if self.intervals else None

    def see(self, time: float, rule: SamplingRule) -> tuple["Sampler", bool]:
        """The state after a frame of this capture time, and whether that frame is sampled.

        Raises ValueError where time does not rise.
        """
        if self.newest is None or self.taken is None:
            return Sampler(newest=time, taken=time), True
        if time <= self.newest:
            raise ValueError("capture times must rise from frame to frame")
        intervals = (*self.intervals, time - self.newest)[-_REMEMBERED:]
        since, elapsed = self.since + 1, time - self.taken
        if not (_is_paced(since, elapsed, rule) or _is_nearest(elapsed, median(intervals), rule)):
            return Sampler(time, self.taken, since, intervals, self.counted), False
        return Sampler(time, time, 0, intervals, self.counted and since == rule.interval), True


@dataclass(frozen=True, slots=True)
class Sampling:
    """Positions of the sampled frames, and the rule that chose them."""

    indices: tuple[int, ...]
    sampled_by: SampledBy


def sample(times: Sequence[float], rule: SamplingRule) -> Sampling:
    """Chooses frames by their capture times, in seconds, which must rise.

    Raises ValueError where they do not.
    """
    sampler, indices = Sampler(), []
    for index, time in enumerate(times):
        sampler, taken = sampler.see(time, rule)
        if taken:
            indices.append(index)
    return Sampling(tuple(indices), sampler.sampled_by)


def _is_paced(since: int, elapsed: float, rule: SamplingRule) -> bool:
    """Whether this is the third frame, at the pace of the paper's cameras."""
    earliest = rule.interval / rule.max_fps * (1 - _PACE_SLACK)
    latest = rule.interval / rule.min_fps * (1 + _PACE_SLACK)
    return since == rule.interval and earliest <= elapsed <= latest


def _is_nearest(elapsed: float, frame_interval: float, rule: SamplingRule) -> bool:
    """Whether the frame after this one would be further from the interval in time."""
    interval = rule.interval_ms / 1000
    return elapsed >= _NEAREST_FROM * interval and elapsed + frame_interval / 2 >= interval
