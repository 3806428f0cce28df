"""Chooses the threshold on dev and writes the graphs that are served.

Reads RUN/checkpoint.pt and judges DATA/dev as the service would, of a run that was trained with --protocol
only what the protocol shows of dev; the threshold of least ACER, and the motion that all but a few moved
pictures stay below, go into the card that travels in every graph. OUT is replaced only once each graph says
what the network says and the parts of a stream say what the whole clip says. Also writes
OUT/../MANIFEST.toml, and RUN/scores_dev.csv with the decisions of that card.
"""

import argparse
import math
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch

from model.card import ModelCard
from model.network.liveness import LivenessNet
from model.quality import Reason
from model.verdict import Decision
from training.arguments import add_jobs, share
from training.calibrate import Outcome
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import STAGES, training_card
from training.datasets.catalogue import stored_protocol
from training.decision import Fitted, fit_decision
from training.errors import NoCaptures, RunMismatch
from training.evaluate import ScoredCapture, score_split, summary, write_table
from training.export import Converted, convert, write_graphs, write_manifest
from training.protocols import Protocol
from training.provenance import data_version, training_run

_DISTRIBUTION = "liveness-service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of the training run")
    parser.add_argument(
        "--out", type=Path, default=Path("model/weights/compact"), help="default: model/weights/compact"
    )
    parser.add_argument("--status", choices=("test", "preview", "released"), default="preview")
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="X",
        help="of the living score (default: of least ACER on dev); prints dev's errors at it",
    )
    parser.add_argument("--version", dest="weights_version", default=None, help="of the weights")
    parser.add_argument("--groups", type=int, metavar="N", help="only dev's first N groups")
    parser.add_argument("--unfinished", action="store_true", help="export a run that has not ended")
    add_jobs(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises RunMismatch for an unfinished run, NoCaptures for a dev that gives no threshold, DataSetError
    where the captures lack the run's protocol."""
    checkpoint = Checkpoint.load(arguments.folder / FILE_NAME)
    _check_finished(checkpoint, arguments)
    protocol = stored_protocol(arguments.data, checkpoint.config.protocol)
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
    scored = _dev_scores(converted, card, protocol, arguments)
    try:
        fitted = fit_decision(scored)
    except ValueError as error:
        raise NoCaptures(f"{arguments.data}/dev gives no threshold: {error}") from error
    if arguments.threshold is not None:
        fitted = replace(fitted, threshold=arguments.threshold)
    rows = [_decided(row, fitted) for row in scored]
    write_table(rows, arguments.folder / "scores_dev.csv")
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


def _dev_scores(
    converted: Converted, card: ModelCard, protocol: Protocol, arguments: argparse.Namespace
) -> list[ScoredCapture]:
    """Scores need graphs, and the graphs' card needs scores: the first files are thrown away."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        weights = Path(scratch) / "weights"
        write_graphs(converted, card, weights)
        return score_split(
            arguments.data,
            "dev",
            weights=weights,
            groups=arguments.groups,
            protocol=protocol,
            jobs=arguments.jobs,
        )


def _decided(row: ScoredCapture, fitted: Fitted) -> ScoredCapture:
    """As the fitted rule decides; when a service would first have decided is known of no other threshold."""
    unknown = replace(row, early_decision="", early_share=math.nan)
    if math.isnan(row.decisive_score):
        return unknown
    decision = Outcome.of(row.decisive_score, row.motion, fitted.verdict).at(fitted.threshold)
    return replace(
        unknown, decision=decision, reasons=Reason.TOO_STILL if decision is Decision.UNDECIDED else ""
    )
