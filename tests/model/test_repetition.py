"""Pictures that repeat: frozen, looped, to and fro; and what only looks like it."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.card import VerdictRule
from model.clip import FloatArray, PixelArray
from model.motion import Trace
from model.repetition import _places, frozen_share, repeated_share
from tests.model.films import filmed, living, turning
from tests.model.test_geometry import head

RULE = VerdictRule()


def shown(traces: Sequence[Trace], order: Sequence[int], *, noise: float = 0.0) -> list[Trace]:
    """The frames of a film in another order, each with coding noise of its own."""
    rng = np.random.default_rng(4)
    return [
        replace(
            traces[i],
            time=place / 10,
            picture_BB=_noisy(traces[i].picture_BB, rng, noise),
            laid_BB=_noisy(traces[i].laid_BB, rng, noise),
        )
        for place, i in enumerate(order)
    ]


def _noisy(picture_BB: PixelArray, rng: np.random.Generator, noise: float) -> NDArray[np.uint8]:
    exact = picture_BB + rng.normal(0, noise, picture_BB.shape)
    return np.clip(np.round(exact), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("frozen", [7, 10])
def test_a_paused_film_is_frozen_for_the_share_it_was_paused(frozen: int) -> None:
    order = [*range(17 - frozen), *[17 - frozen] * frozen]
    share = frozen_share(shown(filmed(turning(17)), order, noise=0.2), RULE)
    assert share == pytest.approx((frozen - 1) / 16)
    assert share > RULE.max_frozen_share


def test_a_paused_film_that_gets_brighter_is_as_frozen() -> None:
    film = filmed([head()] * 17)
    brighter = [replace(t, picture_BB=cv2.add(t.picture_BB, i)) for i, t in enumerate(film)]
    assert frozen_share(brighter, RULE) == 1.0


def test_a_person_who_sits_still_is_not_frozen() -> None:
    sway = [head(centre=(320 + 0.4 * np.sin(i), 240 + 0.3 * np.cos(0.7 * i))) for i in range(17)]
    assert frozen_share(filmed(sway, noise=2.0), RULE) == 0.0


def test_motion_that_compression_hides_between_neighbours_is_not_frozen_for_long() -> None:
    creep = [head(centre=(320 + 0.06 * i, 240.0)) for i in range(17)]
    share = frozen_share(filmed(creep), RULE)
    assert share is not None
    assert share <= RULE.max_frozen_share


def test_a_few_repeated_frames_are_no_freeze() -> None:
    film = filmed(turning(17))
    assert frozen_share(shown(film, [*range(10), 10, 10, 10, 10, *range(13, 16)]), RULE) == 0.0


@pytest.mark.parametrize("period", [7, 12, 18])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_sequence_that_comes_again_is_found_forwards_and_backwards(period: int, mirrored: bool) -> None:
    film = filmed(turning(period))
    once = [*range(period), *(range(period - 2, 0, -1) if mirrored else ())]
    share = repeated_share(shown(film, (once * 8)[:46], noise=0.5), RULE)
    assert share is not None
    assert share > RULE.max_repeated_share


@pytest.mark.parametrize("period", [12, 18])
def test_a_loop_on_a_screen_that_drifts_in_the_hand_is_found(period: int) -> None:
    looped = [points for points in turning(period) * 4][:46]
    share = repeated_share(filmed(drifting(looped), noise=0.5), RULE)
    assert share is not None
    assert share > RULE.max_repeated_share


@pytest.mark.parametrize("seed", range(4))
def test_a_person_before_a_camera_that_drifts_does_not_come_again(seed: int) -> None:
    assert repeated_share(filmed(drifting(living(46, seed=seed)), noise=2.0), RULE) == 0.0


@pytest.mark.parametrize("period", [10, 18])
def test_a_loop_whose_every_pass_is_a_track_of_its_own_is_found(period: int) -> None:
    once = filmed(turning(period))
    passes = [
        replace(trace, since=float(i), time=i * period / 10 + trace.time) for i in range(5) for trace in once
    ]
    share = repeated_share(passes, RULE)
    assert share is not None
    assert share > RULE.max_repeated_share


@pytest.mark.parametrize("seed", range(4))
def test_a_person_whose_track_begins_anew_does_not_come_again(seed: int) -> None:
    film = filmed(living(46, seed=seed), noise=2.0)
    broken = [replace(trace, since=float(i // 8)) for i, trace in enumerate(film)]
    assert repeated_share(broken, RULE) == 0.0


def drifting(film: Sequence[FloatArray]) -> list[FloatArray]:
    """Ten px to and fro and as much up and down, in periods that no loop shares."""
    ways = [(10 * np.sin(0.19 * i), 10 * np.cos(0.13 * i), 0.0) for i in range(len(film))]
    return [(points + way).astype(np.float32) for points, way in zip(film, ways, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_a_loop_of_which_frames_are_lost_is_found_by_its_times(seed: int) -> None:
    looped = shown(filmed(turning(18)), (list(range(18)) * 4)[:60], noise=0.5)
    share = repeated_share(some_lost(looped, seed), RULE)
    assert share is not None
    assert share > RULE.max_repeated_share


@pytest.mark.parametrize("seed", range(4))
def test_living_motion_of_which_frames_are_lost_does_not_come_again(seed: int) -> None:
    assert repeated_share(some_lost(filmed(living(60), noise=2.0), seed), RULE) == 0.0


def some_lost(film: Sequence[Trace], seed: int) -> list[Trace]:
    """A quarter of the frames is lost, never two in a row."""
    rng = np.random.default_rng(seed)
    lost = {i for i in range(1, len(film), 2) if rng.random() < 0.5}
    return [trace for i, trace in enumerate(film) if i not in lost]


def test_two_frames_of_one_time_are_no_error() -> None:
    film = filmed(living(46), noise=2.0)
    assert repeated_share([*film[:10], replace(film[10], time=film[9].time), *film[11:]], RULE) == 0.0


def test_times_that_are_made_up_ask_for_no_more_work_than_others() -> None:
    """Most frames 2 us apart and some 0.24 s: 58 s took 174,000 positions, five times the work."""
    film, waits = filmed(living(46), noise=2.0), [0.24, 2e-6, 2e-6] * 15
    times = np.r_[0, np.cumsum(waits)]
    traces = [replace(trace, time=float(time)) for trace, time in zip(film, times, strict=True)]
    assert max(places_N[-1] for places_N in _places(traces)) <= 3 * times[-1] / 0.05 + 3


def test_a_loop_is_found_whatever_tempo_is_claimed_for_each_of_its_rounds() -> None:
    film, tempos = filmed(living(15), noise=2.0), (0.09, 0.2, 0.12, 0.16)
    waits = [tempo for tempo in tempos for _ in range(15)]
    times = np.r_[0, np.cumsum(waits)]
    looped = [replace(film[i % 15], time=float(times[i])) for i in range(60)]
    people = [
        replace(trace, time=float(time)) for trace, time in zip(filmed(living(60)), times, strict=False)
    ]
    assert (repeated_share(looped, RULE) or 0) > RULE.max_repeated_share
    assert (repeated_share(people, RULE) or 0) <= RULE.max_repeated_share


@pytest.mark.parametrize("seed", range(4))
def test_living_motion_does_not_come_again(seed: int) -> None:
    assert repeated_share(filmed(living(46, seed=seed), noise=2.0), RULE) == 0.0


def test_a_still_picture_with_noise_does_not_count_as_a_sequence() -> None:
    assert repeated_share(shown(filmed([head()] * 17), [0] * 46, noise=2.0), RULE) == 0.0


def test_too_few_frames_tell_nothing() -> None:
    film = filmed(turning(2 * RULE.loop_run - 1))
    assert repeated_share(film, RULE) is None
    assert frozen_share(film[:1], RULE) is None
