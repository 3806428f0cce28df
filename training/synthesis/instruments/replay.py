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
    body_3: tuple[float, float, float]  # reflectance of the bezel
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
        fronts = [self._front(picture, nearest) for picture in content[:1]]
        for index, pose in enumerate(poses_T44):
            trace = self.surface.trace(self.size, pose, view)
            if trace is None:
                yield empty(view)
                continue
            if index and len(content) > 1:
                fronts = [self._front(content[index % len(content)], nearest)]
            light_hw4 = self._driven(*fronts[0], trace, lens)
            light_hw4[..., :3] *= bands[index, trace.window.slices[0]][:, None, None]
            room_3 = illumination(trace, self.surface, pose, falling)[0, 0]
            radiance = np.asarray(cv2.transform(light_hw4, self._optics(room_3)), dtype=np.float32)
            np.maximum(radiance, 0, out=radiance)
            if self.display.gloss > 0:
                radiance += gloss(trace, self.surface, pose, shine, self.display.gloss)
            yield pasted(view, trace, radiance, coverage(trace, self.size))

    def _front(self, picture: PixelArray, footprint: float) -> tuple[NDArray[np.uint8], Grid]:
        """The body's front (rows, columns, 4): levels sent to the panel, and 255 where there is a panel.

        At the panel's resolution, or at the camera's (`footprint`, metres a px) where that is lower.
        """
        placing = self.placing((picture.shape[1], picture.shape[0]))
        panel = self._scaled(picture, placing, max(self.display.pitch, _RASTER * footprint))
        width = picture.shape[1] * placing.pitch / panel.shape[1]
        height = picture.shape[0] * placing.pitch / panel.shape[0]
        # The raster's samples are the scaled picture's, so that it is not resampled once more.
        before = [
            math.ceil((start + extent / 2) / step) + 1
            for start, extent, step in (
                (placing.left, self.size[0], width),
                (placing.top, self.size[1], height),
            )
        ]
        grid = Grid(placing.left - before[0] * width, placing.top - before[1] * height, width, height)
        shape = math.ceil(self.size[1] / height) + 3, math.ceil(self.size[0] / width) + 3
        front = np.zeros((*shape, 4), dtype=np.uint8)
        _paste(front[..., :3], panel, left=before[0], top=before[1])
        lit = np.outer(
            _inside(grid.top, height, shape[0], self.screen[1]),
            _inside(grid.left, width, shape[1], self.screen[0]),
        )
        front[..., 3] = np.round(255 * lit)
        front[lit == 0] = 0
        return front, grid

    def _scaled(self, picture: PixelArray, placing: Placing, pitch: float) -> PixelArray:
        height, width = picture.shape[:2]
        size = round(width * placing.pitch / pitch), round(height * placing.pitch / pitch)
        interpolation = cv2.INTER_AREA if size[0] < width else self.display.scaler
        return np.asarray(cv2.resize(picture, size, interpolation=interpolation), dtype=np.uint8)

    def _driven(self, front: NDArray[np.uint8], grid: Grid, trace: Trace, lens: float) -> FloatArray:
        """Light of each primary, 0-1, and the panel's share of the px: (h, w, 4)."""
        curve = linear_table(self.display.gamma)
        table = np.concatenate([curve, curve, curve, linear_table(1.0)], axis=2)
        driven = cv2.LUT(sampled(front, trace, grid, beyond=cv2.BORDER_CONSTANT), table)
        pattern = self._pattern(trace, lens)
        return np.asarray(driven if pattern is None else cv2.multiply(driven, pattern), dtype=np.float32)

    def _optics(self, room_3: NDArray[np.float64]) -> NDArray[np.float64]:
        """(3, 5): light of the primaries and the panel's share -> radiance, with the room's."""
        display, body = self.display, room_3 * self.body_3
        primaries = np.array(display.primaries_33) * display.white * (1 - display.black)
        panel = display.white * display.black + room_3 * display.haze - body
        return np.column_stack([primaries, panel, body])

    def _pattern(self, trace: Trace, lens: float) -> FloatArray | None:
        """Relative light of the subpixels that each px covers, (h, w, 4); None where they are too fine."""
        if self.display.layout is None:
            return None
        period = self.display.pitch * PIXELS_A_PERIOD[self.display.layout]
        tile = filtered(emission(self.display.layout), trace.footprint / period, lens)
        if contrast(tile) < _VISIBLE:
            return None
        columns, rows = turned(trace.s_ij, trace.t_ij, period, SIDE)
        place = positions(trace.fine(columns), trace.fine(rows), SIDE)
        table = np.concatenate([tile.reshape(-1, 3), np.ones((SIDE * SIDE, 1), np.float32)], axis=1)
        return np.asarray(table.take(place, axis=0), dtype=np.float32)


def _paste(target: NDArray[np.uint8], picture: PixelArray, *, left: int, top: int) -> None:
    """The picture into the target, its corner at (left, top), which may lie outside."""
    rows, columns = target.shape[:2]
    source = picture[max(-top, 0) :, max(-left, 0) :][: rows - max(top, 0), : columns - max(left, 0)]
    target[max(top, 0) :, max(left, 0) :][: source.shape[0], : source.shape[1]] = source


def _inside(start: float, step: float, count: int, extent: float) -> NDArray[np.float64]:
    """Share of each of `count` samples that lies within `extent` about 0."""
    edges = start + step * np.arange(count + 1)
    kept = np.clip(edges, -extent / 2, extent / 2)
    return np.asarray(np.diff(kept) / step)
