"""Sorts a folder of scores by protocol, so that `report` shows each beside the paper's figures.

Reads SCORES/scores_dev.csv, scores_test.csv and card.json (`evaluate`), and from DATA which lights, cameras
and instruments train, dev and test show. Writes SCORES/protocols/protocol_1, protocol_2, protocol_3_1, ...,
unseen_simulator, each with the rows that the protocol tests.

The weights stay those that were scored. Nothing that protocol 2 and unseen_simulator test with was in their
training; of what 1, 3 and 4 hold back they may have seen the light or the camera. To hold it back for good:
`train --protocol NAME`, `export`, `evaluate --protocol NAME --out SCORES/protocols/protocol_NAME`.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from training.datasets import own
from training.protocols import UNSEEN_SIMULATOR, Protocol, own_protocols
from training.scores import ScoreRow, read_table, write_table

_SPLITS = ("dev", "test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scores", type=Path, metavar="SCORES", help="folder that `evaluate` wrote")
    parser.add_argument("--data", type=Path, required=True, help="folder of captures that were scored")


def run(arguments: argparse.Namespace) -> None:
    """Raises DataSetError where DATA holds no captures or they vary too little, TableError."""
    tables = {split: read_table(arguments.scores / f"scores_{split}.csv") for split in _SPLITS}
    for name, protocol in own_protocols(own.list_samples(arguments.data).samples).items():
        chosen = {split: rows_of(protocol, split, rows) for split, rows in tables.items()}
        title = name if name == UNSEEN_SIMULATOR else f"protocol_{name}"
        living = sum(row.bona_fide for row in chosen["test"])
        attacks = len(chosen["test"]) - living
        sys.stdout.write(f"{title:20} test: {living} bona fide, {attacks} attacks")
        sys.stdout.write("\n" if living and attacks else "; left out, as it needs both\n")
        if living and attacks:
            _write(chosen, arguments.scores, arguments.scores / "protocols" / title)


def rows_of(protocol: Protocol, split: str, rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Those of a split's rows that the protocol uses."""
    return [row for row in rows if protocol.of_split(split).takes(own.presentation_of_row(row, split))]


def _write(chosen: dict[str, list[ScoreRow]], scores: Path, folder: Path) -> None:
    for split, rows in chosen.items():
        write_table(rows, folder / f"scores_{split}.csv")
    shutil.copyfile(scores / "card.json", folder / "card.json")
