"""Surfaces that can be drawn, and their normals. V vertices, F triangles."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from model.clip import FloatArray, PixelArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """What of a drawable part never changes while it moves."""

    triangles_F3: NDArray[np.int32]
    uv_V2: FloatArray  # (0, 0) is the texture's top left corner
    texture_HW4: PixelArray  # sRGB and coverage
    baked: float = 0.0  # 1: the texture is a photograph, with its light in it; 0: an albedo
    gloss: float = 0.0  # share of the panorama that is mirrored at normal incidence

    @cached_property
    def _gather(self) -> sparse.csr_matrix:
        """(V, F): sums the normals of the triangles about each vertex."""
        corners = self.triangles_F3.ravel()
        faces = np.repeat(np.arange(len(self.triangles_F3)), 3)
        shape = (len(self.uv_V2), len(self.triangles_F3))
        matrix = sparse.csr_matrix((np.ones(len(corners), np.float32), (corners, faces)), shape=shape)
        return matrix

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


@dataclass(frozen=True, slots=True)
class Part:
    """One surface as it stands in a frame, in the camera's frame and metres."""

    surface: Surface
    positions_V3: FloatArray
    normals_V3: FloatArray
