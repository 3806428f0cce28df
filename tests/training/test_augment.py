"""Augmentation: seeded, in bounds, the same for all frames of a window where it must be."""

from collections.abc import Sequence

import numpy as np
import pytest

from model.clip import Framing, PixelArray, Square
from model.geometry import MAX_SHIFT, SCALE_RANGE, face_square, framed
from tests.model.test_card import CARD
from tests.model.test_geometry import head
from training import augment
from training.augment import blank_background, jitter, photometric
from training.datasets.framing import MARGIN
from training.robustness import PERTURBATIONS
from training.synthesis.camera import transcode
from training.synthesis.camera.presets import Codec, CodecKind

RNG = np.random.default_rng


def frames(count: int = 3) -> list[np.ndarray]:
    return [np.random.default_rng(5).integers(30, 220, (96, 96, 3)).astype(np.uint8)] * count


FRESH = Square(100, 80, 200)
JITTERED = [jitter(FRESH, RNG(seed)) for seed in range(500)]
MOVED_BOXES = [each.framing for each in PERTURBATIONS if each.framing != Framing()]


def test_squares_are_jittered_as_far_as_a_track_may_hold_them() -> None:
    sizes = [FRESH.side / square.side for square in JITTERED]
    assert min(sizes) < SCALE_RANGE[0] < SCALE_RANGE[1] < max(sizes)
    shifts = [square.left + square.side / 2 - FRESH.left - FRESH.side / 2 for square in JITTERED]
    assert 0.96 * MAX_SHIFT < max(shifts) / FRESH.side < 1.01 * MAX_SHIFT
    assert min(shifts) == pytest.approx(-max(shifts), rel=0.05)


@pytest.mark.parametrize("box", MOVED_BOXES, ids=str)
def test_squares_are_jittered_as_far_as_boxes_move_under_which_no_verdict_may_flip(box: Framing) -> None:
    set_off = framed(FRESH, box)
    for edge in ("left", "top", "side"):
        found = [getattr(square, edge) for square in JITTERED]
        assert min(found) <= getattr(set_off, edge) + 1
        assert max(found) >= getattr(set_off, edge) - 1


def test_a_jittered_square_lies_within_the_margin_of_a_stored_picture() -> None:
    face = head()
    picture, square = face_square(face, scale=MARGIN), face_square(face, scale=CARD.crop_scale)
    for jittered in (jitter(square, RNG(seed)) for seed in range(500)):
        assert picture.left - 1 <= jittered.left
        assert picture.top - 1 <= jittered.top
        assert jittered.left + jittered.side <= picture.left + picture.side + 1
        assert jittered.top + jittered.side <= picture.top + picture.side + 1


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


@pytest.mark.parametrize("count", [1, 5])
def test_some_windows_are_sent_as_h264_of_any_usual_rate_whatever_their_length(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Codec] = []

    def transcoded(pictures: Sequence[PixelArray], codec: Codec) -> list[PixelArray]:
        sent.append(codec)
        return transcode(pictures, codec)

    monkeypatch.setattr(augment, "transcode", transcoded)
    assert all(len(photometric(frames(count), RNG(seed))) == count for seed in range(200))
    rates = [codec.quality for codec in sent if codec.kind is CodecKind.H264]
    assert 40 < len(rates) < 85
    assert 20 <= min(rates) < 23 < 35 < max(rates) <= 38


def test_h264_codes_a_picture_by_the_one_before() -> None:
    """A face that comes back from elsewhere carries what was left of it; the same seed leaves the same."""
    noise = [RNG(seed).integers(0, 255, (96, 96, 3)).astype(np.uint8) for seed in range(2)]
    alone, after = (augment._h264([*before, noise[0]], RNG(1))[-1] for before in ([], [noise[1]] * 3))
    again = augment._h264([noise[0]], RNG(1))[-1]
    assert not np.array_equal(alone, after)
    assert np.array_equal(alone, again)
