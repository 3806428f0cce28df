"""Surfaces that can be drawn, and their normals. V vertices, F triangles."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from model.clip import FloatArray, PixelArray

_HOLLOWS: Final = ((3, 0.0015), (12, 0.004), (50, 0.010), (200, 0.022))  # rounds of smoothing, metres
_DARKEST: Final = 0.22  # light that a deep hollow of one scale loses


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """What of a drawable part never changes while it moves."""

    triangles_F3: NDArray[np.int32]
    uv_V2: FloatArray  # (0, 0) is the texture's top left corner
    texture_HW4: PixelArray  # sRGB and coverage
    shade_V: FloatArray | None = None  # share of the light that reaches each vertex; None: all
    baked: float = 0.0  # 1: the texture is a photograph, with its light in it; 0: an albedo
    gloss: float = 0.0  # share of the panorama that is mirrored at normal incidence

    @cached_property
    def _gather(self) -> sparse.csr_matrix:
        """(V, F): sums the normals of the triangles about each vertex."""
        corners = self.triangles_F3.ravel()
        faces = np.repeat(np.arange(len(self.triangles_F3)), 3)
        shape = (len(self.uv_V2), len(self.triangles_F3))
        return sparse.csr_matrix((np.ones(len(corners), np.float32), (corners, faces)), shape=shape)

    def normals(self, positions_V3: FloatArray, welded_V: NDArray[np.int32] | None = None) -> FloatArray:
        """Unit normals, area-weighted; vertices with one number in `welded_V` share theirs."""
        a, b, c = (positions_V3[self.triangles_F3[:, corner]] for corner in range(3))
        sums = self._gather @ np.cross(b - a, c - a)
        if welded_V is not None:
            joined = np.zeros((int(welded_V.max()) + 1, 3), np.float32)
            np.add.at(joined, welded_V, sums)
            sums = joined[welded_V]
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.maximum(length, 1e-12), dtype=np.float32)


def occlusion(
    positions_V3: FloatArray, triangles_F3: NDArray[np.int32], welded_V: NDArray[np.int32]
) -> FloatArray:
    """Share of the light that reaches each vertex, (V,): hollows at four scales are darker.

    A cheap stand-in for tracing rays: a vertex below the smoothed surface around it lies in a hollow.
    """
    count = int(welded_V.max()) + 1
    first = np.full(count, -1)
    first[welded_V[::-1]] = np.arange(len(welded_V))[::-1]
    points, triangles = positions_V3[first], welded_V[triangles_F3]
    surface = Surface(
        triangles_F3=triangles.astype(np.int32),
        uv_V2=np.zeros((count, 2), np.float32),
        texture_HW4=np.zeros((1, 1, 4), np.uint8),
    )
    normals = surface.normals(points)
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.concatenate([ends, ends[:, ::-1]])
    links = sparse.coo_matrix((np.ones(len(edges), np.float32), edges.T), shape=(count, count)).tocsr()
    links.data[:] = 1.0
    average = sparse.diags(1 / np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1)) @ links
    light, smooth, done = np.ones(count), points, 0
    for rounds, depth in _HOLLOWS:
        for _ in range(rounds - done):
            smooth = average @ smooth
        done = rounds
        hollow = np.sum(normals * (smooth - points), axis=1) / depth
        light *= 1 - _DARKEST * np.clip(hollow, 0, 1)
    return np.asarray(light[welded_V], np.float32)


@dataclass(frozen=True, slots=True)
class Part:
    """One surface as it stands in a frame, in the camera's frame and metres."""

    surface: Surface
    positions_V3: FloatArray
    normals_V3: FloatArray
