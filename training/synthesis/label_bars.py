"""Portraits without what their figure printed around them: label bars and letterboxes at the edges."""

from typing import Final

import numpy as np

from model.clip import PixelArray

_WHITE: Final = 250  # rows at the top that are brighter than this hold a printed label, not a picture
_DARK: Final = 28  # black, after JPEG
_NEUTRAL: Final = 28  # between the channels of grey text, after JPEG
_DEEPEST: Final = 6  # a bar is at most this part of the height


def without_label_bar(pixels_HW3: PixelArray) -> PixelArray:
    """The picture without white rows and columns and black bars at its edges, with or without text."""
    top = max(_bar(pixels_HW3, _DARK), _bar(255 - pixels_HW3, 255 - _WHITE))
    bottom = _bar(pixels_HW3[::-1], _DARK)
    return _without_white(np.ascontiguousarray(pixels_HW3[top : len(pixels_HW3) - bottom]))


def _bar(pixels_HW3: PixelArray, darkest: int) -> int:
    """Rows from the first one to the last dark one that only grey text interrupts; 0 without a bar."""
    rows = pixels_HW3[: len(pixels_HW3) // _DEEPEST].astype(np.int16)
    black = (rows.max(axis=2) <= darkest).mean(axis=1) >= 0.96
    neutral = (np.ptp(rows, axis=2) <= _NEUTRAL).mean(axis=1) >= 0.95
    inside = np.logical_and.accumulate(neutral)
    last = np.flatnonzero(black & inside)
    return int(last[-1]) + 1 if len(last) else 0


def _without_white(pixels_HW3: PixelArray) -> PixelArray:
    light = pixels_HW3.min(axis=2) >= _WHITE
    rows = np.flatnonzero(light.mean(axis=1) < 0.6)
    columns = np.flatnonzero(light.mean(axis=0) < 0.97)
    if len(rows) < 64 or len(columns) < 64:
        return pixels_HW3
    top = rows[0] if rows[0] < pixels_HW3.shape[0] // 6 else 0
    return np.ascontiguousarray(pixels_HW3[top : rows[-1] + 1, columns[0] : columns[-1] + 1])
