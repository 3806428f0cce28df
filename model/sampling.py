"""A clip or a stream -> the frames that are looked at.

The paper samples by an interval of three frames (section 5.2.2) of 25-30 fps video. At such a rate, and an
even one, frames are counted; at any other, the frame nearest to each 110 ms of capture time is taken, so that
the network sees motion over the time that it was trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.card import SamplingRule

_UNEVEN = 0.5  # a frame later than this share of the median interval: some frames were dropped
_MAX_UNEVEN_SHARE = 0.05


class SampledBy(StrEnum):
    FRAME_COUNT = "frame_count"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Sampling:
    """Positions of the sampled frames, and the rule that chose them."""

    indices: tuple[int, ...]
    sampled_by: SampledBy


def sample(times: Sequence[float], rule: SamplingRule) -> Sampling:
    """Chooses frames by their capture times, in seconds, which must rise.

    Raises ValueError where they do not.
    """
    times_N = np.asarray(times, dtype=np.float64)
    if np.any(np.diff(times_N) <= 0):
        raise ValueError("capture times must rise from frame to frame")
    if _counts_frames(times_N, rule):
        return Sampling(tuple(range(0, len(times_N), rule.interval)), SampledBy.FRAME_COUNT)
    return Sampling(_nearest(times_N, rule.interval_ms / 1000), SampledBy.TIME)


def _counts_frames(times_N: np.ndarray, rule: SamplingRule) -> bool:
    """Whether the frame rate is even and near the paper's."""
    if len(times_N) < 2:
        return True
    intervals = np.diff(times_N)
    median = float(np.median(intervals))
    uneven = float(np.mean(np.abs(intervals - median) > _UNEVEN * median))
    return 1 / rule.max_fps <= median <= 1 / rule.min_fps and uneven <= _MAX_UNEVEN_SHARE


def _nearest(times_N: np.ndarray, interval: float) -> tuple[int, ...]:
    """The frame nearest to each multiple of `interval`, each frame at most once."""
    ticks = np.arange(times_N[0], times_N[-1] + interval / 2, interval)
    nearest = np.abs(times_N[None, :] - ticks[:, None]).argmin(axis=1)
    return tuple(int(index) for index in np.unique(nearest))
