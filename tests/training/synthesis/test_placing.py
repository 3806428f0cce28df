"""Attacks lie in the picture where their bona fide partner does."""

import numpy as np
import pytest

from training.synthesis.placing import Place, face_place, placed_at, recentred
from training.synthesis.planes import wobble_planes

SIDE = 576
FACE = np.random.default_rng(0).uniform([200, 180], [380, 420], (60, 2))


def test_a_place_is_the_median_of_the_boxes() -> None:
    moving = np.stack([FACE + shift for shift in (-40.0, 3.0, 5.0)])
    place = face_place(moving)
    low, high = FACE.min(axis=0), FACE.max(axis=0)
    assert place.middle_2 == pytest.approx((low + high) / 2 + 3)
    assert place.side == pytest.approx((high - low).max())


@pytest.mark.parametrize("seed", range(5))
def test_a_still_that_wobbles_lies_where_it_is_wanted(seed: int) -> None:
    planes = wobble_planes(np.random.default_rng(seed), np.arange(20) * 0.1, SIDE)
    wanted = Place(np.array([300.0, 270.0]), 230.0)
    moved = []
    for plane in recentred(planes, FACE, wanted):
        mapped = np.column_stack([FACE, np.ones(len(FACE))]) @ plane.T
        moved.append(mapped[:, :2] / mapped[:, 2:])
    place = face_place(np.stack(moved))
    assert place.middle_2 == pytest.approx(wanted.middle_2, abs=0.01)
    assert place.side == pytest.approx(wanted.side, rel=1e-3)


def test_an_instrument_that_tilts_and_sways_is_held_so_that_its_face_lies_right() -> None:
    focal, sheet = 700.0, (FACE - FACE.mean(axis=0)) * 0.0005
    angle = np.radians(15)
    tilted = np.column_stack([sheet[:, 0] * np.cos(angle), sheet[:, 1], sheet[:, 0] * np.sin(angle)])
    sway = np.column_stack([np.linspace(0, 0.03, 9), np.zeros(9), np.zeros(9)])

    def shown_at(place_3: np.ndarray) -> np.ndarray:
        points = tilted[None] + place_3 + sway[:, None]
        return np.asarray(focal * points[..., :2] / points[..., 2:] + SIDE / 2)

    wanted = Place(np.array([300.0, 280.0]), 200.0)
    place = face_place(shown_at(placed_at(wanted, np.array([0.1, -0.05, 0.6]), focal, shown_at)))
    assert place.middle_2 == pytest.approx(wanted.middle_2, abs=0.5)
    assert place.side == pytest.approx(wanted.side, rel=0.005)
