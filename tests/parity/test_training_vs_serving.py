"""A stored capture through training's windows and through the path that serves: one tensor, one score."""

import asyncio
import importlib.util
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch

import model
from model.card import ModelCard
from model.clip import FloatArray
from model.engine import EncodedFace, Engine, Features, WindowDepth
from model.judge import judge_clip
from model.network.liveness import bona_fide_probability
from model.quality import QualityGates
from model.scoring import depth_score, living_score
from tests.conftest import procedural_capture
from tests.golden.make_golden import WEIGHTS, tiny_net
from tests.parity.stored_faces import StoredFaces
from training.evaluate import as_clip
from training.onnx_engine import OnnxEngine
from training.windows import WindowChoice, training_window

SHIPPED = Path(model.__file__).parent / "weights" / "compact"
CAPTURE = procedural_capture(4, "dev", "bona_fide", sway=0.05)  # so little that the square is held


@dataclass
class RecordingEngine:
    """Keeps the faces that serving would send to the encoder."""

    engine: OnnxEngine
    seen: list[FloatArray] = field(default_factory=list)

    @property
    def card(self) -> ModelCard:
        return self.engine.card

    async def encode(self, face_3SS: FloatArray) -> EncodedFace:
        self.seen.append(face_3SS)
        return await self.engine.encode(face_3SS)

    async def pair(self, before: Features, after: Features) -> FloatArray:
        return await self.engine.pair(before, after)

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        return await self.engine.window(pairs_PDhw, coarse_Phw)


def test_training_and_serving_make_the_identical_tensor_and_the_same_score() -> None:
    engine = RecordingEngine(OnnxEngine(WEIGHTS))
    clip = as_clip(CAPTURE)
    faces = StoredFaces([CAPTURE])
    judgement = asyncio.run(judge_clip(clip, faces=faces, engine=engine, gates=QualityGates()))
    served = judgement.windows[0]

    trained = training_window(WindowChoice(CAPTURE, 0), engine.card, rng=None)
    np.testing.assert_array_equal(np.stack(engine.seen[: engine.card.num_frames]), trained.faces_T3SS)
    np.testing.assert_array_equal(served.masks_Phw, trained.masks_Thw[:-1])

    with torch.no_grad():
        said = tiny_net()(torch.from_numpy(trained.faces_T3SS[None]))
    on_face = depth_score(said.refined_BPhw[0].numpy(), trained.masks_Thw[:-1])
    probability = float(bona_fide_probability(said.logits_B2)[0])
    score = living_score(probability, on_face, beta=engine.card.beta)
    assert served.score == pytest.approx(score, abs=1e-4)


@pytest.mark.skipif(importlib.util.find_spec("service.engine") is None, reason="this tree has no service")
@pytest.mark.parametrize("weights", [WEIGHTS, SHIPPED], ids=["tiny", "shipped"])
def test_the_services_engine_and_trainings_engine_give_one_score(weights: Path) -> None:
    from service.engine.embedded import open_embedded
    from service.settings import Settings
    from service.timeline import Timeline

    async def scores(engine: Engine) -> list[float]:
        judgement = await judge_clip(
            as_clip(CAPTURE), faces=StoredFaces([CAPTURE]), engine=engine, gates=QualityGates()
        )
        return [window.score for window in judgement.windows]

    async def served() -> list[float]:
        settings = Settings(weights=weights)
        async with open_embedded(settings, observe_batch=lambda _: None) as engine:
            with engine.capture(Timeline(), deadline=time.perf_counter() + 60) as one_capture:
                return await scores(one_capture)

    assert asyncio.run(served()) == pytest.approx(asyncio.run(scores(OnnxEngine(weights))), abs=1e-6)
