"""Displays that show a picture or a video: subpixels, gamut, refresh, glass, and the body around them.

The screen's light does not depend on the room's; what the room adds is mirrored by the glass and scattered by
the panel. s, t: see `surface`; radiance 1.0 is a white sheet's under the scene's nominal light.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.colour import linear_table
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.lighting import diffuse, polished
from training.synthesis.instruments.refresh import Refresh
from training.synthesis.instruments.sheet import (
    Grid,
    Placing,
    coverage,
    empty,
    fitted,
    gloss,
    illumination,
    keeps_face,
    pasted,
    sampled,
)
from training.synthesis.instruments.subpixel import PIXELS_A_PERIOD, SIDE, Layout, emission
from training.synthesis.instruments.surface import Pose, Surface, Trace
from training.synthesis.instruments.tile import contrast, draw_lens, filtered, positions, turned
from training.synthesis.scene import Light, View

_RASTER = 1.2  # px of the camera per raster sample
_VISIBLE = 0.01  # of a channel's mean light


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """A panel and the glass on it."""

    name: str
    layout: Layout | None  # None: no pixels, as an ideal panel
    pitch: float  # metres from pixel to pixel
    gamma: float | None  # None: sRGB's own curve
    primaries_33: tuple[tuple[float, float, float], ...]  # sRGB light asked for -> light sent
    white: float  # radiance of full white
    black: float  # radiance of black, as a share of white
    haze: float  # share of the room's light that the panel scatters back
    gloss: float  # 0: none, 1: bare glass
    roughness: float  # radians
    refresh: Refresh
    scaler: int  # OpenCV's interpolation, from the picture's pixels to the panel's


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A display as a presentation attack instrument."""

    species: str
    physics: str
    size: tuple[float, float]  # metres, width and height of the body
    screen: tuple[float, float]  # metres, of the panel in its middle
    body: float  # reflectance of the bezel
    display: Display
    fill: bool  # the picture fills the screen and is cut off, or is whole with black bars

    @property
    def surface(self) -> Surface:
        return Surface()

    def placing(self, content_size: tuple[int, int]) -> Placing:
        return fitted(content_size, self.screen, fill=self.fill)

    def made_for(self, content_size: tuple[int, int], eyes_22: NDArray[np.float64]) -> "Replay":
        """See `instruments.Instrument`."""
        fill = self.fill and keeps_face(self.placing(content_size), self.screen, eyes_22)
        return replace(self, fill=fill)

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
        lens = draw_lens(rng)
        bands = self.display.refresh.bands(len(poses_T44), view.height, rng)
        shine, falling = polished(light, self.display.roughness), diffuse(light)
        nearest = min(float(pose[2, 3]) for pose in poses_T44) / view.focal
        front = self._front(content[0], nearest)
        for index, pose in enumerate(poses_T44):
            trace = self.surface.trace(self.size, pose, view)
            if trace is None:
                yield empty(view)
                continue
            if index and len(content) > 1:
                front = self._front(content[index % len(content)], nearest)
            seen = sampled(front[0], trace, front[1])
            radiance = self._emitted(seen, trace, lens, bands[index, trace.window.slices[0]])
            room_3 = illumination(trace, self.surface, pose, falling)[0, 0]
            scattering = cv2.extractChannel(seen, 3)
            radiance += cv2.merge([scattering * np.float32(room) for room in room_3])
            if self.display.gloss > 0:
                radiance += gloss(trace, self.surface, pose, shine, self.display.gloss)
            yield pasted(view, trace, radiance, coverage(trace, self.size))

    def _front(self, picture: PixelArray, footprint: float) -> tuple[FloatArray, Grid]:
        """The body's front (rows, columns, 4): the light it sends, and the share of the room's it scatters.

        At the panel's resolution, or at the camera's (`footprint`, metres a px) where that is lower.
        """
        placing = self.placing((picture.shape[1], picture.shape[0]))
        panel = self._scaled(picture, placing, max(self.display.pitch, _RASTER * footprint))
        width = picture.shape[1] * placing.pitch / panel.shape[1]
        height = picture.shape[0] * placing.pitch / panel.shape[0]
        # The raster's samples are the scaled picture's, so that it is not resampled once more.
        left = math.ceil((placing.left + self.size[0] / 2) / width) + 1
        top = math.ceil((placing.top + self.size[1] / 2) / height) + 1
        grid = Grid(placing.left - left * width, placing.top - top * height, width, height)
        columns, rows = math.ceil(self.size[0] / width) + 3, math.ceil(self.size[1] / height) + 3
        lit = np.outer(
            _inside(grid.top, height, rows, self.screen[1]),
            _inside(grid.left, width, columns, self.screen[0]),
        )
        front = np.full((rows, columns, 4), self.display.white * self.display.black, dtype=np.float32)
        _paste(front[..., :3], self._sent(panel), left=left, top=top)
        front *= lit[..., None]
        front[..., 3] = self.body * (1 - lit) + self.display.haze * lit
        return front, grid

    def _sent(self, panel: PixelArray) -> FloatArray:
        """Levels -> the panel's light."""
        display = self.display
        matrix = np.array(display.primaries_33) * display.white * (1 - display.black)
        affine = np.column_stack([matrix, np.full(3, display.white * display.black)])
        light = cv2.transform(cv2.LUT(panel, linear_table(display.gamma)), affine)
        return np.asarray(np.maximum(light, 0), dtype=np.float32)

    def _scaled(self, picture: PixelArray, placing: Placing, pitch: float) -> PixelArray:
        height, width = picture.shape[:2]
        size = (
            max(1, round(width * placing.pitch / pitch)),
            max(1, round(height * placing.pitch / pitch)),
        )
        interpolation = cv2.INTER_AREA if size[0] < width else self.display.scaler
        return np.asarray(cv2.resize(picture, size, interpolation=interpolation), dtype=np.uint8)

    def _emitted(self, seen_hw4: FloatArray, trace: Trace, lens: float, bands_h: FloatArray) -> FloatArray:
        """The panel's light in each px, with its subpixels and bands, (h, w, 3)."""
        light = np.asarray(cv2.cvtColor(seen_hw4, cv2.COLOR_BGRA2BGR), dtype=np.float32)
        pattern = self._pattern(trace, lens)
        if pattern is not None:
            light *= pattern
        if np.ptp(bands_h) > _VISIBLE / 2:
            light *= bands_h[:, None, None]
        return light

    def _pattern(self, trace: Trace, lens: float) -> FloatArray | None:
        """Relative light of the subpixels that each px covers, (h, w, 3); None where they are too fine."""
        if self.display.layout is None:
            return None
        period = self.display.pitch * PIXELS_A_PERIOD[self.display.layout]
        tile = filtered(emission(self.display.layout), trace.footprint / period, lens)
        if contrast(tile) < _VISIBLE:
            return None
        columns, rows = turned(trace.s_ij, trace.t_ij, period, SIDE)
        place = positions(trace.fine(columns), trace.fine(rows), SIDE)
        return np.asarray(np.maximum(tile, 0).reshape(-1, 3).take(place, axis=0), dtype=np.float32)


def _paste(target: FloatArray, picture: FloatArray, *, left: int, top: int) -> None:
    """The picture into the target, its corner at (left, top), which may lie outside."""
    rows, columns = target.shape[:2]
    source = picture[max(-top, 0) :, max(-left, 0) :][: rows - max(top, 0), : columns - max(left, 0)]
    target[max(top, 0) :, max(left, 0) :][: source.shape[0], : source.shape[1]] = source


def _inside(start: float, step: float, count: int, extent: float) -> NDArray[np.float64]:
    """Share of each of `count` samples that lies within `extent` about 0."""
    edges = start + step * np.arange(count + 1)
    kept = np.clip(edges, -extent / 2, extent / 2)
    return np.asarray(np.clip(np.diff(kept) / step, 0, 1))
