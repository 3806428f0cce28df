"""Draws a scene: who, where, in which light, how they move. One seed, one stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.backdrop import Backdrop
from training.synthesis.library import Sources, room_view
from training.synthesis.lighting import LightProbe
from training.synthesis.motion import draw_trajectory
from training.synthesis.scene import View
from training.synthesis.stage import PICTURE, Stage, framed

# Of a capture: 2 s where captures are judged; training's windows hold five, and another scene teaches more
# than the rest of this one.
FRAMES: Final[Mapping[str, int]] = {"train": 8, "dev": 20, "test": 20}
_SAMPLED: Final = (0.1, 0.1, 0.12)  # seconds between sampled frames: every third of 30 or 25 a second
_DISTANCE: Final = (0.25, 0.8)  # metres
_ASIDE: Final = 8.0  # px of the picture from its middle, at most: no member of a group is better centred
_ROOM_LEVEL: Final = (0.1, 0.7)  # mean radiance of a room; a white sheet in the face's light sends about 1
_BRIGHTEST: Final = 2.0  # radiance of windows and lamps behind the head
_OWN_BACKGROUND: Final = 0.5  # of the portraits keep the background they were taken before


@dataclass(frozen=True, slots=True)
class Cast:
    """A stage, and how it was drawn."""

    stage: Stage
    subject: str
    panorama: str
    background: str  # "own" or the panorama's direction
    distance: float


def draw_cast(library: Sources, split: str, rng: np.random.Generator, *, frames: int) -> Cast:
    """A scene of the split."""
    identities = library.identities[split]
    kinds = [each for each, names in identities.items() if names]
    chosen = kinds[int(rng.integers(len(kinds)))]
    subject = str(rng.choice(identities[chosen]))
    head, own_background = library.head(chosen, subject)
    panorama = str(rng.choice(library.panoramas))
    probe = library.probe(panorama)
    yaw = float(rng.uniform(-np.pi, np.pi))
    times_T = np.arange(frames, dtype=np.float64) * float(rng.choice(_SAMPLED))
    keeps_own = own_background is not None and rng.random() < _OWN_BACKGROUND
    distance = float(np.exp(rng.uniform(*np.log(_DISTANCE))))
    backdrop = (
        _portrait_wall(own_background, rng)
        if keeps_own and own_background is not None
        else _room(probe, yaw, rng)
    )
    stage = Stage(
        head=head,
        trajectory=draw_trajectory(rng, times_T),
        probe=probe,
        to_world_33=_facing(yaw),
        backdrop=backdrop,
        place_3=np.array([0.0, 0.0, distance]),
        view=View(width=PICTURE, height=PICTURE, focal=PICTURE),
    )
    fill, aside_2 = float(rng.uniform(0.9, 1.05)), rng.uniform(-_ASIDE, _ASIDE, 2)
    background = "own" if keeps_own else f"{panorama}@{round(np.degrees(yaw))}"
    return Cast(framed(stage, distance, fill, aside_2), subject, panorama, background, distance)


def _facing(yaw: float) -> FloatArray:
    """The camera's axes (x right, y down, z away) -> the panorama's, when the camera looks towards `yaw`."""
    turn, _ = cv2.Rodrigues(np.array([0.0, -yaw, 0.0]))
    return np.asarray(turn @ np.diag([1.0, -1.0, -1.0]), np.float32)


def _room(probe: LightProbe, yaw: float, rng: np.random.Generator) -> Backdrop:
    """What a camera sees behind the head, a little out of focus."""
    half_angle = np.radians(rng.uniform(28, 42))
    picture = room_view(probe.light.panorama_HW3, yaw, half_angle)
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(3.0, 9.0))
    level = float(np.exp(rng.uniform(*np.log(_ROOM_LEVEL)))) / max(float(soft.mean()), 1e-4)
    distance = rng.uniform(1.2, 4.0)
    return Backdrop(
        picture_HW3=np.asarray(np.minimum(soft * level, _BRIGHTEST), np.float32),
        distance=distance,
        span=2 * distance * float(np.tan(half_angle)),
    )


def _portrait_wall(background_HW3: NDArray[np.float32], rng: np.random.Generator) -> Backdrop:
    side = min(background_HW3.shape[:2])
    distance = rng.uniform(1.0, 3.0)
    return Backdrop(
        picture_HW3=np.ascontiguousarray(background_HW3[:side, :side]),
        distance=distance,
        span=distance * float(rng.uniform(0.9, 1.4)),
    )
