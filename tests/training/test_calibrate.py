"""The threshold for a wanted error, its evidence, and when there is too little of it."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.calibration import Calibration
from model.card import VerdictRule
from model.verdict import Decision, Judgement
from tests.model.test_card import CARD
from tests.training.test_scores import row
from training.calibrate import Sample, TooFewCaptures, calibrated, decisive_score, sample_of
from training.commands.calibrate import described

GRAPHS = {"frame_encoder.onnx": "00", "pair_head.onnx": "11"}


def calibrate(sample: Sample, target: float = 0.02) -> Calibration:
    return calibrated(sample, target_bpcer=target, card=CARD, graphs=GRAPHS, source="a test")


def test_the_threshold_rejects_the_share_that_was_asked_for() -> None:
    scores = [0.5 + i / 1000 for i in range(200)]
    found = calibrate(Sample([*scores, *[math.nan] * 3]))
    assert (found.bpcer.count, found.bpcer.total) == (4, 200)
    assert found.threshold == pytest.approx(0.504)
    assert found.threshold_low < found.threshold < found.threshold_high
    assert (found.bpnrr.count, found.bpnrr.total) == (3, 203)


@settings(deadline=None)  # the first example pays for imports
@given(st.integers(0, 1000), st.sampled_from([0.02, 0.05, 0.1]))
def test_no_more_are_rejected_than_the_target_and_hardly_fewer(seed: int, target: float) -> None:
    scores = np.random.default_rng(seed).normal(0.7, 0.05, 400).tolist()
    found = calibrate(Sample(scores), target)
    assert target - 5 / 400 <= found.bpcer.count / 400 <= target


def test_the_threshold_interval_holds_the_true_quantile() -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(200):
        found = calibrate(Sample(rng.uniform(size=300).tolist()), 0.05)
        held.append(found.threshold_low <= 0.05 <= found.threshold_high)
    assert np.mean(held) >= 0.93


def test_attacks_do_not_move_the_threshold_and_their_rates_are_told() -> None:
    scores = [0.5 + i / 1000 for i in range(200)]
    without, with_attacks = (
        calibrate(Sample(scores, attacks)) for attacks in ({}, {"print": [0.1] * 9 + [0.9]})
    )
    assert with_attacks.threshold == without.threshold
    assert (with_attacks.apcer["print"].count, with_attacks.apcer["print"].total) == (1, 10)
    assert "APCER) print" in described(with_attacks, shipped=0.4)
    assert "not measured" in described(without, shipped=0.4)


def test_an_attack_that_is_never_decided_is_told_as_such() -> None:
    found = calibrate(Sample([0.7] * 150, {"paused": [math.nan] * 4}))
    assert found.apcer == {}
    assert (found.apnrr["paused"].count, found.apnrr["paused"].total) == (4, 4)
    assert "APNRR) paused" in described(found, shipped=0.4)


def test_too_few_captures_are_refused_with_the_number_that_is_needed() -> None:
    with pytest.raises(TooFewCaptures, match=r"149.*there are 60: add 89, or ask for a BPCER of 0\.05"):
        calibrate(Sample([0.7] * 60))
    calibrate(Sample([0.7] * 60), 0.05)
    with pytest.raises(TooFewCaptures, match=r"there are 0: add 149$"):
        calibrate(Sample([math.nan]))


def test_only_captures_whose_decision_hangs_on_the_threshold_choose_it() -> None:
    rows = [
        row(0.8),
        row(0.3, decision="attack"),
        row(0.9, decision="undecided", reasons=("too_still",)),
        row(0.9, decision="undecided", reasons=("frozen_frames",)),
        row(math.nan, decision="undecided", reasons=("no_face",)),
        row(0.2, species="print", decision="attack"),
        row(math.nan, species="print", decision="undecided", reasons=("no_face",)),
    ]
    sample = sample_of(rows)
    np.testing.assert_array_equal(sample.bona_fide, [0.8, 0.3, 0.9, math.nan, math.nan])
    np.testing.assert_array_equal(sample.attacks["print"], [0.2, math.nan])


def judged(scores: list[float], *, undecided: bool = False) -> Judgement:
    windows = tuple(SimpleNamespace(score=score) for score in scores)
    decision = Decision.UNDECIDED if undecided else Decision.ATTACK
    return Judgement(decision, None, 0.5, (), windows, None, None, 10, {})  # type: ignore[arg-type]


@settings(deadline=None)  # the first example pays for imports
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0, 1))
def test_a_capture_passes_exactly_up_to_its_decisive_score(scores: list[float], threshold: float) -> None:
    rule = VerdictRule(max_attack_share=0.5)
    below = np.mean([score < threshold for score in scores])
    passes = np.mean(scores) >= threshold and below <= rule.max_attack_share
    assert (threshold <= decisive_score(judged(scores), rule)) == passes


def test_a_capture_that_no_threshold_decides_has_no_decisive_score() -> None:
    assert math.isnan(decisive_score(judged([0.9] * 3, undecided=True), VerdictRule()))
    assert math.isnan(decisive_score(judged([]), VerdictRule()))
    still = replace(judged([0.9, 0.7], undecided=True), reasons=("too_still",))  # type: ignore[arg-type]
    assert decisive_score(still, VerdictRule()) == pytest.approx(0.8)
