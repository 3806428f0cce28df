"""The stored graphs still say what they said of the stored faces."""

import numpy as np
import pytest

from model.scoring import depth_score, living_score
from tests.golden.make_golden import (
    ARRAYS,
    OUTPUTS,
    WEIGHTS,
    answers,
    card_of,
    tiny_net,
    to_faces,
    typical_score,
)
from training.onnx_engine import OnnxEngine
from training.parity import drift

TOLERANCE = 1e-5
STORED = dict(np.load(ARRAYS))


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_graph_says_what_it_said(output: str) -> None:
    assert drift(answers(STORED["pixels"])[output], STORED[output]) <= TOLERANCE


def test_the_network_of_the_same_seed_says_what_the_graph_says() -> None:
    said = tiny_net()(to_faces(STORED["pixels"]))
    assert drift(said.refined_BPhw.detach().numpy(), STORED["refined_depth"]) <= 1e-4


def test_the_living_score_is_the_stored_one() -> None:
    card = OnnxEngine(WEIGHTS).card
    said = answers(STORED["pixels"])
    everywhere = np.ones(said["refined_depth"].shape[1:], bool)
    for now, before in ((said, STORED),):
        for clip in range(len(now["refined_depth"])):
            scores = [
                living_score(
                    float(each["bona_fide_probability"][clip]),
                    depth_score(each["refined_depth"][clip], everywhere),
                    beta=card.beta,
                )
                for each in (now, before)
            ]
            assert scores[0] == pytest.approx(scores[1], abs=TOLERANCE)


def test_the_threshold_of_the_tiny_card_parts_random_clips() -> None:
    assert OnnxEngine(WEIGHTS).card == card_of(typical_score(tiny_net(), card_of(0.5)))
