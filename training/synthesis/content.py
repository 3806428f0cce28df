"""Converted and cut files are checked by what they hold: another NumPy or JPEG library writes other bytes."""

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthesis.perceptual_hash import as_text, differing, from_text, signs_of

PORTRAITS: Final = Path(__file__).parent / "portrait_content.csv"
_NEAR: Final = 4  # of 64 signs, between two JPEGs of one picture


def array_content(values: NDArray[np.generic]) -> str:
    """Shape and, for numbers with a fraction, the root mean square; else a hash."""
    shape = "x".join(str(side) for side in values.shape)
    if np.issubdtype(values.dtype, np.floating):
        return f"{shape} rms {np.sqrt(np.square(values.astype(np.float64)).mean()):.5g}"
    plain = np.array([str(each) for each in values.ravel()]) if values.dtype.kind == "U" else values
    data = "\n".join(plain).encode() if values.dtype.kind == "U" else np.ascontiguousarray(plain).tobytes()
    return f"{shape} {hashlib.sha256(data).hexdigest()[:16]}"


def model_content(path: Path) -> dict[str, str]:
    """The content of each array of an npz; empty where it is none."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: array_content(stored[name]) for name in stored.files}
    except (OSError, ValueError, BadZipFile):
        return {}


def portrait_content(path: Path) -> str:
    """`WIDTHxHEIGHT SIGNS` of a picture; empty where it is none."""
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        return ""
    height, width = pixels.shape[:2]
    return f"{width}x{height} {as_text(signs_of(np.asarray(pixels, np.uint8)))}"


def is_portrait(path: Path, known: Mapping[str, str]) -> bool:
    """Whether a file shows the portrait of its name, after whichever JPEG library."""
    expected, content = known.get(path.stem, ""), portrait_content(path)
    if not expected or not content:
        return False
    (size, signs), (found_size, found) = expected.split(), content.split()
    return size == found_size and differing(from_text(signs), from_text(found)) <= _NEAR


@cache
def portraits_known() -> Mapping[str, str]:
    """The content of the portraits that the manifest names."""
    with PORTRAITS.open(encoding="utf-8") as lines:
        return {row["name"]: row["content"] for row in csv.DictReader(lines)}
