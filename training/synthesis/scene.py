"""What the parts of the data engine exchange.

Camera frame: x to the right, y down, z away from the camera, metres. Light is linear: radiance 1.0 is what
a white sheet sends under the scene's nominal light. T frames of H x W px, 4 x 4 poses from an object's own
frame to the camera's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A pinhole camera, its principal point in the middle of the picture."""

    width: int  # px
    height: int
    focal: float  # px

    def project(self, points_N3: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the camera frame -> px, (N, 2)."""
        centre = np.array([self.width, self.height]) / 2
        return np.asarray(self.focal * points_N3[:, :2] / points_N3[:, 2:] + centre)

    def scaled(self, factor: int) -> "View":
        """The same view on a picture `factor` times as large."""
        return View(width=self.width * factor, height=self.height * factor, focal=self.focal * factor)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One frame as light, before any camera has touched it."""

    radiance_HW3: FloatArray  # linear RGB
    depth_HW: FloatArray  # metres from the camera, 0 where nothing was hit


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """A panorama's light, as the instruments need it."""

    ambient_3: FloatArray  # mean radiance that falls on a surface facing the camera, linear RGB
    panorama_HW3: FloatArray  # equirectangular radiance, for reflections
