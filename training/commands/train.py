"""Trains both stages, or goes on where the run stopped.

Reads DATA/train and looks at DATA/dev every so often; captures that are made meanwhile are used as they come.
A new run that begins with weights whose first stage is over trains the second alone (--begin-with).
RUN receives checkpoint.pt (all that is needed to go on), stage1.pt, log.jsonl and TensorBoard's scalars.
Stop it with Ctrl-C at any time; the same command goes on at the next step, to the same losses on the same
machine if the captures did not change.

Several GPUs: `torchrun --nproc-per-node 4 -m -- training train ... --device cuda`. Each process trains on
batches of its own, so that a step sees as many windows as there are processes times the preset's; go on with
as many processes. Without --device it is a CPU's cores that are used, one a process.

presets:
  compact   what is shipped: hours on one or two cores
  paper     sizes and schedule of the paper: needs a GPU
  study     a quarter of compact's steps, to compare one choice with another
  smoke     a minute, to prove that a machine can train
"""

import argparse
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import torch

from model.network.liveness import fused
from training.arguments import share
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS, TrainConfig, training_card
from training.datasets.catalogue import stored_protocol
from training.development import dev_windows, development_report
from training.errors import RunMismatch
from training.loop import Run, train
from training.only_writer import only_writer
from training.protocols import EVERYTHING
from training.provenance import origin, steps_done
from training.source import CaptureSource
from training.team import Share, Team, joined
from training.trainer import Trainer

_DEFAULT = "compact"
_OPTIONS = ("seed", "time_share", "backbone_rate", "protocol")  # in place of the preset's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of this run")
    parser.add_argument("--preset", choices=sorted(PRESETS), help=f"default: {_DEFAULT}")
    parser.add_argument(
        "--steps1",
        type=int,
        metavar="N",
        help="steps of the first stage (default: preset's; none where --begin-with has done its own)",
    )
    parser.add_argument("--steps2", type=int, metavar="M", help="steps of the second stage")
    parser.add_argument(
        "--begin-with",
        type=Path,
        metavar="CHECKPOINT",
        help="a new run starts from these weights in place of random ones: in the second stage where their "
        "first is over, unless --steps1 is given (of another network: from its backbone's, in the first "
        "stage); one that goes on ignores it",
    )
    parser.add_argument(
        "--time-share",
        type=share,
        metavar="X",
        help="of the second stage's pairs, as many as X where the face moves are a bona fide window and "
        "itself with its time wrong (default: preset's); 1 proves that a network can learn time at all, "
        "and is a start for one that has not",
    )
    parser.add_argument(
        "--backbone-rate",
        type=share,
        metavar="X",
        help="the second stage moves the backbone too, at X of its own rate (default: preset's); 0 freezes "
        "it, as in the paper",
    )
    parser.add_argument("--minutes", type=float, metavar="X", help="stop after X minutes; run again to go on")
    parser.add_argument(
        "--protocol",
        help="1, 2, 3_1, 4_1, ...: what may be learnt from, and what `export` may choose the threshold on "
        f"(default: {EVERYTHING.name})",
    )
    parser.add_argument("--seed", type=int, help="of weights and batches (default: 0)")
    parser.add_argument("--threads", type=int, default=1, help="of the network's arithmetic (default: 1)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")


def run(arguments: argparse.Namespace) -> None:
    """Raises TrainingError where there is nothing to learn from, the run is another one or at work elsewhere,
    DataSetError for a protocol that the captures lack."""
    torch.set_num_threads(arguments.threads)
    with joined(arguments.device) as (team, device), ExitStack() as held:
        if team.leads:
            held.enter_context(only_writer(arguments.folder))
        _run(arguments, team, device)


def _run(arguments: argparse.Namespace, team: Team, device: str) -> None:
    trainer = _trainer(arguments, team, device)
    config = trainer.config
    card = training_card(config)
    protocol = stored_protocol(arguments.data, config.protocol)
    source = CaptureSource.of_run(arguments.data, config, protocol=protocol)

    def look_at_dev(trainer: Trainer) -> dict[str, float]:
        windows = dev_windows(arguments.data, card, groups=config.dev_groups, protocol=protocol)
        return development_report(fused(trainer.evaluated), windows, card, stage=trainer.stage)

    deadline = None if arguments.minutes is None else time.monotonic() + 60 * arguments.minutes
    finished = train(trainer, Run(arguments.folder, Share(source, team), look_at_dev, deadline))
    if not team.leads:
        return
    print(  # noqa: T201 - a command's answer
        f"both stages are done; `python -m training export --data {arguments.data} --run {arguments.folder}`"
        if finished
        else f"stopped at stage {trainer.stage}, step {trainer.step}; the same command goes on"
    )


