"""Eq. 5-8: how far the network is from the depth labels and from the class.

Means where the paper prints sums, as in the authors' code: the balance with the binary loss depends on it
(network.md 6.2). N maps of h = w cells, B clips, P pairs.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from model.network.liveness import Label, LivenessOutput

# The eight neighbours minus the centre of a 3x3 window: Eq. 6's kernels, (8, 1, 3, 3).
_CENTRE = 4


@dataclass(frozen=True, slots=True)
class Losses:
    """The sum to minimise, and its parts before they are weighted."""

    total: Tensor
    depth: Tensor
    contrast: Tensor
    binary: Tensor | None = None
    coarse: Tensor | None = None  # distance of the single frames' depth, where the second stage asks for it


def depth_loss(depth_Nhw: Tensor, label_Nhw: Tensor) -> Tensor:
    """Euclidean distance loss, Eq. 5, as a mean."""
    return functional.mse_loss(depth_Nhw, label_Nhw)


def contrastive_depth_loss(depth_Nhw: Tensor, label_Nhw: Tensor) -> Tensor:
    """Eq. 6, as a mean: the same of every cell's difference to each of its neighbours."""
    error_N1hw = (depth_Nhw - label_Nhw)[:, None]  # K is linear: K * D - K * G = K * (D - G)
    contrasts = functional.conv2d(error_N1hw, _kernels(error_N1hw), padding=1)
    return contrasts.square().mean()


def single_frame_loss(coarse_Nhw: Tensor, label_Nhw: Tensor, *, contrast_weight: float) -> Losses:
    """What the first stage minimises: depth alone."""
    depth, contrast = depth_loss(coarse_Nhw, label_Nhw), contrastive_depth_loss(coarse_Nhw, label_Nhw)
    return Losses(depth + contrast_weight * contrast, depth, contrast)


def binary_loss(logits_B2: Tensor, bona_fide_B: Tensor) -> Tensor:
    """Eq. 7: cross-entropy of the raw logits (one softmax, not two: network.md B4)."""
    target_B = torch.where(bona_fide_B, int(Label.BONA_FIDE), int(Label.ATTACK))
    return functional.cross_entropy(logits_B2, target_B)


def overall_loss(
    said: LivenessOutput,
    label_BPhw: Tensor,
    bona_fide_B: Tensor,
    *,
    beta: float,
    contrast_weight: float,
) -> Losses:
    """Eq. 8, its depth terms averaged over the P maps that there are (network.md B6).

    With a beta of 0 the second stage minimises depth alone.
    """
    depths = single_frame_loss(
        said.refined_BPhw.flatten(0, 1), label_BPhw.flatten(0, 1), contrast_weight=contrast_weight
    )
    binary = binary_loss(said.logits_B2, bona_fide_B)
    return replace(depths, total=beta * binary + (1 - beta) * depths.total, binary=binary)


def with_coarse_loss(
    losses: Losses,
    coarse_BThw: Tensor,
    label_BThw: Tensor,
    frames_tell_B: Tensor,
    *,
    weight: float,
    contrast_weight: float,
) -> Losses:
    """The first stage's loss beside Eq. 8, for a backbone that the second one moves.

    Only of windows whose frames tell: a living frame out of its time would be asked to be flat and deep.
    """
    frames = single_frame_loss(
        coarse_BThw[frames_tell_B].flatten(0, 1),
        label_BThw[frames_tell_B].flatten(0, 1),
        contrast_weight=contrast_weight,
    )
    return replace(losses, total=losses.total + weight * frames.total, coarse=frames.depth)


def _kernels(like: Tensor) -> Tensor:
    neighbours = [cell for cell in range(9) if cell != _CENTRE]
    kernels = torch.zeros(len(neighbours), 9, dtype=like.dtype, device=like.device)
    kernels[:, _CENTRE] = -1
    kernels[range(len(neighbours)), neighbours] = 1
    return kernels.view(-1, 1, 3, 3)
