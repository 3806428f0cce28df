"""Fits a baseline on train, takes its threshold from dev, applies it to test.

baselines:
  lbp       colour texture (local binary patterns in HSV and YCbCr) and a support vector machine: the
            classical reference; minutes
  frame     one frame at a time through a plain network of compact's size, as the field's open tools do;
            about an hour on a core; RUN/single_frame.pt keeps it for other captures to be scored
  motion    how far the landmarks move as no plane can, without any picture; a minute

Of bona fide captures those as they were taken place the threshold and are counted: copies that were sent on,
moved or compressed, show nobody new.

Writes RUN/baselines/NAME/scores_dev.csv and scores_test.csv, which `report RUN` puts beside the network's.
"""

import argparse
import sys
from pathlib import Path

import torch

from training.baselines.frame import SingleFrame
from training.baselines.harness import Baseline, run_baseline, write_tables
from training.baselines.motion import MotionResidual
from training.baselines.texture import ColourTexture
from training.metrics import apcer, bpcer
from training.scores import as_taken, scores_by_species


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=("lbp", "frame", "motion"), help="see above")
    parser.add_argument("--data", type=Path, required=True, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of scores to add to")
    parser.add_argument("--steps", type=int, default=3000, help="of `frame` (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=1, help="of `frame`'s arithmetic (default: 1)")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures."""
    torch.set_num_threads(arguments.threads)
    baseline = _baseline(arguments)
    folder = arguments.folder / "baselines" / baseline.name
    tables = run_baseline(baseline, arguments.data)
    write_tables(tables, folder)
    bona_fide, attacks = scores_by_species(list(as_taken(tables.test)))
    lines = [f"threshold {tables.threshold:.4f}, from dev; on test:"]
    lines.append(f"{'BPCER':28} {bpcer(bona_fide, tables.threshold)}")
    lines += [
        f"{'APCER ' + name:28} {apcer(each, tables.threshold)}" for name, each in sorted(attacks.items())
    ]
    sys.stdout.write("\n".join([*lines, f"written to {folder}", ""]))


def _baseline(arguments: argparse.Namespace) -> Baseline:
    match arguments.kind:
        case "lbp":
            return ColourTexture(seed=arguments.seed)
        case "frame":
            weights = arguments.folder / "single_frame.pt"
            return SingleFrame(steps=arguments.steps, seed=arguments.seed, weights=weights)
        case _:
            return MotionResidual()
