"""Parameters and multiply-accumulates of the paper's network, as its code has them (network.md section 7)."""

import pytest
import torch

from model.network.config import COMPACT, PAPER
from model.network.cost import cost, trainable_parameters
from model.network.liveness import LivenessNet


@pytest.fixture(scope="module")
def paper() -> LivenessNet:
    with torch.device("meta"):
        return LivenessNet(PAPER)


def test_the_paper_has_the_parameters_of_its_code(paper: LivenessNet) -> None:
    assert trainable_parameters(paper.frame_net) == 2_466_497
    assert trainable_parameters(paper.short_term) + trainable_parameters(paper.propagate) == 2_079_966
    assert trainable_parameters(paper.classify) == 65_730
    assert trainable_parameters(paper) == 4_612_193


def test_the_paper_costs_what_its_code_costs_within_a_hundredth() -> None:
    found = cost(PAPER)
    compress, cells = 0.402e9, 32 * 32 * 9
    from_x, from_state = 128 * 3 * 64 * cells, 64 * 3 * 64 * cells  # of the first ConvGRU cell
    assert found.frame_encoder == pytest.approx(52.35e9 + compress, rel=0.01)
    assert found.pair_head == pytest.approx(30.199e9 + from_x, rel=0.005)
    assert found.window_head == pytest.approx(4 * (0.342e9 - from_x) - from_state, rel=0.01)
    assert found.clip == pytest.approx(385.9e9, rel=0.01)
    assert found.new_frame == pytest.approx(84e9, rel=0.01)


def test_compact_costs_a_hundredth_of_the_paper() -> None:
    assert cost(COMPACT).clip < cost(PAPER).clip / 100
