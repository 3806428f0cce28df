"""Captures for variants: thinned in time, or with depth from landmarks; made once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import DEPTH, procedural_capture
from training.datasets.capture import Capture, list_groups, read_group, write_group
from training.paper.remade import remade, thinned, with_generated_depth


def test_a_thinned_capture_keeps_every_so_many_frames_and_all_that_belongs_to_them() -> None:
    film = procedural_capture(0, "train", "bona_fide")
    film = replace(film, factors={"camera": "a", "frame_indices": list(range(0, 42, 3))})
    thin = thinned(film, every=3, at_least=5)
    assert thin is not None
    assert thin.frames == film.frames[::3]
    np.testing.assert_array_equal(thin.times_T, film.times_T[::3])
    np.testing.assert_array_equal(thin.landmarks_TL3, film.landmarks_TL3[::3])
    assert len(thin.depth_THW) == 5
    assert thin.factors == {"camera": "a", "frame_indices": [0, 9, 18, 27, 36]}


def test_what_is_too_short_when_thinned_is_left_out() -> None:
    assert thinned(procedural_capture(0, "train", "bona_fide"), every=3, at_least=6) is None


def test_a_living_face_gets_depth_from_its_landmarks_and_an_attack_stays_as_it_is() -> None:
    film, attack = (procedural_capture(0, "train", each) for each in ("bona_fide", "print_flat"))
    made = with_generated_depth(film)
    assert made.depth_THW.shape == film.depth_THW.shape
    centre, corner = made.depth_THW[:, DEPTH // 2, DEPTH // 2], made.depth_THW[:, 0, 0]
    assert (centre > 0).all()
    assert (corner == 0).all()  # the film's own wall is gone
    assert with_generated_depth(attack) is attack


def test_groups_are_remade_once_and_without_what_gives_none(tmp_path: Path) -> None:
    films = [procedural_capture(0, "train", each) for each in ("bona_fide", "print_flat")]
    write_group(tmp_path / "data", films)
    seen: list[Capture] = []

    def living(capture: Capture) -> Capture | None:
        seen.append(capture)
        return capture if capture.bona_fide else None

    for _ in range(2):
        out = remade(tmp_path / "data", tmp_path / "out", living, splits=("train",))
    (path,) = list_groups(out, "train")
    assert [each.species for each in read_group(path)] == ["bona_fide"]
    assert len(seen) == 2


@pytest.mark.parametrize("every", [1, 2])
def test_a_stopped_remaking_leaves_no_group_half_done(tmp_path: Path, every: int) -> None:
    for group in range(2):
        write_group(tmp_path / "data", [procedural_capture(group, "train", "bona_fide")])

    def stops(capture: Capture) -> Capture | None:
        if capture.group == 1:
            raise KeyboardInterrupt
        return thinned(capture, every=every, at_least=1)

    with pytest.raises(KeyboardInterrupt):
        remade(tmp_path / "data", tmp_path / "out", stops, splits=("train",))
    assert [path.stem for path in list_groups(tmp_path / "out", "train")] == ["000000"]
