"""Printed photographs: a sheet of paper, flat or bent, its ink, its dots and its light.

What does not change over a capture (inks, dots, fibres) is made once, as a raster of the sheet's visible
part, finer than the camera sees it; each frame looks at it through the sheet's pose. s, t: see `surface`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.colour import linear_table
from training.synthesis.instruments.halftone import Halftone
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.lighting import diffuse, polished
from training.synthesis.instruments.sheet import (
    Placing,
    coverage,
    empty,
    fitted,
    gloss,
    illumination,
    pasted,
    sampled,
)
from training.synthesis.instruments.surface import Pose, Surface
from training.synthesis.scene import Light, View

_RASTER = 1.5  # raster samples per px of the (twice as large) picture, along each side
_MAX_SIDE = 2600  # raster samples


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Print:
    """A printed sheet as a presentation attack instrument."""

    species: str
    physics: str
    size: tuple[float, float]  # metres, width and height of the sheet
    border: float  # metres of unprinted paper on each side
    surface: Surface
    printer: Printer
    paper: Paper
    fill: bool  # the picture fills the printed area and is cut off, or is whole with paper around it

    def placing(self, content_size: tuple[int, int]) -> Placing:
        area = self.size[0] - 2 * self.border, self.size[1] - 2 * self.border
        return fitted(content_size, area, fill=self.fill)

    def show(
        self,
        content: Sequence[PixelArray],
        poses_T44: Sequence[Pose] | NDArray[np.float64],
        view: View,
        light: Light,
        rng: np.random.Generator,
    ) -> list[Layer]:
        """See `instruments.Instrument`."""
        return list(self.stream(content, poses_T44, view, light, rng))

    def stream(
        self,
        content: Sequence[PixelArray],
        poses_T44: Sequence[Pose] | NDArray[np.float64],
        view: View,
        light: Light,
        rng: np.random.Generator,
    ) -> Iterator[Layer]:
        raster, grid = self._raster(content[0], poses_T44, view, rng)
        shine, falling = polished(light, self.paper.roughness), diffuse(light)
        for pose in poses_T44:
            trace = self.surface.trace(self.size, pose, view)
            if trace is None:
                yield empty(view)
                continue
            reflectance = cv2.LUT(sampled(raster, trace, grid), linear_table(2.0))
            radiance = reflectance * illumination(trace, self.surface, pose, falling)
            if self.paper.gloss > 0:
                radiance += np.float32(self.paper.gloss) * gloss(trace, self.surface, pose, shine)
            yield pasted(view, trace, radiance, coverage(trace, self.size))

    def _raster(
        self,
        picture: PixelArray,
        poses_T44: Sequence[Pose] | NDArray[np.float64],
        view: View,
        rng: np.random.Generator,
    ) -> tuple[PixelArray, Placing]:
        """The square root of the sheet's reflectance (0-255), and where the raster lies on the sheet."""
        grid, (columns, rows) = self._grid(poses_T44, view)
        s = grid.left + (np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(grid.pitch)
        t = grid.top + (np.arange(rows, dtype=np.float32) + np.float32(0.5)) * np.float32(grid.pitch)
        s_hw, t_hw = np.meshgrid(s, t)
        tone = self._tone(picture, s_hw, t_hw)
        if self.printer.halftone is not None:
            tone = self.printer.halftone.printed(tone, s_hw, t_hw, 1 / grid.pitch)
        reflectance = _inked(tone, self.printer.inks_43) * np.array(self.paper.white_3, dtype=np.float32)
        if self.paper.grain > 0:
            reflectance *= _grain((rows, columns), self.paper, grid.pitch, rng)[..., None]
        return np.asarray(np.sqrt(np.clip(reflectance, 0, 1)) * 255 + 0.5, dtype=np.uint8), grid

    def _grid(
        self, poses_T44: Sequence[Pose] | NDArray[np.float64], view: View
    ) -> tuple[Placing, tuple[int, int]]:
        """Raster of the visible part: where it lies, and its columns and rows."""
        left, top, right, bottom = self.surface.seen(self.size, list(poses_T44), view)
        nearest = min(float(pose[2, 3]) for pose in poses_T44)
        pitch = max(nearest / view.focal / _RASTER, max(right - left, bottom - top) / _MAX_SIDE)
        margin = 2 * pitch
        shape = int((right - left) / pitch) + 5, int((bottom - top) / pitch) + 5
        return Placing(pitch, left - margin, top - margin), shape

    def _tone(self, picture: PixelArray, s_hw: FloatArray, t_hw: FloatArray) -> FloatArray:
        """Ink wanted at each raster sample, (rows, columns, 4); none on the border."""
        placing = self.placing((picture.shape[1], picture.shape[0]))
        wanted = _separated(picture, self.printer)
        columns = (s_hw - np.float32(placing.left)) / np.float32(placing.pitch) - np.float32(0.5)
        rows = (t_hw - np.float32(placing.top)) / np.float32(placing.pitch) - np.float32(0.5)
        tone = cv2.remap(wanted, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
        half_w, half_h = self.size[0] / 2 - self.border, self.size[1] / 2 - self.border
        inside = (np.abs(s_hw) <= half_w) & (np.abs(t_hw) <= half_h)
        return np.asarray(np.clip(tone, 0, 1) * inside[..., None], dtype=np.float32)


def _separated(picture: PixelArray, printer: Printer) -> FloatArray:
    """sRGB levels -> coverage of four inks, as a driver that knows its inks would ask for: (H, W, 4)."""
    light = np.asarray(cv2.LUT(picture, linear_table()), dtype=np.float32)
    inks = np.array(printer.inks_43, dtype=np.float32)
    darkest = inks[3]
    wanted = darkest + (1 - darkest) * light  # black ink is the picture's black
    black = printer.grey_replacement * (1 - wanted.max(axis=2, keepdims=True)) ** 2
    reached = 1 - black * (1 - inks[3])
    colours = np.zeros_like(wanted)
    for _ in range(2):  # each ink also absorbs a little of the others' light
        passed = 1 - colours[..., None] * (1 - inks[:3])  # (H, W, ink, channel)
        for ink in range(3):
            others = [other for other in range(3) if other != ink]
            rest = passed[..., others[0], ink] * passed[..., others[1], ink] * reached[..., ink]
            needed = (1 - wanted[..., ink] / np.maximum(rest, 1e-3)) / (1 - inks[ink, ink])
            colours[..., ink] = np.clip(needed, 0, 1)
    tone = np.concatenate([colours, black], axis=2)
    return np.asarray(tone + 4 * printer.dot_gain * tone * (1 - tone), dtype=np.float32)


def _inked(tone_HW4: FloatArray, inks_43: tuple[tuple[float, float, float], ...]) -> FloatArray:
    """Reflectance relative to the paper (Demichel's mixture of inks that print on one another at random)."""
    inks = np.array(inks_43, dtype=np.float32)
    result = 1 - tone_HW4[..., :1] * (1 - inks[0])
    for ink in range(1, 4):
        result *= 1 - tone_HW4[..., ink : ink + 1] * (1 - inks[ink])
    return np.asarray(result, dtype=np.float32)


def _grain(shape: tuple[int, int], paper: Paper, pitch: float, rng: np.random.Generator) -> FloatArray:
    """Fibres: relative reflectance about 1, of the paper's own scale."""
    rows, columns = shape
    noise = rng.standard_normal((min(rows, 700), min(columns, 700)), dtype=np.float32)
    sigma = max(paper.grain_size / pitch / 2, 0.5)
    soft = cv2.GaussianBlur(noise, (0, 0), sigma) + np.float32(0.3) * cv2.GaussianBlur(
        noise, (0, 0), 3 * sigma
    )
    repeats = (-(-rows // noise.shape[0]), -(-columns // noise.shape[1]))
    field = np.tile(soft / soft.std(), repeats)[:rows, :columns]
    return np.asarray(1 + np.float32(paper.grain) * field, dtype=np.float32)
