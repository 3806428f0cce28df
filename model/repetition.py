"""Pictures that repeat: a frozen one, and a sequence that comes again, forwards or backwards.

The change between two pictures of a track is given as the motion that would explain it, so that neither
contrast nor the size of the face matters. N sampled frames, B side of a picture in px, K pairs of pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.card import VerdictRule
from model.clip import BoolArray, FloatArray, PixelArray
from model.motion import PICTURE_SCALE, Trace, tracks

_Indices: TypeAlias = NDArray[np.intp]
_Places: TypeAlias = NDArray[np.floating | np.integer]  # of frames (N), in phases

_BLUR = 1.0  # px of B: compression noise is finer than what motion moves
_MIN_GRADIENT = 0.5  # luma levels per px of B: a flatter picture cannot show motion
_PHASES: Final = 3  # positions tried between two sampled frames: a loop's period is no multiple of theirs
_MIN_WAIT: Final = 1e-3  # s: a container may give two frames one time
_MIN_INTERVAL: Final = 0.05  # s, half of what is sampled: made-up times would ask for any number of phases
_LAGS: Final = range(5 * _PHASES, 40 * _PHASES)  # between a picture and its return: 0.5-4.5 s


def frozen_share(traces: Sequence[Trace], rule: VerdictRule) -> float | None:
    """The share of neighbouring frames in runs that repeat one picture; None without two frames of a track.

    All frames of a run are compared with its first: compression may hide slow motion from one frame to the
    next, but not for long.
    """
    frozen = total = 0
    for track in tracks(traces):
        runs = _run_lengths(_smooth([each.picture_BB for each in track]), rule.repeat_change)
        frozen += sum(length - 1 for length in runs if length > rule.frozen_run)
        total += len(track) - 1
    return frozen / total if total else None


def repeated_share(traces: Sequence[Trace], rule: VerdictRule) -> float | None:
    """The share of frames in stretches that come again; None where all are not twice as long as a stretch.

    A stretch of `rule.loop_run` frames comes again where they differ less from those of an earlier one, taken
    forwards (a loop) or backwards (to and fro), than from the frame before: by `rule.repeat_ratio`. A still
    picture with noise has a ratio of about 1, living motion mostly a larger one. A screen that drifts in the
    hand never shows its loop in the same place again: what is laid on the first face is looked at as well, by
    `rule.laid_repeat_ratio`. A stretch may lie in several tracks: a loop whose cut makes the face jump begins
    a new one each time, and with the same face.
    """
    return float(_repeated(traces, rule).mean()) if len(traces) >= 2 * rule.loop_run else None


def _run_lengths(smooth_NBB: FloatArray, repeat_change: float) -> list[int]:
    """Lengths in frames of the runs that stay at their first picture; they add up to the track."""
    lengths, start = [], 0
    while start < len(smooth_NBB):
        later_KBB = smooth_NBB[start + 1 :]
        moved = np.flatnonzero(_changes(smooth_NBB[start : start + 1], later_KBB) > repeat_change)
        lengths.append(1 + (int(moved[0]) if len(moved) else len(later_KBB)))
        start += lengths[-1]
    return lengths


@dataclass(frozen=True, slots=True)
class _Timing:
    """When the frames of a capture were taken, and which may be compared; the same for both pictures."""

    places_N: _Places
    intervals_N: NDArray[np.float64]  # 1 / those that the change before a frame took; 0 where a track begins
    pairings: Sequence[tuple[_Indices, _Indices]]


def _repeated(traces: Sequence[Trace], rule: VerdictRule) -> BoolArray:
    """Which frames (N) lie in a stretch that repeats an earlier one, by either picture."""
    as_seen = _coarse([each.picture_BB for each in traces])
    laid = _coarse([each.laid_BB for each in traces])
    repeated_N = np.zeros(len(traces), dtype=np.bool_)
    for places_N in _places(traces):
        timing = _timing(traces, places_N, rule.loop_run)
        repeated_N |= _comes_again(as_seen, timing, rule.repeat_ratio, rule.loop_run)
        repeated_N |= _comes_again(laid, timing, rule.laid_repeat_ratio, rule.loop_run)
    return repeated_N


def _coarse(pictures: Sequence[PixelArray]) -> FloatArray:
    """A quarter of the work, and motion still shows."""
    return _smooth(pictures)[:, ::2, ::2]


def _comes_again(coarse_NBB: FloatArray, timing: _Timing, most: float, run: int) -> BoolArray:
    between_PBB = _between(coarse_NBB, timing.places_N)
    steps_N = np.r_[0, _changes(coarse_NBB[:-1], coarse_NBB[1:])] * timing.intervals_N
    repeated_N = np.zeros(len(coarse_NBB), dtype=np.bool_)
    stretch = np.ones(run)
    for earlier, later in timing.pairings:
        returned = np.convolve(_changes(between_PBB[earlier], coarse_NBB[later]), stretch, "valid")
        moved = np.convolve(steps_N[later], stretch, "valid")
        for start in np.flatnonzero(returned < most * moved):
            repeated_N[later[start : start + run]] = True
    return repeated_N


def _places(traces: Sequence[Trace]) -> Iterator[_Places]:
    """By the times, in which a frame that was lost leaves its room; and where that is another place by the
    order alone, as whoever sends a loop may say another tempo for each of its rounds.
    """
    waits = np.maximum(np.diff([trace.time for trace in traces]), _MIN_WAIT)
    usual = max(float(np.median(waits)), _MIN_INTERVAL)
    by_time_N, by_order_N = np.r_[0, np.cumsum(waits)] * (_PHASES / usual), np.arange(len(traces)) * _PHASES
    yield by_time_N
    if np.abs(by_time_N - by_order_N).max() > _PHASES / 2:
        yield by_order_N


def _timing(traces: Sequence[Trace], places_N: _Places, run: int) -> _Timing:
    """The change about a frame that was lost took two intervals."""
    goes_on = [before.since == after.since for before, after in pairwise(traces)]
    intervals_N = np.r_[0, goes_on / np.maximum(np.round(np.diff(places_N) / _PHASES), 1)]
    pairings = _pairings(np.round(places_N).astype(np.intp))
    return _Timing(places_N, intervals_N, [each for each in pairings if len(each[1]) >= run])


def _pairings(positions: _Indices) -> Iterator[tuple[_Indices, _Indices]]:
    """Which earlier position each later frame would repeat: at one lag, or mirrored at one turning point.

    Positions count phases, frames count frames.
    """
    frames = np.arange(len(positions))
    for lag in _LAGS:
        later = frames[positions >= lag]
        yield positions[later] - lag, later
    for both in range(2 * int(positions[-1]) + 1):  # two positions that mirror each other add up to this
        gap = 2 * positions - both
        later = frames[(gap >= _LAGS.start) & (gap < _LAGS.stop) & (positions <= both)]
        yield both - positions[later], later


def _between(pictures_NBB: FloatArray, places_N: _Places) -> FloatArray:
    """The picture at each position (P): between two frames, on the way from one to the other."""
    positions_P = np.arange(round(places_N[-1]) + 1)
    after_P = np.clip(np.searchsorted(places_N, positions_P, side="right"), 1, len(places_N) - 1)
    whole_P = places_N[after_P] - places_N[after_P - 1]
    share_P = np.clip((positions_P - places_N[after_P - 1]) / whole_P, 0, 1).astype(np.float32)
    before_PBB = pictures_NBB[after_P - 1]
    return before_PBB + share_P[:, None, None] * (pictures_NBB[after_P] - before_PBB)


def _smooth(pictures: Sequence[PixelArray]) -> FloatArray:
    """The pictures (N, B, B) without their finest detail and their mean brightness."""
    blurred = [cv2.GaussianBlur(picture.astype(np.float32), (0, 0), _BLUR) for picture in pictures]
    return np.stack([picture - picture.mean() for picture in blurred])


def _changes(before_KBB: FloatArray, after_KBB: FloatArray) -> FloatArray:
    """The change of each pair of pictures: mean difference over mean gradient, in face heights."""
    gradients_K = np.abs(np.diff(after_KBB, axis=2)).mean(axis=(1, 2))
    differences_K = np.abs(after_KBB - before_KBB).mean(axis=(1, 2)) * PICTURE_SCALE / after_KBB.shape[2]
    return np.asarray(differences_K / np.maximum(gradients_K, _MIN_GRADIENT), dtype=np.float32)
