"""Light -> a stored capture: one camera, the landmarks that it allows, pictures as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, Frame, PixelArray
from model.faces import LandmarkFinder
from training.synthesis.camera import CameraPreset, shoot
from training.synthesis.stage import PICTURE

DEPTH_SIDE: Final = 96
_QUALITY: Final = 95  # of the stored JPEG; what the camera did to the picture is in it already


class NoFaceError(RuntimeError):
    """A frame in which MediaPipe finds no face: such a capture would not be judged either."""


@dataclass(frozen=True, slots=True)
class Footage:
    """The frames that a camera delivered, with what was found in them."""

    frames: tuple[PixelArray, ...]
    landmarks_TL3: FloatArray
    times_T: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera with the noise of one session: members of a group that share it share that too."""

    preset: CameraPreset
    seed: int

    def record(
        self,
        light: Sequence[FloatArray],
        times_T: NDArray[np.float64],
        *,
        side: int = PICTURE,
        metered: Sequence[FloatArray] | None = None,
    ) -> list[PixelArray]:
        """The frames it delivers, (side, side); exposed for what is `metered`, `light` by default."""
        interval = float(times_T[1] - times_T[0]) if len(times_T) > 1 else 0.1
        rng = np.random.default_rng(self.seed)
        return shoot(light, self.preset, rng, out_size=(side, side), interval=interval, metered=metered)


def found(finder: LandmarkFinder, frames: Sequence[PixelArray], times_T: NDArray[np.float64]) -> Footage:
    """The frames with their landmarks. Raises NoFaceError."""
    landmarks = []
    for index, pixels in enumerate(frames):
        faces = finder.find(Frame(pixels, float(times_T[index]), index))
        if not faces:
            raise NoFaceError(f"frame {index} shows no face")
        landmarks.append(faces[0].landmarks_L3)
    return Footage(tuple(frames), np.stack(landmarks), times_T)


def encoded(frames: Sequence[PixelArray]) -> tuple[bytes, ...]:
    """JPEG, as captures keep them."""
    stored = []
    for pixels in frames:
        done, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        assert done
        stored.append(data.tobytes())
    return tuple(stored)


def plain_factors(factors: dict[str, Any]) -> dict[str, Any]:
    """The factors with NumPy's numbers as Python's, for JSON."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in factors.items()}
