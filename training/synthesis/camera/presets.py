"""Devices: named ranges of sensor, lens and codec, from which one camera is drawn for a capture.

Ranges are per device; a drawn `CameraPreset` is one specimen in one session (its light decides the noise),
and both members of a pair share it. Levels are of 255, lengths in px of the delivered picture.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

Range = tuple[float, float]


class CodecKind(StrEnum):
    JPEG = "jpeg"
    H264 = "h264"


@dataclass(frozen=True, slots=True)
class Codec:
    """How frames are compressed."""

    kind: CodecKind
    quality: int  # JPEG quality, or the constant rate factor of H.264


@dataclass(frozen=True, kw_only=True, slots=True)
class ToneCurve:
    """Linear light -> levels of the delivered picture."""

    black: float  # level of no light: 1-55 in real video (data.md section 6)
    white: float  # level of saturation
    gamma: float  # on top of the sRGB curve
    contrast: float  # 0: none, 1: a strong S


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraPreset:
    """One specimen of a device, with everything but the noise of single frames."""

    name: str
    resolution: float  # sensor px per px of the delivered picture
    lens_blur: float  # standard deviation, px
    vignetting: float  # share of light lost in the corners
    shutter: float  # seconds that a frame is exposed
    key: float  # mean linear level that auto-exposure aims at, 1 is saturation
    exposure_lag: float  # share of the last exposure that the next one keeps
    exposure_drift: float  # standard deviation per frame, of the gain's logarithm
    balance: tuple[float, float, float]  # gains of white balance, red to blue
    adaptation: float  # 0: fixed white balance, 1: grey world
    saturation: float
    shot_noise: float  # variance per linear level
    read_noise: float  # standard deviation, linear
    chroma_denoise: float  # standard deviation of the chroma's blur, px; 0 is off
    sharpening: float  # weight of the unsharp mask
    sharpening_radius: float  # px
    tone: ToneCurve
    codec: Codec


@dataclass(frozen=True, kw_only=True, slots=True)
class _Device:
    """The ranges that specimens of one device come from."""

    resolution: Range = (1.0, 1.0)
    lens_blur: Range
    vignetting: Range
    shutter: Range
    key: Range = (0.16, 0.28)
    exposure_drift: Range = (0.002, 0.012)
    warmth: Range  # standard deviations of colour temperature and of tint, as log gains
    adaptation: Range
    saturation: Range
    shot_noise: Range
    read_noise: Range
    chroma_denoise: Range
    sharpening: Range
    sharpening_radius: Range
    black: Range
    white: Range
    gamma: Range
    contrast: Range
    codec: CodecKind
    quality: Range


DEVICES: Final[dict[str, _Device]] = {
    "office_webcam": _Device(  # low contrast, veiled blacks, little colour
        resolution=(0.75, 1.0), lens_blur=(0.7, 1.3), vignetting=(0.1, 0.3), shutter=(0.02, 0.04),
        warmth=(0.10, 0.04), adaptation=(0.3, 0.8), saturation=(0.35, 0.75),
        shot_noise=(1.0e-3, 4.0e-3), read_noise=(0.003, 0.010), chroma_denoise=(1.0, 3.0),
        sharpening=(0.0, 0.5), sharpening_radius=(1.0, 1.6),
        black=(28, 55), white=(205, 238), gamma=(0.9, 1.15), contrast=(0.0, 0.2),
        codec=CodecKind.JPEG, quality=(60, 85),
    ),
    "old_vga_webcam": _Device(
        resolution=(0.5, 0.75), lens_blur=(0.8, 1.5), vignetting=(0.2, 0.45), shutter=(0.025, 0.06),
        warmth=(0.14, 0.06), adaptation=(0.2, 0.7), saturation=(0.5, 1.0),
        shot_noise=(3.0e-3, 9.0e-3), read_noise=(0.006, 0.018), chroma_denoise=(0.0, 1.5),
        sharpening=(0.4, 1.3), sharpening_radius=(0.8, 1.4),
        black=(10, 40), white=(220, 250), gamma=(0.9, 1.2), contrast=(0.1, 0.5),
        codec=CodecKind.JPEG, quality=(45, 75),
    ),
    "laptop_webcam": _Device(
        resolution=(0.8, 1.0), lens_blur=(0.6, 1.1), vignetting=(0.1, 0.3), shutter=(0.016, 0.04),
        warmth=(0.09, 0.04), adaptation=(0.4, 0.9), saturation=(0.6, 1.1),
        shot_noise=(8.0e-4, 4.0e-3), read_noise=(0.003, 0.010), chroma_denoise=(1.0, 3.0),
        sharpening=(0.3, 1.0), sharpening_radius=(0.9, 1.5),
        black=(8, 35), white=(225, 255), gamma=(0.9, 1.15), contrast=(0.1, 0.5),
        codec=CodecKind.H264, quality=(23, 31),
    ),
    "hd_webcam": _Device(
        lens_blur=(0.5, 0.9), vignetting=(0.05, 0.25), shutter=(0.012, 0.033),
        warmth=(0.08, 0.03), adaptation=(0.4, 0.9), saturation=(0.75, 1.2),
        shot_noise=(4.0e-4, 2.0e-3), read_noise=(0.002, 0.006), chroma_denoise=(0.8, 2.0),
        sharpening=(0.3, 1.1), sharpening_radius=(0.8, 1.4),
        black=(4, 25), white=(232, 255), gamma=(0.9, 1.1), contrast=(0.2, 0.6),
        codec=CodecKind.JPEG, quality=(78, 94),
    ),
    "budget_phone": _Device(
        resolution=(0.8, 1.0), lens_blur=(0.6, 1.2), vignetting=(0.1, 0.35), shutter=(0.01, 0.033),
        warmth=(0.09, 0.04), adaptation=(0.3, 0.8), saturation=(0.7, 1.2),
        shot_noise=(8.0e-4, 3.5e-3), read_noise=(0.003, 0.008), chroma_denoise=(1.0, 3.0),
        sharpening=(0.5, 1.4), sharpening_radius=(0.9, 1.5),
        black=(3, 28), white=(228, 255), gamma=(0.9, 1.15), contrast=(0.2, 0.7),
        codec=CodecKind.H264, quality=(24, 32),
    ),
    "mid_phone": _Device(
        lens_blur=(0.5, 0.9), vignetting=(0.05, 0.25), shutter=(0.008, 0.03),
        warmth=(0.07, 0.03), adaptation=(0.4, 0.9), saturation=(0.85, 1.3),
        shot_noise=(4.0e-4, 2.0e-3), read_noise=(0.002, 0.005), chroma_denoise=(1.0, 2.5),
        sharpening=(0.4, 1.1), sharpening_radius=(0.8, 1.3),
        black=(2, 20), white=(238, 255), gamma=(0.88, 1.1), contrast=(0.3, 0.7),
        codec=CodecKind.H264, quality=(20, 28),
    ),
    "recent_phone": _Device(
        lens_blur=(0.4, 0.7), vignetting=(0.02, 0.15), shutter=(0.006, 0.025),
        warmth=(0.06, 0.02), adaptation=(0.5, 1.0), saturation=(0.9, 1.3),
        shot_noise=(2.0e-4, 1.0e-3), read_noise=(0.001, 0.003), chroma_denoise=(0.8, 2.0),
        sharpening=(0.3, 0.9), sharpening_radius=(0.7, 1.2),
        black=(1, 14), white=(242, 255), gamma=(0.85, 1.05), contrast=(0.2, 0.6),
        codec=CodecKind.H264, quality=(18, 25),
    ),
    "tablet": _Device(
        resolution=(0.85, 1.0), lens_blur=(0.5, 1.0), vignetting=(0.05, 0.25), shutter=(0.01, 0.035),
        warmth=(0.08, 0.03), adaptation=(0.4, 0.9), saturation=(0.75, 1.15),
        shot_noise=(6.0e-4, 2.5e-3), read_noise=(0.002, 0.007), chroma_denoise=(1.0, 2.5),
        sharpening=(0.3, 1.0), sharpening_radius=(0.8, 1.4),
        black=(4, 26), white=(230, 255), gamma=(0.9, 1.1), contrast=(0.2, 0.6),
        codec=CodecKind.JPEG, quality=(70, 90),
    ),
}  # fmt: skip


def camera_names() -> tuple[str, ...]:
    return tuple(DEVICES)


def draw_camera(rng: np.random.Generator, name: str | None = None) -> CameraPreset:
    """A specimen of the named device, or of any. Raises KeyError for a name that is none."""
    chosen = name if name is not None else str(rng.choice(camera_names()))
    device = DEVICES[chosen]
    return CameraPreset(
        name=chosen,
        resolution=rng.uniform(*device.resolution),
        lens_blur=rng.uniform(*device.lens_blur),
        vignetting=rng.uniform(*device.vignetting),
        shutter=rng.uniform(*device.shutter),
        key=rng.uniform(*device.key),
        exposure_lag=rng.uniform(0.5, 0.95),
        exposure_drift=rng.uniform(*device.exposure_drift),
        balance=_draw_balance(device.warmth, rng),
        adaptation=rng.uniform(*device.adaptation),
        saturation=rng.uniform(*device.saturation),
        shot_noise=_draw_log(device.shot_noise, rng),
        read_noise=_draw_log(device.read_noise, rng),
        chroma_denoise=rng.uniform(*device.chroma_denoise),
        sharpening=rng.uniform(*device.sharpening),
        sharpening_radius=rng.uniform(*device.sharpening_radius),
        tone=_draw_tone(device, rng),
        codec=Codec(device.codec, round(rng.uniform(*device.quality))),
    )


def _draw_tone(device: _Device, rng: np.random.Generator) -> ToneCurve:
    return ToneCurve(
        black=rng.uniform(*device.black),
        white=rng.uniform(*device.white),
        gamma=rng.uniform(*device.gamma),
        contrast=rng.uniform(*device.contrast),
    )


def _draw_balance(warmth: Range, rng: np.random.Generator) -> tuple[float, float, float]:
    """Gains off the black-body line (temperature) and across it (tint)."""
    temperature, tint = rng.normal(0, warmth[0]), rng.normal(0, warmth[1])
    red, green, blue = np.exp([temperature, tint, -temperature])
    return float(red), float(green), float(blue)


def _draw_log(limits: Range, rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(limits))))
