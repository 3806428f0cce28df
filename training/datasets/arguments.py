"""`--dataset`, `--root` and `--protocol`, which every command that reads a data set understands alike."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from training.datasets.catalogue import DATA_SETS, DataSet, data_set
from training.datasets.sample import Listing, Sample
from training.datasets.splits import with_dev
from training.protocols import EVERYTHING


@dataclass(frozen=True, slots=True)
class Chosen:
    """A data set on disk, and the samples of it that a protocol uses."""

    data_set: DataSet
    listing: Listing  # as found
    samples: tuple[Sample, ...]  # with a dev split, filtered by the protocol

    @property
    def dev_was_held_out(self) -> bool:
        """Whether our rule made the dev split, because the data set has none."""
        published = any(each.split == "dev" for each in self.listing.samples)
        return not published and any(each.split == "dev" for each in self.samples)


def add_data_set_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", required=True, choices=tuple(DATA_SETS), help="which data set it is")
    parser.add_argument("--root", required=True, type=Path, metavar="DIR", help="its unpacked copy")
    parser.add_argument(
        "--protocol",
        default=EVERYTHING.name,
        metavar="NAME",
        help="only what a protocol uses, e.g. 1, 2, 3_6 or 4_1 of OULU-NPU (default: %(default)s)",
    )


def chosen(args: argparse.Namespace) -> Chosen:
    """Raises DataSetError where the root is no copy of the data set or the protocol is unknown."""
    known = data_set(args.dataset)
    listing = known.list_samples(args.root)
    protocol = known.protocol(args.protocol, listing.samples)
    return Chosen(known, listing, protocol.select(with_dev(listing.samples)))
