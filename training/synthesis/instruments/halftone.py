"""How printers make tones from dots that are there or not: independent variants, as threshold screens.

A screen is one period of thresholds with every tone equally often, N x N; a dot is printed where the tone
exceeds it. `deviation` is what is left of the dots, beside their mean, at a given distance.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np

from model.clip import FloatArray
from training.synthesis.instruments.tile import contrast, filtered, positions

_TONES = 16
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

    def printed(self, tone_HW4: FloatArray, s_hw: FloatArray, t_hw: FloatArray, density: float) -> FloatArray:
        """Ink coverage as seen by samples `density` to the metre; the tone itself where dots are too fine."""
        deviations = deviation(self.screen, round(1 / (density * self.period), 3))
        if deviations is None:
            return tone_HW4
        side = _SIDE[self.screen]
        result = np.empty_like(tone_HW4)
        for ink, angle in enumerate(self.angles):
            tone = tone_HW4[..., ink]
            place = positions(s_hw, t_hw, self.period, side, angle=angle)
            level = np.rint(tone * np.float32(_TONES)).astype(np.int32)
            result[..., ink] = tone + deviations.take(level * np.int32(side * side) + place)
        return np.asarray(np.clip(result, 0, 1), dtype=np.float32)


@lru_cache(maxsize=16)
def deviation(screen: Screen, footprint: float) -> FloatArray | None:
    """Coverage minus tone, (tones + 1) * N * N, as samples of `footprint` periods see it.

    None where no dot can be seen.
    """
    thresholds = _thresholds(screen)
    tones = np.arange(_TONES + 1) / _TONES
    dots = (tones[None, None, :] > thresholds[..., None]).astype(np.float32)
    seen = filtered(dots, footprint)
    seen -= seen.mean(axis=(0, 1))
    if contrast(seen) < _VISIBLE:
        return None
    return np.ascontiguousarray(seen.transpose(2, 0, 1)).ravel()


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
