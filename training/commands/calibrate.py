"""Finds the threshold for a wanted error rate on your own captures.

From a folder of clips, each judged as the service would judge it:
  DIR/bona_fide/**             videos of living faces, as your cameras and users make them
  DIR/attack/SPECIES/**        attacks, where you have some (print, replay, ...): they do not move the
                               threshold; you learn what it lets pass
or from a scores table (FILE.csv) that `evaluate` wrote for the same weights: the card.json beside it says so.

Writes calibration.json: the threshold with its 95 % interval, the error rates that were counted, and the
hashes of the graphs, without which the service refuses it. Never calibrate on the captures that you then
report as your test. A BPCER of 2 % needs at least 149 bona fide captures (the rule of three), best of as many
people: the intervals take captures for independent.

A capture that is too still to be accepted helps to place the threshold by its score, but counts as undecided,
as the service would leave it: the BPCER of those decided may then lie above the one asked for.
"""

import argparse
import sys
from pathlib import Path

from model.calibration import FILE_NAME, Calibration, Counted, graph_hashes
from model.card import ModelCard
from model.quality import QualityGates
from training.arguments import add_weights
from training.calibrate import Sample, calibrated, require_enough, sample_of
from training.errors import TrainingError
from training.judging import judging
from training.onnx_engine import OnnxEngine
from training.own_clips import find_clips, score_clips
from training.scores import CARD_NAME, read_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    captures = parser.add_mutually_exclusive_group(required=True)
    captures.add_argument("--folder", type=Path, metavar="DIR", help="your own clips, in the layout above")
    captures.add_argument("--scores", type=Path, metavar="FILE", help="a scores table of the same weights")
    parser.add_argument(
        "--target-bpcer",
        type=_share,
        default=0.02,
        metavar="SHARE",
        help="of bona fide captures that may be rejected (default: %(default)s)",
    )
    add_weights(parser)
    parser.add_argument("--out", type=Path, default=Path(FILE_NAME), help="default: %(default)s")


def run(arguments: argparse.Namespace) -> None:
    """Raises TrainingError, CalibrationError."""
    graphs = graph_hashes(arguments.weights)
    card, target = OnnxEngine(arguments.weights).card, arguments.target_bpcer
    _prepare(arguments.out)  # before the long part
    if arguments.scores:
        sample = _from_table(arguments.scores, card)
    else:
        sample = _from_folder(arguments.folder, arguments.weights, target)
    calibration = calibrated(
        sample,
        target_bpcer=target,
        card=card,
        graphs=graphs,
        source="a scores table" if arguments.scores else "a folder of clips",
    )
    arguments.out.write_text(calibration.to_json(), encoding="utf-8")
    sys.stdout.write(described(calibration, shipped=card.threshold) + f"\nwritten to {arguments.out}\n")


def described(calibration: Calibration, *, shipped: float) -> str:
    """What was found, for a person."""
    lines = [
        f"threshold {calibration.threshold:.4f}  (95 % interval {calibration.threshold_low:.4f} to "
        f"{calibration.threshold_high:.4f}; the card's is {shipped:.4f})",
        _line("bona fide rejected (BPCER)", calibration.bpcer),
        _line("bona fide undecided (BPNRR)", calibration.bpnrr),
        *(_line(f"accepted (APCER) {species}", rate) for species, rate in calibration.apcer.items()),
        *(_line(f"undecided (APNRR) {species}", rate) for species, rate in calibration.apnrr.items()),
    ]
    if not calibration.apnrr:
        lines.append("no attacks were given: what this threshold lets pass was not measured")
    return "\n".join(lines)


def _line(name: str, rate: Counted) -> str:
    share = rate.count / rate.total
    return f"{name:32} {rate.count}/{rate.total} = {share:.1%} [{rate.low:.1%}, {rate.high:.1%}]"


def _prepare(out: Path) -> None:
    if out.is_dir():
        raise TrainingError(f"--out {out} is a folder; name a file, such as {out / FILE_NAME}")
    out.parent.mkdir(parents=True, exist_ok=True)


def _from_table(path: Path, card: ModelCard) -> Sample:
    if not path.is_file():
        raise TrainingError(f"{path} is not there; `python -m training evaluate` writes scores tables")
    written = path.with_name(CARD_NAME)
    if not written.is_file() or written.read_text(encoding="utf-8") != card.to_json():
        raise TrainingError(
            f"{path} is not known to be of these weights: {written} is not their card; run `python -m "
            "training evaluate` with them, or name the table's own with --weights"
        )
    return sample_of(read_table(path), card.verdict)


def _from_folder(folder: Path, weights: Path, target: float) -> Sample:
    clips = find_clips(folder)
    require_enough(sum(clip.species is None for clip in clips), target)  # before the long part
    with judging(weights) as ours:
        sample, unreadable = score_clips(
            clips, engine=ours.engine, faces=ours.faces, gates=QualityGates(), progress=True
        )
    for each in unreadable:
        sys.stderr.write(f"not counted: {each.path}: {each.message}\n")
    return sample


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"a share lies between 0 and 1, not at {text}")
    return value
