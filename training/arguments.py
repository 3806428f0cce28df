"""Arguments that several commands have."""

import argparse
import os
from pathlib import Path

WEIGHTS = Path("model/weights/compact")


def add_jobs(parser: argparse.ArgumentParser, what: str = "processes that judge") -> None:
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help=f"{what} (default: %(default)s)"
    )


def add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder of graphs (default: %(default)s)"
    )


def share(text: str) -> float:
    """A number from 0 to 1, as an argument's type."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value
