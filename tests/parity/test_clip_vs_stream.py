"""A capture folded frame by frame through `judge_frame` says what the `clip` graph says of its windows."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

import model
from model.card import ModelCard
from model.clip import Face
from model.judge import judge_clip
from model.preprocess import face_input, face_tone
from model.quality import QualityGates
from model.verdict import Judgement
from tests.conftest import procedural_capture
from tests.golden.make_golden import WEIGHTS
from tests.parity.stored_faces import StoredFaces
from training.datasets.capture import Capture
from training.evaluate import as_clip
from training.onnx_engine import OnnxEngine
from training.parity import TOLERANCE, GraphFiles, drift

SHIPPED = Path(model.__file__).parent / "weights" / "compact"
CAPTURE = procedural_capture(4, "dev", "bona_fide")


def judged(capture: Capture, weights: Path) -> tuple[Judgement, ModelCard]:
    engine = OnnxEngine(weights)
    faces = StoredFaces([capture])
    clip = as_clip(capture)
    return asyncio.run(judge_clip(clip, faces=faces, engine=engine, gates=QualityGates())), engine.card


@pytest.mark.parametrize("weights", [WEIGHTS, SHIPPED], ids=["tiny", "shipped"])
def test_every_window_of_a_stream_is_what_the_clip_graph_says_of_its_frames(weights: Path) -> None:
    judgement, card = judged(CAPTURE, weights)
    assert len(judgement.windows) == len(CAPTURE.frames) - card.num_frames + 1
    whole = GraphFiles(weights, ("clip",))
    for window in judgement.windows:
        # The tone was set with the square, at the newest frame of that time or at the track's first.
        tones = [face_tone(frame, window.square, card) for frame in as_clip(CAPTURE).frames]
        drifts = []
        for tone in tones:
            faces = np.stack([face_input(frame, window.square, tone, card) for frame in window.frames])
            coarse, temporal, refined, _ = (each[0] for each in whole.run("clip", faces[None]))
            drifts.append(
                max(
                    drift(window.coarse_Phw, coarse[:-1]),
                    drift(window.temporal_Phw, temporal),
                    drift(window.refined_Phw, refined),
                )
            )
        assert min(drifts) <= TOLERANCE


def test_the_stored_landmarks_are_found_for_every_frame() -> None:
    faces = StoredFaces([CAPTURE])
    found = [asyncio.run(faces.find(frame)) for frame in as_clip(CAPTURE).frames]
    assert all(isinstance(each, Face) for (each,) in found)
