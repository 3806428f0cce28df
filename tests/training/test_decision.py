"""The threshold and the motion floor that dev gives."""

from dataclasses import replace

import pytest

from model.card import VerdictRule
from training.decision import fit_decision
from training.evaluate import ScoredCapture, summary


def row(score: float, *, species: str = "bona_fide", motion: float = 2.0) -> ScoredCapture:
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
    *(row(0.6 + i / 100, motion=1.5 + i / 10) for i in range(20)),
    *(row(0.2 + i / 100, species="print_flat", motion=0.6) for i in range(20)),
    row(float("nan"), species="print_flat"),
]


def test_the_threshold_lies_between_bona_fide_and_attack() -> None:
    assert 0.39 < fit_decision(ROWS).threshold < 0.6


@pytest.mark.parametrize(("strength", "floor"), [(0.5, 1.0), (1.5, 1.5)])
def test_the_motion_floor_is_above_moved_pictures_and_never_below_the_rules_own(
    strength: float, floor: float
) -> None:
    moved = [row(0.3, species="wobble", motion=strength) for _ in range(60)]
    fitted = fit_decision([*ROWS, *moved])
    assert fitted.verdict.min_motion == pytest.approx(floor)


def test_too_few_moved_pictures_leave_the_motion_floor_alone() -> None:
    moved = [row(0.3, species="wobble", motion=1.5) for _ in range(49)]
    assert fit_decision([*ROWS, *moved]).verdict == VerdictRule()


def test_bona_fide_captures_below_the_floor_are_counted() -> None:
    still = [row(0.7, motion=0.9) for _ in range(3)]
    fitted = fit_decision([*ROWS, *still])
    assert (fitted.too_still.count, fitted.too_still.total) == (3, 23)


def test_a_capture_without_a_score_counts_in_no_error_rate() -> None:
    text = summary(ROWS, 0.5)
    assert "0/20" in text
    assert "undecided 21/21" in text


def test_people_shown_once_more_have_a_line_of_their_own_and_who_has_no_score_is_not_lost() -> None:
    again = [replace(each, factors={"relayed": "moved"}) for each in ROWS[:5]]
    unseen = row(float("nan"), species="print_cut")
    lines = summary([*ROWS, *again, unseen], 0.5).splitlines()
    (people,) = (line for line in lines if line.startswith("BPCER  "))
    (once_more,) = (line for line in lines if line.startswith("BPCER sent on"))
    assert "/20 =" in people
    assert once_more.split("BPCER sent on")[1].split() == ["0/5", "undecided", "5/5"]  # and no interval
    assert any(line.startswith("APCER print_cut") and "undecided 1/1" in line for line in lines)


def test_people_shown_once_more_neither_place_the_threshold_nor_are_counted() -> None:
    doubtful = [replace(row(0.3, motion=0.5), factors={"relayed": "moved"}) for _ in range(40)]
    fitted = fit_decision([*ROWS, *doubtful])
    assert fitted == fit_decision(ROWS)
    assert fitted.too_still.total == 20
    unmarked = [replace(each, factors={}) for each in doubtful]
    assert fit_decision([*ROWS, *unmarked]).threshold < 0.3


def test_dev_without_attacks_cannot_give_a_threshold() -> None:
    with pytest.raises(ValueError, match="attack"):
        fit_decision(ROWS[:20])


def test_attacks_of_time_alone_do_not_move_the_threshold() -> None:
    alike = [row(0.6 + i / 100, species="plane_moving") for i in range(20)]
    assert fit_decision([*ROWS, *alike]).threshold == fit_decision(ROWS).threshold


def test_species_of_a_family_are_counted_together() -> None:
    rare = [row(0.79, species="print_cut")]
    assert fit_decision([*ROWS, *rare]).threshold == fit_decision(ROWS).threshold
