"""Contact sheets: captures as rows of frames and depth, so that a person can look at what training sees."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from model.bundle import default_path, ensure_bundle
from model.card import SamplingRule
from model.clip import FloatArray, Frame, PixelArray
from model.faces import LandmarkFinder
from model.geometry import crop, face_square
from model.video import VideoLimits, read_clip
from training.datasets.capture import Capture, list_groups, read_group
from training.errors import NoCaptures
from training.synthesis.tags import may_be_shown
from training.windows import decoded

_CELL: Final = 144  # px
_FRAMES: Final = 6
_WIDTH: Final = _CELL * (_FRAMES + 1)
_PICTURE_SCALE: Final = 1.3 * 288 / 200  # side of a stored picture / longer side of the face's box
_DEPTH_RANGE: Final = 0.22  # metres from the nearest point that are shown
_LIMITS: Final = VideoLimits(max_seconds=120, max_frames=5000)
_SCANNED: Final = 400  # groups looked through


def draw_sheet(
    data: Path,
    out: Path,
    *,
    split: str,
    species: str | None,
    rows: int,
    by: str = "species",
    real: Sequence[Path] = (),
) -> int:
    """Writes the sheet, `rows` captures of each name in `SHEETS[by]`, and returns how many captures it shows.
    What looks like a child is left out.

    Raises NoCaptures.
    """
    chosen = _chosen(data, split, species, rows, SHEETS[by])
    if not chosen:
        raise NoCaptures(f"{data} holds no {split} captures{f' of {species}' if species else ''}")
    strips = [strip for path in real if (strip := _real_strip(path)) is not None]
    strips += [_strip(capture) for capture in chosen]
    columns = 1 if len(strips) < 6 else 2
    strips += [np.zeros_like(strips[0])] * (-len(strips) % columns)
    height = len(strips) // columns
    sheet = np.hstack([np.vstack(strips[c * height : (c + 1) * height]) for c in range(columns)])
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), sheet[..., ::-1])
    return len(chosen)


def _session(capture: Capture) -> str:
    """The light; each capture has a place of its own in it."""
    return str(capture.factors.get("session", "")).split("/")[0]


SHEETS: Final[dict[str, Callable[[Capture], str]]] = {
    "species": lambda capture: capture.species,
    "session": _session,
    "camera": lambda capture: str(capture.factors.get("camera", "")),
}


def _chosen(
    data: Path, split: str, species: str | None, rows: int, name_of: Callable[[Capture], str]
) -> list[Capture]:
    found: dict[str, list[Capture]] = defaultdict(list)
    groups = list_groups(data, split)
    step = max(1, len(groups) // _SCANNED)
    for path in groups[::step]:
        for capture in read_group(path):
            kept = found[name_of(capture)]
            wanted = species is None or species == capture.species
            if wanted and len(kept) < rows and may_be_shown(capture.subject, capture.factors):
                kept.append(capture)
    ordered = sorted(found, key=lambda name: (name != "bona_fide", name))
    return [capture for name in ordered for capture in found[name]]


def _strip(capture: Capture) -> PixelArray:
    at = np.linspace(0, len(capture.frames) - 1, _FRAMES).round().astype(int)
    frames = [decoded(capture.frames[i]) for i in at]
    told = [capture.species, *(str(capture.factors.get(name, "")) for name in ("camera", "physics"))]
    text = " ".join([*told, _session(capture), str(capture.group)])
    return _labelled([*frames, _as_picture(capture.depth_THW[0])], text)


def _real_strip(path: Path) -> PixelArray | None:
    """A row of a real video, cropped as stored captures are; None where no face is found."""
    clip = read_clip(path.read_bytes(), rule=SamplingRule(), limits=_LIMITS)
    at = np.linspace(0, len(clip.frames) - 1, _FRAMES).round().astype(int)
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        frames = [crop for i in at if (crop := _face_crop(clip.frames[i], finder)) is not None]
    if len(frames) < _FRAMES:
        return None
    return _labelled([*frames, np.zeros_like(frames[0])], f"real: {path.name}")


def _face_crop(frame: Frame, finder: LandmarkFinder) -> PixelArray | None:
    faces = finder.find(frame)
    if not faces:
        return None
    square = face_square(faces[0].landmarks_L3, scale=_PICTURE_SCALE)
    return crop(frame.pixels_HW3, square, size=288)


def _labelled(cells: Iterable[PixelArray], text: str) -> PixelArray:
    size = (_CELL, _CELL)
    strip = np.hstack([cv2.resize(cell, size, interpolation=cv2.INTER_AREA) for cell in cells])
    cv2.putText(strip, text, (3, _CELL - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(strip, text, (3, _CELL - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(strip, np.uint8)


def _as_picture(depth_HW: FloatArray) -> PixelArray:
    """Near is bright; 0.22 m behind the nearest point is black."""
    hit = depth_HW > 0
    if not hit.any():
        return np.zeros((*depth_HW.shape, 3), np.uint8)
    near = float(np.percentile(depth_HW[hit], 1))
    grey = np.where(hit, np.clip(1 - (depth_HW - near) / _DEPTH_RANGE, 0, 1), 0)
    return np.repeat(np.asarray(255 * grey, np.uint8)[..., None], 3, axis=2)
