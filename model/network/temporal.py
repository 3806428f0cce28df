"""The spatio-temporal propagation module (paper section 3.1.2, network.md section 2).

N pairs of neighbouring frames, B clips of P pairs, h = w cells of the depth grid, C channels of a pair's
features X, D those that X drives a ConvGRU cell with. `before` and `after` are a pair's frames t and t + 1.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.network.config import NetworkConfig, Temporal
from model.network.frame import NUM_LEVELS, brought_to, pooled
from model.network.gradient import ShiftNorm, Sobel, convolution

_COMPRESSED, _TAP, _PAIR, _HIDDEN = 32, 128, 128, 64

Features = tuple[Tensor, ...]  # one tensor a level, the largest first


def _norm_after_relu(channels_in: int, channels_out: int, size: int, config: NetworkConfig) -> nn.Sequential:
    return nn.Sequential(
        convolution(channels_in, channels_out, size),
        nn.ReLU(),
        ShiftNorm(channels_out, momentum=config.norm_momentum),
    )


class ShortTermBlock(nn.Module):
    """STSTB of one level: what changes between two frames, where, and on what (or OFF, for the ablation)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.compressed = config.channels(_COMPRESSED)
        self.keeps_tap = config.temporal is Temporal.STSTB and config.raw_features
        self.compress = _norm_after_relu(config.channels(_TAP), self.compressed, 1, config)
        self.sobel = Sobel(self.compressed)
        current = config.channels(_TAP) if self.keeps_tap else self.compressed
        parts = current + 5 * self.compressed if config.temporal is Temporal.STSTB else 3 * self.compressed
        self.fuse = convolution(parts, config.channels(_PAIR), 3)
        self.change_gain = config.change_gain

    def features(self, tap: Tensor) -> Tensor:
        """What a pair needs of one frame, first or second: the tap if it is used, then the compressed tap."""
        compressed = self.compress(tap)
        return torch.cat([tap, compressed], dim=1) if self.keeps_tap else compressed

    def forward(self, before: Tensor, after: Tensor) -> Tensor:
        """Features of the frames t and t + 1 -> what the pair adds at this level."""
        now, then = before[:, -self.compressed :], after[:, -self.compressed :]
        gradients, change = self._gradients(now), self._change(now, then)
        parts = [*gradients, change]
        if self.config.temporal is Temporal.STSTB:
            current = before[:, : -self.compressed] if self.keeps_tap else now
            parts = [current, *gradients, *self._gradients(then), change]
        return pooled(functional.relu(self.fuse(torch.cat(parts, dim=1))), self.config)

    def fold(self) -> None:
        """Moves the gain into the weights that read the change; for inference only, and once."""
        self.fuse.weight[:, -self.compressed :] *= self.change_gain
        self.change_gain = 1.0

    def _change(self, now: Tensor, then: Tensor) -> Tensor:
        change = now - then
        return change if self.change_gain == 1 else self.change_gain * change

    def _gradients(self, compressed: Tensor) -> tuple[Tensor, ...]:
        return tuple(gradient.to(compressed.dtype) for gradient in self.sobel(compressed))


