"""Makes training captures: living heads with depth, and attacks matched to them.

Fills OUT/SPLIT/NUMBER.npz with groups: one bona fide capture and the attacks of the same person in the same
light before the same camera. Groups that are there already are kept: stop it with Ctrl-C at any time, the
same command goes on. The same seed and assets give the same files on the same machine. `train` may read OUT
while it is being filled; what processes make before its turn waits in OUT/.ahead.

A group of train holds some 6 captures of 8 frames; one of dev or test 14 or 16 of 20, as it shows every
species that it may, and the verdict's rule needs 2 s.

ASSETS is the folder that `python -m training assets` prepared.
"""

import argparse
import sys
import time
from pathlib import Path

from tqdm import tqdm

from training.arguments import add_jobs
from training.datasets import own
from training.datasets.capture import SPLITS
from training.datasets.catalogue import DATA_SETS
from training.protocols import EVERYTHING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, help="the folder to fill")
    parser.add_argument("--captures", type=int, default=2000, help="how many in all (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, other scenes (default: %(default)s)"
    )
    parser.add_argument("--assets", type=Path, default=Path("data/assets"), help="default: %(default)s")
    parser.add_argument(
        "--protocol",
        default=EVERYTHING.name,
        help="keep only what this protocol uses: 1, 2, 3_1, 4_1, ..., unseen_simulator (default: all)",
    )
    parser.add_argument("--split", choices=SPLITS, help="only this split (default: all, mixed)")
    parser.add_argument(
        "--frames", type=int, help="sampled frames of a capture (default: 8 for train, 20 for dev and test)"
    )
    add_jobs(parser, "processes")


def run(arguments: argparse.Namespace) -> None:
    from training.synthesis.casting import FRAMES
    from training.synthesis.engine import Order, make_captures  # OpenGL and MediaPipe take a second to load
    from training.synthesis.library import Library
    from training.synthesis.possible import possible

    library = Library(arguments.assets)  # what is missing is said before the processes start
    order = Order(
        assets=arguments.assets,
        out=arguments.out,
        seed=arguments.seed,
        split=arguments.split,
        frames=FRAMES if arguments.frames is None else dict.fromkeys(SPLITS, arguments.frames),
        protocol=DATA_SETS[own.NAME].protocol(arguments.protocol, possible(library)),
    )
    started, fresh = time.monotonic(), 0
    with tqdm(total=arguments.captures, unit="capture", desc="synthesise") as progress:
        for made in make_captures(order, arguments.captures, jobs=arguments.jobs):
            fresh += 0 if made.was_there else made.captures
            progress.update(min(made.captures, arguments.captures - progress.n))
    seconds = time.monotonic() - started
    sys.stdout.write(f"{fresh} new captures in {seconds:.0f} s ({fresh / seconds:.2f} a second)\n")
