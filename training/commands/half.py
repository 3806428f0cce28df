"""Writes a folder of served graphs again in half precision, for CUDA.

Gradients and their magnitudes, inputs and outputs stay in float32. Serve it with LIVENESS_WEIGHTS=TARGET, and
measure its error rates first (`python -m training evaluate`): the threshold is that of the whole precision.
"""

import argparse
from pathlib import Path

from training.half import write_half


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="folder of graphs, such as model/weights/compact")
    parser.add_argument("target", type=Path, help="folder to write, which does not exist yet")


def run(arguments: argparse.Namespace) -> None:
    write_half(arguments.source, arguments.target)
