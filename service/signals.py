"""Signs that a film was put in the camera's place. They are apart from the score: signals, not proof."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from model.clip import BoolArray, Clip, Frame
from service.schemas import Signals

_NOT_MEASURED: Final = Signals(
    timing_jitter=None,
    looped_share=None,
    size_as_declared=None,
    duration_as_declared=None,
    rate_as_declared=None,
    seen_before=None,
)
_HASH_SIDE: Final = 16  # cells: 256 bits, so that a person who sits still does not seem to repeat
_SAME_BITS: Final = 8  # that recompression may change (at most 7 were seen)
_MOVED_BITS: Final = 32  # between neighbours, of a picture that is not still
_APART: Final = 4  # sampled frames between a passage and its repetition
_TOLERANCE: Final = 0.1  # of a duration or rate: containers round
_ROUNDING_SECONDS: Final = 0.2
_DIGITS: Final = 6


def signals_of(clip: Clip) -> Signals:
    """`seen_before` is not known here."""
    looped = looped_share(clip.frames)
    found = _NOT_MEASURED.model_copy(
        update={"looped_share": None if looped is None else round(looped, _DIGITS)}
    )
    film = clip.film
    if film is None:
        return found
    fps = clip.received / clip.duration if clip.duration > 0 else None
    return found.model_copy(
        update={
            "timing_jitter": None if film.jitter is None else round(film.jitter, _DIGITS),
            "size_as_declared": film.declared_size == film.size,
            "duration_as_declared": _agrees(film.declared_seconds, clip.duration, _ROUNDING_SECONDS),
            "rate_as_declared": None if fps is None else _agrees(film.declared_fps, fps, 1.0),
        }
    )


def looped_share(frames: Sequence[Frame]) -> float | None:
    """Frames that, with the one before, repeat an earlier passage that moved; None for too few frames."""
    if len(frames) < 2 * _APART:
        return None
    bits_TB = np.stack([_difference_hash(frame) for frame in frames])
    distance_TT = (bits_TB[:, None] != bits_TB[None]).sum(axis=2)
    same_TT = distance_TT <= _SAME_BITS
    moved_T = np.diagonal(distance_TT, offset=1) >= _MOVED_BITS
    repeats = [
        any(same_TT[i, j] and same_TT[i - 1, j - 1] and moved_T[i - 1] for j in range(1, i - _APART + 1))
        for i in range(1, len(frames))
    ]
    return float(np.mean(repeats))


def _difference_hash(frame: Frame) -> BoolArray:
    """Whether each cell of the picture is brighter than its neighbour to the left, B bits."""
    grey = cv2.cvtColor(frame.pixels_HW3, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_HASH_SIDE + 1, _HASH_SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.asarray(small[:, 1:] > small[:, :-1]).ravel()


def _agrees(declared: float | None, measured: float, rounding: float) -> bool | None:
    if declared is None:
        return None
    return bool(abs(declared - measured) <= max(_TOLERANCE * measured, rounding))
