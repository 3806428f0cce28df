"""Windows made of bona fide frames in which only time is wrong."""

import numpy as np
import pytest

from model.geometry import homography_residual
from tests.model.test_geometry import head
from training.time_attacks import Moving, frozen, rewarped, shuffled


def turning(count: int = 5) -> Moving:
    """A head that turns, in pictures of smooth noise."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 255, (12, 16, 3)).astype(np.uint8)
    frames = tuple(np.roll(coarse.repeat(40, 0).repeat(40, 1), i, axis=1) for i in range(count))
    return Moving(frames, tuple(head(yaw=0.06 * i) for i in range(count)))


def test_a_frozen_window_repeats_one_of_its_frames() -> None:
    window = turning()
    still = frozen(window, np.random.default_rng(0))
    assert len({id(pixels) for pixels in still.frames}) == 1
    assert any(np.array_equal(still.frames[0], pixels) for pixels in window.frames)
    assert homography_residual(still.landmarks[0], still.landmarks[-1]) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_a_shuffled_window_has_its_frames_in_an_order_that_neither_runs_forwards_nor_backwards(
    seed: int,
) -> None:
    window = turning()
    order = [
        next(i for i, pixels in enumerate(window.frames) if pixels is shown)
        for shown in shuffled(window, np.random.default_rng(seed)).frames
    ]
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert order not in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0])


def test_a_rewarped_window_follows_the_motion_and_keeps_none_of_its_depth() -> None:
    window = turning()
    plane = rewarped(window, np.random.default_rng(1))
    bona_fide = homography_residual(window.landmarks[0], window.landmarks[-1])
    assert homography_residual(plane.landmarks[0], plane.landmarks[-1]) < 1e-4 < bona_fide
    shift = [np.abs(a - b)[:, :2].mean() for a, b in zip(plane.landmarks, window.landmarks, strict=True)]
    assert max(shift) < 3  # px: the plane goes where the head went
