"""Displays: the panels that replays are drawn from, each in bodies of its class. Lengths in metres."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from training.synthesis.instruments.refresh import Refresh
from training.synthesis.instruments.replay import Display
from training.synthesis.instruments.subpixel import Layout

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

_SRGB: Final[Matrix] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
# Wide-gamut panels that are sent sRGB numbers unconverted show more colour (P3 primaries seen in sRGB).
_WIDE: Final[Matrix] = ((1.2249, -0.2249, 0.0), (-0.0420, 1.0420, 0.0), (-0.0197, -0.0786, 1.0983))
_NARROW: Final[Matrix] = ((0.80, 0.15, 0.05), (0.07, 0.83, 0.10), (0.04, 0.12, 0.84))
_STEADY: Final = Refresh(rate=1000.0, depth=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DisplayModel:
    """A panel, the classes of device that carry it, and whether training may see it."""

    display: Display
    pitches: tuple[float, float]
    whites: tuple[float, float]  # against a white sheet in the same room
    species: tuple[str, ...]
    in_training: bool = True


def _display(name: str, layout: Layout, **values: float | Matrix | Refresh | int) -> Display:
    usual = Display(
        name=name, layout=layout, pitch=1e-4, gamma=2.2, primaries_33=_SRGB, white=1.0, black=0.001,
        haze=0.01, gloss=1.0, roughness=0.015, refresh=_STEADY, scaler=cv2.INTER_LINEAR,
    )  # fmt: skip
    return replace(usual, **values)  # type: ignore[arg-type]


DISPLAYS: Final[tuple[DisplayModel, ...]] = (
    DisplayModel(
        display=_display(
            "oled_phone", Layout.DIAMOND, primaries_33=_WIDE, black=0.0, haze=0.006,
            refresh=Refresh(rate=240.0, depth=0.5), scaler=cv2.INTER_CUBIC,
        ),
        pitches=(5.5e-5, 6.6e-5), whites=(0.8, 2.5), species=("replay_phone",),
    ),
    DisplayModel(
        display=_display("lcd_phone", Layout.RGB_STRIPE, black=0.001),
        pitches=(6.0e-5, 9.5e-5), whites=(0.7, 2.0), species=("replay_phone",),
    ),
    DisplayModel(
        display=_display("ips_tablet", Layout.CHEVRON, black=0.0012, scaler=cv2.INTER_CUBIC),
        pitches=(9.0e-5, 1.7e-4), whites=(0.6, 1.8), species=("replay_tablet",),
    ),
    DisplayModel(
        display=_display(
            "ips_monitor", Layout.RGB_STRIPE, black=0.001, haze=0.02, gloss=0.35, roughness=0.22,
        ),
        pitches=(1.55e-4, 2.9e-4), whites=(0.6, 1.6), species=("replay_monitor", "replay_laptop"),
    ),
    DisplayModel(
        display=_display(
            "tn_laptop", Layout.RGB_STRIPE, primaries_33=_NARROW, gamma=1.9, black=0.006, haze=0.02,
            gloss=0.3, roughness=0.2, refresh=Refresh(rate=220.0, depth=0.8), scaler=cv2.INTER_NEAREST,
        ),
        pitches=(1.6e-4, 2.4e-4), whites=(0.4, 1.2), species=("replay_laptop", "replay_monitor"),
    ),
    DisplayModel(
        display=_display(
            "va_monitor", Layout.BGR_STRIPE, gamma=2.4, black=0.0004, haze=0.02, gloss=0.4, roughness=0.12,
            scaler=cv2.INTER_LANCZOS4,
        ),
        pitches=(2.3e-4, 3.2e-4), whites=(0.5, 1.5), species=("replay_monitor",), in_training=False,
    ),
    DisplayModel(
        display=_display(
            "delta_oled", Layout.DELTA, primaries_33=_WIDE, black=0.0, haze=0.005,
            refresh=Refresh(rate=120.0, depth=0.35), scaler=cv2.INTER_LANCZOS4,
        ),
        pitches=(5.0e-5, 1.1e-4), whites=(0.8, 2.4), species=("replay_phone", "replay_tablet"),
        in_training=False,
    ),
)  # fmt: skip


def ideal_display(pitch: float) -> Display:
    """A panel that changes nothing about the picture: what is left is its geometry."""
    display = _display("ideal", Layout.RGB_STRIPE, pitch=pitch, black=0.0, haze=0.0, gloss=0.0)
    return replace(display, layout=None, gamma=None)


def draw_display(rng: np.random.Generator, species: str, *, known: bool) -> Display:
    """A specimen of a panel for this class of device."""
    models = [m for m in DISPLAYS if species in m.species and (m.in_training or not known)]
    model = models[int(rng.integers(len(models)))]
    display = model.display
    return replace(
        display,
        pitch=float(rng.uniform(*model.pitches)),
        white=float(rng.uniform(*model.whites)),
        gamma=(display.gamma or 2.2) * float(rng.uniform(0.93, 1.07)),
        haze=display.haze * float(rng.uniform(0.5, 2.0)),
        gloss=display.gloss * float(rng.uniform(0.3, 1.0)),
    )
