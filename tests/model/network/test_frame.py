"""The backbone's layer table (network.md 1.4), and the depth grid of every variant."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from model.network.config import COMPACT, PAPER, TINY, VARIANTS, NetworkConfig, Stem
from model.network.frame import FrameNet, brought_to, pooled

# Channels and side of each row's output, rows 1-4, 6-8, 10-12, 15-17 of the table.
PAPER_BLOCKS = [
    (64, 256), (128, 256), (192, 256), (128, 256),
    (128, 128), (192, 128), (128, 128),
    (128, 64), (192, 64), (128, 64),
    (128, 32), (64, 32), (1, 32),
]  # fmt: skip


def rows(net: FrameNet) -> list[nn.Module]:
    """The modules of the table, in its order."""
    levels = [block for level in net.levels for block in level.children()]
    return [net.stem, *levels, *net.join.children(), net.depth]


def test_every_row_of_the_layer_table_has_its_shape() -> None:
    seen: list[tuple[int, ...]] = []
    with torch.device("meta"):
        net = FrameNet(PAPER)
        for row in rows(net):
            row.register_forward_hook(lambda _module, _given, output: seen.append(tuple(output.shape)))
        coarse, taps = net(torch.empty(2, 3, 256, 256))
    assert seen == [(2, channels, side, side) for channels, side in PAPER_BLOCKS]
    assert coarse.shape == (2, 32, 32)
    assert [tuple(tap.shape) for tap in taps] == [(2, 128, side, side) for side in (256, 128, 64)]


@pytest.mark.parametrize("stem", list(Stem))
@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS.keys())
def test_coarse_depth_has_32_cells_a_side_whatever_the_variant_and_stem(
    config: NetworkConfig, stem: Stem
) -> None:
    config = replace(config, stem=stem)
    with torch.device("meta"):
        coarse, _ = FrameNet(config)(torch.empty(1, 3, config.face_size, config.face_size))
    assert coarse.shape == (1, 32, 32)


def test_coarse_depth_is_never_negative() -> None:
    torch.manual_seed(0)
    coarse, _ = FrameNet(TINY)(torch.rand(2, 3, 64, 64) - 0.5)
    assert coarse.min() >= 0


def test_subsampling_takes_every_nth_cell_as_tensorflow_does_and_averaging_takes_their_mean() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert brought_to(x, 2, replace(COMPACT, subsample=True)).flatten().tolist() == [0, 2, 8, 10]
    assert brought_to(x, 2, replace(COMPACT, subsample=False)).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_a_level_is_not_pooled_below_the_depth_grid() -> None:
    assert pooled(torch.zeros(1, 1, 32, 32), COMPACT).shape[-1] == 32
    assert pooled(torch.zeros(1, 1, 64, 64), COMPACT).shape[-1] == 32


@pytest.mark.parametrize("face_size", [100, 96, 16])
def test_a_face_that_cannot_be_halved_down_to_the_grid_is_an_error(face_size: int) -> None:
    with pytest.raises(ValueError, match="face_size"):
        replace(TINY, face_size=face_size)


def test_a_window_of_one_frame_is_an_error() -> None:
    with pytest.raises(ValueError, match="two frames"):
        replace(TINY, num_frames=1)
