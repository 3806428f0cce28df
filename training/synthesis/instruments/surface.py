"""Sheets in space: where a camera's px meet a plane or a cylinder, and where a point of the sheet is.

A sheet has coordinates s to the right and t down, metres along the sheet from its middle. Its own frame has
the middle at the origin, x to the right, y down, z away from the viewer. A plane under a pose is a
homography; a bent sheet is a cylinder about an upright axis, convex towards the viewer for a radius above 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.scene import View

Pose = NDArray[np.float64]  # (4, 4), object -> camera

FLAT: Final = 0.0
_STEP = 8  # px between exactly traced rays; between them the coordinates are interpolated
_MARGIN = 3  # px around the outline, for its soft edge


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the picture that an object can be seen in, px."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a window's rays hit, on a grid of every `_STEP`th px (i rows, j columns); `fine` fills it in."""

    window: Window
    rays_ij3: NDArray[np.float64]  # directions with z = 1
    s_ij: NDArray[np.float64]  # metres
    t_ij: NDArray[np.float64]
    depth_ij: NDArray[np.float64]  # metres along the camera's z
    hit_ij: NDArray[np.float64]  # above 0 where the ray meets the surface

    def fine(self, values_ij: NDArray[np.float64] | FloatArray) -> FloatArray:
        """Values on the grid, with channels or without -> values of each px of the window."""
        rows, columns = values_ij.shape[:2]
        size = columns * _STEP, rows * _STEP
        filled = cv2.resize(values_ij.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        inside = filled[_STEP : _STEP + self.window.height, _STEP : _STEP + self.window.width]
        return np.asarray(inside, dtype=np.float32)

    @property
    def footprint(self) -> float:
        """Metres of the sheet that one px covers, in the window's middle."""
        row, column = (side // 2 for side in self.s_ij.shape)
        area = slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2)
        sheet = np.stack([self.s_ij[area], self.t_ij[area]])
        across = np.linalg.norm(np.diff(sheet, axis=2).mean(axis=(1, 2)))
        down = np.linalg.norm(np.diff(sheet, axis=1).mean(axis=(1, 2)))
        return float(np.sqrt(across * down)) / _STEP


@dataclass(frozen=True, slots=True)
class Surface:
    """A sheet, flat or bent about an upright axis."""

    radius: float = FLAT  # metres; 0 is a plane, below 0 the sheet is hollow towards the viewer

    def points(self, sheet_N2: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the sheet (s, t) -> its own frame, (N, 3) metres."""
        s, t = sheet_N2[:, 0], sheet_N2[:, 1]
        if self.radius == FLAT:
            return np.stack([s, t, np.zeros_like(s)], axis=1)
        angle = s / self.radius
        return np.stack([self.radius * np.sin(angle), t, self.radius * (1 - np.cos(angle))], axis=1)

    def normals(self, s_N: NDArray[np.float64]) -> NDArray[np.float64]:
        """Unit normals towards the viewer in the sheet's own frame, (N, 3)."""
        angle = s_N / self.radius if self.radius != FLAT else np.zeros_like(s_N)
        return np.stack([np.sin(angle), np.zeros_like(angle), -np.cos(angle)], axis=1)

    def project(self, sheet_N2: NDArray[np.float64], pose_44: Pose, view: View) -> NDArray[np.float64]:
        """Points of the sheet -> px of the view, (N, 2). Raises ValueError where one is behind the camera."""
        points_N3 = self.points(sheet_N2) @ pose_44[:3, :3].T + pose_44[:3, 3]
        if points_N3[:, 2].min() <= 0:
            raise ValueError("the sheet reaches behind the camera: hold it farther away")
        return view.project(points_N3)

    def trace(self, size: tuple[float, float], pose_44: Pose, view: View) -> Trace | None:
        """What the camera's rays meet of a sheet of `size` (metres); None where it is out of the picture."""
        window = self._window(size, pose_44, view)
        if window is None:
            return None
        directions, shape = _coarse_rays(window, view)
        s, t, depth, hit = self._hits(directions, pose_44)
        rays = directions.reshape(*shape, 3)
        return Trace(window, rays, *(values.reshape(shape) for values in (s, t, depth, hit)))

    def seen(
        self, size: tuple[float, float], poses: Sequence[Pose], view: View
    ) -> tuple[float, float, float, float]:
        """Least s and t, greatest s and t of the sheet that the camera sees under any of the poses."""
        half = np.array([*size]) / 2
        found = [np.clip(self._seen(size, pose, view), -half, half) for pose in poses]
        points = np.concatenate([*found, np.zeros((1, 2))])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def _seen(self, size: tuple[float, float], pose_44: Pose, view: View) -> NDArray[np.float64]:
        window = self._window(size, pose_44, view)
        if window is None:
            return np.zeros((0, 2))
        directions, _ = _coarse_rays(window, view)
        s, t, _, _ = self._hits(directions, pose_44)
        return np.stack([s, t], axis=1)

    def _window(self, size: tuple[float, float], pose_44: Pose, view: View) -> Window | None:
        outline = self.project(_outline(size), pose_44, view)
        low = np.maximum(np.floor(outline.min(axis=0)) - _MARGIN, 0)
        high = np.minimum(np.ceil(outline.max(axis=0)) + _MARGIN, [view.width, view.height])
        (left, top), (width, height) = low.astype(int), (high - low).astype(int)
        return Window(int(left), int(top), int(width), int(height)) if width > 0 and height > 0 else None

    def _hits(self, directions_N3: NDArray[np.float64], pose_44: Pose) -> tuple[NDArray[np.float64], ...]:
        """Sheet coordinates, depth along z, and a value above 0 where the ray hits; directions have z = 1."""
        origin = -pose_44[:3, :3].T @ pose_44[:3, 3]
        rays = directions_N3 @ pose_44[:3, :3]
        if self.radius == FLAT:
            depth = -origin[2] / rays[:, 2]
            at = origin + depth[:, None] * rays
            return at[:, 0], at[:, 1], depth, np.ones_like(depth)
        depth, hit = self._cylinder(origin, rays)
        at = origin + depth[:, None] * rays
        s = self.radius * np.arctan2(at[:, 0] / self.radius, 1 - at[:, 2] / self.radius)
        return s, at[:, 1], depth, hit

    def _cylinder(
        self, origin_3: NDArray[np.float64], rays_N3: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Distance to the nearer wall (convex) or to the farther (hollow), and the discriminant."""
        x, z = origin_3[0], origin_3[2] - self.radius  # from the axis
        square = rays_N3[:, 0] ** 2 + rays_N3[:, 2] ** 2
        middle = x * rays_N3[:, 0] + z * rays_N3[:, 2]
        discriminant = middle**2 - square * (x**2 + z**2 - self.radius**2)
        root = np.sign(self.radius) * np.sqrt(np.maximum(discriminant, 0))
        return (-middle - root) / square, discriminant


def _outline(size: tuple[float, float]) -> NDArray[np.float64]:
    """Points along the edge of a sheet, close enough for a bent one's extent."""
    half = np.array(size) / 2
    along = np.linspace(-1, 1, 33)
    edges = [(along, np.full(33, -1)), (along, np.ones(33)), (np.full(33, -1), along), (np.ones(33), along)]
    return np.concatenate([np.stack(edge, axis=1) for edge in edges]) * half


def _coarse_rays(window: Window, view: View) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Directions (N, 3) with z = 1 through every `_STEP`th px, one beyond the window on each side."""
    columns = _coarse_px(window.left, window.width)
    rows = _coarse_px(window.top, window.height)
    x = (columns - view.width / 2) / view.focal
    y = (rows - view.height / 2) / view.focal
    grid_x, grid_y = np.meshgrid(x, y)
    return np.stack([grid_x, grid_y, np.ones_like(grid_x)], axis=2).reshape(-1, 3), grid_x.shape


def _coarse_px(start: int, length: int) -> NDArray[np.float64]:
    """Where the px centres of a `_STEP` times coarser picture lie, in px coordinates of the view."""
    count = -(-length // _STEP) + 2
    return np.asarray(start + (np.arange(count) - 0.5) * _STEP, dtype=np.float64)
