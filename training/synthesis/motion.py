"""How a person moves before a camera, as seeded smooth random processes. T sampled frames.

Camera's first frame: x to the right, y down, z away, metres. Amplitudes are drawn for each capture, because
people differ: some hardly move, some talk and nod. Over 2 s real people show a landmark motion that no plane
explains of 0.7 to 4 % of the face's height (median of office webcams and phones).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthesis.heads import EXPRESSIONS, HeadState

_LEAST_FRAMES: Final = 20
_WAVES: Final = 5
_BLINK_SECONDS: Final = 0.22
_SYLLABLES: Final = (2.5, 5.0)  # a second


class Liveliness(StrEnum):
    CALM = "calm"
    USUAL = "usual"
    LIVELY = "lively"


_SHARE: Final = {Liveliness.CALM: 0.2, Liveliness.USUAL: 0.5, Liveliness.LIVELY: 0.3}
_SCALE: Final = {Liveliness.CALM: 0.35, Liveliness.USUAL: 1.0, Liveliness.LIVELY: 1.7}


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What moves during a capture."""

    states: tuple[HeadState, ...]
    cameras_T44: NDArray[np.float64]  # points of the first camera's frame -> each frame's
    times_T: NDArray[np.float64]  # seconds
    liveliness: Liveliness


def draw_trajectory(
    rng: np.random.Generator, times_T: NDArray[np.float64], *, liveliness: Liveliness | None = None
) -> Trajectory:
    """A person's motion and the shake of the hand that holds the camera (none where it stands).

    A short capture is the beginning of a longer one: drawn by itself, it would show a nod as often as that.
    """
    asked, times_T = len(times_T), _extended(times_T)
    kind = liveliness or Liveliness(rng.choice(list(_SHARE), p=list(_SHARE.values())))
    scale = _SCALE[kind]
    rotation_T3 = _rotation(rng, times_T, scale)
    shift_T3 = wander(rng, times_T, np.array([0.007, 0.006, 0.016]) * scale, rates=(0.08, 0.7))
    expression_TE = _expression(rng, times_T, scale)
    gaze_T2 = _gaze(rng, times_T)
    states = tuple(
        HeadState(*(np.asarray(each, np.float32) for each in state))
        for state in zip(rotation_T3, shift_T3, expression_TE, gaze_T2, strict=True)
    )
    return Trajectory(states[:asked], _camera_shake(rng, times_T)[:asked], times_T[:asked], kind)


def _extended(times_T: NDArray[np.float64]) -> NDArray[np.float64]:
    """The times, and more of them at the same distance."""
    missing = _LEAST_FRAMES - len(times_T)
    if missing <= 0 or len(times_T) < 2:
        return times_T
    step = times_T[1] - times_T[0]
    return np.concatenate([times_T, times_T[-1] + step * np.arange(1, missing + 1)])


def wander(
    rng: np.random.Generator,
    times_T: NDArray[np.float64],
    extent: NDArray[np.float64],
    *,
    rates: tuple[float, float],
) -> NDArray[np.float64]:
    """Smooth random processes of about `extent` (K,): sums of sines between two rates in 1/s, (T, K)."""
    size = (_WAVES, len(extent))
    rate = np.exp(rng.uniform(np.log(rates[0]), np.log(rates[1]), size))
    phase = rng.uniform(0, 2 * np.pi, size)
    weight = rng.normal(0, 1, size) / np.sqrt(_WAVES / 2) * (rates[0] / rate) ** 0.25
    waves = weight * np.sin(2 * np.pi * rate * times_T[:, None, None] + phase)
    return np.asarray(waves.sum(axis=1) * extent)


