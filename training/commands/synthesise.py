"""`python -m training synthesise`: makes matched groups of captures from prepared assets."""

import argparse
import os
import sys
import time
from pathlib import Path

from tqdm import tqdm

from training.datasets.capture import SPLITS

HELP = "make training captures: living heads and matched attacks, with depth"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Makes groups of matched captures in OUT/SPLIT/NUMBER.npz: one bona fide capture and its attacks. "
        "Groups that are there already are kept, so the command can be stopped and called again. "
        "Training may read OUT while it is being filled."
    )
    parser.add_argument("out", type=Path, help="the folder to fill")
    parser.add_argument("--captures", type=int, default=2000, help="how many in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people and scenes")
    parser.add_argument(
        "--assets",
        type=Path,
        default=Path("data/assets"),
        help="the folder that `python -m training assets` prepared (default: %(default)s)",
    )
    parser.add_argument("--split", choices=SPLITS, help="only this split (default: all, mixed)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    from training.synthesis.engine import Order, make_captures  # OpenGL and MediaPipe take a second to load
    from training.synthesis.library import Library, MissingAssets
    from training.synthesis.render import NoRenderer

    order = Order(assets=args.assets, out=args.out, seed=args.seed, split=args.split)
    started, fresh = time.monotonic(), 0
    try:
        Library(args.assets)
        with tqdm(total=args.captures, unit="capture", desc="synthesise") as progress:
            for made in make_captures(order, args.captures, jobs=args.jobs):
                fresh += 0 if made.was_there else made.captures
                progress.update(min(made.captures, progress.total - progress.n))
    except (MissingAssets, NoRenderer) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    seconds = time.monotonic() - started
    sys.stdout.write(f"{fresh} new captures in {seconds:.0f} s ({fresh / seconds:.2f} a second)\n")
    return 0
