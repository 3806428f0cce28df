"""Smooth random motion, as of a hand: the same at any frame rate."""

import numpy as np
from numpy.typing import NDArray

_SINES = 4
_SPREAD = 1.6  # of their sum, so that `extent` is about the largest value in two seconds


def drift(
    times: NDArray[np.float64],
    rng: np.random.Generator,
    extent: float | NDArray[np.float64],
    *,
    slowest: float,
    fastest: float,
    axes: int = 3,
) -> NDArray[np.float64]:
    """Values (T, axes) at `times` (seconds): on each axis a few sines between two rates (1/s)."""
    rates = rng.uniform(slowest, fastest, size=(_SINES, axes))
    phases = rng.uniform(0, 2 * np.pi, size=(_SINES, axes))
    weights = rng.uniform(0.3, 1.0, size=(_SINES, axes)) / np.sqrt(rates / slowest)
    waves = np.sin(2 * np.pi * rates * times[:, None, None] + phases) * weights
    return np.asarray(waves.sum(axis=1) / _SPREAD * extent)
