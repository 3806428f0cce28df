"""Pictures that repeat: a frozen one, and a sequence that comes again, forwards or backwards.

The change between two pictures of a track is given as the motion that would explain it, so that neither
contrast nor the size of the face matters. N sampled frames of one track, B side of a picture in px.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.card import VerdictRule
from model.clip import BoolArray, FloatArray
from model.motion import PICTURE_SCALE, Trace, tracks

_Indices: TypeAlias = NDArray[np.intp]

_BLUR = 1.0  # px of B: compression noise is finer than what motion moves
_MIN_GRADIENT = 0.5  # luma levels per px of B: a flatter picture cannot show motion
_LAGS: Final = range(5, 41)  # sampled frames between a picture and its return: 0.5-4.5 s


def frozen_share(traces: Sequence[Trace], rule: VerdictRule) -> float | None:
    """The share of neighbouring frames in runs that repeat one picture; None without two frames of a track.

    All frames of a run are compared with its first: compression may hide slow motion from one frame to the
    next, but not for long.
    """
    frozen = total = 0
    for track in tracks(traces):
        runs = _run_lengths(_smooth(track), rule.repeat_change)
        frozen += sum(length - 1 for length in runs if length > rule.frozen_run)
        total += len(track) - 1
    return frozen / total if total else None


def repeated_share(traces: Sequence[Trace], rule: VerdictRule) -> float | None:
    """The share of frames in stretches that come again; None where no track is twice as long as a stretch.

    A stretch of `rule.loop_run` frames comes again where they differ less from those of an earlier one, taken
    forwards (a loop) or backwards (to and fro), than from the frame before: by `rule.repeat_ratio`. A still
    picture with noise has a ratio of about 1, living motion mostly a larger one.
    """
    found = [_repeated(_smooth(track), rule) for track in tracks(traces) if len(track) >= 2 * rule.loop_run]
    return float(np.concatenate(found).mean()) if found else None


def _run_lengths(smooth_NBB: FloatArray, repeat_change: float) -> list[int]:
    """Lengths in frames of the runs that stay at their first picture; they add up to the track."""
    lengths, start = [], 0
    while start < len(smooth_NBB):
        later = np.arange(start + 1, len(smooth_NBB))
        moved = np.flatnonzero(_changes(smooth_NBB, np.full_like(later, start), later) > repeat_change)
        end = int(later[moved[0]]) if len(moved) else len(smooth_NBB)
        lengths.append(end - start)
        start = end
    return lengths


def _repeated(smooth_NBB: FloatArray, rule: VerdictRule) -> BoolArray:
    """Which frames (N) lie in a stretch that repeats an earlier one."""
    frames = np.arange(len(smooth_NBB))
    steps_N = np.r_[0, _changes(smooth_NBB, frames[:-1], frames[1:])]
    repeated_N = np.zeros(len(frames), dtype=np.bool_)
    stretch = np.ones(rule.loop_run)
    for earlier, later in _pairings(len(frames)):
        if len(later) < rule.loop_run:
            continue
        returned = np.convolve(_changes(smooth_NBB, earlier, later), stretch, "valid")
        moved = np.convolve(steps_N[later], stretch, "valid")
        for start in np.flatnonzero(returned < rule.repeat_ratio * moved):
            repeated_N[later[start : start + rule.loop_run]] = True
    return repeated_N


def _pairings(count: int) -> Iterator[tuple[_Indices, _Indices]]:
    """Which earlier frame each later one would repeat: at one lag, or mirrored at one turning point."""
    frames = np.arange(count)
    for lag in _LAGS:
        yield frames[:-lag], frames[lag:]
    for turn in range(count):  # twice the turning point, in frames, is `2 * turn` or `2 * turn + 1`
        for both in (2 * turn, 2 * turn + 1):
            later = np.arange(
                (both + _LAGS.start + 1) // 2, min(both, count - 1, (both + _LAGS.stop) // 2) + 1
            )
            yield both - later, later


def _smooth(track: Sequence[Trace]) -> FloatArray:
    """The pictures (N, B, B) without their finest detail and their mean brightness."""
    pictures = [cv2.GaussianBlur(trace.picture_BB.astype(np.float32), (0, 0), _BLUR) for trace in track]
    return np.stack([picture - picture.mean() for picture in pictures])


def _changes(smooth_NBB: FloatArray, earlier: _Indices, later: _Indices) -> FloatArray:
    """The change of each pair of pictures: mean difference over mean gradient, in face heights."""
    before, after = smooth_NBB[earlier], smooth_NBB[later]
    gradients = np.abs(np.diff(after, axis=2)).mean(axis=(1, 2))
    differences = np.abs(after - before).mean(axis=(1, 2)) * PICTURE_SCALE / smooth_NBB.shape[2]
    return np.asarray(differences / np.maximum(gradients, _MIN_GRADIENT), dtype=np.float32)
