"""Attacks on a session: each yields captures of the same person, light, background and camera."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from model.clip import FloatArray
from model.geometry import inside_hull
from training.datasets.capture import Capture
from training.synthesis.camera.presets import Codec
from training.synthesis.casting import draw_cast
from training.synthesis.instruments import Instrument, Layer, draw_instrument, over
from training.synthesis.instruments.draw import SPECIES, species_of
from training.synthesis.placing import face_place, recentred
from training.synthesis.planes import best_planes, moved_as_planes, wobble_planes
from training.synthesis.recapture import record_content, shown_on
from training.synthesis.scene import Exposure
from training.synthesis.session import Session
from training.synthesis.stage import RENDER_SCALE, stored_depth
from training.synthesis.take import DEPTH_SIDE, Footage
from training.synthesis.time_species import compressed, loop, paused, relayed, wobble
from training.synthesis.tone import matched_sharpness, matched_tone
from training.time_attacks import Moving

_TONE_MATCHED, _SHARPNESS_MATCHED = 0.85, 0.85  # of the recaptured attacks
_MEASURABLE = 500  # px of a face that its tone can be told from
_VIDEO_REPLAYED = 0.75  # of the replays; the others show a still
_BACKGROUND_SWAPPED = 0.2
_WHOLE_PICTURE = 0.5  # of the planes carry their background with them
_CUT = "print_cut"
_TALKING_PLANES = 0.6  # of the groups have a plane whose face goes on acting


def _plane_still(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """One moment of the bona fide capture, moved as a plane by that capture's own motion."""
    chosen = int(rng.integers(len(session.exposures)))
    points_TL2 = session.points()
    planes = best_planes(points_TL2, np.repeat(points_TL2[chosen : chosen + 1], len(points_TL2), axis=0))
    pictures = [session.exposures[chosen]] * len(planes)
    yield _plane_capture(session, pictures, planes, rng, "plane_still")


