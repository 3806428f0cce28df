"""Heads that their portrait cuts off at the upper edge: the picture carried on over the crown.

What is added lies outside the face and at the rim of what the network is shown; without it more than half of
the portraits would be lost. H, W of the portrait in px.
"""

from typing import Final

import cv2
import numpy as np

from model.clip import FloatArray, PixelArray
from model.geometry import face_height

_FOREHEAD: Final = 10  # MediaPipe's uppermost landmark of the face
_CROWN: Final = 0.36  # of the face's height from there to the top of the hair
_LEAST, _MOST = 0.06, 0.4  # of the face's height that may be missing
_ROOM: Final = 0.12  # of the face's height above the crown
_HAIR_READ: Final = 0.6  # of what lies above the forehead is mirrored, so that no brow is
_EDGE: Final = 2  # row that tells where the head leaves the picture
_SOFT: Final = 2.5  # px


def missing_crown(coverage_HW: FloatArray, landmarks_L3: FloatArray) -> float:
    """How far the crown lies above the picture, px; 0 where the head does not reach the upper edge."""
    if not (coverage_HW[_EDGE] > 0.5).any():
        return 0.0
    height = face_height(landmarks_L3)
    return float(max(_CROWN * height - landmarks_L3[_FOREHEAD, 1], _LEAST * height))


def reachable(missing: float, landmarks_L3: FloatArray) -> bool:
    """Whether enough of the hair is in the picture to carry it on."""
    return missing <= _MOST * face_height(landmarks_L3)


def crowned(
    pixels_HW3: PixelArray, coverage_HW: FloatArray, landmarks_L3: FloatArray, missing: float
) -> tuple[PixelArray, FloatArray, FloatArray]:
    """Picture, coverage and landmarks with the crown added on top."""
    rows = round(missing + _ROOM * face_height(landmarks_L3))
    hair = max(2.0, _HAIR_READ * float(landmarks_L3[_FOREHEAD, 1]))
    above = np.arange(rows, 0, -1)
    read = hair * (1 - np.exp(-above / hair))  # mirrored near the edge, ever slower away from it
    columns, lines = np.meshgrid(np.arange(pixels_HW3.shape[1]), read)
    grown = cv2.remap(pixels_HW3, columns.astype(np.float32), lines.astype(np.float32), cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(grown, (0, 0), _SOFT)
    shifted = landmarks_L3 + np.array([0, rows, 0], np.float32)
    dome = _dome(coverage_HW[_EDGE], above, missing)
    return (
        np.concatenate([soft, pixels_HW3]).astype(np.uint8),
        np.concatenate([dome, coverage_HW]).astype(np.float32),
        shifted.astype(np.float32),
    )


def _dome(edge_W: FloatArray, above_R: np.ndarray, height: float) -> FloatArray:
    """Half an ellipse on each stretch of the edge that a head covers, (R, W)."""
    dome = np.zeros((len(above_R), len(edge_W)), np.float32)
    bounds = np.flatnonzero(np.diff(np.concatenate([[0], (edge_W > 0.5).astype(int), [0]])))
    for left, right in bounds.reshape(-1, 2):
        across = (np.arange(len(edge_W)) - (left + right - 1) / 2) / ((right - left) / 2)
        inside = np.hypot(across[None, :], above_R[:, None] / height) < 1
        dome = np.maximum(dome, inside.astype(np.float32))
    return np.asarray(cv2.GaussianBlur(dome, (0, 0), _SOFT), np.float32)