def _trainer(arguments: argparse.Namespace, team: Team, device: str) -> Trainer:
    """A new one, or the run's own. Raises RunMismatch where the run was started with other options."""
    path = arguments.folder / FILE_NAME
    if not path.is_file():
        return _new(arguments, team, device)
    checkpoint = Checkpoint.load(path)
    _check_the_same(arguments, checkpoint.config, team)
    _check_first_stage(arguments, checkpoint)
    _check_second_stage(arguments, checkpoint)
    lengthened = replace(checkpoint, config=_lengthened(checkpoint.config, arguments))
    return Trainer.resumed(lengthened, device=device, team=team)


def _new(arguments: argparse.Namespace, team: Team, device: str) -> Trainer:
    preset = PRESETS[arguments.preset or _DEFAULT]
    asked = {name: getattr(arguments, name) for name in _OPTIONS}
    given = {name: value for name, value in asked.items() if value is not None}
    config = replace(_lengthened(preset, arguments), processes=team.size, **given)
    if arguments.begin_with is None:
        return Trainer(config, device=device, team=team)
    other = Checkpoint.load(arguments.begin_with)
    _check_kept_apart(config, other.config)
    if arguments.steps1 is None:
        config = _without_a_stage_that_is_over(config, other)
    begun = replace(config, began_with=origin(arguments.begin_with, other))
    return Trainer.begun_with(other, begun, device=device, team=team)


def _without_a_stage_that_is_over(config: TrainConfig, other: Checkpoint) -> TrainConfig:
    """The second stage may have moved the backbone, too: a first one of its own would take that back.

    Of another network only the backbone is taken, and learns to serve this one.
    """
    over = other.first_stage_is_over and other.config.network == config.network
    return config.with_steps(stage1=0, stage2=None) if over else config


def _check_kept_apart(config: TrainConfig, other: TrainConfig) -> None:
    """Weights remember what they were shown: a protocol's test would be known to them."""
    if config.protocol not in (EVERYTHING.name, other.protocol):
        raise RunMismatch(
            f"these weights have learnt from protocol {other.protocol}, which shows what {config.protocol} "
            "keeps for test; begin with weights of the same protocol, or with random ones"
        )


def _check_the_same(arguments: argparse.Namespace, began: TrainConfig, team: Team) -> None:
    for name in ("preset", *_OPTIONS):
        asked, was = getattr(arguments, name), getattr(began, name)
        if asked not in (None, was):
            option = name.replace("_", "-")
            raise RunMismatch(f"{arguments.folder} was started with --{option} {was}; take another --run")
    if team.size != began.processes:
        raise RunMismatch(
            f"{arguments.folder} is trained by {began.processes} processes, not by {team.size}; "
            f"go on with --nproc-per-node {began.processes}, or take another --run"
        )


def _check_first_stage(arguments: argparse.Namespace, checkpoint: Checkpoint) -> None:
    """The card tells a stage that is over by its length, which so stays what was done and is never less."""
    asked, (done, _) = arguments.steps1, steps_done(checkpoint)
    if asked is not None and (asked < done or (checkpoint.stage > 1 and asked != done)):
        raise RunMismatch(
            f"{arguments.folder} has done {done} steps of its first stage, so --steps1 {asked} would not be "
            "true of it; leave it out, or take another --run"
        )


def _check_second_stage(arguments: argparse.Namespace, checkpoint: Checkpoint) -> None:
    asked, (_, done) = arguments.steps2, steps_done(checkpoint)
    if asked is not None and asked < done:
        raise RunMismatch(
            f"{arguments.folder} has done {done} steps of its second stage, more than --steps2 {asked}; "
            "leave it out, or take another --run"
        )


def _lengthened(config: TrainConfig, arguments: argparse.Namespace) -> TrainConfig:
    return config.with_steps(stage1=arguments.steps1, stage2=arguments.steps2)
