"""Which instruments there are: species, their physics, and which of both are kept from training.

A species is what it is for ISO/IEC 30107-3 (a flat print, a phone's replay); its physics is the variant of
printer, paper or panel. Some of both appear in test only, as an unseen instrument or simulator.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from model.clip import PixelArray
from training.synthesis.instruments.displays import draw_display, ideal_display
from training.synthesis.instruments.layer import Layer
from training.synthesis.instruments.print import Print
from training.synthesis.instruments.printers import IDEAL, PAPERS, draw_printer
from training.synthesis.instruments.replay import Replay
from training.synthesis.instruments.sheet import Placing
from training.synthesis.instruments.surface import FLAT, Pose, Surface
from training.synthesis.scene import Light, View


class Instrument(Protocol):
    """An object that shows a face to the camera."""

    @property
    def species(self) -> str: ...
    @property
    def physics(self) -> str: ...
    @property
    def size(self) -> tuple[float, float]:
        """Metres, width and height of its outer body."""

    @property
    def surface(self) -> Surface: ...

    def placing(self, content_size: tuple[int, int]) -> Placing:
        """Where a picture of (width, height) px lies on the body."""

    def made_for(self, content_size: tuple[int, int], eyes_22: NDArray[np.float64]) -> "Instrument":
        """The instrument for a picture whose eyes are at these px: all of the face shown, eye holes cut."""

    def show(
        self,
        content: Sequence[PixelArray],
        poses_T44: Sequence[Pose] | NDArray[np.float64],
        view: View,
        light: Light,
        rng: np.random.Generator,
    ) -> list[Layer]:
        """The instrument under each pose (object -> camera).

        `content` is T sRGB pictures or one still, `view` that of the rendered, twice as large picture. The
        instrument's own frame has its middle at the origin, x right, y down, z away from the viewer.
        Raises ValueError for a print with eye holes that was not `made_for` a picture.
        """


# Species, and whether training and dev see them; the others are Protocol 2's unseen instruments.
SPECIES: Final[dict[str, dict[str, bool]]] = {
    "print": {"print_flat": True, "print_curved": True, "print_bent": True, "print_cut": False},
    "replay": {"replay_phone": True, "replay_laptop": True, "replay_monitor": True, "replay_tablet": False},
}
_SHEETS: Final = ((0.21, 0.297), (0.297, 0.21), (0.13, 0.18), (0.15, 0.20), (0.20, 0.25), (0.297, 0.42))
_RADII: Final = {
    "print_flat": (FLAT, FLAT),
    "print_curved": (0.22, 0.7),
    "print_bent": (0.09, 0.16),
    "print_cut": (0.12, 0.4),
}
_MAX_BEND: Final = 0.95  # radians from a bent sheet's middle to its edge
_SCREENS: Final = {  # metres: width of the panel, height over width, bezel
    "replay_phone": ((0.062, 0.072), (1.9, 2.2), (0.002, 0.006)),
    "replay_tablet": ((0.15, 0.20), (1.33, 1.6), (0.006, 0.015)),
    "replay_laptop": ((0.28, 0.35), (0.5625, 0.667), (0.008, 0.02)),
    "replay_monitor": ((0.44, 0.62), (0.5625, 0.625), (0.008, 0.03)),
}
_IDEAL_SHARE: Final = 0.35  # of instruments that leave no trace but their geometry (data.md section 6)


def species_of(family: str, split: str) -> tuple[str, ...]:
    """What the split may see of a family. Raises KeyError for a family that is none.

    The threshold, which dev sets, may know no more than the weights.
    """
    return tuple(name for name, trained in SPECIES[family].items() if trained or split == "test")


def draw_instrument(
    rng: np.random.Generator, family: str | None = None, split: str = "train", *, species: str | None = None
) -> Instrument:
    """An instrument of the family ("print", "replay" or any), as the split may see it; one of the `species`
    where it is given.

    Raises KeyError for a family that is none.
    """
    chosen = family if family is not None else str(rng.choice(list(SPECIES)))
    name = species if species is not None else str(rng.choice(species_of(chosen, split)))
    ideal = bool(rng.random() < _IDEAL_SHARE)
    draw = _draw_print if chosen == "print" else _draw_replay
    return draw(name, rng, known=split != "test", ideal=ideal)


def _draw_print(species: str, rng: np.random.Generator, *, known: bool, ideal: bool) -> Print:
    width, height = _SHEETS[int(rng.integers(len(_SHEETS)))]
    radius = float(rng.uniform(*_RADII[species]))
    printer, paper = draw_printer(rng, known=known)
    if ideal:
        printer, paper = IDEAL, PAPERS["ideal"]
    return Print(
        species=species,
        physics=f"{printer.name}/{paper.name}",
        size=(min(width, 2 * _MAX_BEND * radius) if radius else width, height),
        border=float(rng.choice([0.0, 0.004, rng.uniform(0.005, 0.02)])),
        surface=Surface(radius),
        printer=printer,
        paper=paper,
        fill=bool(rng.random() < 0.7),
        eye_holes=species == "print_cut",
    )


def _draw_replay(species: str, rng: np.random.Generator, *, known: bool, ideal: bool) -> Replay:
    widths, ratios, bezels = _SCREENS[species]
    width, bezel = rng.uniform(*widths), rng.uniform(*bezels)
    screen = float(width), float(width * rng.uniform(*ratios))
    if species in ("replay_phone", "replay_tablet") and rng.random() < 0.6:
        screen = screen[::-1]  # held sideways
    display = draw_display(rng, species, known=known)
    if ideal:
        display = ideal_display(display.pitch)
    body = float(rng.choice([0.03, 0.05, 0.4, 0.7], p=[0.5, 0.3, 0.1, 0.1]))
    return Replay(
        species=species,
        physics=display.name,
        size=(screen[0] + 2 * float(bezel), screen[1] + 2 * float(bezel)),
        screen=screen,
        body=body,
        display=display,
        fill=bool(rng.random() < 0.6),
    )
