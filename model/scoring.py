"""Eq. 11: depth maps, face masks and the bona fide probability -> the living score of one window.

P pairs, h = w side of the depth grid in cells.
"""

import math

import numpy as np

from model.clip import BoolArray, FloatArray


class EmptyMaskError(ValueError):
    """A frame's face mask covers no depth cell, so its depth has no mean."""


class NoNumberError(ArithmeticError):
    """What runs the network is broken, whatever the capture shows."""


def depth_score(refined_Phw: FloatArray, masks_Phw: BoolArray) -> float:
    """Mean refined depth on the face, averaged over the frames: the second term of Eq. 11.

    ||.||_1 is the mean over the mask's cells (the paper's own words), of the depth clipped to the [0, 1] of
    its labels. Raises EmptyMaskError rather than dividing by zero.
    """
    cells_P = masks_Phw.sum(axis=(1, 2))
    if not np.all(cells_P):
        raise EmptyMaskError("a frame's face mask covers no depth cell")
    depth_P = (np.clip(refined_Phw, 0.0, 1.0) * masks_Phw).sum(axis=(1, 2)) / cells_P
    return float(depth_P.mean())


def living_score(bona_fide_probability: float, depth: float, *, beta: float) -> float:
    """Eq. 11: beta * b + (1 - beta) * depth, in [0, 1]; higher is bona fide.

    Raises NoNumberError: whatever a NaN is compared with, it is not below.
    """
    score = beta * bona_fide_probability + (1 - beta) * depth
    if not math.isfinite(score):
        raise NoNumberError("the network answered something that is no number")
    return score
