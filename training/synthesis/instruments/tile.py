"""Periodic fine structure (subpixels, halftone dots, fibres), as a camera's px sees it.

A tile is one period, N x N samples. What a px sees is the tile's mean over the px's footprint, after the
lens's own blur, both exact in the tile's Fourier series. Sampling that where the px looks is what makes
moire, or leaves none where the structure is too fine; nothing is painted.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray

_LENS: Final = 0.25  # standard deviation of the point spread, in px of the rendered (twice as large) picture


def filtered(tile_NNC: FloatArray, footprint: float) -> FloatArray:
    """The tile as px that cover `footprint` periods see it: their mean, through a lens."""
    side = tile_NNC.shape[0]
    covered = np.fft.fftfreq(side, 1 / side) * footprint
    response = np.sinc(covered) * np.exp(-2 * (np.pi * _LENS * covered) ** 2)
    spectrum = np.fft.fft2(tile_NNC, axes=(0, 1)) * (response[:, None] * response[None, :])[..., None]
    return np.real(np.fft.ifft2(spectrum, axes=(0, 1))).astype(np.float32)


def contrast(tile_NNC: FloatArray) -> float:
    """How far the samples lie from their mean."""
    return float(np.abs(tile_NNC - tile_NNC.mean(axis=(0, 1))).max())


def positions(
    s_hw: FloatArray, t_hw: FloatArray, period: float, side: int, *, angle: float = 0.0
) -> NDArray[np.int32]:
    """The tile's sample, row * side + column, at each sheet coordinate (metres, radians)."""
    cos, sin = np.float32(np.cos(angle) / period * side), np.float32(np.sin(angle) / period * side)
    column = np.floor(s_hw * cos + t_hw * sin).astype(np.int32)
    row = np.floor(t_hw * cos - s_hw * sin).astype(np.int32)
    return np.asarray((row % side) * side + column % side, dtype=np.int32)
