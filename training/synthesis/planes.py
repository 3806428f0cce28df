"""Attacks that differ from their bona fide partner in nothing but how the points move (data.md section 6).

A picture of the head moves as a plane: by the homographies that come nearest to the head's own motion. No
paper, no screen; the light goes through the same camera. T frames, L points of the face, H, W px.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.motion import wander
from training.synthesis.scene import Exposure


def best_planes(points_TL2: NDArray[np.float64], of_TL2: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """For each frame the homography (3, 3) that brings `of_TL2` nearest to `points_TL2`."""
    planes = []
    for before_L2, after_L2 in zip(of_TL2, points_TL2, strict=True):
        plane, _ = cv2.findHomography(before_L2, after_L2, 0)
        planes.append(np.eye(3) if plane is None else np.asarray(plane, np.float64))
    return planes


def wobble_planes(
    rng: np.random.Generator, times_T: NDArray[np.float64], side: int
) -> list[NDArray[np.float64]]:
    """Homographies (3, 3) of a still of `side` px that somebody moves about, smooth in time."""
    extent = rng.uniform(0.006, 0.03) * side
    rest = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float64)
    whole = wander(rng, times_T, np.full(2, extent), rates=(0.2, 1.2))
    corners = wander(rng, times_T, np.full(8, 0.5 * extent), rates=(0.3, 1.5)).reshape(-1, 4, 2)
    moved = (rest + whole[:, None] + corners).astype(np.float32)
    return [
        np.asarray(cv2.getPerspectiveTransform(rest.astype(np.float32), each), np.float64) for each in moved
    ]


def moved_as_planes(
    pictures: Sequence[Exposure],
    planes: Sequence[NDArray[np.float64]],
    empty: Sequence[Exposure] | None,
) -> list[FloatArray]:
    """The pictures under their planes, (H, W, 3) each.

    With `empty`, the scenes without a head, only the head moves and the background stays as in the bona fide
    capture; without, the whole picture is the plane.
    """
    frames = []
    for index, (picture, plane) in enumerate(zip(pictures, planes, strict=True)):
        moved = _warped(picture.radiance_HW3, plane)
        if empty is not None:
            behind = empty[index]
            head = cv2.GaussianBlur(
                (picture.depth_HW < 0.98 * behind.depth_HW.max()).astype(np.float32), (0, 0), 1.0
            )
            # Shoulders go on below the picture.
            cover = _warped(head, plane, border=cv2.BORDER_REPLICATE)[..., None]
            moved = moved * cover + behind.radiance_HW3 * (1 - cover)
        frames.append(np.asarray(moved, np.float32))
    return frames


def _warped(
    picture: FloatArray, plane_33: NDArray[np.float64], border: int = cv2.BORDER_REFLECT_101
) -> FloatArray:
    size = (picture.shape[1], picture.shape[0])
    warped = cv2.warpPerspective(picture, plane_33, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return np.asarray(np.maximum(warped, 0.0), np.float32)
