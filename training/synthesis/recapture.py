"""A recording of a head, shown on an instrument that is held before the camera."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.clip import PixelArray
from training.synthesis.camera import draw_camera
from training.synthesis.instruments import Instrument, Layer, draw_hold, held
from training.synthesis.motion import draw_trajectory
from training.synthesis.placing import face_place, placed_at
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
    points_TL2: NDArray[np.float64]  # px of the face's points, in each picture
    eyes_22: NDArray[np.float64]  # px of both eyes' middles
    kind: str


def record_content(stage: Stage, renderer: Renderer, rng: np.random.Generator, *, moving: bool) -> Content:
    """The same head as another camera has seen it, the same or another moment."""
    view = wider(stage.view, _WIDER, _RENDERED)
    states = stage.trajectory.states
    if rng.random() < _OTHER_MOTION or not moving:
        states = draw_trajectory(rng, stage.trajectory.times_T).states
    chosen = list(range(len(states))) if moving else [int(rng.integers(len(states)))]
    shown = [stage.drawn_at(renderer, view, states, index) for index in chosen]
    points = stage.points(states)
    pixels = np.stack([view.project(each) for each in points]) * (_RECORDED / _RENDERED)
    camera = Camera(draw_camera(rng), int(rng.integers(2**31)))
    pictures = camera.record([each.radiance_HW3 for each in shown], stage.trajectory.times_T, side=_RECORDED)
    return Content(
        tuple(pictures),
        pixels[chosen],
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
    hold = draw_hold(rng)
    motion_T44 = held(np.eye(4), hold, stage.trajectory.times_T.tolist(), rng)
    sheet_TN3 = [instrument.surface.points(placing.to_sheet(points)) for points in content.points_TL2]

    def poses_at(place_3: NDArray[np.float64]) -> NDArray[np.float64]:
        held_T44 = motion_T44.copy()
        held_T44[:, :3, 3] += place_3
        return np.asarray(stage.trajectory.cameras_T44 @ held_T44)

    def shown_at(place_3: NDArray[np.float64]) -> NDArray[np.float64]:
        poses = poses_at(place_3)
        still = len(sheet_TN3) == 1
        return np.stack(
            [
                view.project(sheet_TN3[0 if still else index] @ pose[:3, :3].T + pose[:3, 3])
                for index, pose in enumerate(poses)
            ]
        )

    wanted = face_place(np.stack([view.project(points) for points in stage.points()]))
    content_place = face_place(content.points_TL2)
    middle_2 = placing.to_sheet(content_place.middle_2[None])[0]
    distance = view.focal * content_place.side * placing.pitch / wanted.side
    place_3 = placed_at(wanted, np.array([*-middle_2, distance]), view.focal, shown_at)
    poses_T44 = poses_at(place_3)
    layers = instrument.show(content.pictures, poses_T44, view, stage.light_before_camera(), rng)
    factors = {
        "content": content.kind,
        "hold": str(hold),
        "physics": instrument.physics,
        "instrument_distance": float(place_3[2]),
        "instrument_size": [float(side) for side in instrument.size],
    }
    return layers, factors
