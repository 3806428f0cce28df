"""Figure 7: a second stage for each alpha, or one for all."""

from copy import deepcopy
from pathlib import Path

import torch

from tests.golden.make_golden import tiny_net
from training.config import PRESETS
from training.paper import alpha
from training.paper.judged import Measured
from training.paper.setting import Setting
from training.study_table import read_study


def trained(run: Path) -> list[str]:
    return sorted(each.name for each in (run / "runs" / "all").iterdir())


def test_every_alpha_has_a_second_stage_of_its_own_and_the_presets_is_model_7s(ask, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert ask("alpha", "--alphas", "0", "0.6") == 0
    assert trained(run) == ["alpha_0", "model_7", "rsgb"]
    lines = read_study(Measured, run / "alpha.csv")
    assert [(each.variant, each.paper) for each in lines] == [("alpha_0", ""), ("alpha_0.6", "2.71 ± 0.63")]
    assert (run / "alpha.png").read_bytes().startswith(b"\x89PNG")


def test_once_trains_one_second_stage_and_judges_it_with_every_alpha(ask, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert ask("alpha", "--once", "--alphas", "0", "1") == 0
    assert trained(run) == ["model_7", "rsgb"]
    lines = read_study(Measured, run / "alpha_once.csv")
    assert lines[0].threshold != lines[1].threshold


def test_the_network_of_another_alpha_has_its_refined_depth(tmp_path: Path, monkeypatch) -> None:
    config = PRESETS["smoke"]
    setting = Setting(
        data=tmp_path, folder=tmp_path, config=config, protocols=("all",), groups=None, device="cpu"
    )
    monkeypatch.setattr(alpha, "learnt", lambda *_: deepcopy(tiny_net()))
    faces = torch.rand(1, config.network.num_frames, 3, *[config.network.face_size] * 2)
    coarse, temporal = (
        alpha._learnt_once(setting, alpha._variant(setting, each), "all")(faces) for each in (0.0, 1.0)
    )
    torch.testing.assert_close(coarse.refined_BPhw, coarse.coarse_BThw[:, :-1])
    torch.testing.assert_close(temporal.refined_BPhw, temporal.temporal_BPhw)
