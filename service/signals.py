"""Signs that a film was put in the camera's place. They are apart from the score: signals, not proof."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from model.clip import BoolArray, Clip, Frame
from service.schemas import Signals

NOT_MEASURED: Final = Signals(
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
ROUNDING_FPS: Final = 1.0
_DIGITS: Final = 6


def signals_of(clip: Clip) -> Signals:
    """`seen_before` is not known here."""
    looped = looped_share(clip.frames)
    found = NOT_MEASURED.model_copy(update={"looped_share": rounded(looped)})
    film = clip.film
    if film is None:
        return found
    fps = clip.received / clip.duration if clip.duration > 0 else None
    return found.model_copy(
        update={
            "timing_jitter": rounded(film.jitter),
            "size_as_declared": film.declared_size == film.size,
            "duration_as_declared": agrees(film.declared_seconds, clip.duration, _ROUNDING_SECONDS),
            "rate_as_declared": None if fps is None else agrees(film.declared_fps, fps, ROUNDING_FPS),
        }
    )


def looped_share(frames: Sequence[Frame]) -> float | None:
    """Of a clip's sampled frames; see `looped_share_of`."""
    greys = (cv2.cvtColor(frame.pixels_HW3, cv2.COLOR_RGB2GRAY) for frame in frames)
    return looped_share_of([difference_hash(grey) for grey in greys])


def looped_share_of(hashes: Sequence[BoolArray]) -> float | None:
    """Frames that, with the one before, repeat an earlier passage that moved; None for too few frames."""
    if len(hashes) < 2 * _APART:
        return None
    signs_TB = np.where(np.stack(hashes), np.float32(1), np.float32(-1))
    distance_TT = (signs_TB.shape[1] - signs_TB @ signs_TB.T) / 2
    same_TT = distance_TT <= _SAME_BITS
    moved_K = np.diagonal(distance_TT, offset=1) >= _MOVED_BITS
    again_KK = np.tril(same_TT[1:, 1:] & same_TT[:-1, :-1], -_APART)  # this frame and the one before
    return float(np.mean(again_KK.any(axis=1) & moved_K))


def difference_hash(grey_HW: MatLike) -> BoolArray:
    """Whether each cell of the picture is brighter than its neighbour to the left, B bits."""
    small = cv2.resize(grey_HW, (_HASH_SIDE + 1, _HASH_SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.asarray(small[:, 1:] > small[:, :-1]).ravel()


def agrees(declared: float | None, measured: float, rounding: float) -> bool | None:
    """Within a tenth, or the rounding that is allowed anyway."""
    if declared is None:
        return None
    return bool(abs(declared - measured) <= max(_TOLERANCE * measured, rounding))


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