def _plane_moving(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """The bona fide capture's expressions on a head that does not turn, moved as a plane by its motion."""
    if rng.random() > _TALKING_PLANES:
        return
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
    yield _plane_capture(session, pictures, best_planes(session.points(), own), rng, "plane_moving")


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
    footage = session.shot(light)
    depth = np.full((len(light), DEPTH_SIDE, DEPTH_SIDE), session.cast.distance, np.float32)
    return session.capture(footage, depth, species, whole_picture=bool(whole))


def _wobble(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """One of the bona fide frames, moved; and all of them, moved and compressed in the same way."""
    shown, codec, interval = _finished(session)
    state = rng.bit_generator.state
    moved = wobble(shown, codec, rng, interval=interval)
    yield session.capture(_as_footage(moved, interval), _no_depth(moved), "wobble")
    rng.bit_generator.state = state
    again = relayed(shown, codec, rng, interval=interval)
    yield session.capture(_as_footage(again, interval), session.depth(), "bona_fide", relayed="moved")


def _repeated(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """The bona fide frames with a pause, and in a loop; and as they are, compressed as both."""
    shown, codec, interval = _finished(session)
    for species, moved in (
        ("paused", paused(shown, codec, rng)),
        ("loop", loop(shown, codec, rng, interval=interval)),
    ):
        yield session.capture(_as_footage(moved, interval), _no_depth(moved), species)
    again = compressed(shown, codec)
    yield session.capture(_as_footage(again, interval), session.depth(), "bona_fide", relayed="compressed")


def _finished(session: Session) -> tuple[Moving, Codec, float]:
    """The bona fide frames as they were delivered, their codec, and the seconds between them."""
    footage = session.footage
    interval = float(footage.times_T[1] - footage.times_T[0])
    return Moving(footage.frames, tuple(footage.landmarks_TL3)), session.camera.preset.codec, interval


def _optical_wobble(session: Session, rng: np.random.Generator) -> Iterator[Capture]:
    """One moment of the bona fide capture as a plane that somebody moves to make it look alive.

    Training's only time attack: windows of the others are cut from bona fide captures
    (`training.time_attacks`), as most windows of a long pause or loop show nothing wrong.
    """
    side = session.exposures[0].radiance_HW3.shape[0]
    chosen = int(rng.integers(len(session.exposures)))
    planes = wobble_planes(rng, session.footage.times_T, side)
    points_TL2 = session.points()
    planes = recentred(planes, points_TL2[chosen], face_place(points_TL2))
    light = moved_as_planes([session.exposures[chosen]] * len(planes), planes, None)
    footage = session.shot(light)
    depth = np.full((len(planes), DEPTH_SIDE, DEPTH_SIDE), session.cast.distance, np.float32)
    yield session.capture(footage, depth, "wobble", whole_picture=True)


def _as_footage(moved: Moving, interval: float) -> Footage:
    return Footage(
        moved.frames, np.stack(moved.landmarks), interval * np.arange(len(moved.frames), dtype=np.float64)
    )


def _no_depth(moved: Moving) -> FloatArray:
    return np.zeros((len(moved.frames), DEPTH_SIDE, DEPTH_SIDE), np.float32)


def _on_instrument(
    session: Session, rng: np.random.Generator, family: str, species: str | None = None
) -> Iterator[Capture]:
    """A print, or a replayed video or still; of the `species` where it is given."""
    instrument = draw_instrument(rng, family, session.split, species=species)
    moving = family == "replay" and bool(rng.random() < _VIDEO_REPLAYED)
    yield recaptured(session, instrument, rng, moving=moving)


def recaptured(
    session: Session, instrument: Instrument, rng: np.random.Generator, *, moving: bool
) -> Capture:
    """The head's picture or video on an instrument. Raises NoFaceError."""
    stage, studio = session.cast.stage, session.studio
    content = record_content(stage, studio.renderer, rng, moving=moving)
    scene = stage
    if rng.random() < _BACKGROUND_SWAPPED:
        frames = len(stage.trajectory.times_T)
        elsewhere = draw_cast(studio.library, session.split, rng, frames=frames).stage
        scene = replace(stage, backdrop=elsewhere.backdrop)
    # Through a mask's eye holes its bearer looks out.
    cut = instrument.species == _CUT
    behind = session.exposures if cut else scene.empty(stage.view.scaled(RENDER_SCALE))
    layers, factors = shown_on(instrument, content, stage, rng)
    layers, exposed_alike = _matched(layers, session, rng)
    exposures = [over(layer, scene) for layer, scene in zip(layers, behind, strict=True)]
    footage = session.shot([each.radiance_HW3 for each in exposures], exposed_alike=exposed_alike)
    depth = np.stack([stored_depth(exposure, DEPTH_SIDE) for exposure in exposures])
    return session.capture(footage, depth, instrument.species, **factors)


def _matched(layers: list[Layer], session: Session, rng: np.random.Generator) -> tuple[list[Layer], bool]:
    """What the instrument shows, in the bona fide face's tone and sharpness, its surroundings as they are;
    and whether the tone is that of the bona fide face.
    """
    like = [exposure.radiance_HW3 for exposure in session.exposures]
    middle = len(layers) // 2
    region = inside_hull(session.points()[middle], like[0].shape) & (layers[middle].alpha_HW > 0.5)
    tone, sharpness = rng.random() < _TONE_MATCHED, rng.random() < _SHARPNESS_MATCHED
    share = float(rng.uniform(0.8, 1.0))
    if region.sum() < _MEASURABLE:
        return layers, False
    light = [layer.radiance_HW3 for layer in layers]
    if tone:
        light = matched_tone(light, like, region, share)
    if sharpness:
        light = matched_sharpness(light, like, region)
    return [replace(layer, radiance_HW3=each) for layer, each in zip(layers, light, strict=True)], tone


Attack = Callable[[Session, np.random.Generator], Iterator[Capture]]


def attacks_of(split: str) -> tuple[Attack, ...]:
    """A training group has one print and one screen, so that its many groups show many people; where errors
    are counted, every group has every species, so that all are counted on the same people.
    """
    planes = (_plane_still, _plane_moving)
    if split == "train":
        drawn = (partial(_on_instrument, family=family) for family in SPECIES)
        return (*planes, _optical_wobble, *drawn)
    every = (
        partial(_on_instrument, family=family, species=species)
        for family in SPECIES
        for species in species_of(family, split)
    )
    return (*planes, _wobble, _repeated, *every)
