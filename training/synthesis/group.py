"""One matched group: a bona fide capture, and attacks of its identity in its light before its camera."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from model.clip import FloatArray
from model.faces import LandmarkFinder
from training.datasets.capture import Capture
from training.synthesis.camera import draw_camera
from training.synthesis.casting import Cast, draw_cast
from training.synthesis.digital import loop_order, paused_order, wobble_planes, wobbled
from training.synthesis.instruments import draw_instrument
from training.synthesis.library import Library
from training.synthesis.planes import best_planes, moved_as_planes
from training.synthesis.recapture import record_content, shown_on
from training.synthesis.render import Renderer
from training.synthesis.scene import Exposure
from training.synthesis.stage import RENDER_SCALE, stored_depth
from training.synthesis.take import DEPTH_SIDE, Camera, Footage, NoFaceError, encoded, found, plain_factors
from training.synthesis.tone import face_region, matched_sharpness, matched_tone

VERSION: Final = "1"  # of the generator: a change that alters pictures raises it
_TONE_MATCHED, _SHARPNESS_MATCHED = 0.7, 0.6  # of the recaptured attacks
_BACKGROUND_SWAPPED: Final = 0.2
_WHOLE_PICTURE: Final = 0.5  # of the planes carry their background with them


@dataclass(frozen=True, slots=True)
class Studio:
    """What one process makes captures with."""

    library: Library
    renderer: Renderer
    finder: LandmarkFinder


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


def make_group(studio: Studio, split: str, group: int, seed: int, *, attempt: int = 0) -> tuple[Capture, ...]:
    """All members, the bona fide one first. Raises NoFaceError where the bona fide face is lost."""
    session = _session(studio, split, group, (seed, group, attempt))
    members = [_bona_fide(session)]
    for index, attack in enumerate(_ATTACKS):
        try:
            members += list(attack(session, session.rng(10 + index)))
        except NoFaceError:  # an attack that no camera would take for a face is no test of anything
            continue
    return tuple(members)


def _session(studio: Studio, split: str, group: int, seed: tuple[int, ...]) -> Session:
    rng = np.random.default_rng((*seed, 0))
    cast = draw_cast(studio.library, split, rng)
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
    }
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


def _bona_fide(session: Session) -> Capture:
    depth = np.stack([stored_depth(exposure, DEPTH_SIDE) for exposure in session.exposures])
    return session.capture(session.footage, depth, "bona_fide")


def _plane_still(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """One moment of the bona fide capture, moved as a plane by that capture's own motion."""
    chosen = int(rng.integers(len(session.exposures)))
    points_TL2 = _pixels(session)
    planes = best_planes(points_TL2, np.repeat(points_TL2[chosen : chosen + 1], len(points_TL2), axis=0))
    pictures = [session.exposures[chosen]] * len(planes)
    yield _plane_capture(session, pictures, planes, rng, "plane_still")


def _plane_moving(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """The bona fide capture's expressions on a head that does not turn, moved as a plane by its motion."""
    stage = session.cast.stage
    states = stage.trajectory.states
    rest = states[int(rng.integers(len(states)))]
    acting = [replace(state, rotation_3=rest.rotation_3, shift_3=rest.shift_3) for state in states]
    still_camera = replace(
        stage,
        trajectory=replace(
            stage.trajectory, cameras_T44=np.repeat(stage.trajectory.cameras_T44[:1], len(states), axis=0)
        ),
    )
    view = stage.view.scaled(RENDER_SCALE)
    pictures = still_camera.drawn(session.studio.renderer, view, acting)
    own = np.stack([view.project(points) for points in still_camera.points(acting)])
    yield _plane_capture(session, pictures, best_planes(_pixels(session), own), rng, "plane_moving")


def _plane_capture(
    session: Session,
    pictures: Sequence[Exposure],
    planes: Sequence[Any],
    rng: np.random.Generator,
    species: str,
) -> Capture:
    stage = session.cast.stage
    whole = rng.random() < _WHOLE_PICTURE
    empty = None if whole else stage.empty(stage.view.scaled(RENDER_SCALE))
    light = moved_as_planes(pictures, planes, empty)
    frames = session.camera.record(light, stage.trajectory.times_T)
    footage = found(session.studio.finder, frames, stage.trajectory.times_T)
    depth = np.full((len(frames), DEPTH_SIDE, DEPTH_SIDE), session.cast.distance, np.float32)
    return session.capture(footage, depth, species, whole_picture=bool(whole))


def _digital(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """One of the time attacks on the bona fide frames themselves."""
    footage, training = session.footage, session.split == "train"
    species = str(rng.choice(["wobble", "paused", "loop"], p=[0.5, 0.25, 0.25]))
    if species == "wobble":
        planes = wobble_planes(rng, footage.times_T, footage.frames[0].shape[0])
        still = footage.frames[int(rng.integers(len(footage.frames)))]
        moved = found(session.studio.finder, wobbled(still, planes), footage.times_T)
    else:
        order = (paused_order if species == "paused" else loop_order)(
            rng, len(footage.frames), training=training
        )
        step = footage.times_T[1] - footage.times_T[0]
        moved = Footage(
            tuple(footage.frames[index] for index in order),
            footage.landmarks_TL3[order],
            np.arange(len(order)) * step,
        )
    depth = np.zeros((len(moved.frames), DEPTH_SIDE, DEPTH_SIDE), np.float32)
    yield session.capture(moved, depth, species)


def _print(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    yield _recaptured(session, rng, "print", moving=False)


def _replay(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    yield _recaptured(session, rng, "replay", moving=bool(rng.random() < 0.75))


def _recaptured(session: Session, rng: np.random.Generator, family: str, *, moving: bool) -> Capture:
    """The head's picture or video on an instrument."""
    stage, studio = session.cast.stage, session.studio
    instrument = draw_instrument(rng, family, session.split)
    content = record_content(stage, studio.renderer, rng, moving=moving)
    scene = stage
    if rng.random() < _BACKGROUND_SWAPPED:
        scene = replace(stage, backdrop=draw_cast(studio.library, session.split, rng).stage.backdrop)
    behind = scene.empty(stage.view.scaled(RENDER_SCALE))
    exposures, factors = shown_on(instrument, content, stage, behind, rng)
    light = _matched([each.radiance_HW3 for each in exposures], session, rng)
    frames = session.camera.record(light, stage.trajectory.times_T)
    footage = found(studio.finder, frames, stage.trajectory.times_T)
    depth = np.stack([stored_depth(exposure, DEPTH_SIDE) for exposure in exposures])
    return session.capture(footage, depth, instrument.species, **factors)


def _matched(light: list[FloatArray], session: Session, rng: np.random.Generator) -> list[FloatArray]:
    like = [exposure.radiance_HW3 for exposure in session.exposures]
    region = face_region(_pixels(session)[0], like[0].shape)
    if rng.random() < _TONE_MATCHED:
        light = matched_tone(light, like, (region, region), float(rng.uniform(0.7, 1.0)))
    if rng.random() < _SHARPNESS_MATCHED:
        light = matched_sharpness(light, like, (region, region))
    return light


def _pixels(session: Session) -> np.ndarray:
    """The face's points (T, L, 2) in px of the exposures."""
    stage = session.cast.stage
    view = stage.view.scaled(RENDER_SCALE)
    return np.stack([view.project(points) for points in stage.points()])


_ATTACKS: Final = (_plane_still, _plane_moving, _digital, _print, _replay)
