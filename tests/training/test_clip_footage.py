"""A video file is cut where `clip` cuts it, and every frame of it is kept."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from model.card import SamplingRule
from model.clip import Face, Frame
from tests.model.scripted import person
from tests.training.test_clip_captures import video
from training.clip_footage import Stretch, cut_stretches, footage_of_person
from training.footage import Footage
from training.perturbations import frame_rate
from training.robustness import slower

(FACE,) = person(1)[0]


@dataclass(frozen=True)
class Seen:
    """So many faces in the frames that are named, one in any other."""

    others: dict[int, int]

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return (FACE,) * self.others.get(frame.index, 1)


def stretches(folder: Path, *, seconds: float, fps: int) -> list[Stretch]:
    levels = np.linspace(40, 210, round(seconds * fps)).astype(np.uint8)
    pictures = [np.full((64, 64, 3), level, np.uint8) for level in levels]
    (folder / "person.mp4").write_bytes(video(pictures, fps=fps))
    return list(cut_stretches(folder / "person.mp4"))


def footage(stretch: Stretch, others: dict[int, int]) -> Footage | None:
    return asyncio.run(footage_of_person(stretch, Seen(others), SamplingRule()))


@pytest.mark.parametrize("fps", [12, 25, 30, 60])
def test_two_seconds_begin_every_half_second_with_all_frames_of_any_rate(tmp_path: Path, fps: int) -> None:
    cut = stretches(tmp_path, seconds=3.1, fps=fps)
    assert [len(each.frames) for each in cut] == pytest.approx([2 * fps] * 3, abs=1)
    assert [each.frames[0].time for each in cut] == pytest.approx([0.0, 0.5, 1.0], abs=1 / fps)
    assert {np.ptp(np.diff([frame.index for frame in each.frames])) for each in cut} == {0}
    kept = footage(cut[0], {})
    assert kept is not None
    assert kept.fps == pytest.approx(fps, rel=0.01)
    assert not kept.sampled


@pytest.mark.parametrize("fps", [25, 30])
@pytest.mark.parametrize("wanted", [10.0, 15.0])
def test_a_slower_camera_leaves_a_capture_long_enough_to_be_decided(
    tmp_path: Path, fps: int, wanted: float
) -> None:
    kept = footage(stretches(tmp_path, seconds=2.1, fps=fps)[0], {})
    assert kept is not None
    assert slower(wanted).applies(kept)
    after = frame_rate(wanted)(kept, np.random.default_rng(0))
    assert 1 / np.diff([frame.time for frame in after.frames]).mean() == pytest.approx(wanted, rel=0.05)
    assert after.frames[-1].time - after.frames[0].time >= 1.8


@pytest.mark.parametrize("faces", [0, 2])
def test_one_face_is_asked_for_where_a_service_would_look_and_nowhere_else(faces: int) -> None:
    frames = tuple(Frame(np.zeros((8, 8, 3), np.uint8), i / 30, i) for i in range(60))
    stretch = Stretch("person", frames)
    assert footage(stretch, {30: faces}) is None
    kept = footage(stretch, {31: faces})
    assert kept is not None
    assert [i for i, points in enumerate(kept.landmarks) if points is None] == [31]
    shifted = replace(stretch, frames=frames[1:])
    assert footage(shifted, {31: faces}) is None
