"""Tone and sharpness of an attack brought to its bona fide partner's, on the face (data.md section 6).

One mapping for all frames of a capture: what changes from frame to frame stays. T frames of H x W px; masks
say where the face is in each. Nothing here knows which capture is the attack, so either may be brought to
the other.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import BoolArray, PixelArray

_STRIDE: Final = 3  # px between those that are counted
_NODES: Final = np.concatenate([[0.2, 1], np.linspace(3, 97, 20), [99, 99.8]])  # percentiles that are matched
_GAIN: Final = (0.3, 3.0)  # of the colour transform; beyond it, noise would be stretched into a picture
_SLOPE: Final = (0.25, 4.0)  # of the curves between nodes
_SHARPNESS_FRAMES: Final = 4
_SCALES: Final = (2, 1)  # how much smaller the picture is when its sharpness is matched
_MAX_BLUR: Final = 4.0  # px
_CLOSE: Final = 1.03  # ratio of Laplacian energies that needs no blur


def match_tone(
    frames: Sequence[PixelArray],
    like: Sequence[PixelArray],
    masks: Sequence[BoolArray],
    like_masks: Sequence[BoolArray],
) -> list[PixelArray]:
    """`frames` with the colours and tones of `like`: a linear map of colour, then one curve a channel.

    Raises ValueError where a capture has no face px.
    """
    own, wanted = _face_pixels(frames, masks), _face_pixels(like, like_masks)
    matrix = colour_transform(own, wanted)
    mapped = np.clip(own @ matrix[:, :3].T + matrix[:, 3], 0, 255)
    tables = np.stack([_curve(mapped[:, c], wanted[:, c]) for c in range(3)], axis=1)
    return [_toned(pixels, matrix, tables) for pixels in frames]


def match_sharpness(
    frames: Sequence[PixelArray],
    other: Sequence[PixelArray],
    masks: Sequence[BoolArray],
    other_masks: Sequence[BoolArray],
) -> tuple[list[PixelArray], list[PixelArray]]:
    """Both captures, the sharper one blurred until the Laplacian's energy on the face is the same.

    At half the size first, then at full size: a recapture may have lost contours and gained noise.
    """
    one, two = list(frames), list(other)
    for shrink in _SCALES:
        energy, other_energy = sharpness(one, masks, shrink), sharpness(two, other_masks, shrink)
        if energy > _CLOSE * other_energy:
            one = _blurred(one, _sigma(one, masks, shrink, other_energy))
        elif other_energy > _CLOSE * energy:
            two = _blurred(two, _sigma(two, other_masks, shrink, energy))
    return one, two


def sharpness(frames: Sequence[PixelArray], masks: Sequence[BoolArray], shrink: int = 1) -> float:
    """Mean square of the luma's Laplacian on the face, `shrink` times smaller, over some of the frames."""
    return float(np.mean([_energy(frames[i], masks[i], shrink) for i in _some(len(frames))]))


def _some(count: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, count - 1, _SHARPNESS_FRAMES)})


def _energy(pixels_HW3: PixelArray, mask_HW: BoolArray, shrink: int) -> float:
    luma = cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2GRAY)
    size = luma.shape[1] // shrink, luma.shape[0] // shrink
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(mask_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return float(np.square(cv2.Laplacian(small, cv2.CV_32F)[inside]).mean()) if inside.any() else 0.0


def _sigma(frames: Sequence[PixelArray], masks: Sequence[BoolArray], shrink: int, energy: float) -> float:
    """The blur (px) that brings a capture's sharpness down to `energy`."""
    chosen = _some(len(frames))
    some, some_masks = [frames[i] for i in chosen], [masks[i] for i in chosen]
    low, high = 0.0, _MAX_BLUR
    for _ in range(9):
        middle = (low + high) / 2
        if sharpness(_blurred(some, middle), some_masks, shrink) > energy:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _blurred(frames: Sequence[PixelArray], sigma: float) -> list[PixelArray]:
    return [np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8) for pixels in frames]


def _face_pixels(frames: Sequence[PixelArray], masks: Sequence[BoolArray]) -> NDArray[np.float64]:
    """Levels (N, 3) of the faces in all frames."""
    chosen = [
        pixels[::_STRIDE, ::_STRIDE][mask[::_STRIDE, ::_STRIDE]]
        for pixels, mask in zip(frames, masks, strict=True)
    ]
    levels = np.concatenate(chosen).astype(np.float64)
    if len(levels) < len(_NODES):
        raise ValueError(f"tones cannot be matched on {len(levels)} px of a face")
    return levels


def colour_transform(own_N3: NDArray[np.float64], wanted_N3: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 4): the least linear change that gives one cloud of colours the other's mean and covariance.

    The Monge-Kantorovich solution for Gaussians; it brings saturation along, which curves a channel cannot.
    """
    own, wanted = (np.cov(cloud, rowvar=False) + np.eye(3) for cloud in (own_N3, wanted_N3))
    root = _power(own, 0.5)
    inverse = _power(own, -0.5)
    matrix = inverse @ _power(root @ wanted @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.clip(values, *_GAIN)) @ vectors.T
    return np.column_stack([matrix, wanted_N3.mean(axis=0) - matrix @ own_N3.mean(axis=0)])


def _power(symmetric_33: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(symmetric_33)
    return np.asarray((vectors * values**exponent) @ vectors.T)


def _curve(own_N: NDArray[np.float64], wanted_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level (0-255) -> level, monotonic, through the matched percentiles, going on evenly at both ends."""
    source, target = np.percentile(own_N, _NODES), np.percentile(wanted_N, _NODES)
    steps = np.maximum(np.diff(source), 1e-3)
    rises = np.clip(np.diff(target), _SLOPE[0] * steps, _SLOPE[1] * steps)
    curve = target[0] + np.concatenate([[0], np.cumsum(rises)])
    curve += np.median(target - curve)
    inner = source[0] + np.concatenate([[0], np.cumsum(steps)])
    xs = np.concatenate([[inner[0] - 256], inner, [inner[-1] + 256]])
    ys = np.concatenate([[curve[0] - 256], curve, [curve[-1] + 256]])
    return np.asarray(np.interp(np.arange(65536) / 256, xs, ys))


def _toned(pixels_HW3: PixelArray, matrix_34: NDArray[np.float64], tables: NDArray[np.float64]) -> PixelArray:
    # Sixteen bits between the two steps: eight would leave gaps in the tones.
    fine = pixels_HW3.astype(np.uint16) * np.uint16(256)
    shifted = matrix_34 * np.array([1, 1, 1, 256])
    mapped = cv2.transform(fine, shifted)
    levels = np.clip(np.round(tables), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(mapped, levels[None]), dtype=np.uint8)
