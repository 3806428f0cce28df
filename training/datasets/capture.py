"""Our own captures on disk: one file for each group of matched captures.

A group is one bona fide capture and the attack captures that share its identity picture, background, light,
camera preset, length and trajectory (data.md section 3). It is written whole or not at all, so that training
reads while more groups are made: `DIRECTORY/SPLIT/000123.npz`.

T sampled frames, L landmarks, D side of a stored depth map in cells. Pictures that are trained
on are square and face-centred, with the margin that a jittered square needs.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray

SPLITS: Final = ("train", "dev", "test")
_PER_FRAME = ("landmarks_TL3", "depth_THW", "times_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """One presentation in front of one camera, as its sampled frames."""

    group: int
    split: str
    subject: str
    species: str  # of the attack instrument; "bona_fide" for a living face
    bona_fide: bool
    frames: tuple[bytes, ...]  # JPEG or PNG, pictures of one size
    times_T: NDArray[np.float64]  # seconds
    landmarks_TL3: FloatArray  # MediaPipe's, in px of the pictures
    depth_THW: FloatArray  # metres from the camera over the whole picture, D x D; 0 where nothing was hit
    factors: dict[str, Any] = field(default_factory=dict)  # session, camera, instrument, ...: see synthesis


def group_path(directory: Path, split: str, group: int) -> Path:
    return directory / split / f"{group:06d}.npz"


def list_groups(directory: Path, split: str) -> tuple[Path, ...]:
    """The finished groups of a split, in order. Raises ValueError for an unknown split."""
    if split not in SPLITS:
        raise ValueError(f"a split is one of {', '.join(SPLITS)}, not {split}")
    return tuple(sorted((directory / split).glob("[0-9]*.npz")))


def write_group(directory: Path, captures: Sequence[Capture]) -> Path:
    """Writes the captures of one group; an interrupted write leaves nothing behind that is read."""
    first = captures[0]
    assert all((each.group, each.split) == (first.group, first.split) for each in captures)
    path = group_path(directory, first.split, first.group)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as partial:
        np.savez(partial, allow_pickle=False, **_arrays(captures))
    os.replace(partial.name, path)
    return path


def read_group(path: Path) -> tuple[Capture, ...]:
    """The captures of one group, the bona fide one first as it was written."""
    with np.load(path) as stored:
        headers = _headers(stored)
        return tuple(_capture(header, stored, index) for index, header in enumerate(headers))


def read_headers(path: Path) -> list[dict[str, Any]]:
    """What is known of each capture of a group, without its frames."""
    with np.load(path) as stored:
        return _headers(stored)


def _headers(stored: Any) -> list[dict[str, Any]]:
    headers: list[dict[str, Any]] = json.loads(stored["headers"].tobytes())
    return headers


def _arrays(captures: Sequence[Capture]) -> dict[str, NDArray[Any]]:
    headers = [
        {
            name: getattr(each, name)
            for name in ("group", "split", "subject", "species", "bona_fide", "factors")
        }
        for each in captures
    ]
    arrays: dict[str, NDArray[Any]] = {"headers": _bytes(json.dumps(headers).encode())}
    for index, each in enumerate(captures):
        arrays[f"{index}.frames"] = _bytes(b"".join(each.frames))
        arrays[f"{index}.lengths"] = np.array([len(jpeg) for jpeg in each.frames], dtype=np.int64)
        arrays[f"{index}.landmarks_TL3"] = each.landmarks_TL3.astype(np.float32)
        arrays[f"{index}.depth_THW"] = each.depth_THW.astype(np.float16)
        arrays[f"{index}.times_T"] = each.times_T
    return arrays


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)


def _capture(header: dict[str, Any], stored: Any, index: int) -> Capture:
    data = stored[f"{index}.frames"].tobytes()
    ends = np.cumsum(stored[f"{index}.lengths"]).tolist()
    frames = tuple(data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True))
    landmarks_TL3, depth_THW, times_T = (stored[f"{index}.{name}"] for name in _PER_FRAME)
    return Capture(
        **header,
        frames=frames,
        times_T=times_T,
        landmarks_TL3=landmarks_TL3,
        depth_THW=depth_THW.astype(np.float32),
    )
