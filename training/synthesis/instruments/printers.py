"""Printers and papers: the models that prints are drawn from. Reflectances are linear, lengths metres."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from training.synthesis.instruments.halftone import Halftone, Screen
from training.synthesis.instruments.ink import Paper, Printer

Inks = tuple[
    tuple[float, float, float],
    tuple[float, float, float],
    tuple[float, float, float],
    tuple[float, float, float],
]

_TONER: Final[Inks] = ((0.04, 0.32, 0.62), (0.58, 0.05, 0.20), (0.84, 0.70, 0.05), (0.03, 0.03, 0.03))
_DYE_ON_PLAIN: Final[Inks] = ((0.13, 0.42, 0.64), (0.62, 0.13, 0.27), (0.84, 0.72, 0.15), (0.08, 0.08, 0.085))
_PHOTO_DYE: Final[Inks] = ((0.02, 0.30, 0.64), (0.62, 0.03, 0.18), (0.88, 0.76, 0.02), (0.012, 0.012, 0.014))
_OFFSET: Final[Inks] = ((0.14, 0.38, 0.50), (0.52, 0.14, 0.22), (0.72, 0.60, 0.14), (0.10, 0.10, 0.10))
_PURE: Final[Inks] = ((0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (0.0, 0.0, 0.0))

_ANGLES: Final = (0.2618, 1.309, 0.0, 0.7854)  # 15, 75, 0 and 45 degrees: the printing trade's own
_ALIGNED: Final = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterModel:
    """A printer with the range of its dots' period, and whether training may see it."""

    printer: Printer
    periods: tuple[float, float] = (0.0, 0.0)  # metres
    papers: tuple[str, ...]
    in_training: bool = True


def _paper(name: str, white_3: tuple[float, float, float], **values: float) -> Paper:
    return Paper(name=name, white_3=white_3, **values)


PAPERS: Final[dict[str, Paper]] = {
    paper.name: paper
    for paper in (
        _paper("office", (0.84, 0.85, 0.88), grain=0.012, grain_size=4e-4, gloss=0.0, roughness=0.5),
        _paper("photo_matte", (0.88, 0.88, 0.87), grain=0.006, grain_size=3e-4, gloss=0.15, roughness=0.35),
        _paper("photo_gloss", (0.90, 0.90, 0.91), grain=0.002, grain_size=3e-4, gloss=0.9, roughness=0.06),
        _paper("recycled", (0.66, 0.64, 0.58), grain=0.035, grain_size=6e-4, gloss=0.0, roughness=0.5),
        _paper("ideal", (1.0, 1.0, 1.0), grain=0.0, grain_size=3e-4, gloss=0.0, roughness=0.5),
    )
}  # fmt: skip

PRINTERS: Final[tuple[PrinterModel, ...]] = (
    PrinterModel(
        printer=Printer(
            name="laser",
            inks_43=_TONER,
            grey_replacement=0.5,
            dot_gain=0.06,
            halftone=Halftone(screen=Screen.CLUSTERED_DOT, period=2e-4, angles=_ANGLES),
        ),
        periods=(1.6e-4, 3.2e-4),
        papers=("office",),
    ),
    PrinterModel(
        printer=Printer(
            name="inkjet",
            inks_43=_DYE_ON_PLAIN,
            grey_replacement=0.25,
            dot_gain=0.10,
            halftone=Halftone(screen=Screen.STOCHASTIC, period=8e-3, angles=_ANGLES),
        ),
        periods=(4.5e-3, 1.2e-2),
        papers=("office", "photo_matte"),
    ),
    PrinterModel(
        printer=Printer(
            name="photo_lab", inks_43=_PHOTO_DYE, grey_replacement=0.0, dot_gain=0.0, halftone=None
        ),
        papers=("photo_matte", "photo_gloss"),
    ),
    PrinterModel(
        printer=Printer(
            name="line_laser",
            inks_43=_TONER,
            grey_replacement=0.6,
            dot_gain=0.08,
            halftone=Halftone(screen=Screen.LINE, period=2e-4, angles=_ANGLES),
        ),
        periods=(1.8e-4, 3.2e-4),
        papers=("office",),
        in_training=False,
    ),
    PrinterModel(
        printer=Printer(
            name="offset",
            inks_43=_OFFSET,
            grey_replacement=0.7,
            dot_gain=0.12,
            halftone=Halftone(screen=Screen.DIAMOND_DOT, period=3e-4, angles=_ANGLES),
        ),
        periods=(2e-4, 3.4e-4),
        papers=("recycled", "office"),
        in_training=False,
    ),
    PrinterModel(
        printer=Printer(
            name="ordered_inkjet",
            inks_43=_DYE_ON_PLAIN,
            grey_replacement=0.4,
            dot_gain=0.10,
            halftone=Halftone(screen=Screen.BAYER, period=8e-4, angles=_ALIGNED),
        ),
        periods=(4e-4, 9e-4),
        papers=("office",),
        in_training=False,
    ),
)

IDEAL: Final = Printer(name="ideal", inks_43=_PURE, grey_replacement=0.0, dot_gain=0.0, halftone=None)


def draw_printer(rng: np.random.Generator, *, known: bool) -> tuple[Printer, Paper]:
    """A specimen of a printer and the paper in it; an unknown one only where that is wanted."""
    models = [model for model in PRINTERS if model.in_training or not known]
    model = models[int(rng.integers(len(models)))]
    printer, period = model.printer, float(rng.uniform(*model.periods))
    if printer.halftone is not None:
        printer = replace(printer, halftone=replace(printer.halftone, period=period))
    gain = printer.dot_gain * rng.uniform(0.5, 1.5)
    paper = PAPERS[str(rng.choice(model.papers))]
    tint = rng.normal(1, 0.015, size=3)
    white = tuple(float(min(level * shade, 0.95)) for level, shade in zip(paper.white_3, tint, strict=True))
    worn = replace(paper, white_3=(white[0], white[1], white[2]), grain=paper.grain * rng.uniform(0.6, 1.6))
    return replace(printer, dot_gain=float(gain)), worn
