"""Arguments that several commands have."""

import argparse
import os
from pathlib import Path

WEIGHTS = Path("model/weights/compact")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that judge (default: %(default)s)"
    )


def add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder of graphs (default: %(default)s)"
    )
