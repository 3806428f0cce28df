"""Does the network use time? Bona fide windows against their own frozen and shuffled copies.

The copies' single frames are the window's own, so only how they follow each other can tell the two apart
(data.md section 6): an AUC of 0.5 means that the temporal module is decoration. Where a face hardly moves,
nothing can be seen, so the gaps are given by thirds of the motion. T frames of a window.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from model.clip import Frame
from model.engine import Engine
from model.geometry import face_mask, face_square
from model.preprocess import face_input, face_tone
from model.scoring import EmptyMaskError, depth_score, living_score
from training.breakdowns import thirds
from training.curves import auc
from training.datasets.capture import Capture
from training.time_attacks import Moving, TimeAttack, frozen, shuffled
from training.windows import cut_window, window_motion

ALTERATIONS: Final[dict[str, TimeAttack]] = {"frozen": frozen, "shuffled": shuffled}


@dataclass(frozen=True, slots=True)
class AlteredWindow:
    """The living score of a bona fide window, and of the same window with its time taken away."""

    alteration: str
    subject: str
    motion: float  # `window_motion`, face heights
    score: float
    altered_score: float


@dataclass(frozen=True, slots=True)
class TimeGap:
    """AUC of bona fide windows against their own altered copies."""

    alteration: str
    motion: str  # which third, or "all"
    auc: float
    windows: int


def time_gaps(windows: Sequence[AlteredWindow]) -> tuple[TimeGap, ...]:
    """For each alteration: all windows, then each third of the motion."""
    found = []
    for alteration in dict.fromkeys(window.alteration for window in windows):
        ours = [window for window in windows if window.alteration == alteration]
        third = thirds([window.motion for window in ours])
        cells = {"all": ours} | {
            name: [ours[position] for position, each in third.items() if each == name]
            for name in sorted(set(third.values()))
        }
        found += [
            TimeGap(
                alteration, name, auc([w.score for w in cell], [w.altered_score for w in cell]), len(cell)
            )
            for name, cell in cells.items()
        ]
    return tuple(found)


async def alter_windows(captures: Iterable[Capture], *, engine: Engine, seed: int) -> list[AlteredWindow]:
    """Every T-th window of each bona fide capture, and its copies, through the network.

    Those without a score are left out, as serving gives them none either.
    """
    found = []
    for capture in captures:
        if not capture.bona_fide:
            continue
        rng = np.random.default_rng((seed, capture.group))
        for start in range(0, len(capture.frames) - engine.card.num_frames + 1, engine.card.num_frames):
            window = cut_window(capture, start, engine.card)
            motion = window_motion(capture, start, engine.card)
            copies = {name: alter(window, rng) for name, alter in ALTERATIONS.items()}
            score = await window_score(window, engine)
            altered = {name: await window_score(copy, engine) for name, copy in copies.items()}
            found += [
                AlteredWindow(name, capture.subject, motion, score, each)
                for name, each in altered.items()
                if score is not None and each is not None
            ]
    return found


async def window_score(window: Moving, engine: Engine) -> float | None:
    """Eq. 11 of one window by itself, as `model.judge` computes it; None where a mask is empty."""
    card = engine.card
    frames = [Frame(pixels, 0.0, index) for index, pixels in enumerate(window.frames)]
    square = face_square(window.landmarks[0], scale=card.crop_scale)
    tone = face_tone(frames[0], square, card)
    encoded = [await engine.encode(face_input(frame, square, tone, card)) for frame in frames]
    pairs = [await engine.pair(before.features, after.features) for before, after in pairwise(encoded)]
    said = await engine.window(np.stack(pairs), np.stack([each.coarse_hw for each in encoded[:-1]]))
    masks = [face_mask(points, square, cells=card.depth_size) for points in window.landmarks[:-1]]
    try:
        on_face = depth_score(said.refined_Phw, np.stack(masks))
    except EmptyMaskError:
        return None
    return living_score(said.bona_fide_probability, on_face, beta=card.beta)


def write_gaps(windows: Sequence[AlteredWindow], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(AlteredWindow)])
        writer.writeheader()
        writer.writerows(asdict(window) for window in windows)


def read_gaps(path: Path) -> Iterator[AlteredWindow]:
    with path.open(newline="", encoding="utf-8") as file:
        for cells in csv.DictReader(file):
            yield AlteredWindow(
                cells["alteration"],
                cells["subject"],
                float(cells["motion"]),
                float(cells["score"]),
                float(cells["altered_score"]),
            )
