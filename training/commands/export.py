"""Chooses the threshold on dev and writes the graphs that are served.

Reads RUN/checkpoint.pt and judges DATA/dev as the service would; the threshold of least ACER, and the motion
that all but a few bona fide captures show, go into the card that travels in every graph. OUT is replaced only
once each graph says what the network says and the parts of a stream say what the whole clip says. Also
writes OUT/../MANIFEST.toml and RUN/scores_dev.csv.
"""

import argparse
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch

from model.card import ModelCard
from model.network.liveness import LivenessNet
from training.arguments import add_jobs
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import STAGES, training_card
from training.decision import fit_decision
from training.errors import NoCaptures, RunMismatch
from training.evaluate import ScoredCapture, score_split, summary, write_table
from training.export import Converted, convert, write_graphs, write_manifest
from training.provenance import data_version, training_run

_DISTRIBUTION = "liveness-service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of the training run")
    parser.add_argument(
        "--out", type=Path, default=Path("model/weights/compact"), help="default: model/weights/compact"
    )
    parser.add_argument("--status", choices=("test", "preview", "released"), default="preview")
    parser.add_argument("--version", dest="weights_version", default=None, help="of the weights")
    parser.add_argument("--groups", type=int, metavar="N", help="only dev's first N groups")
    parser.add_argument("--unfinished", action="store_true", help="export a run that has not ended")
    add_jobs(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises RunMismatch for an unfinished run, NoCaptures for a dev that gives no threshold."""
    checkpoint = Checkpoint.load(arguments.folder / FILE_NAME)
    _check_finished(checkpoint, arguments)
    net = LivenessNet(checkpoint.config.network)
    net.load_state_dict(checkpoint.best_weights)
    card = replace(
        training_card(checkpoint.config),
        version=arguments.weights_version or version(_DISTRIBUTION),
        status=arguments.status,
        training_run=training_run(checkpoint),
        data_version=data_version(arguments.data),
    )
    converted = convert(net.eval())
    rows = _dev_scores(converted, card, arguments)
    write_table(rows, arguments.folder / "scores_dev.csv")
    try:
        fitted = fit_decision(rows)
    except ValueError as error:
        raise NoCaptures(f"{arguments.data}/dev gives no threshold: {error}") from error
    decided = card.with_decision(threshold=fitted.threshold, verdict=fitted.verdict)
    drifts = write_graphs(converted, decided, arguments.out)
    manifest = write_manifest(arguments.out, decided)
    print(summary(rows, fitted.threshold))  # noqa: T201 - a command's answer
    print(f"largest drift {max(drifts.values()):.2g}; wrote {arguments.out} and {manifest}")  # noqa: T201


def _check_finished(checkpoint: Checkpoint, arguments: argparse.Namespace) -> None:
    done = checkpoint.stage == STAGES[-1] and checkpoint.step == checkpoint.config.stage(STAGES[-1]).steps
    if not done and not arguments.unfinished:
        raise RunMismatch(
            f"{arguments.folder} stands at stage {checkpoint.stage}, step {checkpoint.step}; "
            "let `train` finish, or add --unfinished"
        )


def _dev_scores(converted: Converted, card: ModelCard, arguments: argparse.Namespace) -> list[ScoredCapture]:
    """Scores need graphs, and the graphs' card needs scores: the first files are thrown away."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        weights = Path(scratch) / "weights"
        write_graphs(converted, card, weights)
        return score_split(
            arguments.data, "dev", weights=weights, groups=arguments.groups, jobs=arguments.jobs
        )
