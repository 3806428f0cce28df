"""A camera's picture as its film says that it is to be shown: turned, and for many front cameras mirrored."""

from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np
from av.buffer import Buffer
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from model.clip import PixelArray

_ENTRIES: Final = 9  # of a display matrix, row by row; those with x and y come first in the first two rows


def upright(picture: VideoFrame) -> PixelArray:
    """The decoded picture (H, W, 3) RGB in the nearest of the eight right-angled orientations.

    A film's matrix [[a, b], [c, d]] shows its pixel (x, y) at (a x + c y, b x + d y).
    """
    pixels_HW3 = picture.to_ndarray(format="rgb24")
    (a, b), (c, d) = _display_matrix(picture)
    if abs(b) > abs(a):  # the picture lies on its side
        pixels_HW3 = pixels_HW3.swapaxes(0, 1)
        a, d = c, b
    return np.ascontiguousarray(pixels_HW3[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])


def _display_matrix(picture: VideoFrame) -> NDArray[np.int32]:
    """Its part (2, 2) without shifts; the unit matrix where the film has none."""
    # Not `picture.side_data`: the frame would hold what holds it, and both the threads that converted it.
    beside: Mapping[Type, Buffer] = cast(Any, SideDataContainer)(picture)
    if Type.DISPLAYMATRIX not in beside:
        return np.eye(2, dtype=np.int32)
    said = bytes(beside[Type.DISPLAYMATRIX])
    return np.frombuffer(said, np.int32, _ENTRIES).reshape(3, 3)[:2, :2]
