"""Features of single faces, with and without residual spatial gradient blocks, laid out by t-SNE (figure 9).

Models 2 and 3 of Table 2, which differ in these blocks alone, are trained as `paper ablation` trains them:
what one of both has trained in RUN the other finds. Of each test capture the last level's features are
averaged over the picture and the frames of its middle window; the paper does not say which features it draws.
The silhouette of people among attacks (-1 to 1) is of the features, not of the drawing.

The paper's figure is of OULU-NPU's Protocol 1. Writes RUN/tsne.csv, the points, and RUN/tsne.png.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from model.card import ModelCard
from model.clip import FloatArray
from model.network.liveness import LivenessNet
from training.config import training_card
from training.datasets.capture import Capture
from training.errors import NoCaptures
from training.paper.ablation import variant
from training.paper.judged import Judged
from training.paper.learnt import learnt
from training.paper.setting import Setting, add_setting, setting_of
from training.protocols import EVERYTHING
from training.scores import BONA_FIDE
from training.study_table import write_study
from training.windows import WindowChoice, training_window

_SHOWN = {"model_2": "without gradient blocks", "model_3": "with gradient blocks"}
_PERPLEXITY = 30.0
_FEWEST = 4  # captures


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A test capture where t-SNE has laid it."""

    variant: str
    species: str
    x: float
    y: float
    silhouette: float  # of all captures of the variant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_setting(parser)
    parser.add_argument("--protocol", default=EVERYTHING.name, metavar="NAME", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, DataSetError, RunMismatch."""
    setting = setting_of(arguments, (arguments.protocol,))
    points = [point for name in _SHOWN for point in _points(setting, name)]
    write_study(points, setting.folder / "tsne.csv")
    _plot(points, setting.folder / "tsne.png")
    for name, title in _SHOWN.items():
        silhouette = next(each.silhouette for each in points if each.variant == name)
        sys.stdout.write(f"{name}, {title}: silhouette {silhouette:.3f}\n")
    sys.stdout.write(f"written to {setting.folder / 'tsne.csv'} and tsne.png\n")


def laid_out(features_NC: FloatArray, *, seed: int) -> NDArray[np.float64]:
    """(N, C) -> (N, 2)."""
    perplexity = min(_PERPLEXITY, (len(features_NC) - 1) / 3)
    laid = TSNE(perplexity=perplexity, random_state=seed).fit_transform(features_NC)
    return np.asarray(laid, dtype=np.float64)


@torch.no_grad()
def features(net: LivenessNet, capture: Capture, card: ModelCard) -> FloatArray:
    """The last level's channels, averaged over the picture and the middle window's frames, (C,)."""
    start = (len(capture.frames) - card.num_frames) // 2
    window = training_window(WindowChoice(capture, start), card, rng=None)
    device = next(net.parameters()).device
    _, taps = net.encode(torch.from_numpy(window.faces_T3SS)[None].to(device))
    averaged: FloatArray = taps[-1].mean(dim=(0, 2, 3)).cpu().numpy()
    return averaged


def _points(setting: Setting, name: str) -> list[Point]:
    (protocol,) = setting.protocols
    model = variant(setting, name)
    net, card = learnt(setting, model, protocol), training_card(model.config)
    judged = Judged(setting.data, "test", protocol, setting.groups)
    species, rows = [], []
    for capture in judged.captures(f"{name}: features"):
        species.append(capture.species)
        rows.append(features(net, capture, card))
    people = [each == BONA_FIDE for each in species]
    if len(rows) < _FEWEST or len(set(people)) < 2:
        raise NoCaptures(
            f"{setting.data}/test needs {_FEWEST} captures or more, of people and of instruments"
        )
    standard_NC = StandardScaler().fit_transform(np.stack(rows))
    silhouette = float(silhouette_score(standard_NC, people))
    return [
        Point(variant=name, species=kind, x=x, y=y, silhouette=silhouette)
        for kind, (x, y) in zip(
            species, laid_out(standard_NC, seed=setting.config.seed).tolist(), strict=True
        )
    ]


def _plot(points: Sequence[Point], path: Path) -> None:
    figure = Figure(figsize=(10, 5), layout="constrained")
    for axes, (name, title) in zip(figure.subplots(1, 2), _SHOWN.items(), strict=True):
        for kind in sorted({each.species for each in points}):
            own = [each for each in points if (each.variant, each.species) == (name, kind)]
            colour = "red" if kind == BONA_FIDE else None
            axes.scatter([each.x for each in own], [each.y for each in own], s=9, c=colour, label=kind)
        axes.set(title=title, xticks=[], yticks=[])
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper")
    figure.savefig(path, dpi=120)
