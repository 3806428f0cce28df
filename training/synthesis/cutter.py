"""Portraits cut from the figures of SFHQ-T2I: boxes as data, never guessed.

The boxes that the build machines' portraits were cut with were not recorded (their manifest says only
"cut from figures/"), and the figures were not there to find them again. `find_boxes` does that wherever
figures and portraits are both at hand; with the table it writes, anybody cuts the portraits from the figures.
"""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from tqdm import tqdm

from model.clip import PixelArray
from training.synthesis.library import MissingAssetsError

BOXES: Final = Path(__file__).parent / "portrait_boxes.csv"  # there once somebody has found them
_SURE: Final = 0.98  # correlation of a portrait with its place in the figure
_QUALITY: Final = 95


@dataclass(frozen=True, slots=True)
class Box:
    """Where in which figure a portrait lies, px."""

    name: str
    figure: str
    left: int
    top: int
    width: int
    height: int


def read_boxes(path: Path = BOXES) -> tuple[Box, ...]:
    """Raises MissingAssetsError where there is no table, saying how to get portraits or the table."""
    if not path.is_file():
        raise MissingAssetsError(
            f"the portraits cannot be cut from their figures: nobody has recorded their boxes ({path.name}). "
            "Get the cut portraits (faces/t2i) from somebody who has them and give their folder with "
            "--assets; whoever has them and the figures writes the table with --find-boxes FIGURES"
        )
    with path.open(encoding="utf-8") as lines:
        return tuple(
            Box(row["name"], row["figure"], *(int(row[each.name]) for each in fields(Box)[2:]))
            for row in csv.DictReader(lines)
        )


def write_boxes(boxes: Iterable[Box], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([each.name for each in fields(Box)])
        writer.writerows(astuple(box) for box in boxes)


def cut_portraits(figures: Path, boxes: Iterable[Box], out: Path) -> int:
    """Writes OUT/NAME.jpg for each box that is not cut yet, and returns how many.

    Raises MissingAssetsError.
    """
    out.mkdir(parents=True, exist_ok=True)
    by_figure: dict[str, list[Box]] = {}
    for box in boxes:
        if not (out / f"{box.name}.jpg").exists():
            by_figure.setdefault(box.figure, []).append(box)
    for figure, wanted in tqdm(by_figure.items(), desc="cutting portraits", unit="figure"):
        pixels_HW3 = _picture(figures / figure)
        for box in wanted:
            _write(_inside(pixels_HW3, box), out / f"{box.name}.jpg")
    return sum(len(wanted) for wanted in by_figure.values())


def find_boxes(figures: Path, portraits: Iterable[Path]) -> tuple[tuple[Box, ...], tuple[str, ...]]:
    """The boxes of portraits found in the figure they are named after, and the names of the others."""
    known = {path.stem.replace(" ", "_"): path for path in figures.glob("*.jpg")}
    by_figure: dict[Path | None, list[Path]] = {}
    for path in sorted(portraits):
        by_figure.setdefault(known.get(path.stem.rpartition("_")[0]), []).append(path)
    missing = [path.stem for path in by_figure.pop(None, [])]
    found: list[Box] = []
    for figure, members in tqdm(by_figure.items(), desc="finding portraits", unit="figure"):
        assert figure is not None
        pixels_HW3 = _picture(figure)
        for path in members:
            box = _found(path, figure.name, pixels_HW3)
            found += [box] if box else []
            missing += [] if box else [path.stem]
    return tuple(found), tuple(missing)


def _found(path: Path, figure: str, pixels_HW3: PixelArray) -> Box | None:
    portrait_HW3 = _picture(path)
    if any(small > large for small, large in zip(portrait_HW3.shape, pixels_HW3.shape, strict=True)):
        return None
    fit = cv2.matchTemplate(pixels_HW3, portrait_HW3, cv2.TM_CCOEFF_NORMED)
    _, best, _, (left, top) = cv2.minMaxLoc(fit)
    height, width = portrait_HW3.shape[:2]
    return Box(path.stem, figure, int(left), int(top), width, height) if best >= _SURE else None


def _inside(pixels_HW3: PixelArray, box: Box) -> PixelArray:
    part = pixels_HW3[box.top : box.top + box.height, box.left : box.left + box.width]
    if part.shape[:2] != (box.height, box.width):
        raise MissingAssetsError(f"the box of {box.name} reaches beyond {box.figure}: it is another figure")
    return part


def _picture(path: Path) -> PixelArray:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise MissingAssetsError(f"{path} is missing or no picture")
    return np.asarray(pixels, np.uint8)


def _write(pixels_HW3: PixelArray, path: Path) -> None:
    done, data = cv2.imencode(".jpg", pixels_HW3, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert done
    partial = path.with_suffix(".partial")
    partial.write_bytes(data.tobytes())
    partial.rename(path)
