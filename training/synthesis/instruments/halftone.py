"""How printers make tones from dots that are there or not: independent variants, as threshold screens.

A screen is one period of thresholds with every tone equally often, N x N; a dot is printed where the tone
exceeds it. `deviation` is what is left of the dots, beside their mean, at a given distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.tile import contrast, filtered, positions, turned

_TONES = 16
_LEVEL_STARTS = np.round(np.arange(256) / 255 * _TONES).astype(np.int32)  # level of ink -> its tone
_VISIBLE = 0.006  # of full ink coverage
_SIDE = {"clustered_dot": 32, "diamond_dot": 32, "line": 32, "stochastic": 128, "bayer": 32}


class Screen(StrEnum):
    CLUSTERED_DOT = "clustered_dot"  # amplitude modulation: laser, offset
    DIAMOND_DOT = "diamond_dot"
    LINE = "line"  # colour lasers
    STOCHASTIC = "stochastic"  # frequency modulation, as error diffusion: inkjet
    BAYER = "bayer"  # ordered and dispersed: cheap drivers


@dataclass(frozen=True, kw_only=True, slots=True)
class Halftone:
    screen: Screen
    period: float  # metres: of a dot's cell, or of a whole stochastic or ordered tile
    angles: tuple[float, float, float, float]  # radians, of cyan, magenta, yellow, black

    def printed(
        self, tones: Sequence[PixelArray], s: NDArray[np.float64], t: NDArray[np.float64], lens: float
    ) -> list[PixelArray]:
        """Ink as samples at columns s and rows t (metres) see it; unchanged where dots are too fine."""
        deviations = deviation(self.screen, round(float(s[1] - s[0]) / self.period, 3), lens)
        if deviations is None:
            return list(tones)
        return [
            self._dotted(tone, deviations, s, t, angle)
            for tone, angle in zip(tones, self.angles, strict=True)
        ]

    def _dotted(
        self,
        tone: PixelArray,
        deviations: NDArray[np.int16],
        s: NDArray[np.float64],
        t: NDArray[np.float64],
        angle: float,
    ) -> PixelArray:
        side = _SIDE[self.screen]
        columns, rows = turned(
            s.astype(np.float32)[None, :], t.astype(np.float32)[:, None], self.period, side, angle
        )
        place = positions(columns, rows, side)
        place += np.asarray(cv2.LUT(tone, _LEVEL_STARTS * np.int32(side * side)), dtype=np.int32)
        return np.asarray(cv2.add(tone, deviations.take(place), dtype=cv2.CV_8U), dtype=np.uint8)


@lru_cache(maxsize=16)
def deviation(screen: Screen, footprint: float, lens: float) -> NDArray[np.int16] | None:
    """Coverage minus tone in levels of 255, (tones + 1) * N * N, as samples of `footprint` periods see it.

    None where no dot can be seen.
    """
    thresholds = _thresholds(screen)
    tones = np.arange(_TONES + 1) / _TONES
    dots = (tones[None, None, :] > thresholds[..., None]).astype(np.float32)
    seen = filtered(dots, footprint, lens)
    seen -= seen.mean(axis=(0, 1))
    if contrast(seen) < _VISIBLE:
        return None
    return np.round(255 * seen.transpose(2, 0, 1)).astype(np.int16).ravel()


def _thresholds(screen: Screen) -> FloatArray:
    side = _SIDE[screen]
    u, v = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side)
    if screen is Screen.STOCHASTIC:
        return _blue_noise(side)
    if screen is Screen.BAYER:
        return _ranked(np.kron(_bayer(8), np.ones((side // 8, side // 8))))
    if screen is Screen.LINE:
        return _ranked(np.abs(v - 0.5) + 0.02 * np.cos(2 * np.pi * u))
    power = 1.0 if screen is Screen.DIAMOND_DOT else 2.0
    round_dot = np.abs(u - 0.5) ** power + np.abs(v - 0.5) ** power
    return _ranked(round_dot)


def _ranked(values: np.ndarray) -> FloatArray:
    """Any order of printing -> thresholds, every tone equally often."""
    order = np.argsort(np.argsort(values.ravel(), kind="stable"), kind="stable")
    return ((order + 0.5) / order.size).reshape(values.shape).astype(np.float32)


def _blue_noise(side: int) -> FloatArray:
    """Noise without its low frequencies, made even in tone: dots that keep apart, as error diffusion's do."""
    values = np.random.default_rng(7).random((side, side), dtype=np.float32)
    for _ in range(24):
        wrapped = cv2.copyMakeBorder(values, 8, 8, 8, 8, cv2.BORDER_WRAP)
        low = cv2.GaussianBlur(wrapped, (0, 0), 1.6)[8:-8, 8:-8]
        values = _ranked(values - low)
    return values


def _bayer(size: int) -> np.ndarray:
    if size == 1:
        return np.zeros((1, 1))
    quarter = 4 * _bayer(size // 2)
    return np.block([[quarter, quarter + 2], [quarter + 3, quarter + 1]])
