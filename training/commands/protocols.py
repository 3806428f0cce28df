"""Sorts a folder of scores by protocol, so that `report` shows each beside the paper's figures.

Reads SCORES/scores_dev.csv, scores_test.csv and card.json (`evaluate`), and from DATA which lights, cameras
and instruments train, dev and test show. Writes SCORES/protocols/protocol_1, protocol_2, protocol_3_1, ...,
unseen_simulator, each with the rows that the protocol tests.

The weights stay those that were scored. Nothing that protocol 2 and unseen_simulator test with was in their
training, but for `paused` and `loop`, whose like the second stage makes of bona fide windows; of what 1, 3
and 4 hold back the weights may have seen the light or the camera. To hold it back for good: `train --protocol
NAME`, `export`, whose threshold then knows no more than the weights do, and `evaluate --protocol NAME --out`
with the folder's name here: a folder that `evaluate` wrote with other weights is left as it is.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from training.datasets import own
from training.datasets.catalogue import stored_protocols
from training.errors import TrainingError
from training.protocols import UNSEEN_SIMULATOR, Protocol
from training.scores import CARD_NAME, ScoreRow, as_taken, decides_both, read_table, write_table

_SPLITS = ("dev", "test")
_NEEDED = ("scores_dev.csv", "scores_test.csv", CARD_NAME)


class NoScores(TrainingError):  # noqa: N818
    """A folder without one of the files that are sorted."""

    code = "no_scores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scores", type=Path, metavar="SCORES", help="folder that `evaluate` wrote")
    parser.add_argument("--data", type=Path, required=True, help="folder of captures that were scored")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoScores, DataSetError where DATA holds no captures or they vary too little, TableError."""
    missing = [name for name in _NEEDED if not (arguments.scores / name).is_file()]
    if missing:
        raise NoScores(f"{arguments.scores} has no {missing[0]}; `evaluate --split dev test` writes it")
    tables = {split: read_table(arguments.scores / f"scores_{split}.csv") for split in _SPLITS}
    for name, protocol in stored_protocols(arguments.data).items():
        title = name if name == UNSEEN_SIMULATOR else f"protocol_{name}"
        chosen = {split: rows_of(protocol, split, rows) for split, rows in tables.items()}
        outcome = _replaced(arguments.scores / "protocols" / title, chosen, arguments.scores)
        sys.stdout.write(f"{title:20} {outcome}\n")


def rows_of(protocol: Protocol, split: str, rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Those of a split's rows that the protocol uses."""
    return [row for row in rows if protocol.of_split(split).takes(own.presentation_of_row(row, split))]


def _replaced(folder: Path, chosen: dict[str, list[ScoreRow]], scores: Path) -> str:
    """Writes the folder anew, and says what became of it."""
    card, own_card = scores / CARD_NAME, folder / CARD_NAME
    evaluated = (folder / "provenance.toml").is_file()  # `evaluate` writes one, this command none
    if evaluated and own_card.is_file() and own_card.read_bytes() != card.read_bytes():
        return "left as it is: other weights were scored there"
    shutil.rmtree(folder, ignore_errors=True)
    test = list(as_taken(chosen["test"]))
    bona_fide = sum(row.bona_fide for row in test)
    counts = f"test: {bona_fide} bona fide, {len(test) - bona_fide} attacks"
    if not decides_both(test):
        return f"{counts}; left out, as it needs decisions on both"
    for split, rows in chosen.items():
        write_table(rows, folder / f"scores_{split}.csv")
    shutil.copyfile(card, own_card)
    return counts
