"""The network cut where a stream needs it: one pass a frame, one a neighbouring pair, one a window.

The parts share the network's own modules; folded over a clip's frames they say what the whole network says.
B of a kind at once, T frames, P = T - 1 pairs, S px a side of a face, h = w cells of the depth grid, D
channels of a pair. "Features" are one tensor a level (`model.network.temporal`).
"""

from torch import Tensor, nn

from model.network.config import Temporal
from model.network.frame import NUM_LEVELS
from model.network.liveness import LivenessNet, bona_fide_probability


class FrameEncoder(nn.Module):
    """Faces (B, 3, S, S) -> coarse depth (B, h, w), then the features of each level."""

    def __init__(self, net: LivenessNet) -> None:
        """Raises ValueError for a network without a temporal module, which no stream needs."""
        super().__init__()
        if net.config.temporal is Temporal.NONE:
            raise ValueError("a network without temporal module has no parts; use the whole network")
        self.net = net

    def forward(self, faces_B3SS: Tensor) -> tuple[Tensor, ...]:
        coarse_Bhw, taps = self.net.frame_net(faces_B3SS)
        return coarse_Bhw, *self.net.short_term.features(taps)


class PairHead(nn.Module):
    """Features of frame t, features of frame t + 1 -> what their X drives the ConvGRU with (B, D, h, w).

    X itself is not handed on: each pair is in P windows, and what X alone decides of them is computed once.
    """

    def __init__(self, net: LivenessNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, *features: Tensor) -> Tensor:
        x_BChw: Tensor = self.net.short_term(features[:NUM_LEVELS], features[NUM_LEVELS:])
        return self.net.propagate.inner.driven(x_BChw)


class WindowHead(nn.Module):
    """P pairs, coarse depth of their earlier frames -> temporal, refined depth, probability (B,)."""

    def __init__(self, net: LivenessNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pairs_BPDhw: Tensor, coarse_BPhw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        temporal_BPhw = self.net.propagate.over_pairs(pairs_BPDhw)
        refined_BPhw = self.net.refine(coarse_BPhw, temporal_BPhw)
        return temporal_BPhw, refined_BPhw, bona_fide_probability(self.net.classify(refined_BPhw))


class WholeClip(nn.Module):
    """Faces (B, T, 3, S, S) -> coarse, temporal and refined depth, bona fide probability (B,)."""

    def __init__(self, net: LivenessNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, faces_BT3SS: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        said = self.net(faces_BT3SS)
        return said.coarse_BThw, said.temporal_BPhw, said.refined_BPhw, bona_fide_probability(said.logits_B2)
