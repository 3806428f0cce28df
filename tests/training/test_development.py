"""What is looked at of dev during training."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.golden.make_golden import tiny_net
from training.config import PRESETS, training_card
from training.development import GAPS, DevWindow, auc, dev_windows, development_report

CARD = training_card(PRESETS["smoke"])


@pytest.fixture(scope="module")
def windows(captures: Path) -> Sequence[DevWindow]:
    return tuple(dev_windows(captures, CARD, groups=3))


def test_the_auc_is_the_share_of_pairs_in_order() -> None:
    assert auc([0.9, 0.5], [0.1, 0.5]) == pytest.approx(3.5 / 4)
    assert auc([0.9, 0.8], [0.1]) == 1.0
    assert auc([0.1], [0.8, 0.9]) == 0.0


def test_every_capture_is_looked_at_once_and_every_bona_fide_window_has_its_three_copies(
    windows: Sequence[DevWindow],
) -> None:
    kinds = [each.kind for each in windows]
    assert all(kinds.count(kind) == 3 for kind in ("bona_fide", "print_flat", "wobble", *GAPS))


def test_a_frozen_copy_repeats_one_face(windows: Sequence[DevWindow]) -> None:
    faces = next(each for each in windows if each.kind == "freeze").window.faces_T3SS
    assert np.array_equal(faces, np.repeat(faces[:1], len(faces), axis=0))


def test_the_same_windows_are_looked_at_every_time(captures: Path, windows: Sequence[DevWindow]) -> None:
    for one, other in zip(windows, dev_windows(captures, CARD, groups=3), strict=True):
        np.testing.assert_array_equal(one.window.faces_T3SS, other.window.faces_T3SS)


def test_the_second_stage_reports_species_gaps_and_both_correlations(windows: Sequence[DevWindow]) -> None:
    report = development_report(tiny_net(), windows, CARD, stage=2)
    gaps = {f"{name}_gap{where}" for name in GAPS for where in ("", "_moving")}
    expected = {"windows", "auc_print_flat", "auc_wobble", "depth_correlation", "coarse_correlation", *gaps}
    assert set(report) == expected
    assert all(0 <= report[name] <= 1 for name in gaps)


def test_the_first_stage_reports_its_single_frames_only(windows: Sequence[DevWindow]) -> None:
    report = development_report(tiny_net(), windows, CARD, stage=1)
    assert not [name for name in report if "gap" in name]
    assert report["depth_correlation"] == report["coarse_correlation"]


def test_a_dev_of_one_class_gives_no_report(windows: Sequence[DevWindow]) -> None:
    bona_fide = [each for each in windows if each.kind == "bona_fide"]
    assert development_report(tiny_net(), bona_fide, CARD, stage=2) == {}
    assert development_report(tiny_net(), [], CARD, stage=2) == {}
