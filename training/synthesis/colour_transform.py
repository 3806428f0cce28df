"""The least linear change that brings one cloud of colours to another. N colours of three channels."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_GAIN: Final = (0.3, 3.0)  # beyond it, noise would be stretched into a picture


def colour_transform(own_N3: NDArray[np.float64], wanted_N3: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 4): gives one cloud, in levels of 0-255, the other's mean and covariance.

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
