"""Attacks in the tone and sharpness of their bona fide partner, so that neither tells them apart.

Works on light, before the camera: a matched picture has no gaps in its histogram and keeps its noise, and
the camera treats both members alike. (`matching` does the same to finished pictures.) H, W px of an exposure.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import BoolArray, FloatArray
from training.synthesis.matching import colour_transform

_GAMMA: Final = 2.2  # colours are matched on an even scale, as the eye and the network see them
_LEVELS: Final = np.linspace(0.5, 99.5, 25)  # percentiles that are matched
_SLOPES: Final = (0.2, 3.0)  # of the curve: more would tear noise and dither apart
_BRIGHTEST, _TABLE = 4.0, 1024  # level of the most light, and entries of a curve's table
_SHARPEN_MOST: Final = 2.0
_SAMPLED: Final = 3  # every so many px are counted


def matched_tone(
    frames: Sequence[FloatArray], like: Sequence[FloatArray], region_HW: BoolArray, share: float
) -> list[FloatArray]:
    """`frames` with the colours and levels that `like` has in a region where both show the face.

    `share` is how far they go towards it: 0 leaves them, 1 matches fully. One mapping for all frames.
    """
    own, wanted = (_levels(radiances, region_HW) for radiances in (frames, like))
    matrix_34 = _partly(colour_transform(255 * own, 255 * wanted), share)
    moved = own @ matrix_34[:, :3].T + matrix_34[:, 3]
    tables = np.stack([_table(moved[:, c], wanted[:, c], share) for c in range(3)])
    return [_mapped(frame, matrix_34, tables) for frame in frames]


def matched_sharpness(
    frames: Sequence[FloatArray], like: Sequence[FloatArray], region_HW: BoolArray
) -> list[FloatArray]:
    """`frames` blurred or sharpened until their fine detail is as strong as that of `like`."""
    wanted, own = detail(like[0], region_HW), detail(frames[0], region_HW)
    low, high = (0.0, 3.0) if own > wanted else (0.0, _SHARPEN_MOST)
    change = _blurred if own > wanted else _sharpened
    for _ in range(6):
        middle = (low + high) / 2
        still_off = (detail(change(frames[0], middle), region_HW) > wanted) == (own > wanted)
        low, high = (middle, high) if still_off else (low, middle)
    return [change(frame, (low + high) / 2) for frame in frames]


def detail(radiance_HW3: FloatArray, region_HW: BoolArray) -> float:
    """Strength of the finest structure that the delivered picture can hold, on the eye's scale."""
    luma = _even(radiance_HW3.mean(axis=2))
    half = cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    fine = half - cv2.GaussianBlur(half, (0, 0), 1.2)
    inside = cv2.resize(region_HW.astype(np.uint8), half.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return float(np.std(fine[inside]) / max(float(half[inside].mean()), 1e-3))


def face_region(points_L2: NDArray[np.float64], shape: tuple[int, ...]) -> BoolArray:
    """The px (H, W) inside the hull of the face's points."""
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(points_L2).astype(np.int32)), 1)
    return canvas > 0


def _even(radiance: FloatArray) -> FloatArray:
    return np.asarray(cv2.pow(np.maximum(radiance, 0.0), 1 / _GAMMA), np.float32)


def _levels(frames: Sequence[FloatArray], region_HW: BoolArray) -> NDArray[np.float64]:
    """Colours (N, 3) inside the region, over some of the frames."""
    some = frames[:: max(1, len(frames) // 3)]
    chosen = [_even(frame[region_HW][::_SAMPLED]).reshape(-1, 3) for frame in some]
    return np.concatenate(chosen).astype(np.float64)


def _partly(matrix_34: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """A colour transform of levels up to 255 as one of levels up to 1, and only so far towards it."""
    scaled = matrix_34 * np.array([1, 1, 1, 1 / 255])
    return np.asarray(share * scaled + (1 - share) * np.eye(3, 4))


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


def _blurred(frame: FloatArray, sigma: float) -> FloatArray:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), max(sigma, 0.05)), np.float32)


def _sharpened(frame: FloatArray, amount: float) -> FloatArray:
    soft = cv2.GaussianBlur(frame, (0, 0), 2.4)
    return np.asarray(np.maximum(frame + amount * (frame - soft), 0.0), np.float32)
