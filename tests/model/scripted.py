"""A scripted face finder, a counting engine and films for the data path's tests."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from model.card import ModelCard, VerdictRule
from model.clip import Clip, Face, FloatArray, Frame
from model.engine import EncodedFace, Features, WindowDepth
from model.judge import judge_clip, judge_frame
from model.quality import QualityGates
from model.sampling import SampledBy
from model.verdict import Judgement, Observation, should_move
from tests.model.films import spotted
from tests.model.test_card import CARD as MOVING_CARD
from tests.model.test_geometry import head

GATES = QualityGates()
CARD = replace(MOVING_CARD, verdict=VerdictRule(min_motion=0.0))  # no motion is asked for unless a test does


@dataclass
class Faces:
    """Finds what the script says, frame after frame."""

    script: Sequence[tuple[Face, ...]]

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return self.script[frame.index]


@dataclass
class CountingEngine:
    """Answers each window with the next scripted probability, and counts its passes."""

    card: ModelCard = CARD
    probabilities: Sequence[float] = (1.0,) * 100
    encoded: int = 0
    paired: int = 0
    windows: list[FloatArray] = field(default_factory=list)

    async def encode(self, face_3SS: FloatArray) -> EncodedFace:
        self.encoded += 1
        mean = np.full((1,), face_3SS.mean(), np.float32)
        return EncodedFace(np.full((32, 32), 0.5, np.float32), (mean,))

    async def pair(self, before: Features, after: Features) -> FloatArray:
        self.paired += 1
        return np.full((1, 32, 32), after[0] - before[0], np.float32)

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        self.windows.append(pairs_PDhw)
        return WindowDepth(coarse_Phw, coarse_Phw, self.probabilities[len(self.windows) - 1])


def person(count: int, *, drift: float = 0.0, turn: float = 0.03) -> list[tuple[Face, ...]]:
    """A head that nods to and fro and drifts `drift` px a frame."""
    return [
        (Face(head(yaw=turn * np.sin(i), centre=(300.0 + drift * i, 240.0)), yaw=0.0, pitch=0.0),)
        for i in range(count)
    ]


def film(count: int, *, period: int | None = None, interval: float = 0.1) -> Clip:
    """Noise pictures bright enough for the gates, `interval` s apart, again from the first after `period`."""
    pictures = [
        np.random.default_rng(i % (period or count)).integers(60, 190, (480, 640, 3)).astype(np.uint8)
        for i in range(count)
    ]
    frames = tuple(Frame(pixels, i * interval, i) for i, pixels in enumerate(pictures))
    return Clip(frames, 3 * count, count * interval, SampledBy.FRAME_COUNT)


def shown(landmarks: Sequence[FloatArray]) -> Clip:
    """The head that the script finds, 0.1 s apart."""
    frames = tuple(Frame(spotted(points), i / 10, i) for i, points in enumerate(landmarks))
    return Clip(frames, 3 * len(frames), len(frames) / 10, SampledBy.FRAME_COUNT)


def script_of(landmarks: Sequence[FloatArray]) -> list[tuple[Face, ...]]:
    return [(Face(points, yaw=0.0, pitch=0.0),) for points in landmarks]


def observed(clip: Clip, script: Sequence[tuple[Face, ...]], engine: CountingEngine) -> list[Observation]:
    """What each frame of a stream added."""

    async def run() -> list[Observation]:
        state, seen = None, []
        for frame in clip.frames:
            state, observation = await judge_frame(
                frame, state, faces=Faces(script), engine=engine, gates=GATES
            )
            seen.append(observation)
        return seen

    return asyncio.run(run())


def stream(clip: Clip, script: Sequence[tuple[Face, ...]], engine: CountingEngine) -> list[bool]:
    """Whether the stream is told to move after each frame."""
    seen = observed(clip, script, engine)
    return [should_move(seen[: i + 1], card=engine.card) for i in range(len(seen))]


def judge(clip: Clip, script: Sequence[tuple[Face, ...]], engine: CountingEngine) -> Judgement:
    return asyncio.run(judge_clip(clip, faces=Faces(script), engine=engine, gates=GATES))
