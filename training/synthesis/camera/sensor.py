"""Light on the sensor -> levels: noise, tone curve, denoising and sharpening.

Noise is added to the square root of light, where shot and read noise together have one standard deviation
(Anscombe's transform), so that one look-up table takes the noisy value to its level.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from model.clip import FloatArray, PixelArray
from training.synthesis.camera.presets import CameraPreset, ToneCurve

_CODES = 65535
_FULL_SCALE = 1.6  # linear level of the highest code, before the root: room for noise above saturation
_NOISE_STEP = 256  # px; frames take their noise from one larger field, each from another place
_GRAIN = 0.45  # px; demosaicing spreads a photosite's noise over its neighbours


@dataclass(frozen=True, slots=True)
class Sensor:
    """The part of a preset that turns light into levels, with its table."""

    pedestal: float  # of the root, from the read noise
    noise: float  # standard deviation of the root
    table: PixelArray  # (65536,) code of the root -> level


def sensor_of(preset: CameraPreset) -> Sensor:
    pedestal = preset.read_noise**2 / preset.shot_noise
    roots = np.arange(_CODES + 1) / _CODES * np.sqrt(_FULL_SCALE + pedestal)
    levels = _levels(np.clip(roots**2 - pedestal, 0, 1), preset.tone)
    return Sensor(pedestal, float(np.sqrt(preset.shot_noise)) / 2, np.round(levels).astype(np.uint8))


def developed(light_HW3: FloatArray, sensor: Sensor, rng: np.random.Generator) -> PixelArray:
    """One frame's levels, with its own noise."""
    root = cv2.sqrt(np.maximum(light_HW3, 0) + np.float32(sensor.pedestal))
    noise = _noise((root.shape[0], root.shape[1]), rng)
    scale = _CODES / math.sqrt(_FULL_SCALE + sensor.pedestal)
    codes = cv2.addWeighted(root, scale, noise, scale * sensor.noise, 0, dtype=cv2.CV_16U)
    return np.asarray(cv2.LUT(codes, sensor.table), dtype=np.uint8)


def finished(pixels_HW3: PixelArray, preset: CameraPreset, size: tuple[int, int]) -> PixelArray:
    """Denoised in chroma, brought to the delivered size, sharpened with its halo."""
    clean = _chroma_denoised(pixels_HW3, preset.chroma_denoise)
    if clean.shape[1::-1] != size:
        clean = np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    if preset.sharpening < 0.05:
        return clean
    soft = cv2.GaussianBlur(clean, (0, 0), preset.sharpening_radius)
    sharp = cv2.addWeighted(clean, 1 + preset.sharpening, soft, -preset.sharpening, 0)
    return np.asarray(sharp, dtype=np.uint8)


def _chroma_denoised(pixels_HW3: PixelArray, sigma: float) -> PixelArray:
    if sigma < 0.3:
        return pixels_HW3
    luma, red, blue = cv2.split(cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2YCrCb))
    chroma = [cv2.GaussianBlur(channel, (0, 0), sigma) for channel in (red, blue)]
    return np.asarray(cv2.cvtColor(cv2.merge([luma, *chroma]), cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def _levels(light: np.ndarray, tone: ToneCurve) -> np.ndarray:
    """sRGB's curve, the device's gamma, an S about the middle, then its black and white levels."""
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    curve = curve**tone.gamma
    curve = (1 - tone.contrast) * curve + tone.contrast * curve * curve * (3 - 2 * curve)
    return np.asarray(tone.black + (tone.white - tone.black) * curve)


def _noise(shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """A field of unit variance from a random place of the tile."""
    rows, columns = shape
    side = _NOISE_STEP * (2 + (max(rows, columns) - 1) // _NOISE_STEP)
    tile = _noise_tile(side)
    row, column = rng.integers(side - rows + 1), rng.integers(side - columns + 1)
    return np.ascontiguousarray(tile[row : row + rows, column : column + columns])


@lru_cache(maxsize=2)
def _noise_tile(side: int) -> FloatArray:
    white = np.random.default_rng(20201).standard_normal((side, side, 3), dtype=np.float32)
    grain = cv2.GaussianBlur(white, (0, 0), _GRAIN)
    return np.asarray(grain / grain.std(), dtype=np.float32)
