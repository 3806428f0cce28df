"""Wall time by stage."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.timeline import Stage, Timeline, covered

moments = st.floats(0, 100)
intervals = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=10)


@given(intervals)
def test_the_union_is_no_longer_than_the_sum_and_no_shorter_than_the_longest(
    spans: list[tuple[float, float]],
) -> None:
    lengths = [end - start for start, end in spans]
    assert max(lengths, default=0) - 1e-9 <= covered(spans) <= sum(lengths) + 1e-9


@given(intervals)
def test_what_is_counted_twice_adds_nothing(spans: list[tuple[float, float]]) -> None:
    assert covered([*spans, *spans]) == pytest.approx(covered(spans))


def test_passes_side_by_side_count_once() -> None:
    timeline = Timeline()
    for _ in range(5):
        timeline.add(Stage.ENCODE, (1.0, 1.5))
    timeline.add(Stage.ENCODE, (2.0, 2.25))
    assert timeline.seconds() == {Stage.ENCODE: 0.75}


def test_the_rest_is_what_no_other_stage_took() -> None:
    timeline = Timeline()
    with timeline.rest(Stage.SCORE):
        with timeline.timed(Stage.FACE):
            time.sleep(0.05)
        time.sleep(0.02)
    seconds = timeline.seconds()
    assert seconds[Stage.FACE] >= 0.05
    assert 0.02 <= seconds[Stage.SCORE] < seconds[Stage.FACE] + 0.02


def test_every_interval_is_observed() -> None:
    seen: list[tuple[Stage, float]] = []
    Timeline(lambda stage, seconds: seen.append((stage, seconds))).add(Stage.PAIR, (1.0, 3.0))
    assert seen == [(Stage.PAIR, 2.0)]
