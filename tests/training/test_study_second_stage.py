"""The study of the temporal module: variants that differ in one thing, on a backbone that stays as it was."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from model.network.config import TINY
from training import study
from training import study_second_stage as second
from training.__main__ import main
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS
from training.export import Converted
from training.study_table import read_study
from training.trainer import Trainer

SMALL = (replace(TINY, name="one"), replace(TINY, name="other", raw_features=False))


@pytest.fixture
def backbone(tmp_path: Path) -> Path:
    path = tmp_path / "backbone.pt"
    Trainer(replace(PRESETS["smoke"], seed=7)).checkpoint().save(path)
    return path


def test_the_variants_differ_in_what_the_short_term_block_is_shown_alone() -> None:
    one, other = map(asdict, second.STUDIED)
    assert {name for name in one if one[name] != other[name]} == {"name", "raw_features"}


def test_the_command_studies_the_second_stage_on_a_backbone_that_stays(
    captures: Path,
    converted: Converted,
    backbone: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Conversion is slow and has tests of its own."""
    monkeypatch.setattr(study, "convert", lambda _net: converted)
    monkeypatch.setattr(second, "STUDIED", SMALL)
    words = ["study", "--data", str(captures), "--run", str(tmp_path), "--second-stage", str(backbone)]
    assert main([*words, "--steps", "1"]) == 0
    one, other = read_study(second.StudiedInTime, tmp_path / "second_stage.csv")
    assert (one.variant, other.variant, one.steps) == ("one", "other", 1)
    assert one.mega_macs > other.mega_macs
    assert one.milliseconds > 0
    assert 0 <= one.shuffle_gap <= 1
    assert "features" not in capsys.readouterr().out
    began = Checkpoint.load(backbone).network
    for name in ("one", "other"):
        ended = Checkpoint.load(tmp_path / name / FILE_NAME).network
        held = [key for key, _ in Trainer(PRESETS["smoke"]).net.frame_net.named_parameters()]
        assert all(torch.equal(began[f"frame_net.{key}"], ended[f"frame_net.{key}"]) for key in held)


def test_variants_of_the_other_study_are_no_variants_of_this_one(
    captures: Path, backbone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["study", "--data", str(captures), "--run", str(tmp_path), "--second-stage", str(backbone)]
    assert main([*words, "--variants", "width_0.125"]) == 2
    assert "features_compressed" in capsys.readouterr().err
    assert not (tmp_path / "second_stage.csv").exists()
