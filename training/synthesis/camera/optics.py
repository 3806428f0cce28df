"""Before the sensor: what the lens and the open shutter do to light. Linear radiance throughout.

T frames of H x W px.
"""

import itertools
import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray

_THUMBNAIL = 8  # px of the rendered picture per px of the copy that motion is measured on
_VISIBLE_BLUR = 0.7  # px; a shorter trail changes nothing that can be seen
_MAX_BLUR = 14.0  # px
_REACH = 2.5  # standard deviations that the lens's blur is carried to
_RESPONSE = 0.05  # of phase correlation: below it, the two frames do not share one motion


def gathered(radiance_HW3: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Light summed over each sensor px; `size` is (width, height)."""
    height, width = radiance_HW3.shape[:2]
    exact = width == 2 * size[0] and height == 2 * size[1]
    # At half the size, linear interpolation is the mean of four px, and the faster of the two.
    interpolation = cv2.INTER_LINEAR if exact else cv2.INTER_AREA
    return np.asarray(cv2.resize(radiance_HW3, size, interpolation=interpolation), dtype=np.float32)


def blurred(light_HW3: FloatArray, sigma: float) -> FloatArray:
    """The lens's point spread, as a Gaussian of `sigma` px."""
    if sigma < 0.2:
        return light_HW3
    side = 2 * math.ceil(_REACH * sigma) + 1
    return np.asarray(cv2.GaussianBlur(light_HW3, (side, side), sigma), dtype=np.float32)


def falloff(size: tuple[int, int], vignetting: float) -> FloatArray:
    """Share of light that reaches each px, (H, W, 3): one in the middle, 1 - `vignetting` in the corners."""
    width, height = size
    x = (np.arange(width) + 0.5) / width - 0.5
    y = (np.arange(height) + 0.5) / height - 0.5
    radius2 = 2 * (x[None, :] ** 2 + y[:, None] ** 2)
    fall = (1 - vignetting * radius2**1.2).astype(np.float32)
    return np.ascontiguousarray(np.repeat(fall[..., None], 3, axis=2))


def thumbnail(radiance_HW3: FloatArray) -> FloatArray:
    """A small copy of the green channel, on which motion is measured."""
    return np.ascontiguousarray(radiance_HW3[::_THUMBNAIL, ::_THUMBNAIL, 1])


def velocities(thumbnails: Sequence[FloatArray]) -> NDArray[np.float64]:
    """The dominant shift from each frame to its next, (T, 2) in px of the rendered picture."""
    if len(thumbnails) < 2:
        return np.zeros((len(thumbnails), 2))
    height, width = thumbnails[0].shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    steps = []
    for before, after in itertools.pairwise(thumbnails):
        shift, response = cv2.phaseCorrelate(before, after, window)
        steps.append(np.array(shift) * _THUMBNAIL if response > _RESPONSE else np.zeros(2))
    return np.array([*steps, steps[-1]])


def trailed(light_HW3: FloatArray, trail: NDArray[np.float64], moving_hw: FloatArray) -> FloatArray:
    """Motion blur along `trail` (x, y in px), where the picture moves; what stands still stays sharp."""
    length = float(np.hypot(*trail))
    if length < _VISIBLE_BLUR:
        return light_HW3
    kernel = _line_kernel(trail * min(1.0, _MAX_BLUR / length))
    smeared = cv2.filter2D(light_HW3, -1, kernel)
    height, width = light_HW3.shape[:2]
    weight = cv2.resize(moving_hw, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.blendLinear(smeared, light_HW3, weight, 1 - weight), dtype=np.float32)


def movement(before: FloatArray, after: FloatArray) -> FloatArray:
    """Where two thumbnails differ: 0 where nothing moves to 1, soft."""
    difference = cv2.absdiff(before, after) / (0.5 * (before + after) + 0.02)
    return np.asarray(np.clip(cv2.GaussianBlur(difference, (0, 0), 3) / 0.03, 0, 1), dtype=np.float32)


def _line_kernel(trail: NDArray[np.float64]) -> FloatArray:
    """Weights of a line of the given extent through the middle, each point shared by its four nearest px."""
    reach = max(1, math.ceil(float(np.abs(trail).max()) / 2))
    kernel = np.zeros((2 * reach + 2, 2 * reach + 2), dtype=np.float32)
    for share in np.linspace(-0.5, 0.5, 8 * reach + 1):
        x, y = trail * share + reach
        column, row = math.floor(x), math.floor(y)
        right, down = x - column, y - row
        kernel[row : row + 2, column : column + 2] += np.outer([1 - down, down], [1 - right, right])
    kernel = kernel[:-1, :-1]
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
