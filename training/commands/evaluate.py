"""Judges stored captures as the service would, and writes a table of scores for each split.

Reads the graphs in WEIGHTS and DATA/dev and DATA/test; every capture goes through model.judge: face finding,
quality gates, windows, verdict; and what a service that stops at its first decision would have said.
Writes OUT/scores_dev.csv, OUT/scores_test.csv, OUT/card.json, OUT/provenance.toml, which says how many groups
of which split were judged, and OUT/MODEL_CARD.md where one lies in WEIGHTS or, of these weights, beside it:
`report OUT` turns them into a page. What lies there of other weights is removed. Prints per species counts,
rates and exact 95 % intervals at the card's threshold, which comes from dev.
"""

import argparse
from pathlib import Path

from training.arguments import add_jobs, add_weights
from training.datasets.capture import SPLITS, list_groups
from training.datasets.catalogue import stored_protocol
from training.evaluate import score_split, summary, write_table
from training.onnx_engine import OnnxEngine
from training.provenance import data_version
from training.score_folder import Judged, prepare, record

_DEFAULT = ("dev", "test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures")
    add_weights(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder that receives the tables")
    parser.add_argument("--split", choices=SPLITS, nargs="+", default=_DEFAULT, help="default: dev test")
    parser.add_argument(
        "--protocol", default="all", help="1, 2, 3_1, 4_1, ..., unseen_simulator, all (default: %(default)s)"
    )
    parser.add_argument("--groups", type=int, metavar="N", help="only the first N groups of each split")
    add_jobs(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures where a split holds none, DataSetError for a protocol that the captures lack."""
    card = OnnxEngine(arguments.weights).card
    protocol = stored_protocol(arguments.data, arguments.protocol)
    prepare(arguments.out, arguments.weights, card)
    for split in arguments.split:
        rows = score_split(
            arguments.data,
            split,
            weights=arguments.weights,
            groups=arguments.groups,
            protocol=protocol,
            jobs=arguments.jobs,
        )
        table = arguments.out / f"scores_{split}.csv"
        write_table(rows, table)
        record(arguments.out, split, _judged(arguments, split))
        print(f"{split}: {len(rows)} captures -> {table}")  # noqa: T201 - a command's answer
        print(summary(rows, card.threshold))  # noqa: T201


def _judged(arguments: argparse.Namespace, split: str) -> Judged:
    groups = list_groups(arguments.data, split)
    return Judged(
        captures=data_version(arguments.data),
        protocol=arguments.protocol,
        groups_judged=len(groups[: arguments.groups]),
        groups_stored=len(groups),
    )
