"""What an MP4's boxes say besides its pictures: how they are to be turned, and from when they show."""

import gc
import struct
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from model.card import SamplingRule
from model.video import VideoLimits, read_clip
from tests.model.test_video import encode, encoded

TASKS = Path("/proc/self/task")
RULE, LIMITS = SamplingRule(), VideoLimits()
_UNIT = 1 << 16
_MATRIX_AFTER = 44  # bytes from a tkhd's name to its matrix
_EDIT_AFTER = 12  # bytes from an elst's name to its first edit: duration, first time, rate
_ORIENTATIONS = [((a, 0), (0, d)) for a, d in product((1, -1), repeat=2)] + [
    ((0, b), (c, 0)) for b, c in product((1, -1), repeat=2)
]


def quarters(size: tuple[int, int] = (160, 120)) -> np.ndarray:
    """A picture whose quarters differ: 40 and 90 above, 140 and 190 below."""
    levels = np.array([[40, 90], [140, 190]], np.uint8)
    return np.kron(levels, np.ones((size[1] // 2, size[0] // 2), np.uint8))[..., None].repeat(3, axis=2)


def stored_for(shown: np.ndarray, matrix: tuple[tuple[int, int], tuple[int, int]]) -> np.ndarray:
    """The picture that a camera stores so that the matrix shows it as `shown`, pixel after pixel."""
    (a, b), (c, d) = matrix
    height, width = shown.shape[:2]
    size = (height, width) if a else (width, height)  # of what is stored
    stored = np.zeros((*size, 3), np.uint8)
    for y, x in np.ndindex(size):
        to_x, to_y = a * x + c * y, b * x + d * y
        stored[y, x] = shown[to_y if b + d > 0 else to_y - 1, to_x if a + c > 0 else to_x - 1]
    return stored


@pytest.mark.parametrize("matrix", _ORIENTATIONS, ids=str)
def test_a_picture_is_shown_as_the_film_says(matrix: tuple[tuple[int, int], tuple[int, int]]) -> None:
    shown = quarters()
    data = encoded([stored_for(shown, matrix)] * 4)
    place = data.index(b"tkhd") + _MATRIX_AFTER
    (a, b), (c, d) = matrix
    boxed = struct.pack(">9i", a * _UNIT, b * _UNIT, 0, c * _UNIT, d * _UNIT, 0, 0, 0, 1 << 30)
    clip = read_clip(data[:place] + boxed + data[place + len(boxed) :], rule=RULE, limits=LIMITS)
    difference = clip.frames[0].pixels_HW3.astype(int) - shown
    assert np.abs(difference).mean() < 3


@pytest.mark.skipif(not TASKS.is_dir(), reason="only Linux shows a process's threads here")
def test_a_film_leaves_no_thread_behind() -> None:
    """A decoding process reads film after film within its limits, before anybody looks for cycles."""
    data, threads = encode(30), list[int]()
    gc.disable()
    try:
        for _ in range(3):
            read_clip(data, rule=RULE, limits=LIMITS)
            threads.append(len(list(TASKS.iterdir())))
    finally:
        gc.enable()
    assert threads[-1] <= threads[0]


def test_frames_that_an_edit_list_hides_are_not_there() -> None:
    data = encode(60)
    place = data.index(b"elst") + _EDIT_AFTER
    duration, begins = struct.unpack_from(">Ii", data, place)
    frame = media_timescale(data) // 30
    edit = struct.pack(">Ii", duration * 3 // 4, begins + 15 * frame)
    clip = read_clip(data[:place] + edit + data[place + len(edit) :], rule=RULE, limits=LIMITS)
    assert (clip.received, clip.duration) == (45, pytest.approx(1.5, abs=0.01))
    levels = [frame.pixels_HW3.mean() for frame in clip.frames]
    assert levels == pytest.approx([4 * (15 + 3 * i) for i in range(15)], abs=4)


def media_timescale(data: bytes) -> int:
    """Units of a second in which the track's frames have their times."""
    return int(struct.unpack_from(">I", data, data.index(b"mdhd") + 16)[0])
