"""Attacks in the tone and sharpness of their bona fide partner, so that neither tells them apart.

Works on linear light, before the camera: a matched picture has no gaps in its histogram, and the camera
treats both members alike. H, W px of an exposure.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import BoolArray, FloatArray

_LEVELS: Final = np.linspace(0.5, 99.5, 25)  # percentiles that are matched
_FLOOR: Final = 1e-4
_BRIGHTEST, _TABLE = 5.0, 1024  # logarithm of the most light, and entries of a curve's table
_STEEPEST: Final = 3.0  # of the curve, in logarithms: more would tear noise and dither apart
_SHARPEN_MOST: Final = 2.0


def matched_tone(
    frames: Sequence[FloatArray],
    like: Sequence[FloatArray],
    regions: tuple[BoolArray, BoolArray],
    share: float,
) -> list[FloatArray]:
    """`frames` with the levels of `like` in each channel, as measured inside their regions.

    `share` is how far they go towards it: 0 leaves them, 1 matches fully. One curve for all frames.
    """
    own, wanted = (
        _percentiles(radiances, region) for radiances, region in zip((frames, like), regions, strict=True)
    )
    curves = []
    for channel in range(3):
        x, y = own[:, channel], share * wanted[:, channel] + (1 - share) * own[:, channel]
        slope = np.clip(np.diff(y) / np.maximum(np.diff(x), 1e-4), 0.05, _STEEPEST)
        bent = y[len(y) // 2] + np.r_[0, np.cumsum(slope * np.diff(x))]
        curves.append((x, bent - bent[len(y) // 2] + y[len(y) // 2]))
    return [_through(curves, frame) for frame in frames]


def matched_sharpness(
    frames: Sequence[FloatArray], like: Sequence[FloatArray], regions: tuple[BoolArray, BoolArray]
) -> list[FloatArray]:
    """`frames` blurred or sharpened until their fine detail is as strong as that of `like`."""
    wanted = detail(like[0], regions[1])
    own = detail(frames[0], regions[0])
    low, high = (0.0, 3.0) if own > wanted else (0.0, _SHARPEN_MOST)
    change = _blurred if own > wanted else _sharpened
    for _ in range(6):
        middle = (low + high) / 2
        still_off = (detail(change(frames[0], middle), regions[0]) > wanted) == (own > wanted)
        low, high = (middle, high) if still_off else (low, middle)
    return [change(frame, (low + high) / 2) for frame in frames]


def detail(radiance_HW3: FloatArray, region_HW: BoolArray) -> float:
    """Strength of the finest structure that the delivered picture can hold, relative to brightness."""
    luma = np.log(np.maximum(radiance_HW3.mean(axis=2), _FLOOR))
    half = cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    fine = half - cv2.GaussianBlur(half, (0, 0), 1.2)
    inside = cv2.resize(region_HW.astype(np.uint8), half.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return float(np.std(fine[inside]))


def face_region(points_L2: NDArray[np.float64], shape: tuple[int, ...]) -> BoolArray:
    """The px (H, W) inside the hull of the face's points."""
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(points_L2).astype(np.int32)), 1)
    return canvas > 0


def _percentiles(frames: Sequence[FloatArray], region_HW: BoolArray) -> NDArray[np.float64]:
    """(levels, 3) of the logarithm inside the region, over some of the frames."""
    some = frames[:: max(1, len(frames) // 3)]
    inside = np.concatenate([np.log(np.maximum(frame[region_HW][::7], _FLOOR)) for frame in some])
    levels = np.percentile(inside, _LEVELS, axis=0)
    return np.asarray(np.maximum.accumulate(levels + 1e-5 * np.arange(len(levels))[:, None], axis=0))


def _through(curves: list[tuple[NDArray[np.float64], NDArray[np.float64]]], frame: FloatArray) -> FloatArray:
    light = cv2.log(np.maximum(frame, _FLOOR))
    steps = np.linspace(np.log(_FLOOR), _BRIGHTEST, _TABLE)
    index = np.clip((light - steps[0]) * ((_TABLE - 1) / (steps[-1] - steps[0])), 0, _TABLE - 1.001)
    whole = index.astype(np.int32)
    mapped = np.empty_like(light)
    for channel, (x, y) in enumerate(curves):
        # Outside the measured levels the curve goes on with slope 1: highlights stay highlights.
        beyond = np.minimum(steps - x[0], 0) + np.maximum(steps - x[-1], 0)
        table = np.exp(np.interp(steps, x, y) + beyond).astype(np.float32)
        at = whole[..., channel]
        low = table[at]
        mapped[..., channel] = low + (index[..., channel] - at) * (table[at + 1] - low)
    return np.asarray(mapped, np.float32)


def _blurred(frame: FloatArray, sigma: float) -> FloatArray:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), max(sigma, 0.05)), np.float32)


def _sharpened(frame: FloatArray, amount: float) -> FloatArray:
    soft = cv2.GaussianBlur(frame, (0, 0), 2.4)
    return np.asarray(np.maximum(frame + amount * (frame - soft), 0.0), np.float32)
