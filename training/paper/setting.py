"""What an experiment's variants have in common, and what each of them is."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import torch

from training.config import PRESETS, TrainConfig
from training.datasets import own
from training.datasets.capture import SPLITS
from training.datasets.catalogue import stored_protocol
from training.datasets.sample import counts
from training.errors import NoCaptures
from training.protocols import EVERYTHING
from training.provenance import data_version

RSGB: Final = "rsgb"  # the backbone of the complete network, which most variants share
_COMPLETE: Final = "model_7"  # of Table 2, which is a variant of most experiments
_PRESET: Final = "study"


@dataclass(frozen=True, slots=True)
class Training:
    """Of one stage; variants that name the same one share it."""

    name: str
    data: Path  # captures that are learnt from


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One row of an experiment's table. Without steps of a second stage it is its backbone alone."""

    name: str
    config: TrainConfig
    backbone: Training
    above: Training  # the second stage
    judged_on: Path  # captures whose dev and test it is judged on
    paper: str = ""  # what the paper reports, per cent


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """All that is the same for every variant of an experiment."""

    data: Path
    folder: Path
    config: TrainConfig  # of the complete network, Model 7
    protocols: tuple[str, ...]
    groups: int | None  # of dev and of test, the first
    device: str

    def variant(self, name: str, config: TrainConfig, *, backbone: str = RSGB, paper: str = "") -> Variant:
        """One that learns from, and is judged on, the captures as they are."""
        return Variant(
            name=name,
            config=config,
            backbone=Training(backbone, self.data),
            above=Training(_COMPLETE if config == self.config else name, self.data),
            judged_on=self.data,
            paper=paper,
        )

    @property
    def origin(self) -> str:
        """What rows must share to be compared: schedule, captures, and how many are judged."""
        config = self.config
        steps = f"{config.stage1.steps} + {config.stage2.steps} steps"
        judged = "all groups" if self.groups is None else f"{self.groups} groups"
        return f"{config.preset}, seed {config.seed}, {steps}, {judged} of {data_version(self.data)}"


def add_setting(parser: argparse.ArgumentParser) -> None:
    """The options that every experiment has."""
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`label`, `synthesise`)")
    parser.add_argument(
        "--run", type=Path, required=True, dest="folder", metavar="RUN", help="folder of results"
    )
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default=_PRESET, help="schedule and sizes (default: %(default)s)"
    )
    parser.add_argument("--steps1", type=int, metavar="N", help="of the first stage (default: preset's)")
    parser.add_argument("--steps2", type=int, metavar="M", help="of the second stage (default: preset's)")
    parser.add_argument("--seed", type=int, default=0, help="of weights and batches (default: 0)")
    parser.add_argument("--groups", type=int, metavar="N", help="judge only the first N of dev and of test")
    parser.add_argument("--threads", type=int, default=1, help="of the arithmetic (default: 1)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")


def add_protocols(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--protocols",
        nargs="+",
        metavar="NAME",
        default=[EVERYTHING.name],
        help="1, 2, 3_1, ...: all is trained once for each, and the mean is told (default: all)",
    )


def setting_of(arguments: argparse.Namespace, protocols: Sequence[str]) -> Setting:
    """Raises NoCaptures or DataSetError, before any training, where the captures lack what is needed."""
    torch.set_num_threads(arguments.threads)
    for protocol in protocols:
        require_both(arguments.data, protocol, SPLITS)
    config = PRESETS[arguments.preset].with_steps(stage1=arguments.steps1, stage2=arguments.steps2)
    return Setting(
        data=arguments.data,
        folder=arguments.folder,
        config=replace(config, seed=arguments.seed),
        protocols=tuple(protocols),
        groups=arguments.groups,
        device=arguments.device,
    )


def require_both(data: Path, protocol: str, splits: Sequence[str]) -> None:
    """Raises NoCaptures where a split shows not both classes, DataSetError for an unknown protocol."""
    found = counts(stored_protocol(data, protocol).select(own.list_samples(data).samples))
    for split in splits:
        if not all(found.get(split, (0, 0))):
            raise NoCaptures(f"{data}/{split} needs bona fide and attack captures for protocol {protocol}")
