"""Stored captures made anew for a variant, once: a folder that trains and is judged like any other.

T sampled frames, D side of a stored depth map in cells.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.datasets.capture import Capture, group_path, list_groups, read_group, write_group
from training.face_depth import landmark_depth
from training.windows import decoded

Remake = Callable[[Capture], Capture | None]


def remade(data: Path, out: Path, remake: Remake, *, splits: tuple[str, ...]) -> Path:
    """The groups of `data` with each capture remade, without those that give None; returns `out`.

    Goes on where it was stopped.
    """
    for split in splits:
        for path in tqdm(list_groups(data, split), f"making {out.name}: {split}", unit="group"):
            if not group_path(out, split, int(path.stem)).is_file():
                kept = [each for each in map(remake, read_group(path)) if each is not None]
                if kept:
                    write_group(out, kept)
    return out


def with_generated_depth(capture: Capture) -> Capture:
    """A bona fide capture with depth from its landmarks, as data sets without a depth camera have it."""
    if not capture.bona_fide:
        return capture
    picture, cells = decoded(capture.frames[0]).shape[0], capture.depth_THW.shape[-1]
    depths = [landmark_depth(each, picture_size=picture, cells=cells) for each in capture.landmarks_TL3]
    return replace(capture, depth_THW=np.stack(depths))


def thinned(capture: Capture, *, every: int, at_least: int) -> Capture | None:
    """Its first frame and every so many after; None where fewer than `at_least` are left."""
    kept = slice(None, None, every)
    if len(capture.frames[kept]) < at_least:
        return None
    positions = capture.factors.get("frame_indices")
    known = {} if positions is None else {"frame_indices": positions[kept]}
    return replace(
        capture,
        frames=capture.frames[kept],
        times_T=capture.times_T[kept],
        landmarks_TL3=capture.landmarks_TL3[kept],
        depth_THW=capture.depth_THW[kept],
        factors=capture.factors | known,
    )
