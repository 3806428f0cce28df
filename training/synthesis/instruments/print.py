"""Printed photographs: a sheet of paper, flat or bent, its ink, its dots and its light.

What does not change over a capture (inks, dots, fibres) is made once, as a raster of the sheet's visible
part, finer than the camera sees it; each frame looks at it through the sheet's pose. s, t: see `surface`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.ink import Paper, Printer, fibres, inked, separated
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.lighting import diffuse, polished
from training.synthesis.instruments.sheet import (
    Grid,
    Hole,
    Placing,
    coverage,
    empty,
    fitted,
    gloss,
    illumination,
    keeps_face,
    opened,
    pasted,
    sampled,
)
from training.synthesis.instruments.surface import Pose, Surface, Trace
from training.synthesis.instruments.tile import draw_lens
from training.synthesis.scene import Light, View

_RASTER = 1.5  # raster samples per px of the (twice as large) picture, along each side
_HOLE = (0.26, 0.15)  # half axes of an eye hole, as shares of the distance between the eyes
_MAX_SIDE = 2600  # raster samples


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
    eye_holes: bool  # `made_for` a picture, it is cut open at the eyes
    holes: tuple[Hole, ...] = ()

    def placing(self, content_size: tuple[int, int]) -> Placing:
        return fitted(content_size, self._area, fill=self.fill)

    def made_for(self, content_size: tuple[int, int], eyes_22: NDArray[np.float64]) -> "Print":
        """See `instruments.Instrument`."""
        fill = self.fill and keeps_face(self.placing(content_size), self._area, eyes_22)
        made = replace(self, fill=fill)
        return replace(made, holes=made._holes_at(content_size, eyes_22)) if self.eye_holes else made

    @property
    def _area(self) -> tuple[float, float]:
        return self.size[0] - 2 * self.border, self.size[1] - 2 * self.border

    def _holes_at(self, content_size: tuple[int, int], eyes_22: NDArray[np.float64]) -> tuple[Hole, ...]:
        middles = self.placing(content_size).to_sheet(eyes_22)
        apart = float(np.linalg.norm(middles[1] - middles[0]))
        width, height = (share * apart for share in _HOLE)
        return tuple(Hole(float(s), float(t), width, height) for s, t in middles)

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
        if self.eye_holes and not self.holes:
            raise ValueError("a print with eye holes is made for a picture first: see made_for")
        raster, grid = self._raster(content[0], poses_T44, view, rng)
        shine, falling = polished(light, self.paper.roughness), diffuse(light)
        for pose in poses_T44:
            trace = self.surface.trace(self.size, pose, view)
            if trace is None:
                yield empty(view)
                continue
            reflectance = cv2.cvtColor(sampled(raster, trace, grid), cv2.COLOR_BGRA2BGR)
            room_ij3 = illumination(trace, self.surface, pose, falling)
            radiance = np.asarray(cv2.multiply(reflectance, _spread(room_ij3, trace)), dtype=np.float32)
            if self.paper.gloss > 0:
                radiance += gloss(trace, self.surface, pose, shine, self.paper.gloss)
            alpha = coverage(trace, self.size)
            for hole in self.holes:
                alpha = opened(trace, hole, alpha)
            yield pasted(view, trace, radiance, alpha)

    def _raster(
        self,
        picture: PixelArray,
        poses_T44: Sequence[Pose] | NDArray[np.float64],
        view: View,
        rng: np.random.Generator,
    ) -> tuple[FloatArray, Grid]:
        """The sheet's reflectance (rows, columns, 4), and where the raster lies on the sheet."""
        grid, columns, rows = self._grid(poses_T44, view)
        s, t = grid.centres(columns, rows)
        tone = self._laid(separated(picture, self.printer), s, t)
        if self.printer.halftone is not None:
            tone = self.printer.halftone.printed(tone, s, t, draw_lens(rng))
        grain = fibres((rows, columns), self.paper, grid.width, rng)
        return inked(tone, self.printer, self.paper, grain), grid

    def _grid(self, poses_T44: Sequence[Pose] | NDArray[np.float64], view: View) -> tuple[Grid, int, int]:
        """Raster of the visible part, finer than the camera sees it: where it lies, its columns and rows."""
        left, top, right, bottom = self.surface.seen(self.size, list(poses_T44), view)
        nearest = min(float(pose[2, 3]) for pose in poses_T44)
        pitch = max(nearest / view.focal / _RASTER, max(right - left, bottom - top) / _MAX_SIDE)
        columns, rows = int((right - left) / pitch) + 5, int((bottom - top) / pitch) + 5
        return Grid(left - 2 * pitch, top - 2 * pitch, pitch, pitch), columns, rows

    def _laid(
        self, tone_4HW: Sequence[PixelArray], s: NDArray[np.float64], t: NDArray[np.float64]
    ) -> list[PixelArray]:
        """Ink (0-255) of the picture at the raster's samples; none on the border."""
        placing = self.placing((tone_4HW[0].shape[1], tone_4HW[0].shape[0]))
        columns = ((s - placing.left) / placing.pitch - 0.5).astype(np.float32)
        rows = ((t - placing.top) / placing.pitch - 0.5).astype(np.float32)
        matrix = np.array([[columns[1] - columns[0], 0, columns[0]], [0, rows[1] - rows[0], rows[0]]])
        size, flags = (len(s), len(t)), cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        blank_s = np.abs(s) > self.size[0] / 2 - self.border
        blank_t = np.abs(t) > self.size[1] / 2 - self.border
        laid = []
        for tone in tone_4HW:
            plane = np.asarray(cv2.warpAffine(tone, matrix, size, flags=flags), dtype=np.uint8)
            plane[blank_t] = 0
            plane[:, blank_s] = 0
            laid.append(plane)
        return laid


def _spread(room_ij3: NDArray[np.float64], trace: Trace) -> NDArray[np.floating[Any]]:
    """The room's light for each px, or OpenCV's scalar where it is the same for all."""
    if room_ij3.shape[:2] == (1, 1):
        return np.append(room_ij3[0, 0], 0.0)
    return trace.fine(room_ij3)
