"""The whole network: shapes, independence of clips, where time enters, half precision, fusing, streaming."""

import copy
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from model.network.config import TINY, VARIANTS, NetworkConfig, Temporal
from model.network.frame import NUM_LEVELS
from model.network.liveness import Label, LivenessNet, LivenessOutput, bona_fide_probability, fused
from model.network.streaming import FrameEncoder, PairHead, WholeClip, WindowHead
from tests.golden.make_golden import pictures, tiny_net, to_faces


@pytest.fixture(scope="module")
def net() -> LivenessNet:
    return tiny_net()


@pytest.fixture
def faces() -> torch.Tensor:
    return to_faces(pictures(3, seed=7))


def test_every_variant_refines_the_depth_of_its_first_frames_on_a_32_cell_grid() -> None:
    for config in VARIANTS.values():
        with torch.device("meta"):
            said = LivenessNet(config)(torch.empty(2, 5, 3, config.face_size, config.face_size))
        assert said.coarse_BThw.shape == (2, 5, 32, 32)
        assert said.temporal_BPhw.shape == said.refined_BPhw.shape == (2, 4, 32, 32)
        assert said.logits_B2.shape == (2, 2)


@torch.no_grad()
def test_refined_depth_is_equation_4(net: LivenessNet, faces: torch.Tensor) -> None:
    said = net(faces)
    expected = 0.4 * said.coarse_BThw[:, :-1] + 0.6 * said.temporal_BPhw
    torch.testing.assert_close(said.refined_BPhw, expected)


@torch.no_grad()
def test_a_clip_scores_the_same_alone_and_in_a_batch(net: LivenessNet, faces: torch.Tensor) -> None:
    together, alone = net(faces), net(faces[1:2])
    for one, all_of_them in zip(alone, together, strict=True):
        torch.testing.assert_close(one, all_of_them[1:2], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_the_last_frame_changes_only_the_last_pair(net: LivenessNet, faces: torch.Tensor) -> None:
    before = net(faces).refined_BPhw
    faces[:, -1] = 0
    after = net(faces).refined_BPhw
    torch.testing.assert_close(after[:, :-1], before[:, :-1])
    assert not torch.allclose(after[:, -1], before[:, -1], atol=1e-4)


@torch.no_grad()
def test_the_order_of_the_frames_matters(net: LivenessNet, faces: torch.Tensor) -> None:
    forwards, backwards = net(faces), net(faces.flip(1))
    torch.testing.assert_close(forwards.coarse_BThw, backwards.coarse_BThw.flip(1), atol=1e-5, rtol=1e-5)
    assert not torch.allclose(forwards.temporal_BPhw, backwards.temporal_BPhw.flip(1), atol=1e-3)


def test_the_probability_is_that_of_the_bona_fide_class() -> None:
    logits = torch.tensor([[2.0, -1.0]])
    assert Label.BONA_FIDE == 1
    torch.testing.assert_close(bona_fide_probability(logits), torch.sigmoid(torch.tensor([-3.0])))


@torch.no_grad()
def test_fusing_changes_nothing_that_is_said(net: LivenessNet, faces: torch.Tensor) -> None:
    for ours, theirs in zip(fused(net)(faces), net(faces), strict=True):
        assert within_tolerance(ours, theirs)


@torch.no_grad()
def test_fusing_moves_the_gain_of_the_change_into_the_weights(net: LivenessNet, faces: torch.Tensor) -> None:
    louder = LivenessNet(replace(net.config, change_gain=8.0)).eval()
    louder.load_state_dict(net.state_dict())
    said, folded = louder(faces), fused(louder)(faces)
    assert not torch.allclose(said.temporal_BPhw, net(faces).temporal_BPhw, atol=1e-3)
    for ours, theirs in zip(folded, said, strict=True):
        assert within_tolerance(ours, theirs)


@torch.no_grad()
def test_the_parts_folded_over_a_stream_say_what_the_whole_says(
    net: LivenessNet, faces: torch.Tensor
) -> None:
    encoder, pair_head, window_head = FrameEncoder(net).eval(), PairHead(net).eval(), WindowHead(net).eval()
    encoded = [encoder(frames) for frames in faces.unbind(1)]
    assert len(encoded[0]) == 1 + NUM_LEVELS
    pairs = [pair_head(*one[1:], *next_one[1:]) for one, next_one in pairwise(encoded)]
    coarse = torch.stack([each[0] for each in encoded], dim=1)
    folded = (coarse, *window_head(torch.stack(pairs, dim=1), coarse[:, :-1]))
    for ours, theirs in zip(folded, WholeClip(net).eval()(faces), strict=True):
        assert within_tolerance(ours, theirs)


def test_a_network_without_time_has_no_parts() -> None:
    with pytest.raises(ValueError, match="temporal"):
        FrameEncoder(LivenessNet(replace(TINY, temporal=Temporal.NONE)))


@torch.no_grad()
def test_activations_of_200_stay_finite_in_half_precision(net: LivenessNet, faces: torch.Tensor) -> None:
    half = copy.deepcopy(net).half()
    said: LivenessOutput = half((faces * 400).half())
    assert all(bool(torch.isfinite(each).all()) for each in said)


@pytest.mark.parametrize(
    "change",
    [
        {"temporal": Temporal.NONE},
        {"temporal": Temporal.OFF},
        {"gradient": False},
        {"recurrence": False},
        {"raw_features": False},
    ],
    ids=str,
)
def test_every_ablation_trains_all_that_it_has(change: dict[str, object]) -> None:
    config: NetworkConfig = replace(TINY, **change)  # type: ignore[arg-type]
    net = LivenessNet(config)
    said = net(to_faces(pictures(2, seed=3)))
    (said.refined_BPhw.square().mean() + said.logits_B2.square().mean()).backward()
    missing = [name for name, each in net.named_parameters() if each.requires_grad and each.grad is None]
    assert missing == []


def within_tolerance(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    """The one of network.md section 9."""
    return bool(((ours - theirs).abs() <= 1e-4 * theirs.abs().clamp(min=1)).all())
