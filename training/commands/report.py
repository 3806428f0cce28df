"""`python -m training report`: a folder of scores -> one HTML file."""

import argparse
import sys
from pathlib import Path

from model.card import CardError
from training.report import evidence
from training.report.page import write_report
from training.scores import TableError

HELP = "writes one self-contained HTML file from a folder of scores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"Writes one self-contained HTML file from a folder of scores.\n\n{evidence.__doc__}"
    parser.add_argument(
        "scores", type=Path, metavar="SCORES_DIR", help="the folder; what it may hold is said above"
    )
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    try:
        found = evidence.read_evidence(arguments.scores)
    except (evidence.EvidenceError, TableError, CardError) as error:
        sys.stderr.write(f"report: {error}\n")
        return 2
    write_report(found, arguments.out)
    sys.stdout.write(f"{arguments.out} ({arguments.out.stat().st_size / 1e6:.1f} MB)\n")
    return 0