class ShortTerm(nn.Module):
    """The three levels' blocks, and the cascade that joins them into X of a pair."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        pair = config.channels(_PAIR)
        self.blocks = nn.ModuleList(ShortTermBlock(config) for _ in range(NUM_LEVELS))
        self.cascade = nn.ModuleList(
            _norm_after_relu(2 * pair, pair, 3, config) for _ in range(NUM_LEVELS - 1)
        )
        self.last = _norm_after_relu(pair, pair, 3, config)

    def features(self, taps: Features) -> Features:
        """Made once a frame, whether it comes first or second in a pair."""
        return tuple(block.features(tap) for block, tap in zip(self._blocks(), taps, strict=True))

    def forward(self, before: Features, after: Features) -> Tensor:
        """X (N, C, h, w) of N pairs."""
        x, *levels = (block(*pair) for block, *pair in zip(self._blocks(), before, after, strict=True))
        for join, level in zip(self.cascade, levels, strict=True):
            x = join(torch.cat([brought_to(x, level.shape[-1], self.config), level], dim=1))
        x_NChw: Tensor = self.last(brought_to(x, self.config.depth_size, self.config))
        return x_NChw

    def _blocks(self) -> tuple[ShortTermBlock, ...]:
        return tuple(block for block in self.blocks if isinstance(block, ShortTermBlock))


class ConvGRUCell(nn.Module):
    """Eq. 3.

    U is the share that is renewed, where the authors' code has the share that is kept, with a bias of 1: its
    bias starts at -1 here, so that a cell keeps its state by default as theirs does.
    """

    def __init__(self, channels_in: int, hidden: int) -> None:
        super().__init__()
        self.channels_in, self.hidden = channels_in, hidden
        self.gates = convolution(channels_in + hidden, 2 * hidden, 3)
        self.candidate = convolution(channels_in + hidden, hidden, 3)
        assert self.gates.bias is not None
        with torch.no_grad():
            self.gates.bias.copy_(torch.tensor([1.0, -1.0]).repeat_interleave(hidden))

    def forward(self, x: Tensor, state: Tensor | None) -> Tensor:
        return self.step(self.driven(x), state)

    def driven(self, x: Tensor) -> Tensor:
        """What reset, update and candidate take from x alone: (N, 3 hidden, h, w), whatever the state.

        Convolutions are linear: of [x, state] they are the sum of one of x and one of the state.
        """
        layers = (self.gates, self.candidate)
        weight = torch.cat([layer.weight[:, : self.channels_in] for layer in layers])
        bias = torch.cat([layer.bias for layer in layers if layer.bias is not None])
        return functional.conv2d(x, weight, bias, padding=1)

    def step(self, driven: Tensor, state: Tensor | None) -> Tensor:
        """The next state; None is the state of zeros that a window begins with."""
        from_x, candidate_from_x = driven[:, : 2 * self.hidden], driven[:, 2 * self.hidden :]
        if state is None:
            return torch.sigmoid(from_x[:, self.hidden :]) * torch.tanh(candidate_from_x)
        reset, update = torch.sigmoid(from_x + self._of_state(self.gates, state)).chunk(2, dim=1)
        candidate = torch.tanh(candidate_from_x + self._of_state(self.candidate, reset * state))
        return (1 - update) * state + update * candidate

    def _of_state(self, layer: nn.Conv2d, state: Tensor) -> Tensor:
        return functional.conv2d(state, layer.weight[:, self.channels_in :], padding=1)


class Propagate(nn.Module):
    """Two ConvGRU cells over the pairs of a window; the second one's state is the temporal depth, (-1, 1)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.recurrence = config.recurrence
        self.inner = ConvGRUCell(config.channels(_PAIR), config.channels(_HIDDEN))
        self.outer = ConvGRUCell(config.channels(_HIDDEN), 1)

    def forward(self, pairs_BPChw: Tensor) -> Tensor:
        """X of a window's pairs -> temporal depth (B, P, h, w)."""
        return self.over_pairs(_each(self.inner.driven, pairs_BPChw))

    def over_pairs(self, driven_BPDhw: Tensor) -> Tensor:
        """From what X drives the inner cell with, which a stream computes once a pair."""
        inner_BPChw = self._states(self.inner, driven_BPDhw)
        return self._states(self.outer, _each(self.outer.driven, inner_BPChw))[:, :, 0]

    def _states(self, cell: ConvGRUCell, driven_BPDhw: Tensor) -> Tensor:
        """The recurrence: it runs over P, never over B, and starts from zero."""
        states: list[Tensor] = []
        state: Tensor | None = None
        for driven in driven_BPDhw.unbind(1):
            states.append(cell.step(driven, state))
            state = states[-1] if self.recurrence else None
        return torch.stack(states, dim=1)


def _each(layer: Callable[[Tensor], Tensor], pairs_BPChw: Tensor) -> Tensor:
    """The layer's answer to every pair by itself, in one pass."""
    said = layer(pairs_BPChw.flatten(0, 1))
    return said.reshape(*pairs_BPChw.shape[:2], *said.shape[1:])
