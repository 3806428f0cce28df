"""One scene: a head, its motion, the light, what is behind, and the camera's place. Everything that the
members of a group share. T sampled frames; exposures are drawn at twice the delivered picture's size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.backdrop import Backdrop
from training.synthesis.heads import Head, HeadState
from training.synthesis.lighting import LightProbe
from training.synthesis.motion import Trajectory, pose_of
from training.synthesis.render import Renderer
from training.synthesis.scene import Exposure, Light, View

PICTURE: Final = 288  # px of a stored picture's side
RENDER_SCALE: Final = 2
_SQUARE: Final = 200.0  # px that the face's 1.3-square takes of the picture
_CROP_SCALE: Final = 1.3


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A scene before anyone has photographed it."""

    head: Head
    trajectory: Trajectory
    probe: LightProbe
    to_world_33: FloatArray
    backdrop: Backdrop
    place_3: NDArray[np.float64]  # of the head in the first camera's frame, metres
    view: View  # of the delivered picture, before RENDER_SCALE

    def drawn(
        self, renderer: Renderer, view: View, states: Sequence[HeadState] | None = None
    ) -> list[Exposure]:
        """The head in every frame; other `states` act under the same camera."""
        acting = states or self.trajectory.states
        return [self.drawn_at(renderer, view, acting, index) for index in range(len(acting))]

    def drawn_at(self, renderer: Renderer, view: View, states: Sequence[HeadState], index: int) -> Exposure:
        """One frame."""
        state, camera_44 = states[index], self.trajectory.cameras_T44[index]
        return renderer.draw(
            self.head.parts(state, pose_of(state, self.place_3, camera_44)),
            self.backdrop.seen(view, camera_44),
            view,
            probe=self.probe,
            to_world_33=np.asarray(self.to_world_33 @ camera_44[:3, :3].T, np.float32),
        )

    def light_before_camera(self) -> Light:
        """The light with the panorama turned so that the camera looks at its middle column."""
        x, _, z = self.to_world_33 @ np.array([0, 0, 1], np.float32)
        panorama = self.probe.light.panorama_HW3
        columns = round(float(np.arctan2(x, -z)) / (2 * np.pi) * panorama.shape[1])
        return Light(
            ambient_3=self.probe.falling_on(self.to_world_33 @ np.array([0, 0, -1], np.float32)),
            panorama_HW3=np.roll(panorama, -columns, axis=1),
        )

    def empty(self, view: View) -> list[Exposure]:
        """The scene without the head."""
        return [self.backdrop.seen(view, camera_44) for camera_44 in self.trajectory.cameras_T44]

    def points(self, states: Sequence[HeadState] | None = None) -> NDArray[np.float64]:
        """Points of the face (T, L, 3) in each frame's camera."""
        return np.stack(
            [
                self.head.landmarks(state, pose_of(state, self.place_3, camera_44))
                for state, camera_44 in zip(
                    states or self.trajectory.states, self.trajectory.cameras_T44, strict=True
                )
            ]
        )


def framed(stage: Stage, distance: float, fill: float, aside_2: NDArray[np.float64]) -> Stage:
    """The stage with the face at `distance`, `fill` times the usual size, `aside_2` px from the middle."""
    centred = replace(stage, place_3=np.array([0.0, 0.0, distance]))
    points_TL3 = centred.points()
    middle = np.median(points_TL3.mean(axis=1), axis=0)
    place_3 = np.array([-middle[0], -middle[1], 2 * distance - middle[2]])
    centred = replace(stage, place_3=place_3)
    unit = View(width=2, height=2, focal=1.0)
    boxes = np.array([np.ptp(unit.project(points), axis=0).max() for points in centred.points()])
    focal = fill * _SQUARE / (_CROP_SCALE * float(np.median(boxes)))
    aside_3 = np.array([*(aside_2 * distance / focal), 0.0])
    return replace(centred, place_3=place_3 + aside_3, view=View(width=PICTURE, height=PICTURE, focal=focal))


def wider(view: View, factor: float, size: int) -> View:
    """A view of `size` px that shows `factor` times as much."""
    return View(width=size, height=size, focal=view.focal * size / (view.width * factor))


def stored_depth(exposure: Exposure, side: int) -> FloatArray:
    """The depth map as captures keep it, (side, side)."""
    step = exposure.depth_HW.shape[0] / side
    at = ((np.arange(side) + 0.5) * step).astype(int)
    return np.ascontiguousarray(exposure.depth_HW[np.ix_(at, at)])
