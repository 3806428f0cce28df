"""The report's drawings, as SVG text that goes into the page and takes its colours from it.

Matplotlib knows no style sheet, so each colour is drawn as a stand-in that is replaced by a CSS variable: the
same drawing then serves light, dark and print.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from training.curves import error_curve
from training.flips import Flips
from training.metrics import Rate
from training.report.results import Results

_INK, _FAINT, _BONA_FIDE, _ATTACK, _MARK = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES: Final = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _BONA_FIDE: "var(--bona-fide)",
    _ATTACK: "var(--attack)",
    _MARK: "var(--mark)",
}
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # names are text, whatever signs they hold
    "font.size": 9,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _FAINT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
}
_WIDTH = 5.2  # inches: the width of a phone at the drawing's own size
_LINES: Final = ("-", "--", ":", "-.")
_DET_TICKS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4)
_DET_RANGE: Final = (0.0005, 0.6)


def species_chart(rates: Mapping[str, Rate]) -> str:
    """Error rate and 95 % interval of each species, the worst on top."""
    counted = {name: rate for name, rate in rates.items() if rate.total}
    return _intervals(sorted(counted.items(), key=lambda each: each[1].value), "APCER, per cent", _ATTACK)


def flips_chart(flips: Sequence[Flips]) -> str:
    """Share of verdicts that each perturbation flips, in the order of the table."""
    counted = [(each.perturbation, each.rate) for each in reversed(flips) if each.captures]
    return _intervals(counted, "verdicts that flip, per cent", _MARK)


def score_histograms(results: Results) -> str:
    """How the living scores of each kind are spread, and where the threshold lies."""
    bona_fide, attacks = results.scores
    kinds = {"bona fide": bona_fide} | dict(sorted(attacks.items()))
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.45 * len(kinds) + 0.7), layout="constrained")
        axes = figure.subplots(len(kinds), 1, sharex=True, squeeze=False)[:, 0]
        bins = np.linspace(*_range([*bona_fide, *results.pooled_attacks]), 41).tolist()
        for ax, (name, scores) in zip(axes, kinds.items(), strict=True):
            _histogram(
                ax,
                f"{_words(name)} ({len(scores)})",
                scores,
                bins,
                _ATTACK if attacks.get(name) else _BONA_FIDE,
            )
            ax.axvline(results.evaluation.point.threshold, color=_INK, linewidth=0.9, linestyle="--")
        axes[-1].set_xlabel("living score; dashed: the threshold")
        return _svg(figure)


def det_chart(systems: Sequence[Results]) -> str:
    """Detection error trade-off of each system on normal deviates, its operating point as a dot."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 4.2), layout="constrained")
        ax = figure.subplots()
        for index, system in enumerate(systems):
            _det_line(ax, system, first=index == 0, style=_LINES[index % len(_LINES)])
        ticks, names = norm.ppf(_DET_TICKS), [f"{100 * tick:g}" for tick in _DET_TICKS]
        ax.set_xticks(ticks, names)
        ax.set_yticks(ticks, names)
        ax.set(xlim=norm.ppf(_DET_RANGE), ylim=norm.ppf(_DET_RANGE))
        ax.set(
            xlabel="attacks accepted, all species together, per cent", ylabel="bona fide rejected, per cent"
        )
        ax.grid()
        ax.legend(loc="upper right", handlelength=3)
        return _svg(figure)


def _det_line(ax: Axes, system: Results, *, first: bool, style: str) -> None:
    bona_fide, attacks = system.scores[0], system.pooled_attacks
    curve, colour = error_curve(bona_fide, attacks), _MARK if first else _INK
    x, y = (norm.ppf(np.clip(rates, *_DET_RANGE)) for rates in (curve.apcer_N, curve.bpcer_N))
    width = 1.8 if first else 0.9
    ax.plot(
        x,
        y,
        color=colour,
        linestyle=style,
        linewidth=width,
        drawstyle="steps-post",
        label=_words(system.name),
    )
    at = int(np.searchsorted(curve.thresholds_N, system.evaluation.point.threshold))
    at = min(at, len(x) - 1)
    ax.plot(x[at], y[at], "o", color=colour, markersize=5 if first else 3.5, clip_on=False)


def _histogram(ax: Axes, name: str, scores: Sequence[float], bins: Sequence[float], colour: str) -> None:
    ax.hist(scores, bins=bins, color=colour, alpha=0.75)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(name, rotation=0, horizontalalignment="right", verticalalignment="center")


def _intervals(rates: Sequence[tuple[str, Rate]], label: str, colour: str) -> str:
    """One line a rate, the first at the bottom: a dot at the rate, a bar over its interval."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.24 * len(rates) + 0.7), layout="constrained")
        ax = figure.subplots()
        for position, (_, rate) in enumerate(rates):
            low, high = rate.interval
            ax.plot([100 * low, 100 * high], [position] * 2, color=colour, linewidth=3, alpha=0.4)
            ax.plot(100 * rate.value, position, "o", color=colour, markersize=4.5, clip_on=False)
        ax.set_yticks(
            range(len(rates)), [f"{_words(name)} \u2002{rate.count}/{rate.total}" for name, rate in rates]
        )
        ax.set_xlim(left=0)
        ax.set_xlabel(label)
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        return _svg(figure)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _range(scores: Sequence[float]) -> tuple[float, float]:
    low, high = min(scores), max(scores)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _svg(figure: Figure) -> str:
    """The drawing without its preamble, its stand-ins replaced; the same drawing gives the same text."""
    file = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with rc_context({"svg.hashsalt": "report"}):
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    return text
