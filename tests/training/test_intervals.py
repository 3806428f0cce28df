"""Exact intervals, the captures that a claim needs, and people drawn whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.intervals import bootstrap_by_subject, captures_needed, clopper_pearson, quantile_ranks


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0)],
)
def test_the_interval_is_the_published_one(count: int, total: int, low: float, high: float) -> None:
    assert clopper_pearson(count, total) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)  # the first example pays for imports
@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_rate(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    low, high = clopper_pearson(count, total)
    assert low <= count / total <= high


@pytest.mark.parametrize(("rate", "needed"), [(0.02, 149), (0.05, 59), (0.01, 299)])
def test_a_claim_of_a_low_rate_needs_about_three_over_it(rate: float, needed: int) -> None:
    assert captures_needed(rate) == needed
    assert clopper_pearson(0, needed, confidence=0.90)[1] <= rate  # one-sided at 95 %
    assert clopper_pearson(0, needed - 1, confidence=0.90)[1] > rate


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_no_number_of_captures_shows_a_rate_of_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        captures_needed(rate)


def test_the_ranks_bracket_the_quantile_as_often_as_they_say() -> None:
    low, high = quantile_ranks(200, 0.1)
    samples = np.sort(np.random.default_rng(0).uniform(size=(2000, 200)), axis=1)
    covered = np.mean((samples[:, low] <= 0.1) & (samples[:, high] >= 0.1))
    assert 0.94 <= covered <= 0.99


def test_people_with_many_like_captures_widen_the_interval() -> None:
    outcomes = np.repeat(np.random.default_rng(1).random(20) < 0.3, 10).astype(float)
    alone = [str(i) for i in range(200)]
    grouped = [str(i // 10) for i in range(200)]

    def mean(positions: np.ndarray) -> float:
        return float(outcomes[positions].mean())

    narrow, wide = (bootstrap_by_subject(names, mean, resamples=300) for names in (alone, grouped))
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])


def test_a_statistic_that_no_draw_defines_is_an_error() -> None:
    with pytest.raises(ValueError, match="no draw"):
        bootstrap_by_subject(["a", "b"], lambda _: float("nan"), resamples=5)
