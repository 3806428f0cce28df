"""Attacks on finished pictures, with nothing of a recapture in them: only how they move is wrong.

`wobble` moves one still as a plane, `paused` freezes part of a capture, `loop` repeats a short one. Each is
compressed again by the camera's codec, and so is the bona fide partner (`relayed`), so that no single frame
tells them apart (data.md section 3). Windows of other kinds are in `training.time_attacks`.
"""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.camera import transcode
from training.synthesis.camera.presets import Codec
from training.synthesis.drift import drift
from training.time_attacks import Moving

MIN_FROZEN: Final = 0.4  # of a paused capture
MAX_PERIOD: Final = 2.0  # seconds of a loop
MIN_LOOPED: Final = 5.0  # seconds that a looped capture lasts

_CORNER_DRIFT: Final = 0.02  # of the picture's width, each corner by itself: turns out of the plane
_WHOLE_DRIFT: Final = 0.03  # all corners together
_ROTATION: Final = 0.05  # radians


def wobble(capture: Moving, codec: Codec, rng: np.random.Generator, *, interval: float) -> Moving:
    """One of its frames as a plane that drifts; `interval` in seconds between frames."""
    kept = int(rng.integers(len(capture.frames)))
    count = len(capture.frames)
    still = Moving((capture.frames[kept],) * count, (capture.landmarks[kept],) * count)
    return relayed(still, codec, rng, interval=interval)


def relayed(capture: Moving, codec: Codec, rng: np.random.Generator, *, interval: float) -> Moving:
    """A capture under a drifting homography, compressed again: bona fide stays bona fide.

    A camera that turns in the hand moves its picture in this very way. With the `rng` of `wobble`, the
    single frames of both have passed through the same.
    """
    homographies = _drifting(capture, rng, interval=interval)
    moved = [_warped(capture, index, homography) for index, homography in enumerate(homographies)]
    return compressed(Moving(tuple(p for p, _ in moved), tuple(points for _, points in moved)), codec)


def paused(capture: Moving, codec: Codec, rng: np.random.Generator) -> Moving:
    """Stands still for `MIN_FROZEN` of its time or more, once; then goes on where it stopped, or jumps.

    Raises ValueError for a capture of fewer than three frames.
    """
    count = _checked_count(capture)
    frozen = int(rng.integers(math.ceil(MIN_FROZEN * count) + 1, max(int(0.9 * count), 3) + 1))
    start = int(rng.integers(0, count - frozen + 1))
    jumps = bool(rng.random() < 0.5)
    after = np.arange(start + frozen, count) if jumps else np.arange(start + 1, count - frozen + 1)
    order = [*range(start), *[start] * frozen, *after]
    return compressed(_ordered(capture, order), codec)


def loop(capture: Moving, codec: Codec, rng: np.random.Generator, *, interval: float) -> Moving:
    """A part of at most `MAX_PERIOD` again and again for `MIN_LOOPED` or the capture's length, if longer.

    Forwards with a cut, or to and fro. Raises ValueError for a capture of fewer than three frames.
    """
    count = max(_checked_count(capture), math.ceil(MIN_LOOPED / interval))
    there_and_back = bool(rng.random() < 0.5)
    longest = min(len(capture.frames), int(MAX_PERIOD / interval) // (2 if there_and_back else 1) + 1)
    length = int(rng.integers(max(3, longest // 2), longest + 1))
    start = int(rng.integers(0, len(capture.frames) - length + 1))
    part = list(range(start, start + length))
    period = [*part, *part[-2:0:-1]] if there_and_back else part[: max(2, int(MAX_PERIOD / interval))]
    return compressed(_ordered(capture, [period[i % len(period)] for i in range(count)]), codec)


def _checked_count(capture: Moving) -> int:
    if len(capture.frames) < 3:
        raise ValueError(f"a capture of {len(capture.frames)} frames is too short for a time attack")
    return len(capture.frames)


def _ordered(capture: Moving, order: Sequence[int]) -> Moving:
    return Moving(tuple(capture.frames[i] for i in order), tuple(capture.landmarks[i] for i in order))


def compressed(capture: Moving, codec: Codec) -> Moving:
    """The same frames through the camera's codec once more."""
    return Moving(tuple(transcode(capture.frames, codec)), capture.landmarks)


def _drifting(capture: Moving, rng: np.random.Generator, *, interval: float) -> list[NDArray[np.float64]]:
    """A homography (3, 3) for each frame, smooth in time."""
    height, width = capture.frames[0].shape[:2]
    times = np.arange(len(capture.frames), dtype=np.float64) * interval
    strength = rng.uniform(0.3, 1.0)
    corners = drift(times, rng, strength * _CORNER_DRIFT * width, slowest=0.2, fastest=1.5, axes=8)
    whole = drift(times, rng, strength * _WHOLE_DRIFT * width, slowest=0.2, fastest=1.2, axes=2)
    angles = drift(times, rng, strength * _ROTATION, slowest=0.2, fastest=1.0, axes=1)[:, 0]
    rest = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    homographies = []
    for corner, shift, angle in zip(corners.reshape(-1, 4, 2), whole, angles, strict=True):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        moved = (rest - rest.mean(axis=0)) @ turn.T + rest.mean(axis=0) + shift + corner
        found = cv2.getPerspectiveTransform(rest.astype(np.float32), moved.astype(np.float32))
        homographies.append(np.asarray(found, dtype=np.float64))
    return homographies


def _warped(
    capture: Moving, index: int, homography_33: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], FloatArray]:
    pixels, landmarks = capture.frames[index], capture.landmarks[index]
    size = pixels.shape[1], pixels.shape[0]
    warped = cv2.warpPerspective(
        pixels, homography_33, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    points = cv2.perspectiveTransform(landmarks[None, :, :2].astype(np.float64), homography_33)[0]
    moved = np.concatenate([points, landmarks[:, 2:]], axis=1).astype(np.float32)
    return np.asarray(warped, dtype=np.uint8), moved
