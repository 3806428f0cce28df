"""Depth of a real face from its dense landmarks, in place of PRNet (paper section 5.2.1).

MediaPipe gives each of the 468 mesh landmarks an x, y and z in px of one scale, z smaller when nearer. The
mesh's triangles are sampled densely and the nearest sample of each cell is kept, so that what a turned head
hides leaves no trace. D side of the map in cells.
"""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from mediapipe.tasks.python.vision import FaceLandmarksConnections
from numpy.typing import NDArray

from model.clip import NUM_MESH_LANDMARKS, FloatArray

FACE_WIDTH: Final = 0.14  # metres between the landmarks at the sides of an adult's face
DISTANCE: Final = 0.5  # metres from the camera to the face's middle; the label does not depend on it
_SIDES: Final = (234, 454)  # landmarks at the two sides


def landmark_depth(landmarks_L3: FloatArray, *, picture_size: int, cells: int) -> FloatArray:
    """Metres from the camera over a square picture of `picture_size` px, (D, D), 0 off the face.

    The landmarks are in px of the picture and may lie outside it. Perspective is left out, as in MediaPipe.
    """
    mesh_N3 = landmarks_L3[:NUM_MESH_LANDMARKS].astype(np.float64)
    width = float(np.linalg.norm(mesh_N3[_SIDES[0]] - mesh_N3[_SIDES[1]]))
    metres = DISTANCE + (mesh_N3[:, 2] - mesh_N3[:, 2].mean()) * FACE_WIDTH / max(width, 1.0)
    metres = np.maximum(metres, DISTANCE / 10)  # a mesh gone wrong stays before the camera
    points_N3 = np.column_stack([mesh_N3[:, :2] * cells / picture_size, metres])
    return _nearest(_samples(points_N3[triangles()]), cells)


@cache
def triangles() -> NDArray[np.int64]:
    """The face's triangles as landmark indices, (N, 3): MediaPipe's mesh, its eyes and mouth closed."""
    edges = FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION  # each triangle is three edges in a row
    mesh_N3 = np.array([edge.start for edge in edges], dtype=np.int64).reshape(-1, 3)
    *holes, _ = sorted(_rims(mesh_N3), key=len)  # the longest rim is the face's own
    lids = [(rim[0], one, other) for rim in holes for one, other in pairwise(rim[1:])]
    return np.concatenate([mesh_N3, np.array(lids, dtype=np.int64)])


def _rims(mesh_N3: NDArray[np.int64]) -> list[list[int]]:
    """The loops of edges that only one triangle has."""
    uses = Counter(frozenset(edge) for a, b, c in mesh_N3.tolist() for edge in ((a, b), (b, c), (c, a)))
    neighbours: dict[int, set[int]] = defaultdict(set)
    for one, other in (edge for edge, count in uses.items() if count == 1):
        neighbours[one].add(other)
        neighbours[other].add(one)
    rims = []
    while neighbours:
        rim = [min(neighbours)]
        while ahead := neighbours.pop(rim[-1]) - set(rim):
            rim.append(min(ahead))
        rims.append(rim)
    return rims


def _samples(corners_T33: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points on the triangles, (M, 3), no further apart than half a cell."""
    edges_T32 = np.diff(corners_T33[:, [0, 1, 2, 0], :2], axis=1)
    steps_T = np.ceil(2 * np.linalg.norm(edges_T32, axis=2).max(axis=1)).astype(int)
    return np.concatenate(
        [
            (_weights(steps) @ corners_T33[steps_T == steps]).reshape(-1, 3)
            for steps in np.unique(steps_T).tolist()
        ]
    )


@cache
def _weights(steps: int) -> NDArray[np.float64]:
    """Barycentric coordinates that cut each edge of a triangle into `steps` parts, (K, 3)."""
    parts = max(steps, 1)
    first, second = np.meshgrid(np.arange(parts + 1), np.arange(parts + 1), indexing="ij")
    inside = first + second <= parts
    a, b = first[inside] / parts, second[inside] / parts
    return np.column_stack([a, b, 1 - a - b])


def _nearest(samples_M3: NDArray[np.float64], cells: int) -> FloatArray:
    columns, rows = np.floor(samples_M3[:, :2]).astype(np.int64).T
    within = (columns >= 0) & (columns < cells) & (rows >= 0) & (rows < cells)
    depth = np.full(cells * cells, np.inf)
    np.minimum.at(depth, (rows * cells + columns)[within], samples_M3[within, 2])
    return np.where(np.isfinite(depth), depth, 0.0).reshape(cells, cells).astype(np.float32)
