"""The film that all benchmarks judge: 640 x 480, 30 a second, a face that sways and breathes.

Of the real clip that `make clips` fetches, shown to and fro, or of any other. Without one, of a photograph:
the costs are the same, what is decided is not. Its face moves enough to have its square moved now and then.
"""

import hashlib
import math
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from model.card import SamplingRule
from model.video import VideoLimits, read_clip
from tests.service.videos import Picture, face

FPS = 30
SIZE = (640, 480)
CLIP = Path("clips/person.mp4")  # where `make clips` puts it
_SECONDS = 4
_SWAY = 0.07  # of the picture's width, to each side
_BREATHE = 0.06  # of the face's size
_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 85)


def stored(clip: Path | None) -> Path:
    """The film's JPEGs in one file, made when they are first asked for."""
    name = hashlib.sha256(clip.read_bytes()).hexdigest()[:16] if clip else "photograph"
    path = Path(tempfile.gettempdir()) / "liveness-bench" / f"{name}.npz"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        jpegs = [cv2.imencode(".jpg", each[..., ::-1], _QUALITY)[1] for each in _pictures(clip)]
        np.savez(path, *jpegs)
    return path


@cache
def jpegs(path: Path) -> tuple[bytes, ...]:
    with np.load(path) as film:
        return tuple(film[name].tobytes() for name in film.files)


def pictures(path: Path) -> list[Picture]:
    read = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB) for jpeg in jpegs(path)]
    return [np.asarray(each, dtype=np.uint8) for each in read]


def _pictures(clip: Path | None) -> list[Picture]:
    """One sway from side to side and back, so that it can be repeated without a jump."""
    if clip is None:
        still = face(height=190, size=SIZE)
        return _swaying([still] * (_SECONDS * FPS))
    every = SamplingRule(interval=1, interval_ms=1.0)
    limits = VideoLimits(max_seconds=60, max_frames=3600)
    read = read_clip(clip.read_bytes(), rule=every, limits=limits).frames[: _SECONDS * FPS // 2]
    there = [each.pixels_HW3 for each in read]
    return _swaying([*there, *there[-2:0:-1]])


def _swaying(shown: Sequence[Picture]) -> list[Picture]:
    return [_moved(each, 2 * math.pi * i / len(shown)) for i, each in enumerate(shown)]


def _moved(picture: Picture, phase: float) -> Picture:
    """The picture at `SIZE`, its middle where the phase says."""
    height, width = picture.shape[:2]
    zoom = max(SIZE[0] / width, SIZE[1] / height) * (1 + _BREATHE * math.sin(2 * phase))
    x, y = SIZE[0] * (0.5 + _SWAY * math.sin(phase)), SIZE[1] / 2
    move = np.array([[zoom, 0, x - zoom * width / 2], [0, zoom, y - zoom * height / 2]])
    moved = cv2.warpAffine(picture, move, SIZE, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)
