"""Eq. 5-8 against plain NumPy."""

import numpy as np
import pytest
import torch

from model.network.liveness import LivenessOutput
from training.losses import (
    Losses,
    binary_loss,
    contrastive_depth_loss,
    depth_loss,
    overall_loss,
    single_frame_loss,
    with_coarse_loss,
)

NEIGHBOURS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def maps(*shape: int, seed: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def contrasts(depth_Nhw: np.ndarray) -> np.ndarray:
    """Each neighbour minus the centre, nothing beyond the border: (8, N, h, w)."""
    padded = np.pad(depth_Nhw, ((0, 0), (1, 1), (1, 1)))
    h, w = depth_Nhw.shape[1:]
    return np.stack([padded[:, 1 + y : 1 + y + h, 1 + x : 1 + x + w] - depth_Nhw for y, x in NEIGHBOURS])


def expected_depth(depth: torch.Tensor, label: torch.Tensor) -> tuple[float, float]:
    said, wanted = depth.double().numpy(), label.double().numpy()
    return float(np.mean((said - wanted) ** 2)), float(np.mean((contrasts(said) - contrasts(wanted)) ** 2))


def test_the_depth_loss_is_the_mean_squared_distance() -> None:
    depth, label = maps(3, 6, 6, seed=0), maps(3, 6, 6, seed=1)
    assert depth_loss(depth, label).item() == pytest.approx(expected_depth(depth, label)[0], rel=1e-5)


def test_the_contrastive_loss_compares_every_cell_with_its_eight_neighbours() -> None:
    depth, label = maps(3, 6, 6, seed=0), maps(3, 6, 6, seed=1)
    assert contrastive_depth_loss(depth, label).item() == pytest.approx(
        expected_depth(depth, label)[1], rel=1e-5
    )


def test_the_first_stage_weighs_the_contrastive_loss() -> None:
    depth, label = maps(3, 6, 6, seed=0), maps(3, 6, 6, seed=1)
    distance, contrast = expected_depth(depth, label)
    total = single_frame_loss(depth, label, contrast_weight=0.5).total.item()
    assert total == pytest.approx(distance + 0.5 * contrast, rel=1e-5)


def test_the_binary_loss_is_the_cross_entropy_of_one_softmax() -> None:
    logits = torch.tensor([[1.0, 3.0], [0.5, -2.0], [0.0, 0.0]])
    bona_fide = torch.tensor([True, False, False])
    probability = np.exp(logits.numpy()) / np.exp(logits.numpy()).sum(axis=1, keepdims=True)
    expected = -np.mean(np.log([probability[0, 1], probability[1, 0], probability[2, 0]]))
    assert binary_loss(logits, bona_fide).item() == pytest.approx(expected, rel=1e-5)


def test_the_overall_loss_is_equation_8_with_the_depth_averaged_over_its_maps() -> None:
    refined, label = maps(2, 4, 6, 6, seed=0), maps(2, 4, 6, 6, seed=1)
    logits, bona_fide = torch.tensor([[1.0, 3.0], [0.5, -2.0]]), torch.tensor([True, False])
    said = LivenessOutput(refined, refined, refined, logits)
    losses = overall_loss(said, label, bona_fide, beta=0.8, contrast_weight=1.0)
    each = [sum(expected_depth(refined[:, pair], label[:, pair])) for pair in range(4)]
    binary = binary_loss(logits, bona_fide).item()
    assert losses.total.item() == pytest.approx(0.8 * binary + 0.2 * np.mean(each), rel=1e-5)


def test_a_perfect_answer_costs_nothing() -> None:
    label = maps(2, 6, 6, seed=1)
    assert single_frame_loss(label, label, contrast_weight=1.0).total.item() == 0.0


def test_single_frames_are_asked_for_depth_only_where_they_tell() -> None:
    coarse, label = maps(3, 5, 6, 6, seed=0), maps(3, 5, 6, 6, seed=1)
    nothing = torch.zeros(())
    tell = torch.tensor([True, False, True])
    losses = with_coarse_loss(
        Losses(torch.tensor(2.0), nothing, nothing), coarse, label, tell, weight=0.5, contrast_weight=0.25
    )
    distance, contrast = expected_depth(coarse[tell].flatten(0, 1), label[tell].flatten(0, 1))
    assert losses.total.item() == pytest.approx(2 + 0.5 * (distance + 0.25 * contrast), rel=1e-5)
    assert losses.coarse is not None
    assert losses.coarse.item() == pytest.approx(distance, rel=1e-5)
