"""Box, square, crop, mask, and the motion that no plane explains."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.clip import NUM_LANDMARKS, FloatArray, Square
from model.geometry import (
    crop,
    face_box,
    face_mask,
    face_square,
    from_square,
    homography_residual,
    square_holds,
    to_square,
)

SQUARES = st.builds(
    Square, left=st.integers(-200, 600), top=st.integers(-200, 600), side=st.integers(20, 800)
)


def head(*, yaw: float = 0.0, centre: tuple[float, float] = (320.0, 240.0), depth: float = 1.0) -> FloatArray:
    """Landmarks of a half ellipsoid 200 px high, turned by `yaw` radians about the vertical, orthographic."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-0.7, 0.7, (2, NUM_LANDMARKS))
    z = depth * np.sqrt(1 - x**2 / 2 - y**2 / 2)
    turned = np.cos(yaw) * x + np.sin(yaw) * z
    points = np.stack([centre[0] + 140 * turned, centre[1] + 140 * y, -140 * z], axis=1)
    return points.astype(np.float32)


@given(SQUARES, st.floats(-500, 1000), st.floats(-500, 1000))
def test_a_point_survives_the_way_into_the_square_and_back(square: Square, x: float, y: float) -> None:
    point = np.array([[x, y]], dtype=np.float32)
    back = from_square(to_square(point, square, size=128), square, size=128)
    np.testing.assert_allclose(back, point, atol=0.01)


def test_the_square_is_centred_on_the_face_and_scaled_from_its_longer_side() -> None:
    landmarks = head()
    left, top, right, bottom = face_box(landmarks)
    square = face_square(landmarks, scale=1.3)
    assert square.side == round(1.3 * max(right - left, bottom - top))
    assert square.left + square.side / 2 == pytest.approx((left + right) / 2, abs=1)
    assert square.top + square.side / 2 == pytest.approx((top + bottom) / 2, abs=1)


def test_irises_do_not_move_the_box() -> None:
    landmarks = head()
    landmarks[468:, :2] = 5000
    assert face_box(landmarks) == face_box(head())


def test_a_crop_shows_the_pixels_of_its_square() -> None:
    frame = np.zeros((100, 100, 3), np.uint8)
    frame[40:60, 20:40] = (10, 20, 30)
    assert np.all(crop(frame, Square(20, 40, 20), size=10) == (10, 20, 30))


def test_a_crop_beyond_the_edge_repeats_the_edge() -> None:
    frame = np.full((50, 50, 3), 7, np.uint8)
    frame[:, 0] = 200
    assert np.all(crop(frame, Square(-40, 10, 20), size=16) == 200)


def test_the_mask_lies_on_the_face_and_inside_the_square() -> None:
    landmarks = head()
    square = face_square(landmarks, scale=1.3)
    mask = face_mask(landmarks, square, cells=32)
    rows, columns = np.nonzero(mask)
    assert mask.shape == (32, 32)
    assert 0.3 < mask.mean() < 0.65  # about 1 / 1.3 ** 2 of the square
    assert rows.min() >= 3
    assert columns.max() <= 28


def test_a_face_outside_the_square_has_an_empty_mask() -> None:
    assert not face_mask(head(centre=(5000.0, 5000.0)), Square(0, 0, 100), cells=32).any()


def test_a_plane_that_moves_leaves_no_residual() -> None:
    flat = head(depth=0.0)
    homography = np.array([[1.05, 0.08, 12.0], [-0.04, 0.95, -7.0], [1e-4, -2e-4, 1.0]])
    points = np.c_[flat[:, :2], np.ones(len(flat))] @ homography.T
    moved = flat.copy()
    moved[:, :2] = points[:, :2] / points[:, 2:]
    assert homography_residual(flat, moved) < 1e-5


def test_a_head_that_turns_leaves_more_residual_the_more_it_turns() -> None:
    slight, clear = (homography_residual(head(), head(yaw=yaw)) for yaw in (0.05, 0.15))
    assert 0.001 < slight < clear


def test_a_square_is_held_while_the_face_moves_little_and_moved_when_it_moves_much() -> None:
    square = Square(100, 100, 200)
    assert square_holds(square, Square(119, 100, 200))
    assert not square_holds(square, Square(121, 100, 200))
    assert square_holds(square, Square(87, 87, 226))
    assert not square_holds(square, Square(82, 82, 236))
