"""The ConvGRU of Eq. 3 against plain NumPy, and the order of what a short-term block is shown."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from model.network.config import TINY, Temporal
from model.network.temporal import ConvGRUCell, Propagate, ShortTerm, ShortTermBlock
from tests.model.network.test_gradient import array, convolved, picture


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_a_cell_is_equation_3() -> None:
    torch.manual_seed(1)
    cell = ConvGRUCell(3, 2)
    x, state = picture(2, 3, 5, 5), picture(2, 2, 5, 5, seed=1)
    both = np.concatenate([array(x), array(state)], axis=1)
    gates = sigmoid(convolved(both, array(cell.gates.weight), array(cell.gates.bias)))
    reset, update = gates[:, :2], gates[:, 2:]
    shown = np.concatenate([array(x), reset * array(state)], axis=1)
    candidate = np.tanh(convolved(shown, array(cell.candidate.weight), array(cell.candidate.bias)))
    expected = (1 - update) * array(state) + update * candidate
    np.testing.assert_allclose(array(cell(x, state)), expected, atol=1e-6)


def test_a_cell_that_is_given_no_state_starts_from_zero() -> None:
    torch.manual_seed(1)
    cell, x = ConvGRUCell(3, 2), picture(2, 3, 5, 5)
    torch.testing.assert_close(cell(x, None), cell(x, torch.zeros(2, 2, 5, 5)))


def test_an_untrained_cell_keeps_most_of_its_state() -> None:
    cell = ConvGRUCell(3, 2)
    state = torch.full((1, 2, 5, 5), 0.5)
    kept = cell(torch.zeros(1, 3, 5, 5), state).mean() / state.mean()
    assert 0.6 < kept < 1.0


def propagate() -> Propagate:
    torch.manual_seed(2)
    return Propagate(TINY)


def pairs(clips: int = 2) -> torch.Tensor:
    return picture(clips, TINY.num_pairs, TINY.channels(128), 32, 32)


def test_the_recurrence_runs_over_pairs_and_starts_from_zero() -> None:
    net, x = propagate(), pairs()
    inner, outer = torch.zeros(2, net.inner.hidden, 32, 32), torch.zeros(2, 1, 32, 32)
    said = net(x)
    for pair in range(TINY.num_pairs):
        inner = net.inner(x[:, pair], inner)
        outer = net.outer(inner, outer)
        torch.testing.assert_close(said[:, pair], outer[:, 0])


def test_a_window_begins_where_its_pairs_were_left_one_by_one() -> None:
    net, x = propagate(), pairs()
    driven = torch.stack([net.inner.driven(each) for each in x.unbind(1)], dim=1)
    assert driven.shape[2] == 3 * net.inner.hidden
    torch.testing.assert_close(net.over_pairs(driven), net(x))


def test_the_recurrence_never_runs_over_the_batch() -> None:
    net, x = propagate(), pairs(3)
    torch.testing.assert_close(net(x)[2:], net(x[2:]))


def test_an_early_pair_is_remembered_by_later_ones_unless_the_recurrence_is_off() -> None:
    x = pairs(1)
    changed = x.clone()
    changed[:, 0] += 1
    with_memory, without = propagate(), propagate()
    without.recurrence = False
    assert not torch.allclose(with_memory(x)[:, -1], with_memory(changed)[:, -1], atol=1e-6)
    torch.testing.assert_close(without(x)[:, -1], without(changed)[:, -1])


def test_a_block_is_shown_features_gradients_of_both_frames_and_their_change_in_that_order() -> None:
    torch.manual_seed(3)
    block = ShortTermBlock(TINY).eval()
    shown: list[torch.Tensor] = []
    block.fuse.register_forward_pre_hook(lambda _module, given: shown.append(given[0]))
    before, after = (block.features(picture(1, TINY.channels(128), 64, 64, seed=seed)) for seed in (0, 1))
    block(before, after)
    now, then = before[:, -block.compressed :], after[:, -block.compressed :]
    tap = before[:, : -block.compressed]
    expected = torch.cat([tap, *block.sobel(now), *block.sobel(then), now - then], dim=1)
    torch.testing.assert_close(shown[0], expected)


@pytest.mark.parametrize(
    ("change", "channels"),
    [({}, 128 + 5 * 32), ({"raw_features": False}, 6 * 32), ({"temporal": Temporal.OFF}, 3 * 32)],
)
def test_a_block_fuses_the_channels_of_its_kind(change: dict[str, object], channels: int) -> None:
    block = ShortTermBlock(replace(TINY, width=1.0, **change))  # type: ignore[arg-type]
    assert block.fuse.in_channels == channels


def test_the_features_of_a_pair_have_the_depth_grid() -> None:
    net = ShortTerm(TINY)
    taps = tuple(picture(2, TINY.channels(128), side, side) for side in (64, 32, 32))
    features = net.features(taps)
    assert net(features, features).shape == (2, TINY.channels(128), 32, 32)
