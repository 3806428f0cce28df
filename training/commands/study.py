"""Trains variants of the network alike and briefly, and sets what they tell apart beside what they cost.

variants: compact itself; narrower and wider; a face of 64 px with a full stem; space to depth in place of
the stem's stride; compressed features alone (the paper's F) in place of the raw ones; the change between
frames without its gain. Each is trained from random weights through both stages on the same batches.

ACER is of dev windows, each half of the groups at the threshold of the other; test is not looked at, as this
chooses what is shipped. Writes RUN/study.csv and RUN/study.png, and RUN/VARIANT for each training: one that
was stopped goes on where it was, one that is done is not done again. At 300 + 300 steps a variant takes about
15 minutes on one core.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from model.network.liveness import LivenessNet
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS, STAGES, TrainConfig, training_card
from training.errors import RunMismatch
from training.loop import Run, train
from training.source import CaptureSource
from training.study import STUDIED, Studied, dev_halves, read_study, studied, write_study
from training.trainer import Trainer

_STEPS = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [each.name for each in STUDIED]
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of the study")
    parser.add_argument("--variants", choices=names, nargs="+", default=names, help="default: all")
    parser.add_argument("--steps1", type=int, default=_STEPS, help="default: %(default)s")
    parser.add_argument("--steps2", type=int, default=_STEPS, help="default: %(default)s")
    parser.add_argument("--groups", type=int, default=60, help="of dev to look at (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of the arithmetic (default: 1)")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, RunMismatch."""
    torch.set_num_threads(arguments.threads)
    base = PRESETS["study"].with_steps(stage1=arguments.steps1, stage2=arguments.steps2)
    table = arguments.folder / "study.csv"
    found = {each.variant: each for each in read_study(table)}
    if any((each.steps1, each.steps2) != (arguments.steps1, arguments.steps2) for each in found.values()):
        raise RunMismatch(f"{table} is of other numbers of steps; take another --run")
    dev_halves(arguments.data, groups=arguments.groups)  # what is missing is said before hours of training
    for network in STUDIED:
        if network.name in found or network.name not in arguments.variants:
            continue
        config = replace(base, network=network)
        net = _trained(config, arguments.data, arguments.folder / network.name)
        found[network.name] = studied(net, config, arguments.data, groups=arguments.groups)
        write_study(list(found.values()), arguments.folder)
    sys.stdout.write(_table(list(found.values())) + f"written to {table}\n")


def _trained(config: TrainConfig, data: Path, folder: Path) -> LivenessNet:
    """The weights that count, in a network for inference."""
    path = folder / FILE_NAME
    trainer = Trainer.resumed(Checkpoint.load(path)) if path.is_file() else Trainer(config)
    if trainer.config != config:
        raise RunMismatch(f"{folder} was trained with other options; take another --run")
    sizes = {stage: config.stage(stage).batch_size for stage in STAGES}
    source = CaptureSource(
        data,
        training_card(config),
        split="train",
        seed=config.seed,
        batch_sizes=sizes,
        time_share=config.time_share,
    )
    train(trainer, Run(folder, source))
    return trainer.evaluated.eval()


def _table(found: Sequence[Studied]) -> str:
    head = f"{'variant':22}{'MMACs':>7}{'ms':>6}{'ACER':>7}  refused  worst family  freeze shuffle\n"
    return head + "".join(
        f"{each.variant:22}{each.mega_macs:7.0f}{each.milliseconds:6.1f}{100 * each.acer:6.1f}%"
        f"  {each.refused}/{each.bona_fide:<6}{each.worst_family} {each.accepted}/{each.attacks}"
        f"  {each.freeze_gap:.2f}   {each.shuffle_gap:.2f}\n"
        for each in found
    )
