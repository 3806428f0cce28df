"""A cast photographed once: the bona fide capture that all attacks of its group are matched to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from model.faces import LandmarkFinder
from training.datasets.capture import Capture
from training.synthesis.camera import draw_camera
from training.synthesis.casting import Cast, draw_cast
from training.synthesis.library import Sources
from training.synthesis.render import Renderer
from training.synthesis.scene import Exposure
from training.synthesis.stage import RENDER_SCALE, stored_depth
from training.synthesis.take import DEPTH_SIDE, Camera, Footage, encoded, found, plain_factors

VERSION: Final = "6"  # of the generator: a change that alters pictures raises it


@dataclass(frozen=True, slots=True)
class Studio:
    """What one process makes captures with."""

    library: Sources
    renderer: Renderer
    finder: LandmarkFinder
    frames: Mapping[str, int]  # of a capture, by split


@dataclass(frozen=True, slots=True)
class Session:
    """A cast before the camera, photographed once: the bona fide member that all attacks are matched to."""

    studio: Studio
    cast: Cast
    camera: Camera
    exposures: tuple[Exposure, ...]
    footage: Footage
    factors: dict[str, Any]
    seed: tuple[int, ...]
    split: str
    group: int

    def rng(self, purpose: int) -> np.random.Generator:
        """Each member draws from its own stream, so that one more member changes no other."""
        return np.random.default_rng((*self.seed, purpose))

    def points(self) -> NDArray[np.float64]:
        """The face's points (T, L, 2) in px of the exposures."""
        view = self.cast.stage.view.scaled(RENDER_SCALE)
        return np.stack([view.project(points) for points in self.cast.stage.points()])

    def depth(self) -> FloatArray:
        """Of the bona fide frames, as captures keep it."""
        return np.stack([stored_depth(exposure, DEPTH_SIDE) for exposure in self.exposures])

    def shot(self, light: Sequence[FloatArray], *, exposed_alike: bool = True) -> Footage:
        """Another light before the same camera. Raises NoFaceError.

        A camera that meters on the face takes the face of every member for the same: exposed for the living
        head, so that no room behind an instrument is darker for the paper's white edge.
        """
        times_T = self.cast.stage.trajectory.times_T
        metered = [each.radiance_HW3 for each in self.exposures] if exposed_alike else None
        return found(self.studio.finder, self.camera.record(light, times_T, metered=metered), times_T)

    def capture(self, footage: Footage, depth_THW: FloatArray, species: str, **factors: Any) -> Capture:
        return Capture(
            group=self.group,
            split=self.split,
            subject=self.cast.subject,
            species=species,
            bona_fide=species == "bona_fide",
            frames=encoded(footage.frames),
            times_T=footage.times_T,
            landmarks_TL3=footage.landmarks_TL3,
            depth_THW=depth_THW,
            factors=plain_factors(self.factors | factors),
        )


def photograph(studio: Studio, split: str, group: int, seed: tuple[int, ...]) -> Session:
    """Draws a cast and takes its bona fide capture. Raises NoFaceError."""
    rng = np.random.default_rng((*seed, 0))
    cast = draw_cast(studio.library, split, rng, frames=studio.frames[split])
    stage = cast.stage
    camera = Camera(draw_camera(rng), int(rng.integers(2**31)))
    exposures = stage.drawn(studio.renderer, stage.view.scaled(RENDER_SCALE))
    times_T = stage.trajectory.times_T
    frames = camera.record([each.radiance_HW3 for each in exposures], times_T)
    factors = {
        "session": f"{cast.panorama}/{cast.background}",
        "camera": camera.preset.name,
        "codec": str(camera.preset.codec.kind),
        "quality": camera.preset.codec.quality,
        "head": str(stage.head.kind),
        "liveliness": str(stage.trajectory.liveliness),
        "distance": cast.distance,
        "fps": round(3 / float(times_T[1] - times_T[0])),
        "generator": VERSION,
    } | dict(stage.head.tags)
    return Session(
        studio,
        cast,
        camera,
        tuple(exposures),
        found(studio.finder, frames, times_T),
        factors,
        seed,
        split,
        group,
    )
