"""Which face, which frames, and which square of them a real video's capture shows.

L landmarks, D side of a depth map in cells, H, W of a decoded frame.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from model.clip import Face, FloatArray, Square
from model.geometry import face_box, to_square
from training.datasets.boxes import Box, overlap

PICTURE_SIZE: Final = 288  # px
DEPTH_CELLS: Final = 96
MARGIN: Final = 1.8  # picture / face's longer side: crop scale 1.3, jitter 1.18, shift 0.1 each way


def choose_face(faces: Sequence[Face], box: Box | None) -> Face | None:
    """The face that the data set's box covers most, else the largest; None where there is none."""
    if not faces:
        return None
    if box is None:
        return faces[0]
    return max(faces, key=lambda face: overlap(face_box(face.landmarks_L3), box))


def picture_square(faces: Sequence[Face]) -> Square:
    """One square for the whole run, so that motion between its frames is what the camera saw."""
    lows, highs = [], []
    for face in faces:
        left, top, right, bottom = face_box(face.landmarks_L3)
        half = MARGIN * max(right - left, bottom - top) / 2
        middle = np.array([left + right, top + bottom]) / 2
        lows.append(middle - half)
        highs.append(middle + half)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    side = max(1, int(np.ceil((high - low).max())))
    left, top = np.round((low + high - side) / 2).astype(int).tolist()
    return Square(left, top, side)


def longest_run(flags: Sequence[bool]) -> slice:
    """The first of the longest stretches of true values; empty where there is none."""
    best, start = slice(0, 0), 0
    for position, flag in enumerate((*flags, False)):
        if flag:
            continue
        if position - start > best.stop - best.start:
            best = slice(start, position)
        start = position + 1
    return best


def in_picture(landmarks_L3: FloatArray, square: Square) -> FloatArray:
    flat = to_square(landmarks_L3[:, :2], square, size=PICTURE_SIZE)
    depth = landmarks_L3[:, 2:] * (PICTURE_SIZE / square.side)
    return np.concatenate([flat, depth], axis=1).astype(np.float32)


def crop_depth(depth_HW: FloatArray | None, square: Square) -> FloatArray:
    """The square's depth at the middle of each cell, 0 outside the frame."""
    cropped = np.zeros((DEPTH_CELLS, DEPTH_CELLS), dtype=np.float32)
    if depth_HW is None:
        return cropped
    steps = np.floor((np.arange(DEPTH_CELLS) + 0.5) * square.side / DEPTH_CELLS).astype(int)
    rows, columns = square.top + steps, square.left + steps
    height, width = depth_HW.shape
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
    picked = depth_HW[np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)[None]]
    return np.where(inside, picked, cropped)
