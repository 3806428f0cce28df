"""Attacks in the tone and sharpness of their bona fide partner, so that neither tells them apart.

Works on light, before the camera: a matched picture has no gaps in its histogram and keeps its noise, and
the camera treats both members alike. H, W px of an exposure.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import BoolArray, FloatArray
from training.synthesis.colour_transform import colour_transform

_GAMMA: Final = 2.2  # colours are matched on an even scale, as the eye and the network see them
_LEVELS: Final = np.linspace(0.5, 99.5, 25)  # percentiles that are matched
_COLOUR_GAINS: Final = (0.6, 1.6)
_SLOPES: Final = (0.2, 3.0)  # of the curve: more would tear noise and dither apart
_BRIGHTEST, _TABLE = 4.0, 1024  # level of the most light, and entries of a curve's table
_FINE, _MIDDLING = 2.0, 6.0  # standard deviations in px of an exposure that part the bands of detail
_BAND_GAINS: Final = (0.35, 2.2)
_SAMPLED: Final = 3  # every so many px are counted


def matched_tone(
    frames: Sequence[FloatArray], like: Sequence[FloatArray], region_HW: BoolArray, share: float
) -> list[FloatArray]:
    """`frames` with the colours and levels that `like` has in a region where both show the face.

    `share` is how far they go towards it: 0 leaves them, 1 matches fully. One mapping for all frames.
    """
    own, wanted = (_levels(radiances, region_HW) for radiances in (frames, like))
    matrix_34 = _colours(own, wanted, share)
    moved = own @ matrix_34[:, :3].T + matrix_34[:, 3]
    tables = np.stack([_table(moved[:, c], wanted[:, c], share) for c in range(3)])
    return [_mapped(frame, matrix_34, tables) for frame in frames]


def matched_sharpness(
    frames: Sequence[FloatArray], like: Sequence[FloatArray], region_HW: BoolArray
) -> list[FloatArray]:
    """`frames` with fine and middling detail as strong as that of `like`: an equaliser of two bands.

    A recapture loses contours and gains dots and noise, which one blur cannot undo. One setting for all.
    """
    middle = len(frames) // 2
    own, wanted = (details(each[middle], region_HW) for each in (frames, like))
    gains = np.clip(np.array(wanted) / np.maximum(own, 1e-6), *_BAND_GAINS)
    return [_equalised(frame, float(gains[0]), float(gains[1])) for frame in frames]


def details(radiance_HW3: FloatArray, region_HW: BoolArray) -> tuple[float, float]:
    """Strength of fine and of middling structure inside the region, relative to its brightness."""
    fine, middling, _ = _bands(radiance_HW3)
    brightness = max(float(radiance_HW3[region_HW].mean()), 1e-4)
    return float(fine[region_HW].std()) / brightness, float(middling[region_HW].std()) / brightness


def _even(radiance: FloatArray) -> FloatArray:
    return np.asarray(cv2.pow(np.maximum(radiance, 0.0), 1 / _GAMMA), np.float32)


def _levels(frames: Sequence[FloatArray], region_HW: BoolArray) -> NDArray[np.float64]:
    """Colours (N, 3) inside the region, over some of the frames."""
    some = frames[:: max(1, len(frames) // 3)]
    chosen = [_even(frame[region_HW][::_SAMPLED]).reshape(-1, 3) for frame in some]
    return np.concatenate(chosen).astype(np.float64)


def _colours(
    own_N3: NDArray[np.float64], wanted_N3: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """The colour transform (3, 4), only so far towards it.

    Faces have few colours: a transform that fits theirs alone may throw all others about, so it is held back.
    """
    matrix_33 = colour_transform(255 * own_N3, 255 * wanted_N3)[:, :3]
    gains, axes = np.linalg.eigh(matrix_33)
    gentle = (axes * np.clip(gains, *_COLOUR_GAINS)) @ axes.T
    offset = wanted_N3.mean(axis=0) - gentle @ own_N3.mean(axis=0)
    return np.asarray(share * np.column_stack([gentle, offset]) + (1 - share) * np.eye(3, 4))


def _table(own_N: NDArray[np.float64], wanted_N: NDArray[np.float64], share: float) -> NDArray[np.float32]:
    """Linear radiance for even levels from 0 to `_BRIGHTEST`: monotonic, through the matched percentiles."""
    x = np.maximum.accumulate(np.percentile(own_N, _LEVELS) + 1e-5 * np.arange(len(_LEVELS)))
    y = share * np.percentile(wanted_N, _LEVELS) + (1 - share) * x
    rises = np.clip(np.diff(y) / np.diff(x), *_SLOPES) * np.diff(x)
    curve = np.r_[0, np.cumsum(rises)]
    curve += np.median(y - curve)
    levels = np.linspace(0, _BRIGHTEST, _TABLE)
    # Outside the measured levels the curve goes on evenly: highlights stay highlights.
    beyond = np.minimum(levels - x[0], 0) + np.maximum(levels - x[-1], 0)
    return np.asarray(np.maximum(np.interp(levels, x, curve) + beyond, 0.0) ** _GAMMA, np.float32)


def _mapped(frame: FloatArray, matrix_34: NDArray[np.float64], tables: NDArray[np.float32]) -> FloatArray:
    turned = cv2.transform(_even(frame), matrix_34)
    index = np.clip(turned * ((_TABLE - 1) / _BRIGHTEST), 0, _TABLE - 1.001)
    whole = index.astype(np.int32)
    mapped = np.empty_like(frame)
    for channel, table in enumerate(tables):
        at = whole[..., channel]
        low = table[at]
        mapped[..., channel] = low + (index[..., channel] - at) * (table[at + 1] - low)
    return mapped


def _bands(frame: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fine structure, middling structure, and the rest; their sum is the frame."""
    height, width = frame.shape[:2]
    soft = cv2.GaussianBlur(frame, (0, 0), _FINE)
    half = cv2.resize(soft, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    softer = cv2.resize(cv2.GaussianBlur(half, (0, 0), _MIDDLING / 2), (width, height))
    return frame - soft, np.asarray(soft - softer, np.float32), np.asarray(softer, np.float32)


def _equalised(frame: FloatArray, fine_gain: float, middling_gain: float) -> FloatArray:
    fine, middling, rest = _bands(frame)
    return np.asarray(np.maximum(rest + middling_gain * middling + fine_gain * fine, 0.0), np.float32)
