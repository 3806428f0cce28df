"""sRGB levels and linear light, as tables."""

from functools import lru_cache

import numpy as np

from model.clip import FloatArray


@lru_cache(maxsize=8)
def linear_table(gamma: float | None = None) -> FloatArray:
    """Level (0-255) -> linear value, (1, 256, 1) for cv2.LUT: sRGB's curve, or a plain power."""
    levels = np.arange(256) / 255
    if gamma is None:
        values = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    else:
        values = levels**gamma
    return values.astype(np.float32)[None, :, None]
