"""Refined depth and class from a clip of faces. Wang et al., CVPR 2020, figure 3.

B clips, T sampled frames, N = B T, P = T - 1 neighbouring pairs, S px a side of a face, h = w cells of the
depth grid, C channels of a pair's features X.
"""

import copy
from enum import IntEnum
from typing import NamedTuple

import torch
from torch import Tensor, nn

from model.network.config import NetworkConfig, Temporal
from model.network.frame import FrameNet
from model.network.gradient import GradientBlock
from model.network.temporal import Features, Propagate, ShortTerm, ShortTermBlock


class Label(IntEnum):
    """The classifier's outputs, in order."""

    ATTACK = 0
    BONA_FIDE = 1


class LivenessOutput(NamedTuple):
    """What the network says of a clip."""

    coarse_BThw: Tensor
    temporal_BPhw: Tensor
    refined_BPhw: Tensor
    logits_B2: Tensor


class Classifier(nn.Module):
    """fcs of Eq. 7: the mean refined depth map -> raw logits, indexed by `Label`."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        hidden = config.channels(64)
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(config.depth_size**2, hidden), nn.ReLU(), nn.Linear(hidden, len(Label))
        )
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, refined_BPhw: Tensor) -> Tensor:
        logits_B2: Tensor = self.layers(refined_BPhw.mean(dim=1))
        return logits_B2


class LivenessNet(nn.Module):
    """The whole network; `model.network.streaming` has its parts for one frame, pair and window at a time."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.frame_net = FrameNet(config)
        self.classify = Classifier(config)
        if config.temporal is not Temporal.NONE:
            self.short_term = ShortTerm(config)
            self.propagate = Propagate(config)

    def forward(self, faces_BT3SS: Tensor) -> LivenessOutput:
        coarse_BThw, taps = self.encode(faces_BT3SS)
        return self.over_time(coarse_BThw, taps)

    def encode(self, faces_BT3SS: Tensor) -> tuple[Tensor, Features]:
        """Every frame by itself: coarse depth (B, T, h, w), and the taps (N, ...) of all frames."""
        coarse_Nhw, taps = self.frame_net(faces_BT3SS.flatten(0, 1))
        return _by_clip(coarse_Nhw, faces_BT3SS.shape[0]), taps

    def over_time(self, coarse_BThw: Tensor, taps: Features) -> LivenessOutput:
        """What neighbouring frames add: pair p joins the frames p and p + 1 and refines the earlier one."""
        temporal_BPhw = earlier_BPhw = coarse_BThw[:, :-1]
        if self.config.temporal is not Temporal.NONE:
            temporal_BPhw = self.propagate(self._pairs(taps, coarse_BThw.shape[0]))
        refined_BPhw = self.refine(earlier_BPhw, temporal_BPhw)
        return LivenessOutput(coarse_BThw, temporal_BPhw, refined_BPhw, self.classify(refined_BPhw))

    def refine(self, coarse_BPhw: Tensor, temporal_BPhw: Tensor) -> Tensor:
        """Eq. 4."""
        return torch.lerp(coarse_BPhw, temporal_BPhw, self.config.alpha)

    def _pairs(self, taps: Features, clips: int) -> Tensor:
        """X of all neighbouring pairs, (B, P, C, h, w)."""
        features = [_by_clip(each, clips) for each in self.short_term.features(taps)]
        before = tuple(each[:, :-1].flatten(0, 1) for each in features)
        after = tuple(each[:, 1:].flatten(0, 1) for each in features)
        return _by_clip(self.short_term(before, after), clips)


def _by_clip(each: Tensor, clips: int) -> Tensor:
    """(B x frames or pairs, ...) -> (B, frames or pairs, ...)."""
    return each.reshape(clips, -1, *each.shape[1:])


def bona_fide_probability(logits_B2: Tensor) -> Tensor:
    """b of Eq. 11, (B,)."""
    return torch.softmax(logits_B2, dim=-1)[:, Label.BONA_FIDE]


def fused(net: LivenessNet) -> LivenessNet:
    """A copy for inference, its blocks' normalisations and gains folded into their convolutions: the same
    outputs.

    The temporal module's normalisations stay: a ReLU stands between them and the convolution before.
    """
    copied = copy.deepcopy(net).eval().requires_grad_(False)
    for module in copied.modules():
        if isinstance(module, GradientBlock | ShortTermBlock):
            module.fold()
    return copied
