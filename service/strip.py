"""The depth maps of a capture as one picture: frames, mask, coarse, temporal, refined in five rows.

h = w side of the depth grid in cells.
"""

from typing import Final

import cv2
import numpy as np

from model.clip import BoolArray, FloatArray, PixelArray
from model.geometry import crop
from model.verdict import Window
from service.assessment import Assessment

MAX_COLUMNS: Final = 8
_CELL: Final = 128  # px, side of a picture
_GAP: Final = 4
_MARGIN: Final = 92  # px, for the rows' names
_LINE: Final = 26  # px, for a line of text
_INK: Final = (40, 40, 40)
_PAPER: Final = 255
_ROWS: Final = ("frame", "mask", "coarse", "temporal", "refined")


def depth_strip(assessment: Assessment, *, title: str) -> PixelArray:
    """RGB, with a column for the first frame of each of up to eight windows, evenly over the capture.

    Raises ValueError where no window was judged.
    """
    windows = assessment.judgement.windows
    if not windows:
        raise ValueError("no window was judged, so there are no depth maps")
    chosen = [windows[i] for i in _evenly(len(windows))]
    columns = [_column(window) for window in chosen]
    sheet = _sheet(len(columns))
    for i, column in enumerate(columns):
        left = _MARGIN + i * (_CELL + _GAP)
        for row, picture in enumerate(column):
            top = _LINE + row * (_CELL + _GAP)
            sheet[top : top + _CELL, left : left + _CELL] = picture
        below = _LINE + len(_ROWS) * (_CELL + _GAP) + 16
        _write(sheet, f"{chosen[i].frames[0].time:.2f} s   {chosen[i].score:.3f}", (left, below))
    for row, name in enumerate(_ROWS):
        _write(sheet, name, (8, _LINE + row * (_CELL + _GAP) + _CELL // 2))
    _write(sheet, title, (8, 18))
    return sheet


def write_png(picture: PixelArray) -> bytes:
    _, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return encoded.tobytes()


def _evenly(count: int) -> list[int]:
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, MAX_COLUMNS)).round()})


def _column(window: Window) -> list[PixelArray]:
    """The window's first frame on its square, and what the network says of it."""
    face = crop(window.frames[0].pixels_HW3, window.square, size=_CELL)
    maps = (window.masks_Phw, window.coarse_Phw, window.temporal_Phw, window.refined_Phw)
    return [face, *(_grey(map_Phw[0]) for map_Phw in maps)]


def _grey(map_hw: FloatArray | BoolArray) -> PixelArray:
    """Depth 0 to 1 as black to white, each cell a square."""
    levels = np.round(255 * np.clip(map_hw.astype(np.float32), 0.0, 1.0)).astype(np.uint8)
    large = cv2.resize(levels, (_CELL, _CELL), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _sheet(columns: int) -> PixelArray:
    width = _MARGIN + columns * (_CELL + _GAP) + _GAP
    return np.full((_LINE * 2 + len(_ROWS) * (_CELL + _GAP), width, 3), _PAPER, dtype=np.uint8)


def _write(sheet: PixelArray, text: str, at: tuple[int, int]) -> None:
    cv2.putText(sheet, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, _INK, 1, cv2.LINE_AA)
