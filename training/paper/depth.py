"""Depth labels generated from landmarks against actual ones (Table 5).

The complete network learns twice from the same captures, under actual depth and under depth that is generated
from their dense landmarks, as data sets without a depth camera must have it; attacks are 0 in both. DATA
needs actual depth: synthesised captures have it, and DMAD labelled with `label --depth shipped` (depth
pictures beside the frames of other sets are PRNet's, generated as well).

RUN/generated receives a copy of DATA/train with generated depth, once: some eight frames a second. The
paper's figures are of DMAD. Writes RUN/depth.csv and RUN/depth.png.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from training.datasets.label_set import PLAN
from training.datasets.labelling import DepthSource
from training.errors import NoCaptures
from training.paper.figures import plot_bars
from training.paper.remade import remade, with_generated_depth
from training.paper.setting import Setting, Training, Variant, add_protocols, add_setting, setting_of
from training.paper.table import filled, in_words, means

_GENERATED_ACER, _ACTUAL_ACER = "6.33", "4.55"  # Table 5, per cent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    add_protocols(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures where the captures' depth is generated already, DataSetError, RunMismatch."""
    require_actual_depth(arguments.data)
    setting = setting_of(arguments, arguments.protocols)
    lines = filled(setting, _variants(setting), "depth")
    plot_bars(means(lines), setting.folder / "depth.png")
    sys.stdout.write(in_words(lines) + f"written to {setting.folder / 'depth.csv'} and depth.png\n")


def require_actual_depth(data: Path) -> None:
    """Raises NoCaptures where `label` generated the depth of these captures."""
    plan = data / PLAN
    if plan.is_file() and json.loads(plan.read_text())["rule"]["depth"] == DepthSource.LANDMARKS:
        raise NoCaptures(
            f"{data} was labelled with generated depth; `label --depth {DepthSource.SHIPPED}` it from a data "
            "set that has depth, or synthesise captures"
        )


def _variants(setting: Setting) -> tuple[Variant, Variant]:
    generated = remade(setting.data, setting.folder / "generated", with_generated_depth, splits=("train",))
    first = setting.variant("generated", setting.config, paper=_GENERATED_ACER)
    return (
        replace(
            first,
            backbone=Training("rsgb_generated", generated),
            above=Training(first.name, generated),
        ),
        setting.variant("actual", setting.config, paper=_ACTUAL_ACER),
    )
