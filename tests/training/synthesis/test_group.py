"""Groups of matched captures, made whole from one photograph."""

import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from model.clip import NUM_MESH_LANDMARKS
from model.geometry import homography_residual
from tests.training.synthesis.studio import FRAMES, OnePerson, a_studio
from training.datasets.capture import Capture, list_groups, read_group, write_group
from training.synthesis.attacks import recaptured
from training.synthesis.engine import Order, make_one
from training.synthesis.group import make_group
from training.synthesis.instruments import Instrument, draw_instrument
from training.synthesis.instruments.draw import SPECIES
from training.synthesis.placing import face_place
from training.synthesis.planes import best_planes
from training.synthesis.session import Session, Studio, photograph
from training.synthesis.stage import PICTURE
from training.windows import decoded

SEED = 3


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with a_studio() as made:
        yield made


@pytest.fixture(scope="module")
def group(studio: Studio) -> tuple[Capture, ...]:
    return make_group(studio, "train", 7, SEED)


@pytest.fixture(scope="module")
def session(studio: Studio) -> Session:
    return photograph(studio, "test", 8, (SEED, 8, 0))


def fingerprint(captures: tuple[Capture, ...]) -> str:
    return hashlib.sha256(pickle.dumps([asdict(capture) for capture in captures])).hexdigest()


def instrument_of(species: str) -> Instrument:
    family = species.split("_")[0]
    draws = (draw_instrument(np.random.default_rng(seed), family, "test") for seed in range(1000))
    return next(instrument for instrument in draws if instrument.species == species)


def test_the_same_seed_makes_the_same_bytes(studio: Studio, group: tuple[Capture, ...]) -> None:
    assert fingerprint(make_group(studio, "train", 7, SEED)) == fingerprint(group)


def test_what_is_known_of_a_head_is_told_and_changes_no_picture(studio: Studio, session: Session) -> None:
    person, _ = studio.library.head(session.cast.stage.head.kind, session.cast.subject)
    known = replace(studio, library=OnePerson(replace(person, tags={"age_group": "adult"})))
    told = photograph(known, "test", 8, (SEED, 8, 0))
    assert told.factors == session.factors | {"age_group": "adult"}
    assert told.capture(told.footage, told.depth(), "bona_fide").frames == (
        session.capture(session.footage, session.depth(), "bona_fide").frames
    )


def test_another_seed_makes_other_pictures(studio: Studio, group: tuple[Capture, ...]) -> None:
    assert fingerprint(make_group(studio, "train", 7, SEED + 1)) != fingerprint(group)


def test_the_bona_fide_capture_comes_first_and_attacks_follow(group: tuple[Capture, ...]) -> None:
    assert [capture.bona_fide for capture in group] == [True, *[False] * (len(group) - 1)]
    assert len(group) >= 4


def test_members_share_subject_session_camera_and_length(group: tuple[Capture, ...]) -> None:
    shared = {
        (c.subject, c.factors["session"], c.factors["camera"], len(c.frames), c.times_T[-1]) for c in group
    }
    assert len(shared) == 1


def test_faces_are_in_the_middle_with_the_margin_that_jitter_needs(group: tuple[Capture, ...]) -> None:
    for capture in group:
        points = capture.landmarks_TL3[:, :NUM_MESH_LANDMARKS, :2]
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        assert 0.08 * PICTURE < low.min() < high.max() < 0.92 * PICTURE, capture.species


def test_the_nose_is_nearer_than_the_ears_in_a_living_face(group: tuple[Capture, ...]) -> None:
    capture = group[0]
    cells = (capture.landmarks_TL3[0, [1, 234], :2] * capture.depth_THW.shape[1] / PICTURE).astype(int)
    nose, ear = (capture.depth_THW[0, row, column] for column, row in cells)
    assert 0.015 < ear - nose < 0.15


def test_a_plane_leaves_less_motion_unexplained_than_the_head_that_it_copies(session: Session) -> None:
    points_TL2 = session.points()
    planes = best_planes(points_TL2, np.repeat(points_TL2[:1], len(points_TL2), axis=0))
    still = np.column_stack([points_TL2[0], np.ones(len(points_TL2[0]))])
    copied = still @ planes[-1].T
    as_plane = np.column_stack([copied[:, :2] / copied[:, 2:], np.zeros(len(still))])
    first, last = (np.column_stack([points, np.zeros(len(points))]) for points in points_TL2[[0, -1]])
    assert homography_residual(first, as_plane) < 0.2 * homography_residual(first, last)


@pytest.mark.parametrize("species", [name for family in SPECIES.values() for name in family])
def test_every_instrument_shows_the_face_where_the_living_one_was(session: Session, species: str) -> None:
    attack = recaptured(session, instrument_of(species), np.random.default_rng(5), moving=False)
    own, living = (
        face_place(landmarks_TL3[:, :NUM_MESH_LANDMARKS, :2].astype(float)).middle_2
        for landmarks_TL3 in (attack.landmarks_TL3, session.footage.landmarks_TL3)
    )
    assert attack.species == species
    assert np.linalg.norm(own - living) < 0.02 * PICTURE


def test_a_written_group_is_read_back_as_it_was_made(group: tuple[Capture, ...], tmp_path: Path) -> None:
    write_group(tmp_path, group)
    (path,) = list_groups(tmp_path, "train")
    read = read_group(path)
    assert [c.species for c in read] == [c.species for c in group]
    assert all(decoded(c.frames[0]).shape == (PICTURE, PICTURE, 3) for c in read)
    assert all(len(c.frames) == FRAMES or c.species == "loop" for c in read)


def test_a_group_that_is_there_is_not_made_again(studio: Studio, tmp_path: Path) -> None:
    order = Order(assets=tmp_path, out=tmp_path, seed=SEED, split="train")
    first = make_one(order, studio, 0)
    (path,) = list_groups(tmp_path, "train")
    written = path.stat().st_mtime_ns
    again = make_one(order, studio, 0)
    assert (again.captures, again.was_there, first.was_there) == (first.captures, True, False)
    assert path.stat().st_mtime_ns == written
