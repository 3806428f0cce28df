"""A real face that moves: enough to have its square moved now and then, as a person's does."""

import math
from functools import cache

import cv2

from tests.service.videos import Picture, face

FPS = 30
SIZE = (640, 480)
_LOOP_SECONDS = 4
_SWAY = 0.07  # of the picture's width, to each side
_BREATHE = 0.06  # of the face's size


@cache
def pictures() -> tuple[Picture, ...]:
    """One sway from side to side and back, so that it can be repeated without a jump."""
    frames = _LOOP_SECONDS * FPS
    phases = [2 * math.pi * i / frames for i in range(frames)]
    return tuple(
        face(
            height=190 * (1 + _BREATHE * math.sin(2 * phase)),
            at=(0.5 + _SWAY * math.sin(phase), 0.5),
            size=SIZE,
        )
        for phase in phases
    )


@cache
def jpegs() -> tuple[bytes, ...]:
    quality = [cv2.IMWRITE_JPEG_QUALITY, 85]
    return tuple(cv2.imencode(".jpg", each[..., ::-1], quality)[1].tobytes() for each in pictures())