def _rotation(rng: np.random.Generator, times_T: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Pitch, yaw and roll in radians: a resting pose, a drift, and now and then a nod or a turn."""
    rest = rng.normal(0, [4.0, 5.0, 2.0])
    drift = wander(rng, times_T, np.array([4.4, 7.0, 2.2]) * scale, rates=(0.1, 0.9))
    if rng.random() < 0.35:
        axis = rng.choice(3, p=[0.4, 0.5, 0.1])
        amount = rng.uniform(5, 14) * min(scale, 1.2) * rng.choice([-1, 1])
        seconds = rng.uniform(0.5, 1.3)
        start = rng.uniform(times_T[0], max(times_T[-1] - 0.5 * seconds, times_T[0]))
        drift[:, axis] += amount * _bump((times_T - start) / seconds)
    limit = np.array([16.0, 20.0, 10.0])
    return np.asarray(np.radians(limit * np.tanh((rest + drift) / limit)))


def _expression(rng: np.random.Generator, times_T: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    weights = np.zeros((len(times_T), len(EXPRESSIONS)))

    def add(name: str, curve: NDArray[np.float64]) -> None:
        weights[:, EXPRESSIONS.index(name)] += curve

    lids = _blinks(rng, times_T)
    add("blink_left", lids)
    add("blink_right", lids * rng.uniform(0.92, 1.0))
    if rng.random() < 0.4:
        _speak(rng, times_T, add)
    for name, chance, most in (
        ("smile", 0.3, 0.7),
        ("brow_up", 0.3, 0.7),
        ("brow_down", 0.15, 0.5),
        ("squint", 0.2, 0.5),
        ("press", 0.15, 0.6),
    ):
        if rng.random() < chance * min(scale, 1.2):
            seconds = rng.uniform(0.6, 2.2)
            start = rng.uniform(times_T[0] - 0.5 * seconds, times_T[-1])
            add(name, rng.uniform(0.2, most) * _bump((times_T - start) / seconds))
    tremble = wander(rng, times_T, np.full(len(EXPRESSIONS), 0.02 * scale), rates=(0.2, 1.5))
    weights[:, 2:] += np.abs(tremble[:, 2:])
    return np.clip(weights, 0.0, 1.0)


def _blinks(rng: np.random.Generator, times_T: NDArray[np.float64]) -> NDArray[np.float64]:
    curve = np.zeros(len(times_T))
    for _ in range(rng.poisson(0.35 * (times_T[-1] - times_T[0]))):
        start = rng.uniform(times_T[0], times_T[-1])
        seconds = _BLINK_SECONDS * rng.uniform(0.8, 1.6)
        curve = np.maximum(curve, np.minimum(1.25 * _bump((times_T - start) / seconds), 1.0))
    return curve


def _speak(rng: np.random.Generator, times_T: NDArray[np.float64], add: object) -> None:
    """Syllables: the jaw's opening, with lips that round and spread in between."""
    assert callable(add)
    loudness = rng.uniform(0.1, 0.32)
    rate = rng.uniform(*_SYLLABLES)
    phase = rng.uniform(0, 2 * np.pi)
    beat = 0.5 + 0.5 * np.sin(2 * np.pi * rate * times_T + phase)
    stress = np.clip(0.6 + wander(rng, times_T, np.array([0.5]), rates=(0.5, 2.0))[:, 0], 0, 1)
    add("jaw_open", loudness * beat * stress)
    shapes = np.clip(wander(rng, times_T, np.full(4, 0.35), rates=(0.8, 3.0)), 0, 0.8)
    for name, curve in zip(("pucker", "funnel", "stretch", "upper_up"), shapes.T, strict=True):
        add(name, 0.6 * curve * stress)


def _gaze(rng: np.random.Generator, times_T: NDArray[np.float64]) -> NDArray[np.float64]:
    """Jumps between points near the screen, radians."""
    gaze = np.zeros((len(times_T), 2))
    for start in np.sort(rng.uniform(times_T[0], times_T[-1], rng.poisson(1.0))):
        gaze[times_T >= start] = np.radians(rng.normal(0, [3.5, 2.0]))
    return gaze


def _camera_shake(rng: np.random.Generator, times_T: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T, 4, 4): none for a webcam on its stand, tremor and sway for a phone in the hand."""
    held = 0.0 if rng.random() < 0.35 else rng.uniform(0.3, 1.5)
    angles = held * wander(rng, times_T, np.radians([0.35, 0.35, 0.3]), rates=(0.3, 4.0))
    shifts = held * wander(rng, times_T, np.array([0.004, 0.004, 0.006]), rates=(0.15, 1.5))
    cameras = np.tile(np.eye(4), (len(times_T), 1, 1))
    for camera, angle, shift in zip(cameras, angles - angles[0], shifts - shifts[0], strict=True):
        camera[:3, :3] = cv2.Rodrigues(angle)[0]
        camera[:3, 3] = shift
    return cameras


def _bump(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 outside [0, 1], smooth up to 1 in the middle."""
    return np.where((phase > 0) & (phase < 1), np.sin(np.pi * np.clip(phase, 0, 1)) ** 2, 0.0)


def pose_of(
    state: HeadState, place_3: NDArray[np.float64], camera_44: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Head's frame -> a camera's, for a head that stands at `place_3` of the first camera's frame."""
    placed = np.eye(4)
    placed[:3, 3] = place_3 + state.shift_3
    return np.asarray(camera_44 @ placed)
