"""Near-duplicates among prepared portraits: one person under two names would leak from training into test.

A perceptual hash of the face (64 signs of its lowest frequencies, Zauner 2010), compared in all pairs.
"""

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.geometry import crop, face_square

_LIST: Final = "duplicates.txt"
_NEAR: Final = 10  # of 64 signs that may differ; unrelated faces differ in about 25
_SIZE: Final = 32  # px


def near_duplicates(folder: Path) -> frozenset[str]:
    """Names that were dropped before."""
    path = folder / _LIST
    return frozenset(path.read_text().split()) if path.exists() else frozenset()


def drop_near_duplicates(folder: Path) -> dict[str, str]:
    """Deletes all but the first of each set of near-duplicates and remembers them; name -> the one kept."""
    paths = sorted(folder.glob("*.npz"))
    hashes = [_face_hash(path) for path in paths]
    dropped: dict[str, str] = {}
    for index, path in enumerate(paths):
        for other in range(index):
            kept = paths[other].stem not in dropped
            if kept and int((hashes[index] != hashes[other]).sum()) <= _NEAR:
                dropped[path.stem] = paths[other].stem
                break
    for name in dropped:
        (folder / f"{name}.npz").unlink()
    if dropped:
        names = near_duplicates(folder) | frozenset(dropped)
        (folder / _LIST).write_text("\n".join(sorted(names)) + "\n")
    return dropped


def _face_hash(path: Path) -> NDArray[np.bool_]:
    with np.load(path) as stored:
        picture: Any = cv2.imdecode(stored["picture"], cv2.IMREAD_GRAYSCALE)
        square = face_square(stored["landmarks_L3"], scale=1.2)
    face = crop(np.repeat(picture[..., None], 3, axis=2), square, size=_SIZE)[..., 0]
    waves = cv2.dct(face.astype(np.float32))[:8, :8].ravel()
    return np.asarray(waves > np.median(waves[1:]))
