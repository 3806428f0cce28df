"""What the fake camera shows: a real person's clip, and one of its pictures held by an unsteady hand."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from model.clip import PixelArray

FPS: Final = 25
_NOISE: Final = 2.0  # standard deviation in luma levels: what any camera adds to a picture


def person(clip: Path) -> Iterator[PixelArray]:
    """The clip's pictures, RGB."""
    with av.open(str(clip)) as reader:
        for frame in reader.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def wobbled_still(picture_HW3: PixelArray, *, seconds: float, seed: int = 7) -> Iterator[PixelArray]:
    """One picture that turns, shifts and breathes as a hand holds it, through a noisy camera."""
    rng, (height, width) = np.random.default_rng(seed), picture_HW3.shape[:2]
    for i in range(round(seconds * FPS)):
        t = i / FPS
        turn = 2.5 * math.sin(2.1 * t) + 0.8 * math.sin(5.3 * t)
        held = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1 + 0.03 * math.sin(1.7 * t))
        held[:, 2] += (0.02 * width * math.sin(2.9 * t), 0.015 * height * math.sin(3.7 * t))
        moved = cv2.warpAffine(
            picture_HW3, held, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        noisy = moved + rng.normal(0, _NOISE, moved.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def write_y4m(pictures: Iterable[PixelArray], target: Path) -> Path:
    """As Chromium's fake camera reads it: planes of 4:2:0, without compression."""
    with target.open("wb") as file:
        for i, picture_HW3 in enumerate(pictures):
            height, width = picture_HW3.shape[:2]
            if i == 0:
                file.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420\n".encode())
            file.write(b"FRAME\n" + cv2.cvtColor(picture_HW3, cv2.COLOR_RGB2YUV_I420).tobytes())
    return target
