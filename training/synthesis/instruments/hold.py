"""How an instrument is held: seeded poses over time (the cases of the paper's appendix).

`static` is on a stand; all others are in a hand and tremble. `shift` moves the plane along itself (Eq.
24-27); `tilt` holds it at an angle to the picture plane, and `rotate` turns it there (Eq. 28-33); `wobble`
does a little of everything. T times in seconds.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from training.synthesis.drift import drift
from training.synthesis.instruments.surface import Pose

_TREMOR_ANGLE = 0.003  # radians
_TREMOR_SHIFT = 0.0007  # metres


class Hold(StrEnum):
    STATIC = "static"
    SHIFT = "shift"
    WOBBLE = "wobble"
    TILT = "tilt"
    ROTATE = "rotate"


def draw_hold(rng: np.random.Generator) -> Hold:
    """Any of them; a stand is the rarest in the field."""
    return Hold(rng.choice(list(Hold), p=[0.12, 0.22, 0.26, 0.2, 0.2]))


def held(
    base_44: Pose, hold: Hold, seconds_T: Sequence[float], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Poses (T, 4, 4) about `base_44`: turned about its own middle, moved along the camera's axes."""
    times = np.asarray(seconds_T, dtype=np.float64)
    angles, shifts = np.zeros((len(times), 3)), np.zeros((len(times), 3))
    if hold is not Hold.STATIC:
        angles += drift(times, rng, _TREMOR_ANGLE, slowest=1.0, fastest=6.0)
        shifts += drift(times, rng, _TREMOR_SHIFT, slowest=1.0, fastest=6.0)
    own_angles, own_shifts = _MOTIONS[hold](times, rng)
    return np.array(
        [_moved(base_44, a, s) for a, s in zip(angles + own_angles, shifts + own_shifts, strict=True)]
    )


Motion = tuple[NDArray[np.float64], NDArray[np.float64]]


def _static(times: NDArray[np.float64], _rng: np.random.Generator) -> Motion:
    return np.zeros((len(times), 3)), np.zeros((len(times), 3))


def _shift(times: NDArray[np.float64], rng: np.random.Generator) -> Motion:
    """To and fro in the picture plane, and a little in depth."""
    extent = rng.uniform(0.006, 0.03) * np.array([1, 1, rng.uniform(0, 0.6)])
    return np.zeros((len(times), 3)), drift(times, rng, extent, slowest=0.2, fastest=0.8)


def _wobble(times: NDArray[np.float64], rng: np.random.Generator) -> Motion:
    angle, extent = np.radians(rng.uniform(1.5, 6)), rng.uniform(0.003, 0.012)
    turn = drift(times, rng, angle * np.array([1, 1, 0.6]), slowest=0.4, fastest=1.8)
    return turn, drift(times, rng, extent, slowest=0.3, fastest=1.5)


def _tilt(times: NDArray[np.float64], rng: np.random.Generator) -> Motion:
    """A constant angle out of the picture plane, with the hand's sway."""
    axis = _out_of_plane_axis(rng)
    angle = np.radians(rng.uniform(4, 16)) * rng.choice([-1, 1])
    sway = drift(times, rng, np.radians(rng.uniform(0.3, 1.5)), slowest=0.2, fastest=1.0)
    return angle * axis + sway, drift(times, rng, 0.003, slowest=0.2, fastest=1.0)


def _rotate(times: NDArray[np.float64], rng: np.random.Generator) -> Motion:
    """To and fro about an axis in the instrument's plane."""
    axis = _out_of_plane_axis(rng)
    extent = np.radians(rng.uniform(5, 16))
    phase, rate = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.6)
    swing = extent * np.sin(2 * np.pi * rate * times + phase)
    roll = drift(times, rng, np.radians(1.5), slowest=0.2, fastest=0.8)[:, :1] * np.array([0, 0, 1])
    return swing[:, None] * axis + roll, drift(times, rng, 0.003, slowest=0.2, fastest=1.0)


_MOTIONS = {
    Hold.STATIC: _static,
    Hold.SHIFT: _shift,
    Hold.WOBBLE: _wobble,
    Hold.TILT: _tilt,
    Hold.ROTATE: _rotate,
}


def _out_of_plane_axis(rng: np.random.Generator) -> NDArray[np.float64]:
    """Unit axis in the instrument's plane: mostly upright, as when a wrist turns."""
    direction = np.radians(rng.choice([90, 0]) + rng.uniform(-25, 25))
    return np.array([np.cos(direction), np.sin(direction), 0.0])


def _moved(base_44: Pose, angles_3: NDArray[np.float64], shift_3: NDArray[np.float64]) -> Pose:
    pose = base_44.copy()
    pose[:3, :3] = base_44[:3, :3] @ Rotation.from_rotvec(angles_3).as_matrix()
    pose[:3, 3] += shift_3
    return pose
