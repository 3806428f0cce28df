"""Every third frame where the frame rate is the paper's, by time elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.card import SamplingRule
from model.sampling import SampledBy, sample

RULE = SamplingRule()


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30])
def test_every_third_frame_of_an_even_video_near_the_papers_rate_is_sampled(fps: float) -> None:
    sampling = sample([i / fps for i in range(14)], RULE)
    assert sampling.sampled_by is SampledBy.FRAME_COUNT
    assert sampling.indices == (0, 3, 6, 9, 12)


def test_a_60_fps_video_is_sampled_by_time() -> None:
    times = [i / 60 for i in range(120)]
    sampling = sample(times, RULE)
    assert sampling.sampled_by is SampledBy.TIME
    gaps = np.diff([times[i] for i in sampling.indices])
    assert np.all(np.abs(gaps - 0.110) <= 1 / 60 + 1e-9)


def test_a_30_fps_video_with_dropped_frames_is_sampled_by_time() -> None:
    times = [i / 30 for i in range(90) if i % 10 != 4]
    assert sample(times, RULE).sampled_by is SampledBy.TIME


def test_a_slow_video_gives_each_frame_once() -> None:
    sampling = sample([0.0, 0.5, 1.0], RULE)
    assert sampling.indices == (0, 1, 2)


def test_no_frames_give_no_samples() -> None:
    assert sample([], RULE).indices == ()


def test_times_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        sample([0.0, 0.2, 0.1], RULE)


@given(st.lists(st.floats(0.004, 0.4), min_size=1, max_size=80))
def test_sampled_frames_rise_and_start_with_the_first(intervals: list[float]) -> None:
    times = np.cumsum(intervals).tolist()
    indices = sample(times, RULE).indices
    assert indices[0] == 0
    assert list(indices) == sorted(set(indices))
    assert indices[-1] < len(times)
