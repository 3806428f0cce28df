"""Every third frame where the frame rate is the paper's, by time elsewhere, decided as frames arrive."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.card import SamplingRule
from model.sampling import SampledBy, Sampler, sample

RULE = SamplingRule()


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30, 31])
def test_every_third_frame_of_an_even_video_near_the_papers_rate_is_sampled(fps: float) -> None:
    sampling = sample([i / fps for i in range(14)], RULE)
    assert sampling.sampled_by is SampledBy.FRAME_COUNT
    assert sampling.indices == (0, 3, 6, 9, 12)


@given(st.floats(24.5, 30.5), st.integers(0, 2**32 - 1))
def test_a_cameras_jitter_of_5_ms_does_not_break_the_count(fps: float, seed: int) -> None:
    jitter = np.random.default_rng(seed).uniform(-0.0025, 0.0025, 60)
    assert sample((np.arange(60) / fps + jitter).tolist(), RULE).indices == tuple(range(0, 60, 3))


@pytest.mark.parametrize("fps", [10, 12, 15, 20, 50, 60, 90, 120])
def test_at_another_rate_the_frame_nearest_to_110_ms_after_the_last_one_is_taken(fps: float) -> None:
    times = [i / fps for i in range(4 * fps)]
    sampling = sample(times, RULE)
    assert sampling.sampled_by is SampledBy.TIME
    gaps = np.diff([times[i] for i in sampling.indices])
    assert np.all(np.abs(gaps - 0.110) <= 0.5 / fps + 1e-9)


def test_a_30_fps_video_with_dropped_frames_is_sampled_by_time() -> None:
    times = [i / 30 for i in range(90) if i % 10 != 4]
    sampling = sample(times, RULE)
    assert sampling.sampled_by is SampledBy.TIME
    assert np.all(np.diff([times[i] for i in sampling.indices]) < 0.15)


def test_a_slow_video_gives_each_frame_once() -> None:
    sampling = sample([0.0, 0.5, 1.0], RULE)
    assert sampling.indices == (0, 1, 2)
    assert sampling.sampled_by is SampledBy.TIME


def test_frames_of_one_moment_are_not_all_sampled_whatever_the_pace_has_been() -> None:
    gaps = [0.24, 0.24, 0.24, 2e-6, 2e-6] * 20
    times = np.cumsum(gaps).tolist()
    assert np.diff([times[i] for i in sample(times, RULE).indices]).min() >= 0.055


def test_no_frames_give_no_samples() -> None:
    assert sample([], RULE).indices == ()


def test_times_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        sample([0.0, 0.2, 0.1], RULE)


@given(st.lists(st.floats(0.004, 0.4), min_size=1, max_size=80), st.integers(1, 80))
def test_later_frames_never_change_which_earlier_ones_are_sampled(intervals: list[float], count: int) -> None:
    times = np.cumsum(intervals).tolist()
    first = sample(times[:count], RULE).indices
    assert first == tuple(index for index in sample(times, RULE).indices if index < count)
    assert first[0] == 0


@given(st.lists(st.floats(0.004, 0.4), min_size=2, max_size=80))
def test_a_gap_is_never_longer_than_the_interval_and_half_of_what_the_camera_left_out(
    intervals: list[float],
) -> None:
    times = np.cumsum(intervals)
    taken = times[list(sample(times.tolist(), RULE).indices)]
    longest = max(0.110, RULE.interval / RULE.min_fps * 1.1) + max(intervals)
    assert np.all(np.diff(taken) <= longest + 1e-9)


def test_the_rate_is_the_median_of_the_newest_intervals() -> None:
    sampler = Sampler()
    for time in (0.0, 0.04, 0.08, 0.2, 0.24, 0.28):
        sampler, _ = sampler.see(time, RULE)
    assert sampler.frame_interval == pytest.approx(0.04)
