"""A recording of a head, shown on an instrument that is held before the camera."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.clip import PixelArray
from training.synthesis.camera import draw_camera
from training.synthesis.instruments import Instrument, Layer, draw_hold, held
from training.synthesis.motion import draw_trajectory
from training.synthesis.render import Renderer
from training.synthesis.stage import RENDER_SCALE, Stage, wider
from training.synthesis.take import Camera

_WIDER: Final = 1.5  # what the attacker's camera saw around the face, relative to the capture's picture
_RENDERED, _RECORDED = 512, 400  # px of the attacker's picture
_EYE_CORNERS: Final = ((33, 133), (362, 263))  # MediaPipe's landmarks
_OTHER_MOTION: Final = 0.5  # of the videos show another moment than the bona fide capture


@dataclass(frozen=True, slots=True)
class Content:
    """What an instrument shows: T pictures or one."""

    pictures: tuple[PixelArray, ...]
    face_2: NDArray[np.float64]  # px of the face's centre
    face_side: float  # px of the longer side of its box
    eyes_22: NDArray[np.float64]  # px of both eyes' middles
    kind: str


def record_content(stage: Stage, renderer: Renderer, rng: np.random.Generator, *, moving: bool) -> Content:
    """The same head as another camera has seen it, the same or another moment."""
    view = wider(stage.view, _WIDER, _RENDERED)
    states = stage.trajectory.states
    if rng.random() < _OTHER_MOTION or not moving:
        states = draw_trajectory(rng, stage.trajectory.times_T).states
    if moving:
        shown = stage.drawn(renderer, view, states)
    else:
        shown = [stage.drawn_at(renderer, view, states, int(rng.integers(len(states))))]
    points = stage.points(states)
    pixels = np.stack([view.project(each) for each in points]) * (_RECORDED / _RENDERED)
    camera = Camera(draw_camera(rng), int(rng.integers(2**31)))
    pictures = camera.record([each.radiance_HW3 for each in shown], stage.trajectory.times_T, side=_RECORDED)
    boxes = np.ptp(pixels, axis=1).max(axis=1)
    return Content(
        tuple(pictures),
        np.median(pixels.mean(axis=1), axis=0),
        float(np.median(boxes)),
        np.stack([np.median(pixels[:, corners].mean(axis=1), axis=0) for corners in _EYE_CORNERS]),
        "video" if moving else "still",
    )


def shown_on(
    instrument: Instrument, content: Content, stage: Stage, rng: np.random.Generator
) -> tuple[list[Layer], dict[str, Any]]:
    """The instrument in each frame; the face that it shows is where the bona fide one was, and as large."""
    view = stage.view.scaled(RENDER_SCALE)
    height, width = content.pictures[0].shape[:2]
    instrument = instrument.made_for((width, height), content.eyes_22)
    placing = instrument.placing((width, height))
    (middle_2,) = placing.to_sheet(content.face_2[None])
    face = np.ptp(stage.view.project(stage.points()[0]), axis=0).max()
    distance = stage.view.focal * content.face_side * placing.pitch / face
    base_44 = np.eye(4)
    base_44[:3, 3] = -middle_2[0], -middle_2[1], distance
    hold = draw_hold(rng)
    poses_T44 = stage.trajectory.cameras_T44 @ held(base_44, hold, stage.trajectory.times_T.tolist(), rng)
    layers = instrument.show(content.pictures, poses_T44, view, stage.light_before_camera(), rng)
    factors = {
        "content": content.kind,
        "hold": str(hold),
        "physics": instrument.physics,
        "instrument_distance": float(distance),
        "instrument_size": [float(side) for side in instrument.size],
    }
    return layers, factors
