"""Table 2: models that differ in what they are named for, on backbones that are trained once."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from model.network.config import Temporal
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS, TrainConfig, training_card
from training.paper import table
from training.paper.ablation import TABLE_2
from training.paper.judged import Measured
from training.study_table import read_study

COMPLETE = PRESETS["smoke"]


def switches(config: TrainConfig) -> dict[str, object]:
    network = {name: getattr(config.network, name) for name in ("gradient", "temporal", "recurrence")}
    return network | {"contrast": config.stage1.contrast_weight > 0, "binary": config.binary_loss}


def test_each_model_adds_to_the_one_before_what_the_paper_names() -> None:
    models = [switches(TABLE_2[f"model_{number}"].of(COMPLETE)) for number in (1, 2, 3, 4, 5, 7)]
    added = [{k: after[k] for k in after if after[k] != before[k]} for before, after in pairwise(models)]
    assert added == [
        {"contrast": True},
        {"gradient": True},
        {"temporal": Temporal.STSTB},
        {"recurrence": True},
        {"binary": True},
    ]
    assert models[0] == dict.fromkeys(models[0], False) | {"temporal": Temporal.NONE}


def test_the_last_model_is_the_complete_network_and_the_sixth_has_off_in_its_place() -> None:
    assert TABLE_2["model_7"].of(COMPLETE) == COMPLETE
    off = replace(COMPLETE, network=replace(COMPLETE.network, temporal=Temporal.OFF))
    assert TABLE_2["model_6"].of(COMPLETE) == off


def test_models_of_single_frames_have_no_second_stage() -> None:
    steps = [TABLE_2[name].of(COMPLETE).stage2.steps for name in sorted(TABLE_2)]
    assert steps == [0, 0, 0, *[COMPLETE.stage2.steps] * 4]


def test_a_classifier_that_nothing_has_taught_does_not_score() -> None:
    betas = [training_card(TABLE_2[name].of(COMPLETE)).beta for name in sorted(TABLE_2)]
    assert betas == [0.0] * 5 + [COMPLETE.beta] * 2


def test_the_models_are_trained_on_one_backbone_judged_and_not_done_twice(
    ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert ask("ablation", "--models", "model_7", "model_3") == 0
    lines = read_study(Measured, run / "ablation.csv")
    assert [(each.variant, each.paper) for each in lines] == [
        ("model_7", "2.71 ± 0.63"),
        ("model_3", "3.19 ± 0.90"),
    ]
    assert all((each.bona_fide, each.attacks, each.worst_family) == (1, 1, "print") for each in lines)
    assert (run / "ablation.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(each.name for each in (run / "runs" / "all").iterdir()) == ["model_7", "rsgb"]
    backbone, complete = (
        Checkpoint.load(run / "runs" / "all" / name / FILE_NAME) for name in ("rsgb", "model_7")
    )
    held = [name for name in backbone.best_weights if name.startswith("frame_net.")]
    assert all(torch.equal(backbone.best_weights[name], complete.network[name]) for name in held)

    monkeypatch.setattr(table, "_measured", _never)
    assert ask("ablation", "--models", "model_3") == 0
    assert "model_7" not in capsys.readouterr().out.rpartition("paper\n")[2]
    assert ask("ablation", steps=(1, 2)) == 2
    assert "other trainings" in capsys.readouterr().err


def test_a_training_of_other_settings_is_not_taken_for_the_one_that_is_asked_for(
    ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("ablation", "--models", "model_3") == 0
    (tmp_path / "run" / "ablation.csv").unlink()
    assert ask("ablation", "--models", "model_3", "--seed", "1") == 2
    assert "other settings" in capsys.readouterr().err


def test_what_the_captures_lack_is_said_before_any_training(
    ask, captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for split in ("train", "dev"):
        (tmp_path / "half" / split).parent.mkdir(exist_ok=True)
        (tmp_path / "half" / split).symlink_to(captures / split)
    assert ask("ablation", data=tmp_path / "half") == 2
    assert "half/test needs bona fide and attack captures" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def _never(*_: object) -> None:
    raise AssertionError("it was done already")
