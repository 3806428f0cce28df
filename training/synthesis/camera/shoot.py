"""The camera path, top to bottom: lens, shutter, exposure, sensor, processing, codec."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.camera.codec import transcode
from training.synthesis.camera.exposure import colour_matrices
from training.synthesis.camera.optics import (
    blurred,
    falloff,
    gathered,
    movement,
    thumbnail,
    trailed,
    velocities,
)
from training.synthesis.camera.presets import CameraPreset
from training.synthesis.camera.sensor import developed, finished, sensor_of

_INTERVAL = 0.1  # seconds between frames: every third of a 30 fps camera, as the network samples them


def shoot(
    exposures: Sequence[FloatArray],
    preset: CameraPreset,
    rng: np.random.Generator,
    *,
    out_size: tuple[int, int],
    interval: float = _INTERVAL,
    metered: Sequence[FloatArray] | None = None,
) -> list[PixelArray]:
    """T linear radiances (H, W, 3), rendered at about twice the size -> T sRGB frames.

    `out_size` is (width, height) of the delivered frames, even; `interval` is in seconds from one exposure
    to the next and says how long a trail the shutter leaves; `metered` (T, any size) is what exposure and
    white balance are decided on, where that is another light than the exposures. What is drawn from `rng`
    does not depend on the radiances, so the same seed gives the members of a pair the same drift and the
    same noise. Raises ValueError where there is no exposure or `out_size` is odd.
    """
    if not exposures or any(side < 2 or side % 2 for side in out_size):
        raise ValueError(
            f"{len(exposures)} exposures at {out_size}: one or more, and an even size, are needed"
        )
    matrices = colour_matrices(exposures if metered is None else metered, preset, rng)
    frames = _sensor_frames(exposures, matrices, preset, rng, out_size=out_size, interval=interval)
    return transcode(frames, preset.codec)


def _sensor_frames(
    exposures: Sequence[FloatArray],
    matrices_T33: NDArray[np.float64],
    preset: CameraPreset,
    rng: np.random.Generator,
    *,
    out_size: tuple[int, int],
    interval: float,
) -> list[PixelArray]:
    """The frames as the camera's processor hands them to the codec."""
    native = _even(out_size[0] * preset.resolution), _even(out_size[1] * preset.resolution)
    lights = _through_lens(exposures, preset, native, interval=interval)
    fall = falloff(native, preset.vignetting)
    sensor = sensor_of(preset)
    frames = []
    for light, matrix in zip(lights, matrices_T33, strict=True):
        exposed = np.asarray(cv2.multiply(cv2.transform(light, matrix), fall), dtype=np.float32)
        frames.append(finished(developed(exposed, sensor, rng), preset, out_size))
    return frames


def _through_lens(
    exposures: Sequence[FloatArray], preset: CameraPreset, native: tuple[int, int], *, interval: float
) -> Iterator[FloatArray]:
    thumbnails = [thumbnail(radiance) for radiance in exposures]
    to_trail = preset.shutter / interval * native[0] / exposures[0].shape[1]
    for index, (radiance, velocity) in enumerate(zip(exposures, velocities(thumbnails), strict=True)):
        other = thumbnails[index + 1] if index + 1 < len(thumbnails) else thumbnails[index - 1]
        light = blurred(gathered(radiance, native), preset.lens_blur * preset.resolution)
        yield trailed(light, velocity * to_trail, movement(thumbnails[index], other))


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))
