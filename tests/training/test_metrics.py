"""Hand-counted error rates, the worst species, exact intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import Rate, acer, apcer, bpcer, threshold_at_least_acer, worst_apcer

BONA_FIDE = [0.9, 0.8, 0.4, 0.7]
ATTACKS = {"print": [0.1, 0.5, 0.2, 0.3], "replay": [0.6, 0.65, 0.1]}
SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_rates_are_the_hand_counted_ones() -> None:
    assert bpcer(BONA_FIDE, 0.5) == Rate(1, 4)
    assert apcer(ATTACKS["print"], 0.5) == Rate(1, 4)
    assert worst_apcer(ATTACKS, 0.5) == ("replay", Rate(2, 3))
    assert acer(BONA_FIDE, ATTACKS, 0.5) == pytest.approx((2 / 3 + 1 / 4) / 2)


def test_a_score_at_the_threshold_is_bona_fide() -> None:
    assert apcer([0.5], 0.5).count == 1
    assert bpcer([0.5], 0.5).count == 0


def test_the_interval_is_clopper_and_pearsons() -> None:
    assert Rate(0, 300).interval == pytest.approx((0.0, 0.01222), abs=1e-4)
    assert Rate(6, 300).interval == pytest.approx((0.00737, 0.04304), abs=1e-4)


def test_a_rate_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        _ = Rate(0, 0).value


def test_the_threshold_from_dev_separates_what_can_be_separated() -> None:
    threshold = threshold_at_least_acer([0.8, 0.9], {"print": [0.1, 0.2], "replay": [0.6]})
    assert threshold == pytest.approx(0.7)


@given(SCORES, SCORES, st.floats(0, 1), st.floats(0, 1))
def test_apcer_falls_and_bpcer_rises_with_the_threshold(
    bona_fide: list[float], attacks: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert apcer(attacks, low).count >= apcer(attacks, high).count
    assert bpcer(bona_fide, low).count <= bpcer(bona_fide, high).count
