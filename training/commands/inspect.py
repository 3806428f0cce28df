"""Reads a data set's tree: a line for each problem, and a table of what can be used.

    python -m training inspect --dataset oulu-npu --root /data/OULU-NPU --protocol 1

Videos are opened, not decoded to the end; `--decode` does that, `--names-only` opens none. The exit status is
1 where there are problems.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from model.card import SamplingRule
from training.datasets import own
from training.datasets.arguments import Chosen, add_data_set_arguments, chosen
from training.datasets.check import missing, unreadable
from training.datasets.footage import probe, read_footage
from training.datasets.sample import DataSetError, Problem, Sample
from training.datasets.splits import DEV_SHARE, shared_subjects


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_set_arguments(parser)
    depth = parser.add_mutually_exclusive_group()
    depth.add_argument("--decode", action="store_true", help="decode every video to its end (slow)")
    depth.add_argument("--names-only", action="store_true", help="look at names and lists, open no video")


def run(args: argparse.Namespace) -> None:
    """Prints the problems and the table. Exits with 1 where something is wrong, with 2 without a data set."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        found = chosen(args)
    except DataSetError as error:
        Console(stderr=True, soft_wrap=True).print(f"error: {error}", markup=False)
        raise SystemExit(2) from error
    count = 0
    for problem in _problems(found, args):
        with tqdm.external_write_mode():  # keeps the line clear of the progress bar
            console.print(str(problem), markup=False)
        count += 1
    console.print(_table(found.data_set.title, args.protocol, found.samples))
    if found.dev_was_held_out:
        console.print(f"No dev split is published: dev is every {DEV_SHARE}th training subject.")
    console.print({0: "no problems", 1: "1 problem"}.get(count, f"{count} problems"))
    if count:
        raise SystemExit(1)


def _problems(found: Chosen, args: argparse.Namespace) -> Iterator[Problem]:
    yield from found.listing.problems
    yield from shared_subjects(found.listing.samples)
    if found.data_set.roster is not None:
        yield from missing(found.listing.samples, found.data_set.roster())
    if args.names_only or args.dataset == own.NAME:
        return
    shown = tqdm(found.samples, desc="opening", unit="video", file=sys.stderr, disable=None)
    rule = SamplingRule()
    yield from unreadable(shown, (lambda sample: read_footage(sample, rule)) if args.decode else probe)


def _table(title: str, protocol: str, samples: Sequence[Sample]) -> Table:
    table = Table("split", "species", title=f"{title}, protocol {protocol}", title_justify="left")
    for heading in ("videos", "subjects", "sessions", "cameras"):
        table.add_column(heading, justify="right")
    cells: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for each in samples:
        cells[each.split, each.species].append(each)
    splits = [split for split in ("train", "dev", "test") if any(each.split == split for each in samples)]
    for split in splits:
        species = sorted((name for at, name in cells if at == split), key=lambda n: (n != "bona_fide", n))
        for name in species:
            table.add_row(split, name, *_counts(cells[split, name]))
        table.add_row(split, "all", *_counts([s for s in samples if s.split == split]), end_section=True)
    return table


def _counts(samples: Sequence[Sample]) -> tuple[str, ...]:
    distinct = (
        {each.subject for each in samples},
        {each.session for each in samples},
        {each.camera for each in samples},
    )
    return str(len(samples)), *(str(len(values - {""})) for values in distinct)
