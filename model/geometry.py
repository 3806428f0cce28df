"""Landmarks -> box, square, 32x32 face mask, crop, and the motion that no plane explains.

The only pixel arithmetic of the project: whoever crops a face or draws a mask does it here. L landmarks,
S side of the network's input in px, h = w side of the depth grid in cells.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import NUM_MESH_LANDMARKS, BoolArray, FloatArray, Framing, PixelArray, Square

_MASK_SUPERSAMPLING = 8  # a cell belongs to the face when the hull covers at least half of it

# The square is held while the face moves little, so that the network reads the motion (architecture.md 6).
MAX_SHIFT = 0.10  # of the square's side, from the face's centre at the time the square was set
SCALE_RANGE = (0.87, 1.15)


def face_box(landmarks_L3: FloatArray) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the mesh landmarks, in px."""
    x, y = landmarks_L3[:NUM_MESH_LANDMARKS, 0], landmarks_L3[:NUM_MESH_LANDMARKS, 1]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def face_height(landmarks_L3: FloatArray) -> float:
    """Height of the landmark box in px."""
    _, top, _, bottom = face_box(landmarks_L3)
    return bottom - top


def face_square(landmarks_L3: FloatArray, *, scale: float) -> Square:
    """The square about the face's centre, `scale` times as wide as the longer side of its box."""
    left, top, right, bottom = face_box(landmarks_L3)
    side = max(1, round(scale * max(right - left, bottom - top)))
    return Square(round((left + right - side) / 2), round((top + bottom - side) / 2), side)


def framed(square: Square, framing: Framing) -> Square:
    """The square as a framing moves it; it grows about its centre."""
    side = max(1, round(framing.scale * square.side))
    grown = (side - square.side) / 2
    return Square(
        round(square.left - grown + framing.right * square.side),
        round(square.top - grown + framing.down * square.side),
        side,
    )


def square_holds(square: Square, fresh: Square) -> bool:
    """Whether a track may keep `square` now that its face would get `fresh` (both at one scale)."""
    shift = max(abs(_centre_x(fresh) - _centre_x(square)), abs(_centre_y(fresh) - _centre_y(square)))
    return shift <= MAX_SHIFT * square.side and SCALE_RANGE[0] <= fresh.side / square.side <= SCALE_RANGE[1]


def crop(pixels_HW3: PixelArray, square: Square, *, size: int) -> PixelArray:
    """The square's pixels, or luma, at `size` x `size`; outside the frame its edge is repeated."""
    height, width = pixels_HW3.shape[:2]
    top, left, bottom, right = square.top, square.left, square.top + square.side, square.left + square.side
    if top >= 0 and left >= 0 and bottom <= height and right <= width:  # nearly always, and ten times faster
        patch = np.ascontiguousarray(pixels_HW3[top:bottom, left:right])
    else:
        rows = np.clip(np.arange(top, bottom), 0, height - 1)
        columns = np.clip(np.arange(left, right), 0, width - 1)
        patch = np.ascontiguousarray(pixels_HW3[rows[:, None], columns[None, :]])
    interpolation = cv2.INTER_AREA if square.side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(patch, (size, size), interpolation=interpolation), dtype=np.uint8)


def to_square(points_N2: FloatArray, square: Square, *, size: int) -> FloatArray:
    """Frame px -> px of the square at `size` x `size`."""
    origin = np.array([square.left, square.top], dtype=np.float32)
    return np.asarray((points_N2 - origin) * (size / square.side), dtype=np.float32)


def from_square(points_N2: FloatArray, square: Square, *, size: int) -> FloatArray:
    """The inverse of `to_square`."""
    origin = np.array([square.left, square.top], dtype=np.float32)
    return np.asarray(points_N2 * (square.side / size) + origin, dtype=np.float32)


def inside_hull(points_N2: NDArray[np.floating], shape: tuple[int, ...]) -> BoolArray:
    """The px (H, W) of a picture of this shape that lie in the convex hull of its points, rim included."""
    canvas = np.zeros(shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(points_N2).astype(np.int32)), 1)
    return np.asarray(canvas > 0)


def face_mask(landmarks_L3: FloatArray, square: Square, *, cells: int) -> BoolArray:
    """The depth cells (h, w) of the square that lie on the face: the filled hull of its mesh landmarks."""
    fine = cells * _MASK_SUPERSAMPLING
    points = to_square(landmarks_L3[:NUM_MESH_LANDMARKS, :2], square, size=fine)
    inside = 255 * inside_hull(points, (fine, fine)).astype(np.uint8)
    return np.asarray(cv2.resize(inside, (cells, cells), interpolation=cv2.INTER_AREA) >= 128)


def mesh(landmarks_L3: FloatArray) -> NDArray[np.float64]:
    """x and y of the mesh landmarks, (M, 2) in px; the irises are left out."""
    return np.ascontiguousarray(landmarks_L3[:NUM_MESH_LANDMARKS, :2], dtype=np.float64)


def best_homography(before_L3: FloatArray, after_L3: FloatArray) -> NDArray[np.float64]:
    """The (3, 3) homography that comes nearest to the motion of a face's mesh, by least squares.

    The identity where landmarks coincide so that there is none.
    """
    homography, _ = cv2.findHomography(mesh(before_L3), mesh(after_L3), 0)
    return np.eye(3) if homography is None else np.asarray(homography, dtype=np.float64)


def on_plane(points_M2: NDArray[np.float64], homography: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a homography takes points."""
    return np.asarray(cv2.perspectiveTransform(points_M2[None], homography)[0], dtype=np.float64)


def homography_residual(before_L3: FloatArray, after_L3: FloatArray) -> float:
    """Root mean square distance that the best homography leaves between two sets of landmarks.

    In units of the face's height: 0 for a plane however it moves, above 0 for a head that turns or a face
    that changes (the paper's appendix, Eq. 13-33, as a measurement). It contains the landmarks' own noise.
    """
    height = max((face_height(before_L3) + face_height(after_L3)) / 2, 1.0)
    left_over = on_plane(mesh(before_L3), best_homography(before_L3, after_L3)) - mesh(after_L3)
    return float(np.sqrt(np.mean(np.sum(left_over**2, axis=1))) / height)


def _centre_x(square: Square) -> float:
    return square.left + square.side / 2


def _centre_y(square: Square) -> float:
    return square.top + square.side / 2
