"""Learns on one data set and tests on another (Tables 6 and 7).

The complete network learns from DATA/train, its threshold comes from DATA/dev, and the errors are of
OTHER/test. The paper's pairs are CASIA-MFSD to Replay-Attack and back, by HTER (Table 6), and SiW to each
protocol of OULU-NPU, by ACER (Table 7): its figures stand beside captures labelled from those sets. Writes
RUN/cross.csv, with both measures for any pair, and RUN/cross.png.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.config import training_card
from training.datasets import own
from training.paper.figures import plot_bars
from training.paper.judged import Judged, Measured, Scores, measured, scored
from training.paper.learnt import learnt
from training.paper.setting import Setting, add_setting, require_both, setting_of
from training.paper.table import in_words, means, read_lines
from training.protocols import CROSS_SETS, EVERYTHING, CrossSet
from training.provenance import data_version
from training.study_table import write_study

_PAPER: Final = {  # by pair and protocol: the pair's measure, per cent
    "CR": {"all": "17.0"},
    "RC": {"all": "22.8"},
    "SO": {"1": "7.5", "2": "11.9", "3": "14.6 ± 4.8", "4": "5.4 ± 5.7"},
}


@dataclass(frozen=True, slots=True)
class Tested:
    """The other data set, and which pair of the paper's it makes with the one that was learnt from."""

    data: Path
    pair: CrossSet
    protocols: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    parser.add_argument("--tested", type=Path, required=True, metavar="OTHER", help="folder of captures")
    parser.add_argument(
        "--tested-protocols",
        nargs="+",
        metavar="NAME",
        help="of OTHER, one result each (default: the paper's)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, DataSetError, RunMismatch."""
    setting = setting_of(arguments, (EVERYTHING.name,))
    tested = _tested(arguments)
    lines = _lines(setting, tested)
    measure = tested.pair.metric
    plot_bars(means(lines, measure.lower()), setting.folder / "cross.png", measure=measure)
    sys.stdout.write(in_words(lines) + f"written to {setting.folder / 'cross.csv'} and cross.png\n")


def pair_of(learnt_set: str, tested_set: str) -> CrossSet:
    """The paper's, or one of the same kind for data sets that it does not pair."""
    for pair in CROSS_SETS:
        if (pair.learnt, pair.tested) == (learnt_set, tested_set):
            return pair
    return CrossSet("", learnt_set, tested_set, (EVERYTHING.name,), "HTER")


def _tested(arguments: argparse.Namespace) -> Tested:
    pair = pair_of(_data_set(arguments.data), _data_set(arguments.tested))
    protocols = tuple(arguments.tested_protocols or pair.protocols)
    for protocol in protocols:
        require_both(arguments.tested, protocol, ("test",))
    return Tested(arguments.tested, pair, protocols)


def _data_set(data: Path) -> str:
    return own.list_samples(data).samples[0].data_set


def _lines(setting: Setting, tested: Tested) -> list[Measured]:
    """One for each protocol; those in RUN/cross.csv are not measured again."""
    table, origin = setting.folder / "cross.csv", f"{setting.origin}; tested on {data_version(tested.data)}"
    done = read_lines(table, origin)
    left = [name for name in tested.protocols if name not in {each.protocol for each in done}]
    for protocol, (dev, test) in zip(left, _scores(setting, tested, left), strict=True):
        number = protocol.partition("_")[0]
        done.append(
            measured(
                dev,
                test,
                variant=f"protocol_{number}",
                protocol=protocol,
                paper=_PAPER.get(tested.pair.name, {}).get(number, ""),
                origin=origin,
            )
        )
        write_study(done, table)
    return [each for each in done if each.protocol in tested.protocols]


def _scores(setting: Setting, tested: Tested, protocols: Sequence[str]) -> Iterator[tuple[Scores, Scores]]:
    """Dev's of the set that was learnt from, and test's of each protocol of the other."""
    if not protocols:
        return
    model = setting.variant("model_7", setting.config)
    net, card = learnt(setting, model, EVERYTHING.name), training_card(setting.config)
    dev = scored(net, card, Judged(setting.data, "dev", EVERYTHING.name, setting.groups), doing="cross")
    for protocol in protocols:
        test = Judged(tested.data, "test", protocol, setting.groups)
        yield dev, scored(net, card, test, doing=f"cross, protocol {protocol}")
