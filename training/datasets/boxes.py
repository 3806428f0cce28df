"""Where the face is, as the data sets write it down: frame numbers from 0 -> boxes in px of their pictures.

The boxes choose among several faces in a frame, such as the attacker's behind the print; crops come from our
own landmarks, as in serving.
"""

import re
from pathlib import Path
from typing import TypeAlias

from training.datasets.sample import BoxFormat

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
Boxes: TypeAlias = dict[int, Box]

_SEPARATORS = re.compile(r"[,;\s]+")
_WIDTH_BY_EYES = 2.2  # a face is about this many eye distances wide
_EYES_FROM_TOP = 0.4  # of the face's height


def read_boxes(path: Path, box_format: BoxFormat) -> Boxes:
    """The boxes of a video; lines that are no numbers, and empty boxes, are left out."""
    boxes: Boxes = {}
    for row, line in enumerate(path.read_text(errors="replace").splitlines()):
        numbers = _numbers(line)
        if box_format is BoxFormat.CORNERS:
            numbers = [float(row), *numbers]
        if len(numbers) < 5:
            continue
        box = _box(numbers[1:5], box_format)
        if box[2] > box[0] and box[3] > box[1]:
            boxes[int(numbers[0])] = box
    return boxes


def read_frame_box(path: Path) -> Box | None:
    """The box beside one extracted frame: four lines with left, top, width, height (a `.dat`)."""
    numbers = [number for line in path.read_text(errors="replace").splitlines() for number in _numbers(line)]
    if len(numbers) < 4:
        return None
    return _box(numbers[:4], BoxFormat.LEFT_TOP_WIDTH_HEIGHT)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = _area(one) + _area(other) - shared
    return shared / union if union > 0 else 0.0


def _numbers(line: str) -> list[float]:
    try:
        return [float(word) for word in _SEPARATORS.split(line.strip()) if word]
    except ValueError:
        return []


def _box(numbers: list[float], box_format: BoxFormat) -> Box:
    a, b, c, d = numbers
    if box_format is BoxFormat.LEFT_TOP_WIDTH_HEIGHT:
        return a, b, a + c, b + d
    if box_format is BoxFormat.EYES:
        return _around_eyes((a, b), (c, d))
    return a, b, c, d


def _around_eyes(one: tuple[float, float], other: tuple[float, float]) -> Box:
    side = _WIDTH_BY_EYES * ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5
    middle_x, middle_y = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
    top = middle_y - _EYES_FROM_TOP * side
    return middle_x - side / 2, top, middle_x + side / 2, top + side


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)
