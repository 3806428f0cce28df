"""What a variant costs: multiply-accumulates of each served part, and trainable parameters.

Normalisation, activations, pooling and roots are left out, the fixed Sobel filters are counted
(network.md section 7). One multiply-accumulate is two floating point operations.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from model.network.config import NetworkConfig
from model.network.liveness import LivenessNet
from model.network.streaming import FrameEncoder, PairHead, WindowHead


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiply-accumulates of one pass through each part."""

    frame_encoder: int
    pair_head: int
    window_head: int
    num_frames: int

    @property
    def clip(self) -> int:
        """T frames, P pairs, one window."""
        pairs = self.num_frames - 1
        return self.num_frames * self.frame_encoder + pairs * self.pair_head + self.window_head

    @property
    def new_frame(self) -> int:
        """What a stream pays for one more sampled frame while its square holds."""
        return self.frame_encoder + self.pair_head + self.window_head


def cost(config: NetworkConfig) -> Cost:
    """Counts without computing: shapes alone are passed through the network."""
    with torch.device("meta"), torch.no_grad():
        net = LivenessNet(config).eval()
        face = torch.empty(1, 3, config.face_size, config.face_size)
        encoder, pair_head = FrameEncoder(net), PairHead(net)
        coarse, *features = encoder(face)
        pair = pair_head(*features, *features)
        pairs, coarse = (each.expand(config.num_pairs, *each.shape[1:])[None] for each in (pair, coarse))
        return Cost(
            frame_encoder=multiply_accumulates(encoder, face),
            pair_head=multiply_accumulates(pair_head, *features, *features),
            window_head=multiply_accumulates(WindowHead(net), pairs, coarse),
            num_frames=config.num_frames,
        )


def multiply_accumulates(module: nn.Module, *inputs: Tensor) -> int:
    """Those of one pass of `inputs`, whatever the device."""
    with FlopCounterMode(display=False) as counter:
        module(*inputs)
    operations: int = counter.get_total_flops()
    return operations // 2


def trainable_parameters(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters() if each.requires_grad)
