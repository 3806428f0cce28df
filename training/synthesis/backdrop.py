"""What is behind the head: a picture as a plane at its own distance, which gives it its own parallax."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.scene import Exposure, View


@dataclass(frozen=True, kw_only=True, slots=True)
class Backdrop:
    """A picture on a plane that faces the camera's first position."""

    picture_HW3: FloatArray  # linear radiance, square
    distance: float  # metres
    span: float  # metres that the picture is wide and high

    def seen(self, view: View, camera_44: NDArray[np.float64]) -> Exposure:
        """The plane through `view`; `camera_44` takes points of the first camera's frame to this one's."""
        size = self.picture_HW3.shape[0]
        metres = self.span / size
        # Picture px -> the plane's points -> this camera -> its px.
        plane = np.array(
            [
                [metres, 0, -self.span / 2],
                [0, metres, -self.span / 2],
                [0, 0, self.distance],
            ]
        )
        moved = camera_44[:3, :3] @ plane + camera_44[:3, 3:] * np.array([0, 0, 1])
        lens = np.array([[view.focal, 0, view.width / 2], [0, view.focal, view.height / 2], [0, 0, 1]])
        radiance = cv2.warpPerspective(
            self.picture_HW3,
            lens @ moved,
            (view.width, view.height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        depth = np.full((view.height, view.width), self.distance, np.float32)
        return Exposure(np.asarray(radiance, np.float32), depth)
