"""A picture's 64 signs that survive JPEG and a pixel's shift: the perceptual hash of Zauner (2010)."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray

_SIZE: Final = 32  # px
_WAVES: Final = 8


def signs_of(grey_HW: FloatArray | PixelArray) -> NDArray[np.bool_]:
    """Which of the picture's 64 lowest frequencies are above their median."""
    small = cv2.resize(np.asarray(grey_HW, np.float32), (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small)[:_WAVES, :_WAVES].ravel()
    return np.asarray(waves > np.median(waves[1:]))


def as_text(signs: NDArray[np.bool_]) -> str:
    """16 hexadecimal digits."""
    return np.packbits(signs).tobytes().hex()


def from_text(text: str) -> NDArray[np.bool_]:
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8)).astype(bool)


def differing(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> int:
    """How many of the 64 signs differ; unrelated pictures differ in about 30."""
    return int((one != other).sum())
