"""What the panorama does to a surface: diffuse light by its normal, and mirrored light.

Directions are of the camera frame (x right, y down, z forward). The panorama's middle is what the camera
looks at, its upper edge is up; so a sheet that faces the camera mirrors the panorama's left and right ends.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.scene import Light

_COARSE = (32, 16)  # px of the panorama that diffuse light is summed over
_TOWARDS_CAMERA = np.array([[0.0, 0.0, -1.0]])


@dataclass(frozen=True, slots=True)
class Diffuse:
    """Light that falls on a white surface, by its normal; equals the scene's ambient light at -z."""

    ambient_3: NDArray[np.float64]
    directions_N3: NDArray[np.float64]
    weights_N3: NDArray[np.float64]  # radiance times solid angle

    def at(self, normals_N3: NDArray[np.float64]) -> NDArray[np.float64]:
        """Radiance of a white Lambertian surface, (N, 3)."""
        facing = self._sum(_TOWARDS_CAMERA)
        return np.asarray(self.ambient_3 * self._sum(normals_N3) / np.maximum(facing, 1e-6))

    def _sum(self, normals_N3: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.maximum(normals_N3 @ self.directions_N3.T, 0) @ self.weights_N3)


def diffuse(light: Light) -> Diffuse:
    small = cv2.resize(light.panorama_HW3.astype(np.float32), _COARSE, interpolation=cv2.INTER_AREA)
    width, height = _COARSE
    longitude = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    lon, lat = np.meshgrid(longitude, latitude)
    directions = np.stack([np.cos(lat) * np.sin(lon), -np.sin(lat), np.cos(lat) * np.cos(lon)], axis=2)
    weights = np.asarray(small, dtype=np.float64) * np.cos(lat)[..., None]
    return Diffuse(light.ambient_3.astype(np.float64), directions.reshape(-1, 3), weights.reshape(-1, 3))


def polished(light: Light, roughness: float) -> FloatArray:
    """The panorama as a surface of this roughness (radians, one standard deviation) mirrors it."""
    height, width = 128, 256
    panorama = cv2.resize(
        light.panorama_HW3.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA
    )
    sigma = max(roughness * height / np.pi, 0.5)
    pad = min(width, int(3 * sigma) + 1)
    wrapped = cv2.copyMakeBorder(panorama, 0, 0, pad, pad, cv2.BORDER_WRAP)
    return np.ascontiguousarray(cv2.GaussianBlur(wrapped, (0, 0), sigma)[:, pad : pad + width])


def mirrored(
    panorama_HW3: FloatArray, rays_hw3: NDArray[np.float64], normals_hw3: NDArray[np.float64]
) -> FloatArray:
    """Radiance that the camera's rays (unit) meet by way of a mirror, times Schlick's share of glass."""
    cosine = -(rays_hw3 * normals_hw3).sum(axis=2)
    away = rays_hw3 + 2 * cosine[..., None] * normals_hw3
    height, width = panorama_HW3.shape[:2]
    column = (np.arctan2(away[..., 0], away[..., 2]) / (2 * np.pi) + 0.5) * width - 0.5
    row = (0.5 + np.arcsin(np.clip(away[..., 1], -1, 1)) / np.pi) * height - 0.5
    seen = cv2.remap(
        panorama_HW3,
        column.astype(np.float32),
        row.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    fresnel = 0.04 + 0.96 * (1 - np.clip(cosine, 0, 1)) ** 5
    return np.asarray(seen * fresnel[..., None], dtype=np.float32)
