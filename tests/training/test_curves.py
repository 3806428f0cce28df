"""Curves by hand and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import det_curve, roc_auc_score

from training.curves import auc, bpcer_at_apcer, equal_error_rate, error_curve, worst_apcer_at_bpcer
from training.metrics import Rate, bpcer, worst_apcer

# Few distinct values, so that ties are common.
SCORES = st.lists(st.integers(0, 12).map(lambda step: step / 12), min_size=1, max_size=40)


def test_the_curve_of_four_scores_is_the_one_drawn_by_hand() -> None:
    curve = error_curve([0.4, 0.8], [0.2, 0.6])
    assert curve.thresholds_N[:-1].tolist() == [0.2, 0.4, 0.6, 0.8]
    assert curve.apcer_N.tolist() == [1.0, 0.5, 0.5, 0.0, 0.0]
    assert curve.bpcer_N.tolist() == [0.0, 0.0, 0.5, 0.5, 1.0]
    assert equal_error_rate([0.4, 0.8], [0.2, 0.6]) == 0.5
    assert auc([0.4, 0.8], [0.2, 0.6]) == 0.75


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES)
def test_auc_is_scikit_learns(bona_fide: list[float], attacks: list[float]) -> None:
    labels = [1] * len(bona_fide) + [0] * len(attacks)
    assert auc(bona_fide, attacks) == pytest.approx(roc_auc_score(labels, [*bona_fide, *attacks]))


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES)
def test_every_point_of_scikit_learns_det_curve_is_on_ours(
    bona_fide: list[float], attacks: list[float]
) -> None:
    labels = [1] * len(bona_fide) + [0] * len(attacks)
    false_accepts, false_rejects, _ = det_curve(labels, [*bona_fide, *attacks])
    curve = error_curve(bona_fide, attacks)
    ours = np.stack([curve.apcer_N, curve.bpcer_N], axis=1)
    for point in np.stack([false_accepts, false_rejects], axis=1):
        assert np.abs(ours - point).max(axis=1).min() < 1e-12


def test_scores_that_separate_have_no_equal_error_and_scores_alike_have_half() -> None:
    assert equal_error_rate([0.7, 0.9], [0.1, 0.2]) == 0.0
    assert auc([0.5] * 3, [0.5] * 4) == 0.5


def test_bpcer_at_an_apcer_is_held_by_the_worst_species() -> None:
    attacks = {"print": np.arange(0.0, 0.1, 0.01), "replay": np.arange(0.4, 0.5, 0.01)}
    bona_fide = [0.3, 0.45, 0.48, 0.6]
    assert bpcer_at_apcer(bona_fide, attacks, 0.10) == Rate(3, 4)  # one replay in ten, at 0.49
    assert bpcer_at_apcer(bona_fide, {"print": attacks["print"]}, 0.10) == Rate(0, 4)


@pytest.mark.parametrize(("bona_fide", "attacks"), [([], [0.1]), ([0.1], [])])
def test_a_class_without_scores_has_no_curve(bona_fide: list[float], attacks: list[float]) -> None:
    with pytest.raises(ValueError, match="bona fide and attack"):
        error_curve(bona_fide, attacks)


@settings(deadline=None)  # the first example pays for imports
@given(SCORES, SCORES, st.sampled_from([0.0, 0.02, 0.1, 0.5]))
def test_no_threshold_within_the_target_lets_fewer_attacks_pass(
    bona_fide: list[float], attacks: list[float], target: float
) -> None:
    _, found = worst_apcer_at_bpcer(bona_fide, {"print": attacks}, target)
    candidates = [*error_curve(bona_fide, attacks).thresholds_N, 0.0]
    within = [each for each in candidates if bpcer(bona_fide, each).value <= target]
    assert found == min(
        (worst_apcer({"print": attacks}, each)[1] for each in within), key=lambda rate: rate.value
    )


def test_the_worst_species_at_a_bpcer_is_named_and_ties_are_accepted() -> None:
    bona_fide = [0.5, 0.6, 0.6, *[0.9] * 97]
    attacks = {"print": [0.1, 0.55, 0.6], "replay": [0.2, 0.2, 0.2, 0.95]}
    assert worst_apcer_at_bpcer(bona_fide, attacks, 0.02) == ("print", Rate(1, 3))
    assert worst_apcer_at_bpcer(bona_fide, attacks, 0.03) == ("replay", Rate(1, 4))
    with pytest.raises(ValueError, match="bona fide and attack"):
        worst_apcer_at_bpcer([], attacks, 0.02)
