"""The threshold for a wanted error, its evidence, and when there is too little of it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.calibration import Calibration
from model.card import VerdictRule
from model.clip import Clip, Face
from model.verdict import Decision, Judgement, decide
from tests.model.films import turning
from tests.model.scripted import CountingEngine, film, observed, person, script_of, shown
from tests.model.test_card import CARD
from tests.model.test_geometry import head
from tests.training.test_scores import row
from training.calibrate import (
    AllTooStill,
    Outcome,
    Sample,
    TooFewCaptures,
    calibrated,
    decisive_score,
    outcome_of,
    sample_of,
)
from training.commands.calibrate import described
from training.scores import ScoreRow, TableError

GRAPHS = {"frame_encoder.onnx": "00", "pair_head.onnx": "11"}
RULE = CARD.verdict
MIXED = (0.9, 0.8, 0.3, 0.2, 0.25) * 20  # probabilities of windows
PLANE = [head(centre=(300.0 + 3 * i, 240.0)) for i in range(20)]


def calibrate(sample: Sample, target: float = 0.02) -> Calibration:
    return calibrated(sample, target_bpcer=target, card=CARD, graphs=GRAPHS, source="a test")


def moving(scores: Sequence[float]) -> list[Outcome]:
    return [Outcome(score, moves=True) for score in scores]


def still(scores: Sequence[float]) -> list[Outcome]:
    return [Outcome(score, moves=False) for score in scores]


def undecided(score: float, reason: str, *, species: str = "bona_fide", **more: object) -> ScoreRow:
    return row(score, species=species, decision="undecided", reasons=(reason,), **more)


def test_the_threshold_rejects_the_share_that_was_asked_for() -> None:
    scores = [0.5 + i / 1000 for i in range(200)]
    found = calibrate(Sample(moving([*scores, *[math.nan] * 3])))
    assert (found.bpcer.count, found.bpcer.total) == (4, 200)
    assert found.threshold == pytest.approx(0.504)
    assert found.threshold_low < found.threshold < found.threshold_high
    assert (found.bpnrr.count, found.bpnrr.total) == (3, 203)


@settings(deadline=None)  # the first example pays for imports
@given(st.integers(0, 1000), st.sampled_from([0.02, 0.05, 0.1]))
def test_no_more_are_rejected_than_the_target_and_hardly_fewer(seed: int, target: float) -> None:
    scores = np.random.default_rng(seed).normal(0.7, 0.05, 400).tolist()
    found = calibrate(Sample(moving(scores)), target)
    assert target - 5 / 400 <= found.bpcer.count / 400 <= target


def test_the_threshold_interval_holds_the_true_quantile() -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(200):
        found = calibrate(Sample(moving(rng.uniform(size=300).tolist())), 0.05)
        held.append(found.threshold_low <= 0.05 <= found.threshold_high)
    assert np.mean(held) >= 0.93


def test_attacks_do_not_move_the_threshold_and_their_rates_are_told() -> None:
    scores = [0.5 + i / 1000 for i in range(200)]
    without, with_attacks = (
        calibrate(Sample(moving(scores), attacks)) for attacks in ({}, {"print": moving([0.1] * 9 + [0.9])})
    )
    assert with_attacks.threshold == without.threshold
    assert (with_attacks.apcer["print"].count, with_attacks.apcer["print"].total) == (1, 10)
    assert "APCER) print" in described(with_attacks, shipped=0.4)
    assert "not measured" in described(without, shipped=0.4)


def test_an_attack_that_is_never_decided_is_told_as_such() -> None:
    found = calibrate(Sample(moving([0.7] * 150), {"paused": moving([math.nan] * 4)}))
    assert found.apcer == {}
    assert (found.apnrr["paused"].count, found.apnrr["paused"].total) == (4, 4)
    assert "APNRR) paused" in described(found, shipped=0.4)


def test_too_few_captures_are_refused_with_the_number_that_is_needed() -> None:
    with pytest.raises(TooFewCaptures, match=r"149.*there are 60: add 89, or ask for a BPCER of 0\.05"):
        calibrate(Sample(moving([0.7] * 60)))
    calibrate(Sample(moving([0.7] * 60)), 0.05)
    with pytest.raises(TooFewCaptures, match=r"there are 0: add 149$"):
        calibrate(Sample(moving([math.nan])))


def test_a_capture_that_is_too_still_helps_to_place_the_threshold_and_stays_undecided() -> None:
    scores = [0.5 + i / 1000 for i in range(200)]
    sample = Sample([*moving(scores[:150]), *still(scores[150:])], {"wobble": still([0.9] * 30 + [0.1] * 10)})
    found = calibrate(sample)
    assert found.threshold == calibrate(Sample(moving(scores))).threshold
    assert (found.bpcer.count, found.bpcer.total) == (4, 150)
    assert (found.bpnrr.count, found.bpnrr.total) == (50, 200)
    assert (found.apcer["wobble"].count, found.apcer["wobble"].total) == (0, 10)
    assert (found.apnrr["wobble"].count, found.apnrr["wobble"].total) == (30, 40)


def test_a_threshold_at_which_nobody_moves_enough_to_be_accepted_is_refused() -> None:
    with pytest.raises(AllTooStill, match=r"0\.7.*none of the 150"):
        calibrate(Sample(still([0.7] * 150)))


@pytest.mark.parametrize(
    ("clip", "script", "decisions"),
    [
        (shown(turning(20, amplitude=0.3)), script_of(turning(20, amplitude=0.3)), "ba"),
        (shown(PLANE), script_of(PLANE), "ua"),
        (film(20, period=1), person(20), "u"),
        (film(5), person(5), "u"),
        (film(20), [()] * 20, "u"),
    ],
)
def test_an_outcome_is_what_the_whole_rule_says_at_every_threshold(
    clip: Clip, script: list[tuple[Face, ...]], decisions: str
) -> None:
    observations = observed(clip, script, CountingEngine(card=CARD, probabilities=MIXED))
    thresholds = np.linspace(0, 1, 41)
    judgements = [decide(observations, card=CARD.with_decision(threshold=float(t))) for t in thresholds]
    said = [each.decision for each in judgements]
    assert "".join(dict.fromkeys(each[0] for each in said)) == decisions
    for judgement in judgements:
        outcome = outcome_of(judgement, RULE)
        assert [outcome.at(float(t)) for t in thresholds] == said


def test_a_table_gives_the_decisive_scores_and_who_moves() -> None:
    rows = [
        row(0.8, decisive_score=0.7, motion=1.5),
        row(0.3, decisive_score=0.3, decision="attack", motion=0.001),
        undecided(0.9, "too_still", decisive_score=0.9, motion=0.001),
        undecided(0.9, "frozen_frames", motion=1.5),
        undecided(math.nan, "no_face"),
        row(0.2, decisive_score=0.1, species="print", decision="attack", motion=1.5),
    ]
    sample = sample_of(rows, RULE)
    told = [(outcome.score, outcome.moves) for outcome in sample.bona_fide]
    expected = [(0.7, True), (0.3, False), (0.9, False), (math.nan, True), (math.nan, False)]
    np.testing.assert_array_equal(told, expected)
    assert sample.attacks == {"print": [Outcome(0.1, moves=True)]}


def test_people_shown_once_more_are_no_further_captures() -> None:
    rows = [row(0.8, decisive_score=0.7, motion=1.5), row(0.3, decisive_score=0.3, motion=1.5)]
    again = [replace(each, factors={"relayed": "compressed"}) for each in rows]
    assert sample_of([*rows, *again], RULE) == sample_of(rows, RULE)
    without_decisive_score = replace(row(0.8), factors={"relayed": "moved"})
    assert sample_of([*rows, without_decisive_score], RULE) == sample_of(rows, RULE)


def test_a_table_without_decisive_scores_is_refused_with_what_to_do() -> None:
    with pytest.raises(TableError, match=r"no decisive_score.*evaluate"):
        sample_of([row(0.8)], RULE)
    sample_of([undecided(0.8, "frozen_frames")], RULE)


def judged(scores: list[float], *, undecided: bool = False) -> Judgement:
    windows = tuple(SimpleNamespace(score=score) for score in scores)
    decision = Decision.UNDECIDED if undecided else Decision.ATTACK
    return Judgement(decision, None, 0.5, (), windows, None, None, 10, {}, counted=windows)  # type: ignore[arg-type]


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
    too_still = replace(judged([0.9, 0.7], undecided=True), reasons=("too_still",))  # type: ignore[arg-type]
    assert decisive_score(too_still, VerdictRule(max_attack_share=0.5)) == pytest.approx(0.8)
