"""Trains variants of the backbone alike and briefly, and sets what they tell apart beside what they cost.

variants: compact itself; narrower and wider; a face of 64 px with a full stem; space to depth in place of
the stem's stride; plain convolutions in place of the gradient blocks. Each is trained from random weights as
a classifier of single frames, on the same batches: both stages would need thousands of steps for each before
they tell anything apart. Cost is of the whole network with that backbone.

--second-stage CHECKPOINT studies the temporal module in its place, on the backbone of a checkpoint: whether
its short-term block is shown a level's features as they are (the paper's code) or compressed (its text). What
that tells apart is measured on dev windows: AUC of instruments, and of bona fide windows whose time is wrong.

ACER is of dev captures, each half of the people at the threshold of the other; test is not looked at, as this
chooses what is shipped. Writes RUN/study.csv and RUN/study.png, and RUN/VARIANT.pt: a variant that is done is
not done again, its milliseconds are. 400 steps take compact about 13 minutes on one core, of a second stage
about 20; its table is RUN/second_stage.csv.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from model.network.config import NetworkConfig
from training import study_second_stage as second
from training.baselines.frame import SingleFrame
from training.checkpoint import Checkpoint
from training.errors import RunMismatch
from training.study import STUDIED, Studied, plot_study, studied, timed
from training.study_table import read_study, write_study

_STEPS = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [each.name for each in (*STUDIED, *second.STUDIED)]
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of the study")
    parser.add_argument("--variants", choices=names, nargs="+", default=names, help="default: all")
    parser.add_argument("--steps", type=int, default=_STEPS, help="default: %(default)s")
    parser.add_argument(
        "--second-stage", type=Path, metavar="CHECKPOINT", help="study the temporal module on its backbone"
    )
    parser.add_argument("--groups", type=int, default=60, help="of dev to look at (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of the arithmetic (default: 1)")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, RunMismatch."""
    torch.set_num_threads(arguments.threads)
    (_backbones if arguments.second_stage is None else _second_stages)(arguments)


def _backbones(arguments: argparse.Namespace) -> None:
    table = arguments.folder / "study.csv"
    found = {each.variant: each for each in read_study(Studied, table)}
    for network in _left(STUDIED, found, arguments):
        weights = arguments.folder / f"{network.name}.pt"
        variant = SingleFrame(name=network.name, network=network, steps=arguments.steps, weights=weights)
        found[network.name] = studied(variant, arguments.data, groups=arguments.groups)
        write_study(list(found.values()), table)
    compared = timed(list(found.values()), STUDIED)
    write_study(compared, table)
    plot_study(compared, table.with_suffix(".png"))
    sys.stdout.write(_table(compared) + f"written to {table}\n")


def _second_stages(arguments: argparse.Namespace) -> None:
    table = arguments.folder / "second_stage.csv"
    found = {each.variant: each for each in read_study(second.StudiedInTime, table)}
    backbone = Checkpoint.load(arguments.second_stage)
    for network in _left(second.STUDIED, found, arguments):
        found[network.name] = second.studied_in_time(
            network,
            backbone,
            arguments.data,
            arguments.folder / network.name,
            steps=arguments.steps,
            groups=arguments.groups,
        )
        write_study(list(found.values()), table)
    compared = timed(list(found.values()), second.STUDIED)
    write_study(compared, table)
    sys.stdout.write(second.table(compared) + f"written to {table}\n")


def _left(
    networks: Sequence[NetworkConfig],
    found: Mapping[str, Studied | second.StudiedInTime],
    arguments: argparse.Namespace,
) -> list[NetworkConfig]:
    """Those asked for that are not done. Raises RunMismatch where none of this study is asked for, or where
    others had another number of steps."""
    asked = [each for each in networks if each.name in arguments.variants]
    if not asked:
        names = ", ".join(each.name for each in networks)
        raise RunMismatch(f"--variants names none of this study; with these options it has {names}")
    if any(each.steps != arguments.steps for each in found.values()):
        raise RunMismatch(f"{arguments.folder} is of another number of steps; take another --run")
    return [each for each in asked if each.name not in found]


def _table(found: Sequence[Studied]) -> str:
    head = f"{'variant':22}{'MMACs':>7}{'ms':>6}{'ACER':>7}  refused  worst family\n"
    return head + "".join(
        f"{each.variant:22}{each.mega_macs:7.0f}{each.milliseconds:6.1f}{100 * each.acer:6.1f}%"
        f"  {each.refused}/{each.bona_fide:<6}{each.worst_family} {each.accepted}/{each.attacks}\n"
        for each in found
    )
