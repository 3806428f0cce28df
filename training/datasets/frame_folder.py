"""A folder of extracted frames: `NAME_001_scene.jpg` with `_scene.dat` and depth beside it, or `001.png`.

The paper's released code reads such folders (network.md section 4). The frames carry no times: they are taken
to be `FPS` apart by their numbers, so that a missing one leaves a gap in time.
"""

import re
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from model.card import SamplingRule
from model.clip import FloatArray, Frame, PixelArray
from model.sampling import sample
from model.video import limited
from training.datasets.boxes import Box, read_frame_box
from training.datasets.sample import DepthFormat
from training.datasets.tree import PICTURE_SUFFIXES

FPS: Final = 30.0
_NUMBER = re.compile(r"(\d+)(?:_scene)?$")
_NEAREST, _RELIEF = 0.45, 0.10  # metres that 255 stands for, and that 1 is farther: any scale gives one label


def frame_numbers(folder: Path) -> dict[int, Path]:
    """The folder's numbered pictures, depth left out."""
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        number = _NUMBER.search(path.stem)
        if path.suffix.lower() in PICTURE_SUFFIXES and number and not path.name.startswith("."):
            found[int(number[1])] = path
    return found


def gaps(numbers: list[int]) -> list[int]:
    """The numbers between the first and the last that are not there."""
    return sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers)) if numbers else []


def read_folder(
    folder: Path, rule: SamplingRule, *, depth_format: DepthFormat | None
) -> tuple[tuple[Frame, ...], tuple[Box | None, ...], tuple[FloatArray | None, ...]]:
    """Sampled frames, their boxes and their depth. Raises ValueError where a picture cannot be decoded."""
    paths = frame_numbers(folder)
    numbers = sorted(paths)
    if not numbers:
        raise ValueError("holds no numbered frames, e.g. NAME_001_scene.jpg")
    times = [(number - numbers[0]) / FPS for number in numbers]
    frames, boxes, depths = [], [], []
    for index in sample(times, rule).indices:
        path = paths[numbers[index]]
        pixels = _picture(path)
        shown = limited(pixels)
        scale = shown.shape[1] / pixels.shape[1]
        frames.append(Frame(shown, times[index], numbers[index] - numbers[0]))
        boxes.append(_box(path, scale))
        depths.append(None if depth_format is None else _depth(path, depth_format, shown.shape[:2]))
    return tuple(frames), tuple(boxes), tuple(depths)


def _picture(path: Path) -> PixelArray:
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise ValueError(f"{path.name} cannot be decoded")
    return np.asarray(pixels, dtype=np.uint8)


def _box(path: Path, scale: float) -> Box | None:
    beside = path.with_suffix(".dat")
    box = read_frame_box(beside) if beside.is_file() else None
    return None if box is None else (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)


def _depth(path: Path, depth_format: DepthFormat, shape: tuple[int, int]) -> FloatArray | None:
    """Metres; None where the frame has no depth picture, as the paper's code skips such frames."""
    ending = "_depth1D.jpg" if depth_format is DepthFormat.RELIEF else "_depth.png"
    beside = path.with_name(path.stem.removesuffix("_scene") + ending)
    if not beside.is_file():
        return None
    stored = cv2.imdecode(np.frombuffer(beside.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None:
        raise ValueError(f"{beside.name} cannot be decoded")
    flat = (stored if stored.ndim == 2 else stored[..., 0]).astype(np.float32)
    if depth_format is DepthFormat.MILLIMETRES:
        metres = flat / 1000
    else:
        metres = np.where(flat > 0, _NEAREST + _RELIEF * (1 - flat / 255), 0.0)
    return np.asarray(cv2.resize(metres, shape[::-1], interpolation=cv2.INTER_NEAREST), dtype=np.float32)
