"""The experiments' drawings, as PNG: ours with its spread over protocols, the paper's as open diamonds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.paper.table import Mean

_INK, _PAPER = "black", "tab:red"


def plot_bars(means: Sequence[Mean], path: Path, *, measure: str = "ACER") -> None:
    """A bar for each variant."""
    figure = Figure(figsize=(max(4, 1 + 0.9 * len(means)), 4), layout="constrained")
    axes = figure.add_subplot(ylabel=f"{measure} of test captures, %")
    names, places = [each.variant for each in means], np.arange(len(means))
    shares, spreads = (np.array([getattr(each, name) for each in means]) for name in ("rate", "spread"))
    axes.bar(places, 100 * shares, yerr=100 * spreads, color="lightgrey", edgecolor=_INK, label="ours")
    axes.set_xticks(places, names)
    _finish(figure, axes, places.tolist(), means, path)


def plot_line(means: Sequence[Mean], path: Path, *, xlabel: str) -> None:
    """ACER over the number in which each variant's name ends, its spread as an area (figure 7)."""
    ordered = sorted(means, key=_number)
    numbers = [_number(each) for each in ordered]
    shares, spreads = (np.array([getattr(each, name) for each in ordered]) for name in ("rate", "spread"))
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel=xlabel, ylabel="ACER of test captures, %")
    axes.plot(numbers, 100 * shares, "o-", color=_INK, label="ours")
    axes.fill_between(
        numbers, 100 * (shares - spreads), 100 * (shares + spreads), color="lightgrey", linewidth=0
    )
    _finish(figure, axes, numbers, ordered, path)


def _finish(figure: Figure, axes: Axes, places: Sequence[float], means: Sequence[Mean], path: Path) -> None:
    known = [
        (place, 100 * each.published)
        for place, each in zip(places, means, strict=True)
        if each.published is not None
    ]
    if known:
        axes.plot(
            *zip(*known, strict=True), "D", color=_PAPER, fillstyle="none", label="the paper, on its data"
        )
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=2)
    figure.savefig(path, dpi=120)


def _number(mean: Mean) -> float:
    return float(mean.variant.rpartition("_")[2])
