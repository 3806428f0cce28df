"""An attack's light in the tone and sharpness of its bona fide partner."""

import cv2
import numpy as np
import pytest

from model.clip import BoolArray, FloatArray
from training.synthesis.tone import details, matched_sharpness, matched_tone

RNG = np.random.default_rng
GAMMA = 2.2


def light(seed: int = 0) -> FloatArray:
    """Smooth patches with some grain, linear."""
    coarse = RNG(seed).uniform(0.03, 0.9, (14, 14, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (168, 168), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth + RNG(9).normal(0, 0.01, smooth.shape), 0.005, 1), np.float32)


def washed_out(radiance: FloatArray) -> FloatArray:
    grey = radiance.mean(axis=2, keepdims=True)
    return np.asarray(0.08 + 0.6 * (0.65 * radiance + 0.35 * grey), np.float32)


def face() -> BoolArray:
    y, x = np.mgrid[:168, :168]
    return np.asarray(np.hypot(x - 84, y - 84) < 66)


def percentiles(radiance: FloatArray) -> np.ndarray:
    return np.percentile(255 * radiance[face()] ** (1 / GAMMA), (5, 25, 50, 75, 95), axis=0)


def test_a_washed_out_picture_gets_the_tones_of_the_other() -> None:
    wanted, attack = light(), washed_out(light())
    (matched,) = matched_tone([attack], [wanted], face(), 1.0)
    before, after = (np.abs(percentiles(each) - percentiles(wanted)) for each in (attack, matched))
    assert before.max() > 15
    assert after.max() < 8


def test_no_share_changes_nothing_and_half_goes_half_the_way() -> None:
    wanted, attack = light(), washed_out(light())
    levels = [
        percentiles(matched_tone([attack], [wanted], face(), share)[0])[2].mean() for share in (0, 0.5, 1)
    ]
    assert levels[0] == pytest.approx(percentiles(attack)[2].mean(), abs=1.5)
    assert min(levels[0], levels[2]) < levels[1] < max(levels[0], levels[2])


def test_what_changes_from_frame_to_frame_still_does() -> None:
    frames = [light(), np.asarray(1.3 * light(), np.float32)]
    dark, bright = matched_tone(frames, [washed_out(light(3))] * 2, face(), 1.0)
    assert bright[face()].mean() > 1.1 * dark[face()].mean()


def test_highlights_outside_the_face_stay_highlights() -> None:
    attack = washed_out(light())
    attack[:10, :10] = 3.0
    (matched,) = matched_tone([attack], [light()], face(), 1.0)
    assert matched[:10, :10].min() > 1.2 * matched[face()].max()


def test_a_recapture_that_lost_contours_and_gained_grain_is_matched_in_both_bands() -> None:
    wanted = light()
    soft = cv2.GaussianBlur(wanted, (0, 0), 5.0) + RNG(1).normal(0, 0.02, wanted.shape)
    attack = np.asarray(np.maximum(soft, 0), np.float32)
    (matched,) = matched_sharpness([attack], [wanted], face())
    before, after, goal = (np.array(details(each, face())) for each in (attack, matched, wanted))
    missing, left = (np.abs(np.log(each / goal)) for each in (before, after))
    assert missing.max() > 0.5
    assert left.max() < 0.5 * missing.max()
