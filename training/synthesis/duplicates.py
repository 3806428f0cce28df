"""Near-duplicates among prepared portraits: one person under two names would leak from training into test.

A perceptual hash of the face (64 signs of its lowest frequencies, Zauner 2010) proposes pairs, the faces'
correlation confirms them. Of the 953 portraits the hash alone proposes 46 pairs, 35 of them two people; the
11 that are one picture, seen on contact sheets, correlate with 0.95 and more, all others below 0.92.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from model.geometry import crop, face_square
from training.synthesis.perceptual_hash import differing, signs_of

_LIST: Final = "duplicates.txt"
_NEAR: Final = 10  # of 64 signs that may differ
_ALIKE: Final = 0.93
_SIZE: Final = 32  # px


@dataclass(frozen=True, slots=True)
class _Face:
    """What two pictures of a face are compared by."""

    signs: NDArray[np.bool_]
    pattern: FloatArray  # its pixels, mean 0 and length 1

    def is_near(self, other: "_Face") -> bool:
        near = differing(self.signs, other.signs) <= _NEAR
        return near and float(self.pattern @ other.pattern) >= _ALIKE


def near_duplicates(folder: Path) -> frozenset[str]:
    """Names that were dropped before."""
    path = folder / _LIST
    return frozenset(path.read_text().split()) if path.exists() else frozenset()


def drop_near_duplicates(folder: Path) -> dict[str, str]:
    """Deletes all but the first of each set of near-duplicates and remembers them; name -> the one kept."""
    faces = {path.stem: _face(path) for path in sorted(folder.glob("*.npz"))}
    kept: list[str] = []
    dropped: dict[str, str] = {}
    for name, face in faces.items():
        first = next((other for other in kept if face.is_near(faces[other])), None)
        if first is None:
            kept.append(name)
        else:
            dropped[name] = first
    for name in dropped:
        (folder / f"{name}.npz").unlink()
    if dropped:
        names = near_duplicates(folder) | frozenset(dropped)
        (folder / _LIST).write_text("\n".join(sorted(names)) + "\n")
    return dropped


def _face(path: Path) -> _Face:
    with np.load(path) as stored:
        picture: Any = cv2.imdecode(stored["picture"], cv2.IMREAD_GRAYSCALE)
        square = face_square(stored["landmarks_L3"], scale=1.2)
    pixels = crop(np.repeat(picture[..., None], 3, axis=2), square, size=_SIZE)[..., 0].astype(np.float32)
    pattern = pixels.ravel() - pixels.mean()
    length = max(float(np.linalg.norm(pattern)), 1e-6)
    return _Face(signs_of(pixels), np.asarray(pattern / length, np.float32))
