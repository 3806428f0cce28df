"""Counts the verdicts that flip when one thing about the captures changes, and how much time matters.

Judges captures of DATA/SPLIT as they are and after each change: codecs, size, light, tone, colour, lost
frames, a greyed background, a face box that is set a little off. Then shows the network bona fide windows
beside their own frozen and shuffled copies.

Writes RUN/robustness.csv and RUN/gaps.csv, which `report RUN` shows. Some 25 judgements a capture: ten to
fifteen seconds each on one core.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
from tqdm import tqdm

from model.engine import Engine
from model.quality import QualityGates
from training.arguments import add_jobs, add_weights
from training.datasets.capture import SPLITS, Capture, list_groups, read_group
from training.errors import NoCaptures
from training.footage import footage_of
from training.judging import Judging, judged
from training.onnx_engine import OnnxEngine
from training.robustness import Decisions, count_flips, decisions_under, judge_with, write_flips
from training.scores import as_taken
from training.time_gaps import alter_windows, time_gaps, write_gaps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of scores to add to")
    add_weights(parser)
    parser.add_argument("--split", choices=SPLITS, default="test", help="default: %(default)s")
    parser.add_argument("--captures", type=int, default=150, help="to judge (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_jobs(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, CardError."""
    captures = _captures(arguments.data, arguments.split, arguments.captures, arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    work = partial(_decisions, arguments.seed)
    decided = judged(work, enumerate(captures), weights=arguments.weights, jobs=arguments.jobs)
    flips = count_flips(tqdm(decided, "robustness", len(captures), unit="capture"))
    write_flips(flips, arguments.folder / "robustness.csv")
    lines = [f"{each.perturbation:28} flips {each.rate}" for each in flips if each.captures]
    lines += _gaps(captures, OnnxEngine(arguments.weights), arguments)
    sys.stdout.write("\n".join([*lines, f"written to {arguments.folder}", ""]))


def _decisions(seed: int, ours: Judging, numbered: tuple[int, Capture]) -> Decisions:
    number, capture = numbered
    judge = judge_with(engine=ours.engine, faces=ours.faces, gates=QualityGates())
    return asyncio.run(decisions_under(footage_of(capture), judge, seed=(seed, number)))


def _gaps(captures: Sequence[Capture], engine: Engine, arguments: argparse.Namespace) -> list[str]:
    windows = asyncio.run(alter_windows(captures, engine=engine, seed=arguments.seed))
    write_gaps(windows, arguments.folder / "gaps.csv")
    return [
        f"{f'{gap.alteration}, {gap.motion}':28} AUC {gap.auc:.3f} ({gap.windows} windows)"
        for gap in time_gaps(windows)
    ]


def _captures(data: Path, split: str, most: int, seed: int) -> Sequence[Capture]:
    """Captures of as many groups as there can be, the same number of each, drawn.

    Bona fide ones as they were taken: a copy that was sent on is no further capture to count flips of.
    """
    groups = list_groups(data, split)
    if not groups:
        raise NoCaptures(f"{data} holds no {split} captures; `python -m training synthesise` makes some")
    rng, each = np.random.default_rng(seed), max(1, round(most / len(groups)))
    chosen = (capture for path in groups for capture in _drawn(list(as_taken(read_group(path))), each, rng))
    return list(islice(chosen, most))


def _drawn(group: Sequence[Capture], count: int, rng: np.random.Generator) -> Iterator[Capture]:
    """Half of them bona fide, as far as there are; which class comes first is drawn."""
    order = [group[i] for i in rng.permutation(len(group))]
    classes = [
        [capture for capture in order if capture.bona_fide is bona_fide] for bona_fide in (True, False)
    ]
    in_turn = zip_longest(*(classes[i] for i in rng.permutation(2)))
    yield from islice((each for pair in in_turn for each in pair if each is not None), count)
