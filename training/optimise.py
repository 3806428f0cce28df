"""What moves the weights of a stage: which of them, by which rule, at which rate."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from model.network.liveness import LivenessNet
from model.network.temporal import ConvGRUCell
from training.config import Optimiser, StageConfig

_ADADELTA_RHO, _ADADELTA_EPSILON = 0.95, 1e-8  # paper section 4.2


def prepare_stage(net: LivenessNet, stage: int, *, moves_backbone: bool) -> tuple[nn.Parameter, ...]:
    """Sets modes and gradients for a stage, and names what it trains.

    The first stage trains the backbone, the second the temporal module and the classifier. The backbone is
    frozen then, or moves too; its normalisation stays in inference mode either way, since the frames of a
    few windows are too alike to be normalised by.
    """
    net.train()
    for name, module in net.named_children():
        backbone = name == "frame_net"
        its_stage = backbone == (stage == 1)
        module.train(its_stage)
        module.requires_grad_(its_stage or (backbone and moves_backbone))
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.requires_grad_(False)  # there is no trained scale (network.md 1.2)
    return tuple(each for each in net.parameters() if each.requires_grad)


def make_optimiser(net: LivenessNet, config: StageConfig, *, backbone_share: float) -> torch.optim.Optimizer:
    """Over the parameters that need a gradient; L2 on weights of convolutions and linear layers only.

    Each group's own "share" of the learning rate goes with it: `backbone_share` for the backbone's.
    """
    backbone = {id(each) for each in net.frame_net.parameters()}
    groups = [
        {"params": chosen, "weight_decay": decay, "share": share}
        for share, moved in ((1.0, False), (backbone_share, True))
        for parameters, decay in zip(_by_decay(net), (config.weight_decay, 0.0), strict=True)
        if (chosen := [each for each in parameters if (id(each) in backbone) == moved])
    ]
    match config.optimiser:
        case Optimiser.ADAM:
            return torch.optim.Adam(groups, lr=config.learning_rate)
        case Optimiser.ADADELTA:
            return torch.optim.Adadelta(
                groups, lr=config.learning_rate, rho=_ADADELTA_RHO, eps=_ADADELTA_EPSILON
            )


def rate_at(step: int, config: StageConfig) -> float:
    """The learning rate of a step, counted from 0; none is left after the last."""
    share = 1.0
    if step < config.warmup_steps:
        share = (step + 1) / config.warmup_steps
    cooldown = round(config.cooldown_share * config.steps)
    if step >= config.steps - cooldown:
        share = min(share, max(0, config.steps - step) / (cooldown + 1))
    return config.learning_rate * share


def reduced_precision(device: str) -> AbstractContextManager[object]:
    """bfloat16 where a GPU computes in it; float32 elsewhere, also on CPUs that advertise more than they can.

    For the network, not for its losses: squares of small differences are lost in 8 bits. The gradient blocks
    stay in float32 under it (`model.network.gradient`), and bfloat16 has float32's range, so that no loss is
    scaled.
    """
    if torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()


def moving_average(net: LivenessNet, decay: float) -> AveragedModel:
    """Of weights and running statistics; short at first, so that the random start is soon forgotten."""

    def update(averages: Iterable[Tensor], values: Iterable[Tensor], count: Tensor | int) -> None:
        share = min(decay, (1 + int(count)) / (10 + int(count)))
        for average, value in zip(averages, values, strict=True):
            if average.is_floating_point():
                average.lerp_(value.to(average.dtype), 1 - share)
            else:
                average.copy_(value)

    return AveragedModel(net, multi_avg_fn=update, use_buffers=True)


def _by_decay(net: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    recurrent = {
        id(each) for cell in net.modules() if isinstance(cell, ConvGRUCell) for each in cell.parameters()
    }
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for module in net.modules():
        for name, each in module.named_parameters(recurse=False):
            if not each.requires_grad:
                continue
            weight = name == "weight" and isinstance(module, nn.Conv2d | nn.Linear)
            (decayed if weight and id(each) not in recurrent else free).append(each)
    return decayed, free
