"""Displays that show a picture or a video: subpixels, gamut, refresh, glass, and the body around them.

The screen's light does not depend on the room's; what the room adds is mirrored by the glass and scattered by
the panel. s, t: see `surface`; radiance 1.0 is a white sheet's under the scene's nominal light.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.colour import linear_table
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.lighting import diffuse, polished
from training.synthesis.instruments.refresh import Refresh
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
from training.synthesis.instruments.subpixel import PIXELS_A_PERIOD, SIDE, Layout, emission
from training.synthesis.instruments.surface import Pose, Surface, Trace
from training.synthesis.instruments.tile import contrast, filtered, positions
from training.synthesis.scene import Light, View

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
        bands = self.display.refresh.bands(len(poses_T44), view.height, rng)
        shine, falling = polished(light, self.display.roughness), diffuse(light)
        for index, pose in enumerate(poses_T44):
            trace = self.surface.trace(self.size, pose, view)
            if trace is None:
                yield empty(view)
                continue
            lit = coverage(trace, self.screen)[..., None]
            band = bands[index, trace.window.slices[0]][:, None, None]
            emitted = self._emitted(content[index % len(content)], trace) * band
            room = illumination(trace, self.surface, pose, falling)
            body = room * np.array(self.body_3, dtype=np.float32)
            radiance = body + (emitted + room * np.float32(self.display.haze) - body) * lit
            if self.display.gloss > 0:
                radiance += np.float32(self.display.gloss) * gloss(trace, self.surface, pose, shine)
            yield pasted(view, trace, radiance, coverage(trace, self.size))

    def _emitted(self, picture: PixelArray, trace: Trace) -> FloatArray:
        """The panel's light in each px of the window, (h, w, 3)."""
        placing = self.placing((picture.shape[1], picture.shape[0]))
        panel, grid = self._scaled(picture, placing, trace)
        levels = cv2.LUT(sampled(panel, trace, grid), linear_table(self.display.gamma))
        shown = self._shown_size(picture, placing)
        levels = levels * coverage(trace, shown)[..., None]
        white, black = self.display.white, self.display.black
        matrix = np.array(self.display.primaries_33) * white * (1 - black)
        light = cv2.transform(levels, np.hstack([matrix, np.full((3, 1), white * black)]))
        light = np.maximum(light, np.float32(0))
        pattern = self._pattern(trace)
        return np.asarray(light if pattern is None else light * pattern, dtype=np.float32)

    def _scaled(self, picture: PixelArray, placing: Placing, trace: Trace) -> tuple[PixelArray, Placing]:
        """The picture at the panel's resolution, or at the camera's where that is lower."""
        pitch = max(self.display.pitch, trace.footprint)
        height, width = picture.shape[:2]
        columns, rows = round(width * placing.pitch / pitch), round(height * placing.pitch / pitch)
        if columns <= 0.8 * width:
            scaled = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
        elif self.display.pitch >= trace.footprint:
            scaled = cv2.resize(picture, (columns, rows), interpolation=self.display.scaler)
        else:
            return picture, placing
        grid = Placing(width * placing.pitch / columns, placing.left, placing.top)
        return np.asarray(scaled, dtype=np.uint8), grid

    def _shown_size(self, picture: PixelArray, placing: Placing) -> tuple[float, float]:
        height, width = picture.shape[:2]
        return width * placing.pitch, height * placing.pitch

    def _pattern(self, trace: Trace) -> FloatArray | None:
        """Relative light of the subpixels that each px covers, (h, w, 3); None where they are too fine."""
        if self.display.layout is None:
            return None
        period = self.display.pitch * PIXELS_A_PERIOD[self.display.layout]
        tile = filtered(emission(self.display.layout), trace.footprint / period)
        if contrast(tile) < _VISIBLE:
            return None
        place = positions(trace.s_hw, trace.t_hw, period, SIDE)
        return np.asarray(tile.reshape(-1, 3).take(place, axis=0), dtype=np.float32)
