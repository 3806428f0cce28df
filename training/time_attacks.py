"""Windows whose single frames are bona fide and whose time is not (data.md section 6).

They are made from a bona fide window's own frames, so that tone, sharpness and background cannot tell them
apart: only how the points move can. T frames of H x W px, L landmarks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import NUM_MESH_LANDMARKS, FloatArray, PixelArray

# Attacks that leave no trace in a single frame: what sees one frame cannot learn them and would only learn
# to doubt every face.
TIME_ONLY_SPECIES: Final = frozenset({"plane_still", "plane_moving", "wobble", "paused", "loop"})
_SUB_PIXEL = 0.5  # px


@dataclass(frozen=True, slots=True)
class Moving:
    """Frames and the landmarks of each."""

    frames: tuple[PixelArray, ...]
    landmarks: tuple[FloatArray, ...]  # (L, 3) each


def frozen(window: Moving, rng: np.random.Generator) -> Moving:
    """One frame, repeated."""
    kept = int(rng.integers(len(window.frames)))
    count = len(window.frames)
    return Moving((window.frames[kept],) * count, (window.landmarks[kept],) * count)


def shuffled(window: Moving, rng: np.random.Generator) -> Moving:
    """The same frames in an order in which no head moves."""
    count = len(window.frames)
    order = rng.permutation(count)
    while np.all(np.diff(order) == 1) or np.all(np.diff(order) == -1):
        order = rng.permutation(count)
    return Moving(tuple(window.frames[i] for i in order), tuple(window.landmarks[i] for i in order))


def rewarped(window: Moving, rng: np.random.Generator) -> Moving:
    """One frame moved as a plane: by the homographies that come nearest to the window's own motion."""
    kept = int(rng.integers(len(window.frames)))
    start = window.landmarks[kept]
    moved = [_as_plane(window.frames[kept], start, points) for points in window.landmarks]
    return Moving(tuple(pixels for pixels, _ in moved), tuple(points for _, points in moved))


def resampled(window: Moving, rng: np.random.Generator) -> Moving:
    """The same motion, each frame read between its pixels.

    For the bona fide partner of a re-warped window: without it, the softness that interpolation leaves tells
    the two apart, and the network need not look at how the points move.
    """
    shifts = rng.uniform(-_SUB_PIXEL, _SUB_PIXEL, size=(len(window.frames), 2))
    return Moving(
        tuple(_shifted(pixels, shift) for pixels, shift in zip(window.frames, shifts, strict=True)),
        window.landmarks,
    )


def _shifted(pixels_HW3: PixelArray, shift: NDArray[np.float64]) -> PixelArray:
    height, width = pixels_HW3.shape[:2]
    moved = cv2.warpAffine(
        pixels_HW3,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, dtype=np.uint8)


def _as_plane(
    pixels_HW3: PixelArray, before_L3: FloatArray, after_L3: FloatArray
) -> tuple[PixelArray, FloatArray]:
    """The picture and its landmarks under the best homography between two sets of landmarks."""
    before = before_L3[:NUM_MESH_LANDMARKS, :2].astype(np.float64)
    after = after_L3[:NUM_MESH_LANDMARKS, :2].astype(np.float64)
    homography, _ = cv2.findHomography(before, after, 0)
    if homography is None:
        return pixels_HW3, before_L3
    height, width = pixels_HW3.shape[:2]
    warped = cv2.warpPerspective(
        pixels_HW3, homography, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    points = cv2.perspectiveTransform(before_L3[None, :, :2].astype(np.float64), homography)[0]
    landmarks = np.concatenate([points, before_L3[:, 2:]], axis=1).astype(np.float32)
    return np.asarray(warped, dtype=np.uint8), landmarks


TimeAttack = Callable[[Moving, np.random.Generator], Moving]

# A frozen window is learnt within a hundred steps and a re-warped one soon after; the order of frames is the
# hardest to see.
TIME_ATTACKS: Final[tuple[tuple[TimeAttack, float], ...]] = ((rewarped, 0.4), (frozen, 0.1), (shuffled, 0.5))


def draw_time_attack(rng: np.random.Generator) -> TimeAttack:
    shares = np.array([share for _, share in TIME_ATTACKS])
    return TIME_ATTACKS[int(rng.choice(len(shares), p=shares / shares.sum()))][0]
