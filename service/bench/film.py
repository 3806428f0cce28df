"""A face that sways and breathes, as JPEGs: enough motion to have its square moved now and then."""

import math
from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np

from model.clip import PixelArray
from service.bench.pace import paced
from service.client import CameraFrame

FPS: Final = 30
SIZE: Final = (640, 480)  # px, width and height
_FACE: Final = "face.jpg"  # Eileen Collins, NASA, public domain: the upper left of scikit-image's `astronaut`
_CENTRE: Final = (221.0, 122.0)  # px in that picture, of a face that is so high:
_HEIGHT: Final = 118.0
_SHOWN: Final = 190.0  # px
_LOOP_SECONDS: Final = 4
_SWAY: Final = 0.07  # of the picture's width, to each side
_BREATHE: Final = 0.06  # of the face's size
_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 85)


@cache
def jpegs() -> tuple[bytes, ...]:
    """One sway from side to side and back, so that it can be repeated without a jump."""
    photograph = _photograph()
    frames = _LOOP_SECONDS * FPS
    return tuple(_picture(photograph, 2 * math.pi * i / frames) for i in range(frames))


async def camera(seconds: float, *, phase: int) -> AsyncIterator[CameraFrame]:
    """The film at its pace, begun at another picture for each `phase`."""
    pictures = jpegs()
    async for i in paced(round(seconds * FPS), per_second=FPS):
        yield CameraFrame(pictures[(i + phase) % len(pictures)], i / FPS)


def _photograph() -> PixelArray:
    data = np.frombuffer((files("service.bench") / _FACE).read_bytes(), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _picture(photograph_HW3: PixelArray, phase: float) -> bytes:
    scale = _SHOWN * (1 + _BREATHE * math.sin(2 * phase)) / _HEIGHT
    at = (0.5 + _SWAY * math.sin(phase)) * SIZE[0], 0.5 * SIZE[1]
    move = np.array([[scale, 0, at[0] - _CENTRE[0] * scale], [0, scale, at[1] - _CENTRE[1] * scale]])
    shown = cv2.warpAffine(photograph_HW3, move, SIZE, borderMode=cv2.BORDER_REPLICATE)
    _, jpeg = cv2.imencode(".jpg", shown, _QUALITY)
    return jpeg.tobytes()
