"""Depth maps of the captures that went wrong (the paper's figure 8), as pictures for the report.

One picture a capture: P columns, the pairs of its middle window; rows from the top: the face, its coarse,
temporal and refined depth, dark for 0 and bright for 1. P pairs, h = w cells of the depth grid.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from matplotlib import colormaps

from model.clip import FloatArray, PixelArray
from model.geometry import crop
from model.verdict import Decision, Judgement, Window
from training.datasets.capture import Capture, group_path, read_group
from training.scores import ScoreRow
from training.synthesis.tags import may_be_shown

TILE: Final = 96  # px
_GAP = 4


def find_captures(data: Path, split: str, rows: Sequence[ScoreRow]) -> Iterator[tuple[ScoreRow, Capture]]:
    """The stored capture of each row, without missing groups and without who looks like a child."""
    for row in rows:
        path = group_path(data, split, row.group)
        if path.is_file():
            named = [each for each in read_group(path) if _is_of(row, each)]
            same = [each for each in named if may_be_shown(each.subject, each.factors)]
            yield from ((row, each) for each in same[:1])


def _is_of(row: ScoreRow, capture: Capture) -> bool:
    """A group holds a species once, but for bona fide captures: as they were, and as they were sent on."""
    sent_on = str(capture.factors.get("relayed", "")) == row.factors.get("relayed", "")
    return capture.species == row.species and sent_on


def depth_picture(judgement: Judgement) -> PixelArray | None:
    """RGB; None where the capture has no window."""
    if not judgement.windows:
        return None
    window = judgement.windows[len(judgement.windows) // 2]
    maps = (window.coarse_Phw, window.temporal_Phw, window.refined_Phw)
    return _stacked([_joined(_faces(window)), *(_joined([_tile(each) for each in depth]) for depth in maps)])


def file_name(row: ScoreRow) -> str:
    """What went wrong, with which capture: the report's caption."""
    wrong = "accepted" if row.decision is Decision.BONA_FIDE else "rejected"
    return f"{row.species}_{wrong},_group_{row.group},_score_{row.score:.3f}.png"


def write_picture(picture_HW3: PixelArray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", picture_HW3[..., ::-1])
    path.write_bytes(data.tobytes())


def _faces(window: Window) -> list[PixelArray]:
    return [crop(frame.pixels_HW3, window.square, size=TILE) for frame in window.frames[:-1]]


def _tile(depth_hw: FloatArray) -> PixelArray:
    colours = colormaps["viridis"](np.clip(depth_hw, 0.0, 1.0))[..., :3]
    cells = np.asarray(np.round(255 * colours), dtype=np.uint8)
    return np.asarray(cv2.resize(cells, (TILE, TILE), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _joined(tiles: Sequence[PixelArray]) -> PixelArray:
    edge = np.full((TILE, _GAP, 3), 255, np.uint8)
    parts = [part for tile in tiles for part in (tile, edge)]
    return np.concatenate(parts[:-1], axis=1)


def _stacked(rows: Sequence[PixelArray]) -> PixelArray:
    edge = np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8)
    parts = [part for row in rows for part in (row, edge)]
    return np.concatenate(parts[:-1], axis=0)
