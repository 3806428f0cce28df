"""The interval between the frames of a window, in video frames (paper section 5.3.1).

Captures hold every third frame as they are synthesised and labelled, so 3, 6 and 9 are what they allow. For
the paper's 1, 3, 5 and 7 label the data set with all its frames: `label --interval 1 --max-frames 180`.

For each interval above the stored one RUN/interval_N receives thinned captures (a set of every second frame
takes half of DATA's room); those too short for a window are left out, so that longer intervals may be judged
on fewer. The backbone sees single frames and is the same for all.

The paper's figures are of one sub-protocol of OULU-NPU's Protocol 3, it does not say which. Writes
RUN/interval.csv and RUN/interval.png.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from model.card import SamplingRule
from training.datasets.capture import SPLITS, list_groups, read_headers
from training.errors import NoCaptures
from training.paper.figures import plot_line
from training.paper.remade import remade, thinned
from training.paper.setting import (
    Setting,
    Training,
    Variant,
    add_protocols,
    add_setting,
    require_both,
    setting_of,
)
from training.paper.table import filled, in_words, means

_PAPER: Final = {1: "3.347", 3: "2.927", 5: "4.223", 7: "2.934"}  # ACER, per cent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    add_protocols(parser)
    parser.add_argument(
        "--intervals",
        type=int,
        nargs="+",
        metavar="N",
        help="multiples of the stored interval (default: the paper's, or the first three)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures where the captures hold no such frames, DataSetError, RunMismatch."""
    setting = setting_of(arguments, arguments.protocols)
    stored = stored_interval(setting.data)
    variants = [_variant(setting, each, stored) for each in arguments.intervals or _default(stored)]
    lines = filled(setting, variants, "interval")
    plot_line(means(lines), setting.folder / "interval.png", xlabel="frames from one to the next")
    sys.stdout.write(in_words(lines) + f"written to {setting.folder / 'interval.csv'} and interval.png\n")


def stored_interval(data: Path) -> int:
    """Video frames between two stored ones: as `label` wrote them down, else what is synthesised."""
    factors = read_headers(list_groups(data, "train")[0])[0]["factors"]
    positions: Sequence[int] = factors.get("frame_indices", ())
    if len(positions) < 2:
        return SamplingRule().interval
    return round(median(np.diff(positions).tolist()))


def _default(stored: int) -> Sequence[int]:
    return tuple(_PAPER) if stored == 1 else (stored, 2 * stored, 3 * stored)


def _variant(setting: Setting, interval: int, stored: int) -> Variant:
    times, rest = divmod(interval, stored)
    if rest or times < 1:
        raise NoCaptures(
            f"{setting.data} holds frames {stored} apart, so none {interval} apart; take multiples of "
            f"{stored}, or `label --interval 1` the data set into another folder"
        )
    variant = setting.variant(f"interval_{interval}", setting.config, paper=_PAPER.get(interval, ""))
    if times == 1:
        return variant
    thin = partial(thinned, every=times, at_least=setting.config.network.num_frames)
    thinner = remade(setting.data, setting.folder / variant.name, thin, splits=SPLITS)
    for protocol in setting.protocols:
        require_both(thinner, protocol, SPLITS)
    return replace(variant, above=Training(variant.name, thinner), judged_on=thinner)
