"""What printed sheets and screens have in common: a picture on a surface, its edge, its gloss.

Content is T sRGB pictures (H, W, 3), or one that stands for all. `placing` says where on the body it lies.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.lighting import Diffuse, mirrored
from training.synthesis.instruments.surface import FLAT, Pose, Surface, Trace
from training.synthesis.scene import View

_FACE = ((-1.1, -0.9), (1.1, 1.9))  # from between the eyes, in distances between them: left top, right bottom
_SHADES = 48  # normals across a bent sheet, between which its light is interpolated


@dataclass(frozen=True, slots=True)
class Placing:
    """How a picture lies on a body: content px -> metres of the sheet, from the body's middle."""

    pitch: float  # metres per content px
    left: float  # metres, of the picture's left edge
    top: float

    def to_sheet(self, points_N2: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.array([self.left, self.top]) + points_N2 * self.pitch)


def fitted(
    content_size: tuple[int, int],
    area: tuple[float, float],
    *,
    centre: tuple[float, float] = (0.0, 0.0),
    fill: bool,
) -> Placing:
    """A picture of `content_size` (width, height) in an area (metres): whole, or filling it and cut off."""
    ratios = area[0] / content_size[0], area[1] / content_size[1]
    pitch = max(ratios) if fill else min(ratios)
    return Placing(pitch, centre[0] - content_size[0] * pitch / 2, centre[1] - content_size[1] * pitch / 2)


def keeps_face(placing: Placing, area: tuple[float, float], eyes_22: NDArray[np.float64]) -> bool:
    """Whether the face about these eyes (px of the picture) lies inside an area (metres) about the middle."""
    middle, apart = eyes_22.mean(axis=0), np.linalg.norm(eyes_22[1] - eyes_22[0])
    low, high = _FACE
    corners = placing.to_sheet(np.array([middle + apart * np.array(low), middle + apart * np.array(high)]))
    return bool(np.all(np.abs(corners) <= np.array(area) / 2))


@dataclass(frozen=True, slots=True)
class Grid:
    """A raster on the sheet: metres of its left and top edge, and of its samples' width and height."""

    left: float
    top: float
    width: float
    height: float

    def centres(self, columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """s of each column and t of each row, metres."""
        s = self.left + (np.arange(columns, dtype=np.float64) + 0.5) * self.width
        t = self.top + (np.arange(rows, dtype=np.float64) + 0.5) * self.height
        return s, t


@dataclass(frozen=True, slots=True)
class Hole:
    """An ellipse cut out of a sheet: its middle and half axes, metres."""

    s: float
    t: float
    width: float
    height: float


def coverage(trace: Trace, size: tuple[float, float]) -> FloatArray | None:
    """Share of each px inside the sheet's outline, soft over one px; None where it fills the window."""
    shares = [
        _within(trace, values_ij, extent)
        for values_ij, extent in ((trace.s_ij, size[0]), (trace.t_ij, size[1]))
    ]
    if trace.hit_ij.min() <= 0:
        shares.append((trace.fine(trace.hit_ij) > 0).astype(np.float32))
    partial = [share for share in shares if share is not None]
    return np.asarray(np.prod(partial, axis=0), dtype=np.float32) if partial else None


def opened(trace: Trace, hole: Hole, alpha_hw: FloatArray | None) -> FloatArray:
    """The outline's coverage with a hole cut into it."""
    across = trace.fine((trace.s_ij - hole.s) / hole.width)
    down = trace.fine((trace.t_ij - hole.t) / hole.height)
    beyond = (cv2.magnitude(across, down) - 1) * np.float32(hole.height / trace.footprint)
    kept = np.clip(beyond + np.float32(0.5), 0, 1)
    return np.asarray(kept if alpha_hw is None else kept * alpha_hw, dtype=np.float32)


def _within(trace: Trace, values_ij: NDArray[np.float64], extent: float) -> FloatArray | None:
    """Share of each px on the near side of both edges of one direction."""
    inside_ij = (extent / 2 - np.abs(values_ij)) / trace.footprint + 0.5
    if inside_ij.min() >= 1:
        return None
    share = np.abs(trace.fine(values_ij / trace.footprint))
    np.subtract(np.float32(extent / 2 / trace.footprint + 0.5), share, out=share)
    return np.asarray(np.clip(share, 0, 1, out=share))


def sampled(raster_HW4: FloatArray, trace: Trace, grid: Grid) -> FloatArray:
    """The raster under each ray (h, w, 4); beyond its edge it is repeated.

    Four channels, because OpenCV's remap of them takes half the time of three.
    """
    columns = trace.fine((trace.s_ij - grid.left) / grid.width - 0.5)
    rows = trace.fine((trace.t_ij - grid.top) / grid.height - 0.5)
    seen = cv2.remap(raster_HW4, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.float32)


def gloss(
    trace: Trace, surface: Surface, pose_44: Pose, panorama_HW3: FloatArray, strength: float
) -> FloatArray:
    """What the surface mirrors of the surroundings, (h, w, 3)."""
    normals = surface.normals(trace.s_ij.ravel()) @ pose_44[:3, :3].T
    units = trace.rays_ij3 / np.linalg.norm(trace.rays_ij3, axis=2, keepdims=True)
    return trace.fine(mirrored(panorama_HW3, units, normals.reshape(units.shape)) * np.float32(strength))


def illumination(trace: Trace, surface: Surface, pose_44: Pose, light: Diffuse) -> NDArray[np.float64]:
    """Radiance of a white sheet on the trace's grid, (i, j, 3); (1, 1, 3) for a plane, which has one."""
    if surface.radius == FLAT:
        return light.at(surface.normals(np.zeros(1)) @ pose_44[:3, :3].T)[None]
    s = np.linspace(trace.s_ij.min(), trace.s_ij.max(), _SHADES)
    shades = light.at(surface.normals(s) @ pose_44[:3, :3].T)
    return np.stack([np.interp(trace.s_ij, s, shade) for shade in shades.T], axis=2)


def pasted(view: View, trace: Trace, radiance_hw3: FloatArray, alpha_hw: FloatArray | None) -> Layer:
    """The window's values in a layer of the whole picture; no alpha stands for 1."""
    rows, columns = trace.window.slices
    depth_hw = trace.fine(trace.depth_ij)
    if alpha_hw is None:
        alpha_hw = np.ones_like(depth_hw)
    else:
        depth_hw = depth_hw * (alpha_hw > 0)
    if depth_hw.shape == (view.height, view.width):
        return Layer(radiance_hw3, alpha_hw, depth_hw)
    layer = empty(view)
    layer.radiance_HW3[rows, columns] = radiance_hw3
    layer.alpha_HW[rows, columns] = alpha_hw
    layer.depth_HW[rows, columns] = depth_hw
    return layer


def empty(view: View) -> Layer:
    """The layer of an object that is out of the picture."""
    shape = view.height, view.width
    return Layer(
        np.zeros((*shape, 3), dtype=np.float32),
        np.zeros(shape, dtype=np.float32),
        np.zeros(shape, dtype=np.float32),
    )
