"""Flips are counted against the verdict on the capture as it was, beside what is wanted of them."""

import csv
from pathlib import Path

import pytest

from model.verdict import Decision
from training.flips import Flips, count_flips, described, read_flips, write_flips
from training.metrics import Rate
from training.perturbations import unchanged
from training.robustness import Decisions, Perturbation

BONA_FIDE, ATTACK, UNDECIDED = Decision.BONA_FIDE, Decision.ATTACK, Decision.UNDECIDED
CHANGES = (
    Perturbation("darker", unchanged),
    Perturbation("moved", unchanged, wanted=0.02),
    Perturbation("never", unchanged),
)


def flips(captures: int, *, to_attack: int = 0, wanted: float | None = 0.02) -> Flips:
    return Flips(
        perturbation="moved",
        captures=captures,
        to_bona_fide=0,
        to_attack=to_attack,
        to_undecided=0,
        wanted=wanted,
    )


def test_flips_are_counted_with_what_they_became_and_over_what_they_apply_to() -> None:
    decided = [
        Decisions(BONA_FIDE, {"darker": UNDECIDED, "moved": ATTACK}),
        Decisions(ATTACK, {"darker": ATTACK, "moved": BONA_FIDE}),
        Decisions(UNDECIDED, {"darker": UNDECIDED}),
    ]
    darker, moved, never = count_flips(decided, perturbations=CHANGES)
    assert (darker.rate, darker.to_undecided) == (Rate(1, 3), 1)
    assert (moved.rate, moved.to_attack, moved.to_bona_fide) == (Rate(2, 2), 1, 1)
    assert never.rate == Rate(0, 0)
    assert [each.wanted for each in (darker, moved, never)] == [None, 0.02, None]


@pytest.mark.parametrize(("wanted", "needed"), [(0.02, 149), (0.03, 99)])
def test_a_wanted_share_is_shown_by_so_many_captures_and_by_none_fewer(wanted: float, needed: int) -> None:
    assert flips(needed, wanted=wanted).captures_needed == needed
    assert flips(needed, wanted=wanted).large_enough is True
    assert flips(needed - 1, wanted=wanted).large_enough is False
    assert flips(needed, wanted=None).large_enough is None


def test_a_line_gives_the_counts_the_interval_and_whether_the_captures_are_enough() -> None:
    few, many = (described(flips(n, to_attack=3), missing="") for n in (48, 150))
    assert "flips 3/48 = 6.2% [1.3%, 17.2%]" in few
    assert few.endswith("wanted 2%: too few captures to show it, 149 needed")
    assert many.endswith("wanted 2%: enough captures to show it, 149 needed")
    assert described(flips(48, wanted=None), missing="").endswith("flips 0/48 = 0.0% [0.0%, 7.4%]")
    assert described(flips(0), missing="no other rate").endswith("not measured: no other rate")


def test_the_table_survives_the_round_trip(tmp_path: Path) -> None:
    written = (flips(30, to_attack=2), flips(30, wanted=None), flips(0))
    write_flips(written, tmp_path / "robustness.csv")
    assert read_flips(tmp_path / "robustness.csv") == written


def test_the_table_says_what_follows_from_its_counts(tmp_path: Path) -> None:
    write_flips([flips(48, to_attack=3), flips(0, wanted=None)], tmp_path / "robustness.csv")
    with (tmp_path / "robustness.csv").open(newline="") as file:
        counted, nothing = csv.DictReader(file)
    assert (counted["flips"], counted["wanted"], counted["large_enough"]) == ("3", "0.02", "False")
    assert [float(counted[name]) for name in ("rate", "low", "high")] == pytest.approx(
        [0.0625, 0.0131, 0.172], abs=5e-4
    )
    assert {nothing[name] for name in ("rate", "low", "high", "wanted", "large_enough")} == {""}


def test_a_table_without_wanted_shares_is_read(tmp_path: Path) -> None:
    (tmp_path / "robustness.csv").write_text(
        "perturbation,captures,to_bona_fide,to_attack,to_undecided\nmoved,30,0,2,0\n"
    )
    assert read_flips(tmp_path / "robustness.csv") == (flips(30, to_attack=2, wanted=None),)
