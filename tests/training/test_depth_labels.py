"""The label of a face: near 1 at its nearest, 0 off the face, the same under a shift of the square."""

import numpy as np

from model.clip import Square
from training.depth_labels import depth_label

PICTURE = 288


def dome(size: int = 96) -> np.ndarray:
    """Metres: a dome 10 cm high in the middle, nothing at the rim."""
    y, x = np.mgrid[:size, :size] / size - 0.5
    height = 1 - (x**2 + y**2) / 0.09
    return np.where(height > 0, 0.5 - 0.1 * height, 0.0).astype(np.float32)


def disc(cells: int = 32) -> np.ndarray:
    y, x = (np.mgrid[:cells, :cells] + 0.5) / cells - 0.5
    return x**2 + y**2 < 0.09


def test_the_nearest_point_is_near_one_and_the_rim_near_zero() -> None:
    label = depth_label(dome(), disc(), Square(0, 0, PICTURE), picture_size=PICTURE)
    assert label.shape == (32, 32)
    assert label[15:17, 15:17].min() > 0.95
    rim = disc() & ~np.roll(disc(), 1, axis=1)
    assert label[rim].max() < 0.35
    assert label.min() == 0.0
    assert label.max() <= 1.0


def test_the_label_is_zero_off_the_mask() -> None:
    label = depth_label(dome(), disc(), Square(0, 0, PICTURE), picture_size=PICTURE)
    assert np.all(label[~disc()] == 0)


def test_the_label_follows_the_square() -> None:
    whole = depth_label(dome(), np.ones((32, 32), bool), Square(0, 0, PICTURE), picture_size=PICTURE)
    moved = depth_label(dome(), np.ones((32, 32), bool), Square(-18, 9, PICTURE), picture_size=PICTURE)
    np.testing.assert_allclose(moved[:-1, 2:], whole[1:, :-2], atol=1e-5)


def test_a_mask_without_depth_gives_zeros() -> None:
    nothing = depth_label(np.zeros((96, 96), np.float32), disc(), Square(0, 0, PICTURE), picture_size=PICTURE)
    assert not nothing.any()


def test_a_wall_behind_the_masks_rim_does_not_flatten_the_face() -> None:
    face, mask, square = dome(), disc(), Square(0, 0, PICTURE)
    before_a_wall = np.where(face > 0, face, 3.0).astype(np.float32)
    wide = np.ones((32, 32), bool)  # far more than the head, as beside the cheek of a turned one
    narrow_label = depth_label(face, mask, square, picture_size=PICTURE)
    wall_label = depth_label(before_a_wall, mask | np.roll(mask, 2, axis=1), square, picture_size=PICTURE)
    inside = narrow_label > 0.3
    assert np.abs(wall_label - narrow_label)[inside].max() < 0.1
    assert depth_label(before_a_wall, wide, square, picture_size=PICTURE).max() <= 1.0
