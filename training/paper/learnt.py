"""A variant's weights, trained in the two stages of the paper; what is done is not done again.

Variants that differ only above the backbone begin their second stage with the same one, as the paper's do: it
is trained once, in RUN/runs/PROTOCOL/BACKBONE. So is the second stage of the complete network, whichever
experiments ask for it.
"""

from dataclasses import replace
from pathlib import Path

from model.network.config import Temporal
from model.network.liveness import LivenessNet, fused
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import TrainConfig
from training.datasets.catalogue import stored_protocol
from training.errors import RunMismatch
from training.loop import Run, train
from training.paper.setting import Setting, Variant
from training.source import CaptureSource
from training.trainer import Trainer


def learnt(setting: Setting, variant: Variant, protocol: str) -> LivenessNet:
    """The network of a variant that has learnt from a protocol's train split, for inference.

    Raises NoCaptures, DataSetError, and RunMismatch where the run's folder holds another training's weights.
    """
    config, runs = replace(variant.config, protocol=protocol), setting.folder / "runs" / protocol
    backbone = runs / variant.backbone.name
    trainer = _begun(first_stage(config), backbone, device=setting.device)
    _finish(trainer, variant.backbone.data, backbone)
    if config.stage2.steps:
        second = replace(
            config.with_steps(stage1=0, stage2=None), began_with=f"backbone {variant.backbone.name}"
        )
        begin = Checkpoint.load(backbone / FILE_NAME)
        trainer = _begun(second, runs / variant.above.name, device=setting.device, begin=begin)
        _finish(trainer, variant.above.data, runs / variant.above.name)
    return fused(trainer.evaluated)


def first_stage(config: TrainConfig) -> TrainConfig:
    """The backbone's training, the same for all variants that differ only in what is above it."""
    network = replace(config.network, temporal=Temporal.NONE, recurrence=True, alpha=0.0)
    return replace(config.with_steps(stage1=None, stage2=0), network=network, beta=0.0, binary_loss=False)


def _begun(config: TrainConfig, folder: Path, *, device: str, begin: Checkpoint | None = None) -> Trainer:
    """Where the folder's training stopped, else from `begin`, else from random weights."""
    if (folder / FILE_NAME).is_file():
        checkpoint = Checkpoint.load(folder / FILE_NAME)
        if checkpoint.config != config:
            raise RunMismatch(f"{folder} was trained with other settings; take another --run")
        return Trainer.resumed(checkpoint, device=device)
    if begin is None:
        return Trainer(config, device=device)
    return Trainer.begun_with(begin, config, device=device)


def _finish(trainer: Trainer, data: Path, folder: Path) -> None:
    protocol = stored_protocol(data, trainer.config.protocol)
    train(trainer, Run(folder, CaptureSource.of_run(data, trainer.config, protocol=protocol)))
