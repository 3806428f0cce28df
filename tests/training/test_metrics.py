"""Hand-counted error rates, the worst species, exact intervals."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from training.metrics import (
    Rate,
    Refusals,
    Tally,
    acer,
    apcer,
    bpcer,
    hter,
    threshold_at_least_acer,
    worst,
    worst_apcer,
)

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


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES, st.floats(0, 1), st.floats(0, 1))
def test_apcer_falls_and_bpcer_rises_with_the_threshold(
    bona_fide: list[float], attacks: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert apcer(attacks, low).count >= apcer(attacks, high).count
    assert bpcer(bona_fide, low).count <= bpcer(bona_fide, high).count


def test_a_non_response_is_counted_both_ways() -> None:
    tally = Tally.of(["bona_fide"] * 2 + ["attack"] * 5 + ["undecided"] * 3)
    assert tally.non_response == Rate(3, 10)
    assert tally.apcer(Refusals.APART) == Rate(2, 7)
    assert tally.apcer(Refusals.REFUSED) == Rate(2, 10)
    assert tally.bpcer(Refusals.APART) == Rate(5, 7)
    assert tally.bpcer(Refusals.REFUSED) == Rate(8, 10)


def test_a_word_that_is_no_decision_is_an_error() -> None:
    with pytest.raises(ValueError, match="maybe"):
        Tally.of(["maybe"])


def test_hter_lets_the_easy_species_hide_the_hard_one_where_acer_does_not() -> None:
    assert hter(BONA_FIDE, ATTACKS, 0.5) == pytest.approx((3 / 7 + 1 / 4) / 2)
    assert hter(BONA_FIDE, ATTACKS, 0.5) < acer(BONA_FIDE, ATTACKS, 0.5)


def test_a_species_that_was_never_presented_is_not_the_worst() -> None:
    assert worst({"print": Rate(0, 5), "mask": Rate(0, 0)}) == ("print", Rate(0, 5))
    with pytest.raises(ValueError, match="at least one attack"):
        worst({"mask": Rate(0, 0)})


def test_where_nothing_tells_them_apart_the_threshold_is_in_the_middle() -> None:
    scores = [i / 10 for i in range(1, 10)]
    assert threshold_at_least_acer(scores, {"replay": scores}) == pytest.approx(0.5, abs=0.06)


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES, SCORES)
def test_no_threshold_between_two_scores_has_less_acer(
    bona_fide: list[float], prints: list[float], replays: list[float]
) -> None:
    attacks = {"print": prints, "replay": replays}
    chosen = acer(bona_fide, attacks, threshold_at_least_acer(bona_fide, attacks))
    edges = sorted({0.0, 1.0, *bona_fide, *prints, *replays})
    assert all(chosen <= acer(bona_fide, attacks, (low + high) / 2) + 1e-12 for low, high in pairwise(edges))


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES, st.floats(0, 1))
def test_rates_are_scikit_learns(bona_fide: list[float], attacks: list[float], threshold: float) -> None:
    labels = [True] * len(bona_fide) + [False] * len(attacks)
    accepted = [score >= threshold for score in (*bona_fide, *attacks)]
    (rejected_attacks, accepted_attacks), (rejected, _) = confusion_matrix(
        labels, accepted, labels=[False, True]
    )
    assert apcer(attacks, threshold) == Rate(accepted_attacks, rejected_attacks + accepted_attacks)
    assert bpcer(bona_fide, threshold) == Rate(rejected, len(bona_fide))
