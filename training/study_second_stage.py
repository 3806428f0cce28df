"""Variants of the temporal module on one backbone: what its short-term block is shown, and what that costs.

A second stage of some hundred steps under a frozen backbone, the same batches for each variant; judged on dev
windows, where what it adds shows: the order of frames, and planes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from model.network.config import COMPACT, NetworkConfig
from model.network.cost import cost, trainable_parameters
from model.network.liveness import LivenessNet, fused
from training.checkpoint import Checkpoint
from training.config import PRESETS, STAGES, training_card
from training.development import dev_windows, development_report
from training.errors import NoCaptures
from training.loop import Run, train
from training.source import CaptureSource
from training.trainer import Trainer

# The paper's text compresses a level's features F before they are joined with their gradients, its code joins
# them as they are.
STUDIED: Final[tuple[NetworkConfig, ...]] = (
    replace(COMPACT, name="features_as_they_are"),
    replace(COMPACT, name="features_compressed", raw_features=False),
)
_GAPS: Final = ("freeze_gap", "shuffle_gap", "shuffle_gap_moving", "rewarp_gap")


@dataclass(frozen=True, kw_only=True, slots=True)
class StudiedInTime:
    """One variant; AUC of bona fide dev windows, for instruments the mean of their species."""

    variant: str
    mega_macs: float  # of the whole network, for one more sampled frame in a stream
    milliseconds: float  # the same on one thread of a CPU, see `study.timed`; NaN until then
    parameters: int  # trainable ones, without the backbone's
    instruments: float
    freeze_gap: float
    shuffle_gap: float
    shuffle_gap_moving: float
    rewarp_gap: float
    steps: int


def studied_in_time(
    network: NetworkConfig, backbone: Checkpoint, data: Path, folder: Path, *, steps: int, groups: int
) -> StudiedInTime:
    """Trains `steps` of a second stage on a checkpoint's backbone, with a log in `folder`, and looks at dev's
    first `groups`.

    Raises NoCaptures, and RunMismatch where the backbone is another network's.
    """
    config = replace(PRESETS["study"].with_steps(stage1=0, stage2=steps), network=network)
    trainer = Trainer.begun_with(backbone, config)
    train(trainer, Run(folder, CaptureSource.of_run(data, config)))
    card = training_card(config)
    windows = dev_windows(data, card, groups=groups)
    report = development_report(fused(trainer.evaluated), windows, card, stage=STAGES[-1])
    if not report:
        raise NoCaptures(f"{data}/dev needs bona fide and attack captures")
    told = [auc for name, auc in report.items() if name.startswith(("auc_print", "auc_replay"))]
    return StudiedInTime(
        variant=network.name,
        mega_macs=cost(network).new_frame / 1e6,
        milliseconds=math.nan,
        parameters=_above_the_backbone(network),
        instruments=sum(told) / len(told),
        steps=steps,
        **{name: report[name] for name in _GAPS},
    )


def table(found: Sequence[StudiedInTime]) -> str:
    """For a terminal."""
    names = ("instruments", *_GAPS)
    head = f"{'variant':24}{'MMACs':>7}{'ms':>6}" + "".join(f"{name:>20}" for name in names) + "\n"
    return head + "".join(
        f"{each.variant:24}{each.mega_macs:7.0f}{each.milliseconds:6.1f}"
        + "".join(f"{getattr(each, name):20.2f}" for name in names)
        + "\n"
        for each in found
    )


def _above_the_backbone(network: NetworkConfig) -> int:
    net = LivenessNet(network)
    return trainable_parameters(net) - trainable_parameters(net.frame_net)
