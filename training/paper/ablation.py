"""Models 1-7: what each part of the network and of the loss adds (Table 2).

    model_1   plain convolutions, depth loss alone         model_5   + ConvGRU over the pairs
    model_2   + contrastive depth loss                     model_6   model_7 with OFF in place of STSTB
    model_3   + residual spatial gradient blocks           model_7   + binary loss: the complete network
    model_4   + short-term block between two frames (STSTB)

Models 1-3 are backbones of single frames; 4-7 train a second stage each on model 3's. Without the binary loss
nothing has taught the classifier, so models 1-5 are scored by depth alone. The paper does not say what turns
model 4's features into a depth map: here it is the ConvGRU's cells, which begin anew with every pair.

The paper's table is of OULU-NPU's Protocol 3: `--protocols 3_1 3_2 3_3 3_4 3_5 3_6`. `--models model_7` over
a data set's protocols is its intra-set test (Tables 3, 4), by windows; `train`, `export`, `evaluate` and
`report` give the same by the service's verdicts. Writes RUN/ablation.csv and RUN/ablation.png.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from typing import Final

from model.network.config import Temporal
from training.config import TrainConfig
from training.paper.figures import plot_bars
from training.paper.setting import RSGB, Setting, Variant, add_protocols, add_setting, setting_of
from training.paper.table import filled, in_words, means


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """The switches of a row of Table 2, and the paper's ACER on Protocol 3, per cent."""

    backbone: str = RSGB
    contrast: bool = True
    gradient: bool = True
    temporal: Temporal = Temporal.NONE
    recurrence: bool = False
    binary: bool = False
    acer: str

    def of(self, complete: TrainConfig) -> TrainConfig:
        """The complete network's training with what the model lacks switched off."""
        network = replace(
            complete.network, gradient=self.gradient, temporal=self.temporal, recurrence=self.recurrence
        )
        config = replace(complete, network=network, binary_loss=self.binary)
        if not self.binary:
            config = replace(config, beta=0.0)
        if self.temporal is Temporal.NONE:
            config = config.with_steps(stage1=None, stage2=0)
        return config if self.contrast else _without_contrast(config)


TABLE_2: Final = {
    "model_1": Model(backbone="plain_depth", contrast=False, gradient=False, acer="6.25 ± 3.20"),
    "model_2": Model(backbone="plain", gradient=False, acer="5.07 ± 1.83"),
    "model_3": Model(acer="3.19 ± 0.90"),
    "model_4": Model(temporal=Temporal.STSTB, acer="2.99 ± 0.72"),
    "model_5": Model(temporal=Temporal.STSTB, recurrence=True, acer="2.85 ± 0.49"),
    "model_6": Model(temporal=Temporal.OFF, recurrence=True, binary=True, acer="3.20 ± 1.00"),
    "model_7": Model(temporal=Temporal.STSTB, recurrence=True, binary=True, acer="2.71 ± 0.63"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    add_protocols(parser)
    parser.add_argument(
        "--models", choices=tuple(TABLE_2), nargs="+", default=tuple(TABLE_2), help="default: all"
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, DataSetError, RunMismatch."""
    setting = setting_of(arguments, arguments.protocols)
    lines = filled(setting, [variant(setting, name) for name in arguments.models], "ablation")
    plot_bars(means(lines), setting.folder / "ablation.png")
    sys.stdout.write(in_words(lines) + f"written to {setting.folder / 'ablation.csv'} and ablation.png\n")


def variant(setting: Setting, name: str) -> Variant:
    """A model of Table 2, to be trained as the setting says."""
    model = TABLE_2[name]
    return setting.variant(name, model.of(setting.config), backbone=model.backbone, paper=model.acer)


def _without_contrast(config: TrainConfig) -> TrainConfig:
    return replace(
        config,
        stage1=replace(config.stage1, contrast_weight=0.0),
        stage2=replace(config.stage2, contrast_weight=0.0),
    )
