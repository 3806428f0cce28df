"""Panoramas as light: nine numbers per colour for what falls on a surface (Ramamoorthi and Hanrahan 2001).

Directions are in the panorama's axes: x to the right, y up, z towards the viewer of its middle column.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.scene import Light

# The clamped cosine's share of each order over pi; times the squared constant of each basis function, a white
# surface under a uniform panorama of radiance 1 sends 1.
_CONVOLVED: Final = np.array([1.0, 2 / 3, 2 / 3, 2 / 3, 1 / 4, 1 / 4, 1 / 4, 1 / 4, 1 / 4])
_CONSTANTS: Final = np.array([0.282095, *[0.488603] * 3, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
_SUN: Final = 30.0  # times the median: brighter pixels would need shadows, which nothing here casts


@dataclass(frozen=True, slots=True)
class LightProbe:
    """A panorama's light on the heads and on the instruments."""

    light: Light
    irradiance_93: FloatArray  # coefficients of `shaders/part.vert`: white surfaces send 1 on average
    reflected_HW3: FloatArray  # the panorama small and soft, as skin mirrors it

    def falling_on(self, normal_3: FloatArray) -> FloatArray:
        """What a white surface sends that looks along `normal_3` (unit, the panorama's axes), linear RGB."""
        return np.asarray(
            np.maximum(_basis(normal_3.astype(np.float64)) @ self.irradiance_93, 0.0), np.float32
        )


def light_probe(panorama_HW3: FloatArray) -> LightProbe:
    """The light of an equirectangular panorama, scaled so that a white surface sends 1 on average."""
    tamed = np.minimum(panorama_HW3, _SUN * np.median(panorama_HW3.mean(axis=2)))
    coefficients = _project(tamed)
    scale = 1.0 / max(float(coefficients[0].mean()), 1e-6)
    scaled = np.asarray(tamed * scale, np.float32)
    ambient = np.asarray(coefficients[0] * scale, np.float32)
    soft = cv2.GaussianBlur(cv2.resize(scaled, (128, 64), interpolation=cv2.INTER_AREA), (0, 0), 2.0)
    return LightProbe(
        Light(ambient_3=ambient, panorama_HW3=scaled),
        np.asarray(coefficients * scale, np.float32),
        np.asarray(soft, np.float32),
    )


def _project(panorama_HW3: FloatArray) -> FloatArray:
    """(9, 3): the panorama on the basis of `shaders/part.vert`, convolved with the clamped cosine."""
    small = cv2.resize(panorama_HW3, (128, 64), interpolation=cv2.INTER_AREA).astype(np.float64)
    directions, weights = _sphere(64, 128)
    basis = _basis(directions)
    integrals = np.einsum("hwk,hw,hwc->kc", basis, weights, small)
    return np.asarray(integrals * (_CONSTANTS**2 * _CONVOLVED)[:, None], np.float32)


def _sphere(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The direction of each pixel and its share of the sphere in steradians."""
    polar = (np.arange(height) + 0.5) / height * np.pi
    azimuth = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    polar_HW, azimuth_HW = np.meshgrid(polar, azimuth, indexing="ij")
    sine = np.sin(polar_HW)
    directions = np.stack([sine * np.sin(azimuth_HW), np.cos(polar_HW), -sine * np.cos(azimuth_HW)], axis=-1)
    weights = sine * (np.pi / height) * (2 * np.pi / width)
    return directions, weights


def _basis(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, z = np.moveaxis(directions, -1, 0)
    ones = np.ones_like(x)
    return np.stack([ones, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], axis=-1)
