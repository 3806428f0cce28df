"""The freeze and shuffle gaps of a network that sees time, and of one that does not."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.card import ModelCard
from model.clip import FloatArray
from model.engine import EncodedFace, Features, WindowDepth
from tests.model.test_card import CARD
from tests.model.test_geometry import head
from training.datasets.capture import Capture
from training.time_gaps import alter_windows, read_gaps, time_gaps, write_gaps
from training.windows import window_motion

ONLY_THE_CLASS = replace(CARD, beta=1.0)


@dataclass(frozen=True)
class DifferenceEngine:
    """Says bona fide with the mean difference of neighbouring faces, or always the same."""

    sees_time: bool
    card: ModelCard = ONLY_THE_CLASS

    async def encode(self, face_3SS: FloatArray) -> EncodedFace:
        return EncodedFace(np.zeros((32, 32), np.float32), (face_3SS,))

    async def pair(self, before: Features, after: Features) -> FloatArray:
        return np.full((1, 32, 32), np.abs(after[0] - before[0]).mean(), np.float32)

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        return WindowDepth(coarse_Phw, coarse_Phw, float(pairs_PDhw.mean()) if self.sees_time else 0.5)


def person(group: int, *, turn: float) -> Capture:
    """Ten frames of smooth noise, each another, and a head that turns."""
    rng = np.random.default_rng(group)
    pictures = [cv2.resize(rng.integers(0, 255, (8, 8, 3)).astype(np.uint8), (480, 480)) for _ in range(10)]
    return Capture(
        group=group, split="test", subject=str(group), species="bona_fide", bona_fide=True,
        frames=tuple(cv2.imencode(".jpg", picture)[1].tobytes() for picture in pictures),
        times_T=np.arange(10) / 9,
        landmarks_TL3=np.stack([head(yaw=turn * i, centre=(240.0, 240.0)) for i in range(10)]),
        depth_THW=np.zeros((10, 8, 8), np.float32),
    )  # fmt: skip


CAPTURES = [person(i, turn=0.01 * (i + 1)) for i in range(3)]


def test_freezing_a_window_takes_all_from_a_network_that_sees_time_and_nothing_from_one_that_does_not() -> (
    None
):
    for sees_time, expected in ((True, 1.0), (False, 0.5)):
        engine = DifferenceEngine(sees_time)
        gaps = time_gaps(asyncio.run(alter_windows(CAPTURES, engine=engine, seed=0)))
        frozen = {gap.motion: gap.auc for gap in gaps if gap.alteration == "frozen"}
        assert set(frozen.values()) == {expected}


def test_each_third_of_the_motion_is_counted() -> None:
    gaps = time_gaps(asyncio.run(alter_windows(CAPTURES, engine=DifferenceEngine(True), seed=0)))
    shuffled = {gap.motion: gap.windows for gap in gaps if gap.alteration == "shuffled"}
    assert shuffled == {"all": 6, "lower third": 2, "middle third": 2, "upper third": 2}


def left(capture: Capture, frames: slice) -> Capture:
    """The face is somewhere else in these frames: far from the square that the first one set."""
    landmarks_TL3 = capture.landmarks_TL3.copy()
    landmarks_TL3[frames, :, 0] += 2000
    return replace(capture, landmarks_TL3=landmarks_TL3)


def test_a_window_whose_face_leaves_the_square_is_left_out_as_it_has_no_score() -> None:
    engine = DifferenceEngine(True)
    whole, parted = (
        asyncio.run(alter_windows([each], engine=engine, seed=0))
        for each in (CAPTURES[0], left(CAPTURES[0], slice(3, 5)))
    )
    assert parted == [window for window in whole if window.motion != whole[0].motion]
    assert len(parted) == 2


def test_the_motion_of_a_window_is_that_of_the_gaps_during_training() -> None:
    """Also where a face comes back to where it was, which first and last frame do not tell."""
    landmarks_TL3 = CAPTURES[0].landmarks_TL3.copy()
    landmarks_TL3[4] = landmarks_TL3[0]
    returning = replace(CAPTURES[0], landmarks_TL3=landmarks_TL3)
    found = asyncio.run(alter_windows([returning], engine=DifferenceEngine(True), seed=0))
    motions = [window_motion(returning, start, CARD) for start in (0, 5)]
    assert [window.motion for window in found] == [each for each in motions for _ in range(2)]
    assert motions[0] > 0.001


def test_attack_captures_say_nothing_of_the_gaps() -> None:
    attacks = [replace(each, bona_fide=False, species="replay") for each in CAPTURES]
    assert asyncio.run(alter_windows(attacks, engine=DifferenceEngine(True), seed=0)) == []


def test_altered_windows_survive_the_round_trip(tmp_path: Path) -> None:
    windows = asyncio.run(alter_windows(CAPTURES, engine=DifferenceEngine(True), seed=0))
    write_gaps(windows, tmp_path / "gaps.csv")
    assert list(read_gaps(tmp_path / "gaps.csv")) == windows


def test_the_same_seed_alters_the_same_way() -> None:
    one, other = (
        asyncio.run(alter_windows(CAPTURES, engine=DifferenceEngine(True), seed=4)) for _ in range(2)
    )
    assert [w.altered_score for w in one] == pytest.approx([w.altered_score for w in other], abs=0)
