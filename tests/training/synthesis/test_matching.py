"""Tone and sharpness brought together on the face."""

import cv2
import numpy as np
import pytest

from model.clip import BoolArray, PixelArray
from training.synthesis.matching import match_sharpness, match_tone, sharpness

RNG = np.random.default_rng


def picture(seed: int = 0) -> PixelArray:
    coarse = RNG(seed).uniform(40, 210, (14, 14, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (112, 112), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + RNG(9).normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)


def washed_out(pixels: PixelArray) -> PixelArray:
    grey = pixels.mean(axis=2, keepdims=True)
    faded = 60 + 0.6 * (0.65 * pixels + 0.35 * grey) + np.array([8.0, 0.0, -8.0])
    return np.clip(faded, 0, 255).astype(np.uint8)


def face() -> BoolArray:
    y, x = np.mgrid[:112, :112]
    return np.asarray(np.hypot(x - 56, y - 56) < 45)


def saturation(pixels: PixelArray) -> float:
    values = pixels[face()].astype(float)
    return float((values.max(axis=1) - values.min(axis=1)).mean())


def test_a_washed_out_picture_gets_the_tones_and_the_saturation_of_the_other() -> None:
    bona_fide, attack = [picture()] * 2, [washed_out(picture())] * 2
    matched = match_tone(attack, bona_fide, [face()] * 2, [face()] * 2)
    percentiles = [
        np.percentile(frames[0][face()], (1, 25, 50, 75, 99), axis=0) for frames in (matched, bona_fide)
    ]
    np.testing.assert_allclose(percentiles[0], percentiles[1], atol=4)
    assert saturation(matched[0]) == pytest.approx(saturation(bona_fide[0]), rel=0.08)


def test_one_mapping_holds_for_all_frames_of_a_capture() -> None:
    frames = [picture(), np.clip(picture().astype(int) + 20, 0, 255).astype(np.uint8)]
    matched = match_tone(frames, [washed_out(picture(3))] * 2, [face()] * 2, [face()] * 2)
    levels = {}
    for before, after in zip(frames, matched, strict=True):
        for colour, result in zip(map(tuple, before[40, :60]), map(tuple, after[40, :60]), strict=True):
            assert levels.setdefault(colour, result) == result
    assert matched[1][face()].mean() > matched[0][face()].mean() + 3  # what changed in time still does


def test_matching_a_capture_with_itself_changes_nothing_to_speak_of() -> None:
    (same,) = match_tone([picture()], [picture()], [face()], [face()])
    assert np.abs(same.astype(int) - picture())[face()].max() <= 2


def test_a_capture_without_a_face_is_refused() -> None:
    with pytest.raises(ValueError, match="face"):
        match_tone([picture()], [picture()], [np.zeros((112, 112), bool)], [face()])


@pytest.mark.parametrize("swapped", [False, True])
def test_the_sharper_capture_is_blurred_whichever_it_is(swapped: bool) -> None:
    soft = np.asarray(cv2.GaussianBlur(picture(), (0, 0), 1.3), dtype=np.uint8)
    pair = ([picture()], [soft])
    one, other = match_sharpness(*(pair[::-1] if swapped else pair), [face()], [face()])
    assert sharpness(one, [face()]) == pytest.approx(sharpness(other, [face()]), rel=0.05)
    assert np.array_equal(one[0] if swapped else other[0], soft)


def test_a_recapture_that_lost_contours_and_gained_noise_is_matched_at_both_scales() -> None:
    soft = cv2.GaussianBlur(picture(), (0, 0), 2.0) + RNG(1).normal(0, 9, picture().shape)
    attack = np.clip(soft, 0, 255).astype(np.uint8)
    one, other = match_sharpness([attack], [picture()], [face()], [face()])
    for shrink in (1, 2):
        ratio = sharpness(one, [face()], shrink) / sharpness(other, [face()], shrink)
        assert ratio == pytest.approx(1, abs=0.15)
        before = sharpness([attack], [face()], shrink) / sharpness([picture()], [face()], shrink)
        assert abs(np.log(ratio)) < abs(np.log(before))
