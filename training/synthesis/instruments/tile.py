"""Periodic fine structure (subpixels, halftone dots, fibres), as a camera's px sees it.

A tile is one period, N x N samples. What a px sees is the tile's mean over the px's footprint, after the
lens's own blur, both exact in the tile's Fourier series. Sampling that where the px looks is what makes
moire, or leaves none where the structure is too fine; nothing is painted.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray

Reals = NDArray[np.floating[Any]]

_FARTHEST: Final = 1.0  # metres from the middle of any instrument to its corner
# Standard deviation of the lens's point spread, in px of the rendered (twice as large) picture: sensors have
# more px than they deliver, and those that skip lines alias like a sharper lens.
_LENSES: Final = (0.10, 0.14, 0.18, 0.22, 0.26)


def filtered(tile_NNC: FloatArray, footprint: float, lens: float) -> FloatArray:
    """The tile as px that cover `footprint` periods see it: their mean, through a lens."""
    side = tile_NNC.shape[0]
    covered = np.fft.fftfreq(side, 1 / side) * footprint
    response = np.sinc(covered) * np.exp(-2 * (np.pi * lens * covered) ** 2)
    spectrum = np.fft.fft2(tile_NNC, axes=(0, 1)) * (response[:, None] * response[None, :])[..., None]
    return np.real(np.fft.ifft2(spectrum, axes=(0, 1))).astype(np.float32)


def draw_lens(rng: np.random.Generator) -> float:
    return _LENSES[int(rng.integers(len(_LENSES)))]


def contrast(tile_NNC: FloatArray) -> float:
    """How far the samples lie from their mean."""
    return float(np.abs(tile_NNC - tile_NNC.mean(axis=(0, 1))).max())


def positions(columns_hw: Reals, rows_hw: Reals, side: int) -> NDArray[np.int32]:
    """Coordinates in samples (above 0) -> the tile's sample, row * side + column; side is a power of two."""
    place = rows_hw.astype(np.int32)
    place &= np.int32(side - 1)
    place *= np.int32(side)
    place += columns_hw.astype(np.int32) & np.int32(side - 1)
    return place


def turned(s: Reals, t: Reals, period: float, side: int, angle: float = 0.0) -> tuple[Reals, Reals]:
    """Sheet coordinates (metres) -> the tile's columns and rows in samples, above 0 on any sheet."""
    cos, sin = float(np.cos(angle)) / period * side, float(np.sin(angle)) / period * side
    origin = float(side * np.ceil(_FARTHEST / period))
    return s * cos + t * sin + origin, t * cos - s * sin + origin
