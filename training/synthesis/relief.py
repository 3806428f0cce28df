"""A head from one photograph and its landmarks alone, for tests and first steps: no assets, no fitting.

A sheet over the photograph, raised by the landmarks' own depth. It turns and its jaw drops; it has no teeth,
no lids and no back. H, W of the photograph in px.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial import Delaunay

from model.clip import NUM_MESH_LANDMARKS, FloatArray, PixelArray
from model.geometry import face_box, face_height
from training.synthesis.heads import EXPRESSIONS, Head, HeadKind, Piece
from training.synthesis.mesh import Surface

Points = NDArray[np.float64]

_CELLS: Final = 48
_FACE_HEIGHT: Final = 0.16  # metres from forehead to chin, as MediaPipe's mesh spans it
_REACH: Final = 0.9  # of the face's height about its centre that is kept
_MOUTH, _CHIN = 13, 152  # MediaPipe's upper inner lip and chin
_DROP: Final = 0.02  # metres that the chin falls when the mouth is wide open


def relief_head(name: str, pixels_HW3: PixelArray, landmarks_L3: FloatArray) -> Head:
    """The head in a photograph that looks at the camera."""
    left, top, right, bottom = face_box(landmarks_L3)
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    reach = _REACH * face_height(landmarks_L3)
    metres = _FACE_HEIGHT / face_height(landmarks_L3)
    known_L2 = landmarks_L3[:NUM_MESH_LANDMARKS, :2].astype(np.float64)
    depth_L = landmarks_L3[:NUM_MESH_LANDMARKS, 2].astype(np.float64)
    points_G2 = _grid(centre, reach)
    vertices_N2 = np.concatenate([known_L2, points_G2[_outside(points_G2, known_L2)]])
    depth_N = _raised(vertices_N2, known_L2, depth_L)
    rest_N3 = np.column_stack([(vertices_N2 - centre) * metres, depth_N * metres]).astype(np.float32)
    height, width = pixels_HW3.shape[:2]
    surface = Surface(
        triangles_F3=_triangles(vertices_N2),
        uv_V2=(vertices_N2 / [width, height]).astype(np.float32),
        texture_HW4=_faded(pixels_HW3, centre, reach),
        baked=1.0,
    )
    piece = Piece(
        surface=surface,
        rest_V3=rest_N3,
        turns_V=np.ones(len(rest_N3), np.float32),
        directions_EV3=_jaw(rest_N3),
    )
    return Head(
        name=name,
        kind=HeadKind.PROCEDURAL,
        pieces=(piece,),
        landmark_vertices_L=np.arange(NUM_MESH_LANDMARKS),
        tags={},
    )


def _grid(centre_2: Points, reach: float) -> Points:
    steps = np.linspace(-reach, reach, _CELLS + 1)
    x, y = np.meshgrid(steps, steps)
    return np.asarray(np.stack([x.ravel(), y.ravel()], axis=1) + centre_2)


def _outside(points_G2: Points, known_L2: Points) -> NDArray[np.bool_]:
    """Grid points that no landmark's triangle covers."""
    hull = cv2.convexHull(known_L2.astype(np.float32))
    inside = [cv2.pointPolygonTest(hull, (float(x), float(y)), False) >= 0 for x, y in points_G2]
    return ~np.array(inside)


def _raised(vertices_N2: Points, known_L2: Points, depth_L: Points) -> Points:
    """Depth in px: the landmarks', falling away smoothly behind the face's outline."""
    centre, spread = known_L2.mean(axis=0), np.ptp(known_L2, axis=0).max()
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ring = centre + 0.9 * spread * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    sources = np.concatenate([known_L2, ring])
    values = np.r_[depth_L, np.full(len(ring), np.percentile(depth_L, 95) + 0.25 * spread)]
    spline = RBFInterpolator(sources, values, neighbors=30, smoothing=1.0)
    return np.asarray(spline(vertices_N2))


def _triangles(vertices_N2: Points) -> NDArray[np.int32]:
    return np.asarray(Delaunay(vertices_N2).simplices, np.int32)


def _faded(pixels_HW3: PixelArray, centre_2: Points, reach: float) -> PixelArray:
    """The photograph, cut out round the head with a soft edge."""
    height, width = pixels_HW3.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    radius = np.hypot((x - centre_2[0]) / (0.72 * reach), (y - centre_2[1]) / (0.95 * reach))
    coverage = np.clip((1 - radius) / 0.06, 0, 1)
    return np.dstack([pixels_HW3, np.round(255 * coverage).astype(np.uint8)])


def _jaw(rest_N3: FloatArray) -> FloatArray:
    directions = np.zeros((len(EXPRESSIONS), len(rest_N3), 3), np.float32)
    mouth, chin = rest_N3[_MOUTH, 1], rest_N3[_CHIN, 1]
    share = np.clip((rest_N3[:, 1] - mouth) / (chin - mouth), 0, 1)
    directions[EXPRESSIONS.index("jaw_open"), :, 1] = _DROP * share
    return directions
