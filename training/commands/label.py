"""Labels a real data set: captures as our own, that `python -m training train` and `evaluate` read.

    python -m training label --dataset oulu-npu --root /data/OULU-NPU --out data/oulu

Of each video the longest run of sampled frames with a face is kept, as pictures about the face with dense
landmarks and depth. A run that was stopped goes on where it was; `labels.csv` in the output tells of each
video what became of it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from model.bundle import BundleError, default_path, verify_bundle
from model.card import SamplingRule
from model.faces import LandmarkFinder
from training.datasets import own
from training.datasets.arguments import add_data_set_arguments, chosen
from training.datasets.label_set import JOURNAL, alone, label_data_set
from training.datasets.labellers import LABELLED, LabelledGroup, LabelRow, in_process, in_processes
from training.datasets.labelling import DepthSource, LabelRule
from training.datasets.sample import DataSetError
from training.datasets.splits import shared_subjects


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_set_arguments(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the captures go")
    parser.add_argument(
        "--depth",
        type=DepthSource,
        choices=tuple(DepthSource),
        default=DepthSource.LANDMARKS,
        help="bona fide depth: generated from landmarks, or shipped with the data set (default: %(default)s)",
    )
    parser.add_argument(
        "--max-frames",
        type=int,
        default=LabelRule().max_frames,
        metavar="N",
        help="sampled frames of a video, from its start (default: %(default)s, 6 s at an interval of 3)",
    )
    parser.add_argument(
        "--interval",
        type=int,
        default=SamplingRule().interval,
        metavar="N",
        help="video frames from one sampled frame to the next; other than what serving takes only for `paper "
        "interval` (default: %(default)s)",
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes side by side (default: %(default)s)"
    )
    parser.add_argument(
        "--landmarks",
        type=Path,
        default=default_path(),
        metavar="FILE",
        help="MediaPipe's face landmark bundle (default: where `python -m model.bundle` puts it)",
    )


def run(args: argparse.Namespace) -> None:
    """Labels, and prints what became of the videos. Exits with 2 where it cannot begin."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        rows = _label(args, console)
    except (DataSetError, BundleError) as error:
        Console(stderr=True, soft_wrap=True).print(f"error: {error}", markup=False)
        raise SystemExit(2) from error
    console.print(_table(rows))
    if count := alone(rows):
        console.print(f"{count} groups have no bona fide capture to pair with; training passes over them.")
    console.print(f"Each video's outcome: {args.out / JOURNAL}", markup=False)


def _label(args: argparse.Namespace, console: Console) -> tuple[LabelRow, ...]:
    if args.dataset == own.NAME:
        raise DataSetError("our own captures are labelled already")
    found = chosen(args)
    if problems := len(found.listing.problems):
        said = f"Problems in {args.root}: {problems}; `python -m training inspect` lists them."
        console.print(said, markup=False)
    if shared := shared_subjects(found.samples):
        raise DataSetError("\n".join(map(str, shared)) + "\nResults would mean nothing; correct the splits.")
    rule = LabelRule(sampling=_sampling(args.interval), depth=args.depth, max_frames=args.max_frames)
    bundle = verify_bundle(args.landmarks)
    if args.jobs > 1:
        labeller = in_processes(bundle, rule, jobs=args.jobs)
        return label_data_set(found.samples, args.out, labeller=labeller, rule=rule, progress=_progress)
    with LandmarkFinder(bundle) as faces:
        labeller = in_process(faces, rule)
        return label_data_set(found.samples, args.out, labeller=labeller, rule=rule, progress=_progress)


def _sampling(interval: int) -> SamplingRule:
    """Raises DataSetError for an interval of no frames."""
    if interval < 1:
        raise DataSetError(f"an interval is of one frame or more, not of {interval}")
    usual = SamplingRule()
    return SamplingRule(interval=interval, interval_ms=usual.interval_ms * interval / usual.interval)


def _progress(groups: Iterator[LabelledGroup], total: int) -> Iterable[LabelledGroup]:
    return tqdm(groups, total=total, desc="labelling", unit="group", file=sys.stderr, disable=None)


def _table(rows: Sequence[LabelRow]) -> Table:
    outcomes = Counter((row.split, row.species, row.outcome) for row in rows)
    reasons = sorted({row.outcome for row in rows} - {LABELLED})
    table = Table("split", "species", "captures", *reasons, title="Labelled", title_justify="left")
    for split in ("train", "dev", "test"):
        for species in sorted({row.species for row in rows if row.split == split}):
            cells = [str(outcomes[split, species, outcome]) for outcome in (LABELLED, *reasons)]
            table.add_row(split, species, *cells)
    return table
