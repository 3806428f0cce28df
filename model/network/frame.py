"""The backbone: one face -> coarse depth, and the features that motion is read from (network.md section 1).

N faces, S px a side, h = w cells of the depth grid, F1..F3 the taps of the three levels before pooling.
"""

from itertools import pairwise

from torch import Tensor, cat, nn
from torch.nn import functional

from model.network.config import NetworkConfig, Stem
from model.network.gradient import GradientBlock, convolution

NUM_LEVELS = 3
_LEVEL_WIDTHS = (128, 192, 128)


class FrameNet(nn.Module):
    """Cascaded gradient blocks over three levels, joined into one depth map."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        stem, tap = config.channels(64), config.channels(_LEVEL_WIDTHS[-1])
        self.stem = self._stem(stem)
        self.levels = nn.ModuleList(
            self._level(channels_in) for channels_in in (stem, *[tap] * (NUM_LEVELS - 1))
        )
        self.join = nn.Sequential(
            self._block(NUM_LEVELS * tap, config.channels(128)),
            self._block(config.channels(128), config.channels(64)),
        )
        self.depth = convolution(config.channels(64), 1, 3)

    def forward(self, faces_N3SS: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Coarse depth (N, h, w), at least 0, and the taps F1..F3."""
        x = self.stem(faces_N3SS)
        taps, on_grid = [], []
        for level in self.levels:
            tap = level(x)
            x = pooled(tap, self.config)
            taps.append(tap)
            on_grid.append(brought_to(x, self.config.depth_size, self.config))
        coarse_N1hw = functional.relu(self.depth(self.join(cat(on_grid, dim=1))))
        return coarse_N1hw[:, 0], tuple(taps)

    def _stem(self, channels_out: int) -> nn.Module:
        match self.config.stem:
            case Stem.FULL:
                return self._block(3, channels_out)
            case Stem.STRIDE_2:
                return self._block(3, channels_out, stride=2)
            case Stem.SPACE_TO_DEPTH:
                return nn.Sequential(nn.PixelUnshuffle(2), self._block(3 * 4, channels_out))

    def _level(self, channels_in: int) -> nn.Sequential:
        widths = (channels_in, *(self.config.channels(width) for width in _LEVEL_WIDTHS))
        return nn.Sequential(*(self._block(before, after) for before, after in pairwise(widths)))

    def _block(self, channels_in: int, channels_out: int, *, stride: int = 1) -> GradientBlock:
        config = self.config
        return GradientBlock(
            channels_in, channels_out, momentum=config.norm_momentum, stride=stride, gradient=config.gradient
        )


def pooled(x: Tensor, config: NetworkConfig) -> Tensor:
    """Half the size, unless that would be below the depth grid."""
    return functional.max_pool2d(x, 2) if x.shape[-1] > config.depth_size else x


def brought_to(x: Tensor, size: int, config: NetworkConfig) -> Tensor:
    """A map that is a whole multiple of `size`, brought down to it."""
    step = x.shape[-1] // size
    if step == 1:
        return x
    return x[..., ::step, ::step] if config.subsample else functional.avg_pool2d(x, step)
