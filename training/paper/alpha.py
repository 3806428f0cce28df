"""The weight alpha of the temporal depth in the refined one (Eq. 4, figure 7).

For each alpha the second stage is trained anew on one backbone, as alpha decides what it learns; 0 uses
single frames alone. With --once one second stage, trained with the preset's alpha, is judged with every
other: minutes in place of hours, and another question.

The paper draws the mean and spread over OULU-NPU's Protocol 3 (`--protocols 3_1 ... 3_6`) from 0.0 to 0.9 and
states no numbers but that 0.6 is best; model 7 of Table 2 is trained with it, which gives the one point of
the paper's that is drawn. Writes RUN/alpha.csv and RUN/alpha.png, with --once RUN/alpha_once.csv and .png.
"""

import argparse
import sys
from dataclasses import replace
from typing import Final

from model.network.liveness import LivenessNet
from training.arguments import share
from training.paper.ablation import TABLE_2
from training.paper.figures import plot_line
from training.paper.learnt import learnt
from training.paper.setting import Setting, Variant, add_protocols, add_setting, setting_of
from training.paper.table import filled, in_words, means

_ALPHAS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_PAPER: Final = {0.6: TABLE_2["model_7"].acer}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    add_protocols(parser)
    parser.add_argument(
        "--alphas", type=share, nargs="+", default=_ALPHAS, metavar="X", help="default: 0 0.2 ... 1"
    )
    parser.add_argument("--once", action="store_true", help="judge one training with every alpha")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, DataSetError, RunMismatch."""
    setting = setting_of(arguments, arguments.protocols)
    variants = [_variant(setting, alpha) for alpha in arguments.alphas]
    name, learn = ("alpha_once", _learnt_once) if arguments.once else ("alpha", learnt)
    lines = filled(setting, variants, name, learn=learn)
    plot_line(means(lines), setting.folder / f"{name}.png", xlabel="alpha")
    sys.stdout.write(in_words(lines) + f"written to {setting.folder / name}.csv and .png\n")


def _variant(setting: Setting, alpha: float) -> Variant:
    network = replace(setting.config.network, alpha=alpha)
    config = replace(setting.config, network=network)
    return setting.variant(f"alpha_{alpha:g}", config, paper=_PAPER.get(alpha, ""))


def _learnt_once(setting: Setting, variant: Variant, protocol: str) -> LivenessNet:
    """The weights of the preset's alpha under the variant's."""
    net = learnt(setting, _variant(setting, setting.config.network.alpha), protocol)
    net.config = variant.config.network
    return net
