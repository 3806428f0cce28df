"""The threshold and the motion floor that dev gives."""

import pytest

from training.decision import fit_decision
from training.evaluate import ScoredCapture, summary


def row(score: float, *, species: str = "bona_fide", motion: float = 0.02) -> ScoredCapture:
    return ScoredCapture(
        group=0,
        subject="s",
        species=species,
        bona_fide=species == "bona_fide",
        decision="undecided",
        reasons="",
        score=score,
        depth_score=score,
        bona_fide_probability=score,
        motion=motion,
        frozen_share=0.0,
    )


ROWS = [
    *(row(0.6 + i / 100, motion=0.01 + i / 1000) for i in range(20)),
    *(row(0.2 + i / 100, species="print_flat", motion=0.001) for i in range(20)),
    row(float("nan"), species="print_flat"),
]


def test_the_threshold_lies_between_bona_fide_and_attack_and_the_motion_floor_below_bona_fide() -> None:
    fitted = fit_decision(ROWS)
    assert 0.39 < fitted.threshold < 0.6
    assert 0.01 <= fitted.verdict.min_motion < 0.011


def test_a_capture_without_a_score_counts_in_no_error_rate() -> None:
    text = summary(ROWS, 0.5)
    assert "0/20" in text
    assert "undecided 21/21" in text


def test_dev_without_attacks_cannot_give_a_threshold() -> None:
    with pytest.raises(ValueError, match="attack"):
        fit_decision(ROWS[:20])
