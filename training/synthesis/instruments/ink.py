"""Pictures -> ink on paper -> reflectance. Planes of ink are levels: 0 none, 255 full coverage."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.colour import linear_table
from training.synthesis.instruments.halftone import Halftone


@dataclass(frozen=True, kw_only=True, slots=True)
class Printer:
    """Inks and how they are laid down."""

    name: str
    inks_43: tuple[tuple[float, float, float], ...]  # reflectance of full cyan, magenta, yellow, black
    grey_replacement: float  # share of the common grey that is printed in black
    dot_gain: float  # at half tone
    halftone: Halftone | None  # None: continuous tone, a photographic print


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    name: str
    white_3: tuple[float, float, float]  # reflectance
    grain: float  # standard deviation of reflectance, relative
    grain_size: float  # metres
    gloss: float  # 0 matte; 1 mirrors as glass does
    roughness: float  # radians


def separated(picture: PixelArray, printer: Printer) -> list[PixelArray]:
    """sRGB levels -> four planes of ink, as a driver that knows its inks would ask for."""
    light = np.asarray(cv2.LUT(picture, linear_table()), dtype=np.float32)
    inks = np.array(printer.inks_43, dtype=np.float32)
    wanted = inks[3] + (1 - inks[3]) * light  # black ink is the picture's black
    black = np.float32(printer.grey_replacement) * (1 - wanted.max(axis=2)) ** 2
    tones = [np.zeros_like(black)] * 3
    for _ in range(2):  # each ink also absorbs a little of the others' light
        tones = [_needed(ink, wanted, [*tones, black], inks) for ink in range(3)]
    grown = [tone + np.float32(4 * printer.dot_gain) * tone * (1 - tone) for tone in (*tones, black)]
    return [(np.clip(tone, 0, 1) * 255 + 0.5).astype(np.uint8) for tone in grown]


def _needed(ink: int, wanted: FloatArray, tones: Sequence[FloatArray], inks: FloatArray) -> FloatArray:
    """Coverage of one ink that brings its own channel to the wanted light, beside the other inks."""
    rest = np.ones_like(tones[0])
    for other, tone in enumerate(tones):
        if other != ink:
            rest = rest * (1 - tone * (1 - inks[other, ink]))
    needed = (1 - wanted[..., ink] / np.maximum(rest, np.float32(1e-3))) / (1 - inks[ink, ink])
    return np.asarray(np.clip(needed, 0, 1), dtype=np.float32)


def inked(
    tones: Sequence[PixelArray], printer: Printer, paper: Paper, grain_HW: FloatArray | None
) -> FloatArray:
    """Reflectance (H, W, 4), the fourth channel empty.

    Inks print on one another at random (Demichel), so their reflectances multiply, channel by channel.
    """
    planes = []
    for channel in range(3):
        inks = [ink[channel] for ink in printer.inks_43]
        plane = cv2.LUT(tones[0], _passed(inks[0], paper.white_3[channel]))
        for tone, ink in zip(tones[1:], inks[1:], strict=True):
            plane = cv2.multiply(plane, cv2.LUT(tone, _passed(ink, 1.0)), dst=plane)
        if grain_HW is not None:
            plane = cv2.multiply(plane, grain_HW, dst=plane)
        planes.append(plane)
    return np.asarray(cv2.merge([*planes, np.zeros_like(planes[0])]), dtype=np.float32)


def _passed(ink: float, white: float) -> FloatArray:
    """Level of ink -> the reflectance that it leaves."""
    return (white * (1 - np.arange(256) / 255 * (1 - ink))).astype(np.float32)


def fibres(shape: tuple[int, int], paper: Paper, pitch: float, rng: np.random.Generator) -> FloatArray | None:
    """Relative reflectance, about 1, at the paper's own scale; `pitch`: metres a px."""
    if paper.grain == 0:
        return None
    rows, columns = shape
    noise = rng.standard_normal((min(rows, 512), min(columns, 512)), dtype=np.float32)
    sigma = max(paper.grain_size / pitch / 2, 0.5)
    soft = cv2.GaussianBlur(noise, (0, 0), sigma) + np.float32(0.3) * cv2.GaussianBlur(
        noise, (0, 0), 3 * sigma
    )
    below, beside = rows - noise.shape[0], columns - noise.shape[1]
    field = 1 + np.float32(paper.grain) * soft / soft.std()
    return np.asarray(cv2.copyMakeBorder(field, 0, below, 0, beside, cv2.BORDER_REFLECT), dtype=np.float32)
