"""Time attacks on a bona fide video itself, fed in behind the camera and compressed again.

`wobble` is one frame under a drifting homography, `paused` holds frames for at least 40 % of the capture,
`loop` repeats a short stretch. In training, every window of five frames must hold what gives the attack away,
or the label would be noise: there, holds are short and frequent and loops shorter than a window.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import PixelArray
from training.synthesis.motion import wander

LOOPED: Final = 50  # frames of a loop outside training: five seconds
_LONG_HOLD: Final = 0.45  # of the capture, outside training


def wobble_planes(
    rng: np.random.Generator, times_T: NDArray[np.float64], side: int
) -> list[NDArray[np.float64]]:
    """Homographies of a still that somebody moves about to look alive."""
    extent = rng.uniform(0.008, 0.03) * side
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float64)
    whole = wander(rng, times_T, np.full(2, extent), rates=(0.2, 1.2))
    single = wander(rng, times_T, np.full(8, 0.5 * extent), rates=(0.3, 1.5)).reshape(-1, 4, 2)
    return [
        np.asarray(
            cv2.getPerspectiveTransform(corners.astype(np.float32), (corners + w + s).astype(np.float32))
        )
        for w, s in zip(whole, single, strict=True)
    ]


def wobbled(frame_HW3: PixelArray, planes: Sequence[NDArray[np.float64]]) -> list[PixelArray]:
    size = (frame_HW3.shape[1], frame_HW3.shape[0])
    return [
        np.asarray(
            cv2.warpPerspective(
                frame_HW3, plane, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
            ),
            np.uint8,
        )
        for plane in planes
    ]


def paused_order(rng: np.random.Generator, count: int, *, training: bool) -> list[int]:
    """Which frame of the bona fide capture is shown when."""
    if not training:
        held = int(np.ceil(_LONG_HOLD * count))
        start = int(rng.integers(1, count - held))
        return [*range(start), *[start] * held, *range(start + 1, count - held + 1)]
    order: list[int] = []
    frame = 0
    while len(order) < count:
        order += [frame] * int(rng.integers(2, 5))
        frame += 1
        for _ in range(int(rng.integers(0, 2))):
            order.append(frame)
            frame += 1
    return order[:count]


def loop_order(rng: np.random.Generator, count: int, *, training: bool) -> list[int]:
    """Which frame of the bona fide capture is shown when."""
    period = int(rng.integers(3, 5)) if training else int(rng.integers(6, count + 1))
    length = count if training else LOOPED
    start = int(rng.integers(0, count - period + 1))
    return [start + index % period for index in range(length)]
