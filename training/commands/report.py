"""Writes one self-contained HTML file from a folder of scores, and its tables as Markdown beside it.

    python -m training report runs/mine/scores
    python -m training report runs/draw15 runs/draw14 --out runs/report.html

Several folders are several draws of the synthesis, scored by the same weights: their test captures are
counted together, a person of two draws as one subject. Dev's tables are the first folder's. Folders of other
weights or thresholds are refused, and so is a capture that two of them hold; a baseline or protocol that is
not in each of them, or not at one threshold, is left out.

  SCORES_DIR/
    scores_dev.csv, scores_test.csv   the network's scores tables, one row a capture (`evaluate`)
    card.json                         the model card whose threshold and rule made the decisions (`evaluate`)
    baselines/NAME/scores_*.csv       `baseline`
    protocols/NAME/scores_*.csv       one folder a protocol, with the card.json of the weights that were
                                      scored (`protocols`); 1 to 4 stand beside the paper's figures
    clips/NAME/scores_*.csv           captures cut from one real clip (`clip`, then `evaluate`)
    robustness.csv, gaps.csv          verdicts that flip; freeze and shuffle gaps (`robustness`)
    depth/*.png                       depth maps; the file's name is the caption (`hard-samples`)
    provenance.toml                   which captures were scored, and how many of the groups (`evaluate`)
    MODEL_CARD.md                     intended use (`evaluate`, where the weights have one)

Only scores_test.csv, and one of card.json and scores_dev.csv, must be there, of several folders card.json in
each: a threshold is never read from test. What else is missing is missing from the report.
"""

import argparse
import sys
from pathlib import Path

from training.report.page import SUMMARY_SUFFIX, write_report
from training.report.pooled import read_pooled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scores", type=Path, nargs="+", metavar="SCORES_DIR", help="the folder described above, or several"
    )
    parser.add_argument(
        "--out",
        type=_page,
        default=Path("report.html"),
        metavar="FILE",
        help="the page; the Markdown beside it has its name and ends in .md (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises EvidenceError, TableError, CardError."""
    for path in write_report(read_pooled(arguments.scores), arguments.out):
        sys.stdout.write(f"{path} ({path.stat().st_size / 1e6:.2f} MB)\n")


def _page(text: str) -> Path:
    path = Path(text)
    if path.suffix == SUMMARY_SUFFIX:
        raise argparse.ArgumentTypeError(f"{text} is the Markdown's name; name the page, such as report.html")
    return path
