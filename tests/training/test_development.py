"""What is looked at of dev during training."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from model.network.liveness import LivenessNet, LivenessOutput
from tests.golden.make_golden import tiny_net
from training.config import PRESETS, training_card
from training.development import BONA_FIDE, GAPS, RESAMPLED, DevWindow, auc, dev_windows, development_report

SMOKE = PRESETS["smoke"]
CARD = training_card(SMOKE)


@pytest.fixture(scope="module")
def windows(captures: Path) -> Sequence[DevWindow]:
    return tuple(dev_windows(captures, CARD, groups=3))


def test_the_auc_is_the_share_of_pairs_in_order() -> None:
    assert auc([0.9, 0.5], [0.1, 0.5]) == pytest.approx(3.5 / 4)
    assert auc([0.9, 0.8], [0.1]) == 1.0
    assert auc([0.1], [0.8, 0.9]) == 0.0


def test_every_capture_is_looked_at_once_and_every_bona_fide_window_has_its_four_copies(
    windows: Sequence[DevWindow],
) -> None:
    kinds = [each.kind for each in windows]
    assert all(kinds.count(kind) == 3 for kind in (BONA_FIDE, "print_flat", "wobble", *GAPS, RESAMPLED))
    assert sum(each.window.bona_fide for each in windows) == 2 * 3  # resampled is no attack


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


class ByBrightness(LivenessNet):
    """Takes for alive what is bright, whatever else the faces show."""

    def forward(self, faces_BT3SS: Tensor) -> LivenessOutput:
        logits_B2 = torch.stack([torch.zeros(len(faces_BT3SS)), faces_BT3SS.mean(dim=(1, 2, 3, 4))], dim=1)
        depth_BThw = torch.zeros(*faces_BT3SS.shape[:2], *[self.config.depth_size] * 2)
        return LivenessOutput(depth_BThw, depth_BThw[:, 1:], depth_BThw[:, 1:], logits_B2)


def painted(window: DevWindow, brightness: float) -> DevWindow:
    faces_T3SS = np.full_like(window.window.faces_T3SS, brightness)
    return replace(window, window=replace(window.window, faces_T3SS=faces_T3SS))


def test_a_rewarped_window_is_set_beside_the_resampled_ones_and_any_other_copy_beside_the_plain(
    windows: Sequence[DevWindow],
) -> None:
    brightness = {BONA_FIDE: 0.9, "rewarp": 0.5, "freeze": 0.5, "shuffle": 0.5, RESAMPLED: 0.1}
    shown = [painted(each, brightness.get(each.kind, 0.0)) for each in windows]
    report = development_report(ByBrightness(SMOKE.network), shown, CARD, stage=2)
    found = {name: value for name, value in report.items() if "gap" in name}
    assert found == {
        f"{name}_gap{where}": 0.0 if name == "rewarp" else 1.0 for name in GAPS for where in ("", "_moving")
    }


def test_the_first_stage_reports_its_single_frames_only(windows: Sequence[DevWindow]) -> None:
    report = development_report(tiny_net(), windows, CARD, stage=1)
    assert not [name for name in report if "gap" in name]
    assert report["depth_correlation"] == report["coarse_correlation"]


def test_a_dev_of_one_class_gives_no_report(windows: Sequence[DevWindow]) -> None:
    bona_fide = [each for each in windows if each.kind == "bona_fide"]
    assert development_report(tiny_net(), bona_fide, CARD, stage=2) == {}
    assert development_report(tiny_net(), [], CARD, stage=2) == {}
