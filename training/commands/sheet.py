"""Draws contact sheets of captures: a row of frames and depth for each, by species, session or camera.

A sheet is looked at beside real video before anything is trained on it. Captures that look like a child are
never shown.
"""

import argparse
import sys
from pathlib import Path

from training.datasets.capture import SPLITS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("out", type=Path, help="the PNG to write")
    parser.add_argument("--split", choices=SPLITS, default="train", help="default: %(default)s")
    parser.add_argument("--species", help="only this one, and more of it (default: all)")
    parser.add_argument(
        "--by",
        choices=("species", "session", "camera"),
        default="species",
        help="what is set side by side (default: %(default)s)",
    )
    parser.add_argument("--rows", type=int, default=3, help="captures of each (default: %(default)s)")
    parser.add_argument(
        "--real", type=Path, nargs="*", default=[], help="video files to show a row of beside them"
    )


def run(arguments: argparse.Namespace) -> None:
    from training.synthesis.sheet import draw_sheet

    shown = draw_sheet(
        arguments.data,
        arguments.out,
        split=arguments.split,
        species=arguments.species,
        rows=arguments.rows,
        by=arguments.by,
        real=arguments.real,
    )
    sys.stdout.write(f"{shown} captures in {arguments.out}\n")
