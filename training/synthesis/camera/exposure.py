"""What the camera decides from what it sees: exposure and white balance, frame by frame."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.camera.presets import CameraPreset

_STRIDE = 16  # px between metered points
_HIGHLIGHT = 1.5  # linear level at which the 98th percentile is held back
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def colour_matrices(
    frames: Sequence[FloatArray], preset: CameraPreset, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Scene light -> exposed, balanced, saturated light: (T, 3, 3), one matrix a frame."""
    drift = np.cumsum(rng.normal(0, preset.exposure_drift, size=len(frames)))
    offset = rng.normal(0, 0.12)
    level, balance = 0.0, np.ones(3)
    matrices = []
    for index, frame in enumerate(frames):
        mean_3, highlight = _metered(frame)
        wanted = np.log(min(preset.key / float(mean_3 @ _LUMA), _HIGHLIGHT / highlight))
        lag = preset.exposure_lag if index else 0.0
        level = lag * level + (1 - lag) * wanted
        balance = lag * balance + (1 - lag) * _balance(mean_3, preset)
        matrices.append(np.exp(level + offset + drift[index]) * _saturation(preset.saturation) * balance)
    return np.array(matrices)


def _metered(frame_HW3: FloatArray) -> tuple[NDArray[np.float64], float]:
    """Mean light, the middle counting most, and the 98th percentile of luminance."""
    points = frame_HW3[::_STRIDE, ::_STRIDE].astype(np.float64)
    rows, columns = points.shape[:2]
    across = np.hanning(columns + 2)[1:-1] + 0.25
    down = np.hanning(rows + 2)[1:-1] + 0.25
    weights = np.outer(down, across)[..., None]
    mean_3 = (points * weights).sum(axis=(0, 1)) / weights.sum()
    return np.maximum(mean_3, 1e-4), max(float(np.percentile(points @ _LUMA, 98)), 1e-4)


def _balance(mean_3: NDArray[np.float64], preset: CameraPreset) -> NDArray[np.float64]:
    """Gains that take part of the way to a grey world, then the specimen's own cast."""
    grey = np.clip(float(mean_3 @ _LUMA) / mean_3, 0.4, 2.5)
    gains = grey**preset.adaptation * np.array(preset.balance)
    return np.asarray(gains / (gains @ _LUMA), dtype=np.float64)


def _saturation(amount: float) -> NDArray[np.float64]:
    return np.asarray(amount * np.eye(3) + (1 - amount) * _LUMA[None, :], dtype=np.float64)
