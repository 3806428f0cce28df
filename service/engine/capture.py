"""The network for one capture, whoever runs it: `model.engine.Engine` over three kinds of pass.

S px a side of a face, h = w side of the depth grid, D channels of a pair, P pairs of a window.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from model.card import ModelCard
from model.clip import FloatArray
from model.engine import EncodedFace, Features, WindowDepth
from service.engine.batcher import Passed
from service.engine.graphs import Arrays
from service.timeline import Stage, Timeline


class Passes(Protocol):
    """Runs one kind of pass: the inputs of one item to its outputs, each in the graph's order."""

    async def submit(self, item: Arrays, *, deadline: float) -> Passed[Arrays]:
        """Raises Overloaded and DeadlineExceeded."""
        ...


@dataclass(frozen=True, slots=True)
class CaptureEngine:
    card: ModelCard
    passes: Mapping[Stage, Passes]  # ENCODE, PAIR and WINDOW
    timeline: Timeline
    deadline: float

    async def encode(self, face_3SS: FloatArray) -> EncodedFace:
        coarse_hw, *features = await self._pass(Stage.ENCODE, face_3SS)
        return EncodedFace(coarse_hw, tuple(features))

    async def pair(self, before: Features, after: Features) -> FloatArray:
        (pair_Dhw,) = await self._pass(Stage.PAIR, *before, *after)
        return pair_Dhw

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        temporal_Phw, refined_Phw, probability = await self._pass(Stage.WINDOW, pairs_PDhw, coarse_Phw)
        return WindowDepth(temporal_Phw, refined_Phw, float(probability))

    async def _pass(self, stage: Stage, *arrays: FloatArray) -> Arrays:
        passed = await self.passes[stage].submit(arrays, deadline=self.deadline)
        if passed.queued is not None:
            self.timeline.add(Stage.QUEUE, passed.queued)
        self.timeline.add(stage, passed.ran)
        return passed.result
