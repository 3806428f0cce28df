"""How displays lay out their light: one period of each arrangement, normalised to a mean of 1 per channel."""

from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from model.clip import FloatArray

SIDE: Final = 64  # samples a period


class Layout(StrEnum):
    RGB_STRIPE = "rgb_stripe"  # most LCDs; one pixel a period
    BGR_STRIPE = "bgr_stripe"
    CHEVRON = "chevron"  # IPS with slanted domains: two pixels a period
    DIAMOND = "diamond"  # OLED phones: green twice as often as red and blue
    DELTA = "delta"  # rows displaced by half a pixel


PIXELS_A_PERIOD: Final = {
    Layout.RGB_STRIPE: 1,
    Layout.BGR_STRIPE: 1,
    Layout.CHEVRON: 2,
    Layout.DIAMOND: 2,
    Layout.DELTA: 2,
}


@lru_cache(maxsize=len(Layout))
def emission(layout: Layout) -> FloatArray:
    """(SIDE, SIDE, 3): where each channel shines."""
    axis = (np.arange(SIDE) + 0.5) / SIDE * PIXELS_A_PERIOD[layout]
    u, v = np.meshgrid(axis, axis)
    lit = np.stack(_LIT[layout](u, v), axis=2).astype(np.float32)
    return np.asarray(lit / lit.mean(axis=(0, 1)), dtype=np.float32)


def _stripes(u: np.ndarray, v: np.ndarray) -> list[np.ndarray]:
    tall = np.abs(v % 1 - 0.5) < 0.41
    return [tall & (np.abs((u - centre) % 1 - 0.5) < 0.12) for centre in (-1 / 3, 0, 1 / 3)]


def _reversed_stripes(u: np.ndarray, v: np.ndarray) -> list[np.ndarray]:
    return _stripes(u, v)[::-1]


def _chevron(u: np.ndarray, v: np.ndarray) -> list[np.ndarray]:
    return _stripes(u + 0.16 * np.abs(v % 2 - 1), v)


def _diamond(u: np.ndarray, v: np.ndarray) -> list[np.ndarray]:
    """Red and blue take turns on one lattice, green sits between them on all four sides."""

    def spots(places: list[tuple[float, float]], radius: float) -> np.ndarray:
        near = [np.abs((u - x + 1) % 2 - 1) + np.abs((v - y + 1) % 2 - 1) < radius for x, y in places]
        return np.asarray(np.any(near, axis=0))

    red = spots([(0.25, 0.25), (1.25, 1.25)], 0.33)
    blue = spots([(1.25, 0.25), (0.25, 1.25)], 0.36)
    green = spots([(0.75, 0.75), (1.75, 0.75), (0.75, 1.75), (1.75, 1.75)], 0.24)
    return [red, green, blue]


def _delta(u: np.ndarray, v: np.ndarray) -> list[np.ndarray]:
    return _stripes(u + 0.5 * (np.floor(v) % 2), v)


_LIT = {
    Layout.RGB_STRIPE: _stripes,
    Layout.BGR_STRIPE: _reversed_stripes,
    Layout.CHEVRON: _chevron,
    Layout.DIAMOND: _diamond,
    Layout.DELTA: _delta,
}
