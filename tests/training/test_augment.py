"""Augmentation: seeded, in bounds, the same for all frames of a window where it must be."""

import numpy as np
import pytest

from model.clip import Square
from model.geometry import square_holds
from tests.model.test_geometry import head
from training import augment
from training.augment import blank_background, jitter, photometric

RNG = np.random.default_rng


def frames(count: int = 3) -> list[np.ndarray]:
    return [np.random.default_rng(5).integers(30, 220, (96, 96, 3)).astype(np.uint8)] * count


@pytest.mark.parametrize("seed", range(50))
def test_a_jittered_square_is_one_that_a_track_may_hold(seed: int) -> None:
    fresh = Square(100, 80, 200)
    held = jitter(fresh, RNG(seed))
    assert square_holds(held, fresh)
    assert held != fresh


def test_the_same_seed_gives_the_same_pictures() -> None:
    one, other = photometric(frames(), RNG(7)), photometric(frames(), RNG(7))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_augmented_pictures_keep_their_shape_and_type() -> None:
    for seed in range(20):
        for pixels in photometric(frames(), RNG(seed)):
            assert (pixels.shape, pixels.dtype) == ((96, 96, 3), np.uint8)


def test_augmentation_spans_the_tone_of_real_cameras() -> None:
    blacks = [np.percentile(photometric(frames(1), RNG(seed))[0], 1) for seed in range(100)]
    assert min(blacks) < 20
    assert max(blacks) > 55


def test_a_blanked_background_is_one_grey_and_the_face_stays() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    blanked = blank_background([picture], [head()], RNG(0))[0]
    assert blanked[:40, :40].std(axis=(0, 1)).max() == 0
    assert np.abs(blanked[240, 300:340].astype(int) - picture[240, 300:340]).max() <= 1


def test_jpeg_takes_red_for_red_which_weighs_more_in_luma_than_blue() -> None:
    """What is left of fine detail is mostly luma, which shows in green too."""
    detail_HW = RNG(3).integers(0, 255, (96, 96))
    of_red, of_blue = (_as_jpeg(detail_HW, channel)[..., 1].std() for channel in (0, 2))
    assert of_red > 1.5 * of_blue


def _as_jpeg(detail_HW: np.ndarray, channel: int) -> np.ndarray:
    pixels_HW3 = np.full((96, 96, 3), 128, np.uint8)
    pixels_HW3[..., channel] = detail_HW
    (compressed,) = augment._jpeg([pixels_HW3], RNG(0))
    return compressed
