"""Motion that no plane explains: what reaches the floor and what never does."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.card import VerdictRule
from model.clip import FloatArray
from model.motion import MIN_FRAMES, Trace, capture_motion, landmark_variance, motion_of, span_motions
from tests.model.films import filmed, turning
from tests.model.test_card import CARD
from tests.model.test_geometry import head

RULE = VerdictRule()
STRENGTHS = st.floats(0.0, 1.0)


def wobbled(
    *, seed: int, shift: float, roll: float, tilt: float, zoom: float, count: int = 17
) -> list[FloatArray]:
    """A still face under a random smooth homography: at strength 1, 20 px, 10 degrees, steep tilt, 10 %."""
    rng = np.random.default_rng(seed)
    still = head()
    phases, paces = rng.uniform(0, 6.28, 6), rng.uniform(0.1, 0.8, 6)
    waves = np.sin(np.arange(count)[:, None] * paces + phases)
    frames = []
    for x, y, turn, up, side, near in waves:
        angle, scale = 0.17 * roll * turn, 1 + 0.1 * zoom * near
        cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
        matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0], [6e-4 * tilt * up, 6e-4 * tilt * side, 1]])
        centred = still[None, :, :2].astype(np.float64) - (320, 240)
        points = cv2.perspectiveTransform(centred, matrix)[0] + (320 + 20 * shift * x, 240 + 20 * shift * y)
        frames.append(np.c_[points, still[:, 2]].astype(np.float32))
    return frames


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), shift=STRENGTHS, roll=STRENGTHS, tilt=STRENGTHS, zoom=STRENGTHS)
def test_a_picture_never_reaches_the_floor_however_it_is_wobbled(
    seed: int, shift: float, roll: float, tilt: float, zoom: float
) -> None:
    points = wobbled(seed=seed, shift=shift, roll=roll, tilt=tilt, zoom=zoom)
    assert motion_of(filmed(points, noise=3.0), RULE) < RULE.min_motion


def test_a_head_that_turns_is_above_the_floor_and_further_above_the_more_it_turns() -> None:
    slight, clear = (motion_of(filmed(turning(17, amplitude=turn), noise=3.0), RULE) for turn in (0.2, 0.4))
    assert RULE.min_motion < slight < clear


def test_a_cut_from_one_picture_to_another_is_no_motion() -> None:
    one, other = turning(1)[0], turning(9, amplitude=0.6)[4]
    points = [one if i < 9 else other for i in range(17)]
    noise = np.random.default_rng(1).normal(0, 0.1, (17, len(one), 3)).astype(np.float32)
    shown = filmed([each + moved for each, moved in zip(points, noise, strict=True)], noise=3.0)
    assert motion_of(shown, RULE) < RULE.min_motion


def test_landmark_noise_adds_nothing_on_average() -> None:
    rng = np.random.default_rng(0)
    picture = filmed([head()])[0]
    noise = 0.01
    found = [
        landmark_variance(
            [
                replace(picture, landmarks_M2=picture.landmarks_M2 + rng.normal(0, noise, (468, 2)))
                for _ in range(17)
            ],
            RULE,
        )
        for _ in range(20)
    ]
    assert np.mean(found) < 0.25 * noise**2


def test_noise_does_not_hide_a_head_that_turns() -> None:
    rng = np.random.default_rng(0)
    noisy = [
        replace(trace, landmarks_M2=trace.landmarks_M2 + rng.normal(0, 0.003, (468, 2)))
        for trace in filmed(turning(17), noise=3.0)
    ]
    assert motion_of(noisy, RULE) > RULE.min_motion


def test_light_that_changes_on_a_still_picture_is_no_motion() -> None:
    flickering = filmed([head()] * 17, light=lambda i: 1 + 0.2 * np.sin(i / 3))
    assert motion_of(flickering, RULE) < RULE.min_motion


def test_one_clear_measure_makes_up_for_no_more_than_the_rule_credits() -> None:
    flat = wobbled(seed=1, shift=1, roll=1, tilt=1, zoom=1)
    pictures = filmed(turning(17, amplitude=0.3))
    forged = [
        replace(picture, landmarks_M2=trace.landmarks_M2)
        for picture, trace in zip(pictures, filmed(flat), strict=True)
    ]
    assert motion_of(pictures, RULE) > RULE.min_motion > motion_of(forged, RULE)


@pytest.mark.parametrize("size", [0.5, 1.5])
def test_the_landmarks_motion_does_not_depend_on_the_size_of_the_face(size: float) -> None:
    points = turning(17)
    assert landmark_variance(filmed([size * each for each in points]), RULE) == pytest.approx(
        landmark_variance(filmed(points), RULE), rel=0.01
    )


def test_spans_overlap_and_reach_the_last_frame() -> None:
    track = filmed(turning(30))
    motions = span_motions(track, RULE)
    assert motions == tuple(motion_of(track[start : start + 17], RULE) for start in (0, 8, 13))


def test_without_a_window_there_is_no_motion_to_tell() -> None:
    assert capture_motion(filmed(turning(CARD.num_frames - 1)), CARD) is None


def test_a_track_with_windows_that_is_too_short_to_measure_counts_as_still() -> None:
    assert capture_motion(filmed(turning(MIN_FRAMES - 1)), CARD) == 0.0
    assert capture_motion(filmed(turning(MIN_FRAMES, amplitude=0.4)), CARD) != 0.0


@pytest.mark.parametrize(("pieces", "is_still"), [(2, False), (5, True)])
def test_a_track_speaks_for_its_windows(pieces: int, is_still: bool) -> None:
    """13 windows that live; of a picture shown a moment at a time, 2 or 5 times 2 that cannot be measured."""
    living = scaled(0.3, since=0.0)
    shown = [trace for i in range(pieces) for trace in scaled(0.3, since=1.0 + i)[:6]]
    motion = capture_motion([*living, *shown], CARD)
    assert motion is not None
    assert (motion < RULE.min_motion) == is_still


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.0, 0.3), min_size=1, max_size=6), st.floats(0.0, 0.1))
def test_a_further_span_that_moves_as_much_never_lowers_the_motion(
    strengths: list[float], more: float
) -> None:
    tracks = [scaled(strength, since=float(i)) for i, strength in enumerate(strengths)]
    so_far = [trace for track in tracks for trace in track]
    further = scaled(max(strengths) + more, since=99.0)
    before, after = capture_motion(so_far, CARD), capture_motion([*so_far, *further], CARD)
    assert before is not None
    assert after is not None
    assert after >= before


def test_a_living_span_does_not_outvote_the_still_ones() -> None:
    living, still = scaled(0.3, since=0.0), [scaled(0.0, since=float(i)) for i in (1, 2)]
    assert capture_motion([*living, *still[0], *still[1]], CARD) == pytest.approx(0.0, abs=1e-6)


def scaled(strength: float, *, since: float) -> list[Trace]:
    """A track whose landmarks and picture swing by `strength`, without the cost of drawing it."""
    rng = np.random.default_rng(3)
    points, pattern = rng.uniform(0, 1, (468, 2)), rng.normal(0, 1, (48, 48))
    swings = strength * np.sin(np.arange(17) / 2)
    return [
        Trace(
            since,
            since + index / 10,
            (points * (1 + 0.1 * swing)).astype(np.float32),
            (pattern + swing * pattern[::-1]).astype(np.float32),
            np.zeros((32, 32), np.uint8),
            np.zeros((32, 32), np.uint8),
        )
        for index, swing in enumerate(swings)
    ]
