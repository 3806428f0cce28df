"""Writes one self-contained HTML file from a folder of scores.

  SCORES_DIR/
    scores_dev.csv, scores_test.csv   the network's scores tables, one row a capture (`evaluate`)
    card.json                         the model card whose threshold and rule made the decisions (`evaluate`)
    baselines/NAME/scores_*.csv       `baseline`
    protocols/NAME/scores_*.csv       one folder a protocol, with the card.json of the weights that were
                                      scored (`protocols`); 1 to 4 stand beside the paper's figures
    clips/NAME/scores_*.csv           captures cut from one real clip (`clip`, then `evaluate`)
    robustness.csv, gaps.csv          verdicts that flip; freeze and shuffle gaps (`robustness`)
    depth/*.png                       depth maps; the file's name is the caption (`hard-samples`)
    provenance.toml, MODEL_CARD.md    which captures were scored (`evaluate`); intended use

Only scores_test.csv, and one of card.json and scores_dev.csv, must be there: a threshold is never read from
test. What else is missing is missing from the report.
"""

import argparse
import sys
from pathlib import Path

from training.report.evidence import read_evidence
from training.report.page import write_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scores", type=Path, metavar="SCORES_DIR", help="the folder described above")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="default: %(default)s")


def run(arguments: argparse.Namespace) -> None:
    """Raises EvidenceError, TableError, CardError."""
    write_report(read_evidence(arguments.scores), arguments.out)
    sys.stdout.write(f"{arguments.out} ({arguments.out.stat().st_size / 1e6:.1f} MB)\n")
