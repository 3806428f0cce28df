"""One photograph before the camera, through the landmark finder: it never passes as a living person."""

import asyncio
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from skimage import data

from model.bundle import default_path, ensure_bundle
from model.card import VerdictRule
from model.clip import Clip, Face, Frame, PixelArray
from model.faces import LandmarkFinder
from model.judge import judge_clip
from model.quality import QualityGates, Reason
from model.sampling import SampledBy
from model.verdict import Decision, Judgement
from tests.model.scripted import CARD, CountingEngine


class Finder:
    """The landmark finder, awaited."""

    def __init__(self, finder: LandmarkFinder) -> None:
        self._finder = finder

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return self._finder.find(frame)


def test_a_finder_that_was_closed_says_so_in_place_of_finding_nobody() -> None:
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        pass
    with pytest.raises(ValueError, match="closed"):
        finder.find(Frame(data.astronaut(), 0.0, 0))


def held(count: int, *, seed: int = 0) -> list[PixelArray]:
    """The photograph in a hand: shifted, turned and tilted, with noise and JPEG; its face is 130 px high."""
    rng = np.random.default_rng(seed)
    photograph = cv2.resize(data.astronaut()[:400], (480, 375), interpolation=cv2.INTER_AREA)
    waves = np.sin(np.arange(count)[:, None] * rng.uniform(0.1, 0.7, 5) + rng.uniform(0, 6.28, 5))
    frames = []
    for x, y, angle, up, side in waves:
        turn, tilt = 0.08 * angle, (3e-4 * up, 3e-4 * side)
        about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [*tilt, 1]])
        centre = np.array([[1, 0, 210 + 8 * x], [0, 1, 110 + 8 * y], [0, 0, 1]])
        whole = centre @ about @ np.array([[1, 0, -210], [0, 1, -110], [0, 0, 1]])
        moved = cv2.warpPerspective(photograph, whole, (480, 375), borderMode=cv2.BORDER_REFLECT)
        noisy = np.clip(moved + rng.normal(0, 3, moved.shape), 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 60])
        frames.append(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), dtype=np.uint8))
    return frames


def judged(pictures: Sequence[PixelArray]) -> Judgement:
    """By an engine that believes every window."""
    frames = tuple(Frame(picture, i / 10, i) for i, picture in enumerate(pictures))
    clip = Clip(frames, 3 * len(frames), len(frames) / 10, SampledBy.FRAME_COUNT)
    engine = CountingEngine(card=CARD.with_decision(threshold=0.5, verdict=VerdictRule()))
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        return asyncio.run(judge_clip(clip, faces=Finder(finder), engine=engine, gates=QualityGates()))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_photograph_in_the_hand_is_too_still(seed: int) -> None:
    judgement = judged(held(20, seed=seed))
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.TOO_STILL,))


def test_a_photograph_that_freezes_half_way_is_frozen() -> None:
    moving = held(12)
    judgement = judged([*moving, *[moving[-1]] * 8])
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.FROZEN_FRAMES,))
