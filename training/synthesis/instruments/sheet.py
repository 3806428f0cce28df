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
from training.synthesis.instruments.surface import FLAT, Pose, Surface, Trace, upsampled
from training.synthesis.scene import View


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


def coverage(
    trace: Trace, size: tuple[float, float], *, centre: tuple[float, float] = (0.0, 0.0)
) -> FloatArray:
    """Share of each px inside a rectangle of the sheet, soft over one px at its edges."""
    per_metre = np.float32(1 / trace.footprint)
    across = (np.float32(size[0] / 2) - np.abs(trace.s_hw - np.float32(centre[0]))) * per_metre
    down = (np.float32(size[1] / 2) - np.abs(trace.t_hw - np.float32(centre[1]))) * per_metre
    share = np.clip(across + 0.5, 0, 1) * np.clip(down + 0.5, 0, 1)
    return np.asarray(share * trace.hit_hw, dtype=np.float32)


def sampled(picture: NDArray[np.uint8], trace: Trace, placing: Placing) -> NDArray[np.uint8]:
    """The picture's px under each ray; beyond its edges they are repeated."""
    scale = np.float32(1 / placing.pitch)
    columns = trace.s_hw * scale - np.float32(placing.left / placing.pitch + 0.5)
    rows = trace.t_hw * scale - np.float32(placing.top / placing.pitch + 0.5)
    return np.asarray(
        cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )


def gloss(trace: Trace, surface: Surface, pose_44: Pose, panorama_HW3: FloatArray) -> FloatArray:
    """What the surface mirrors of the surroundings, (h, w, 3)."""
    normals = surface.normals(trace.s_ij.ravel()) @ pose_44[:3, :3].T
    units = trace.rays_ij3 / np.linalg.norm(trace.rays_ij3, axis=2, keepdims=True)
    return upsampled(mirrored(panorama_HW3, units, normals.reshape(units.shape)), trace.window)


def illumination(trace: Trace, surface: Surface, pose_44: Pose, light: Diffuse) -> FloatArray:
    """Radiance of a white sheet along the surface: (1, 1, 3) for a plane, (h, w, 3) for a bent one."""
    if surface.radius == FLAT:
        normals = surface.normals(np.zeros(1)) @ pose_44[:3, :3].T
        return light.at(normals).astype(np.float32)[None]
    rows, columns = trace.s_ij.shape
    normals = surface.normals(trace.s_ij.ravel()) @ pose_44[:3, :3].T
    return upsampled(light.at(normals).reshape(rows, columns, 3), trace.window)


def pasted(view: View, trace: Trace, radiance_hw3: FloatArray, alpha_hw: FloatArray) -> Layer:
    """The window's values in a layer of the whole picture."""
    rows, columns = trace.window.slices
    radiance = np.zeros((view.height, view.width, 3), dtype=np.float32)
    alpha = np.zeros((view.height, view.width), dtype=np.float32)
    depth = np.zeros((view.height, view.width), dtype=np.float32)
    covered = alpha_hw > 0
    radiance[rows, columns] = radiance_hw3 * covered[..., None]
    alpha[rows, columns] = alpha_hw
    depth[rows, columns] = trace.depth_hw * covered
    return Layer(radiance, alpha, depth)


def empty(view: View) -> Layer:
    """The layer of an object that is out of the picture."""
    plane = np.zeros((view.height, view.width), dtype=np.float32)
    return Layer(np.zeros((view.height, view.width, 3), dtype=np.float32), plane, plane)
