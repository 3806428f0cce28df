"""What a run was started with is what it goes on with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from training.__main__ import main
from training.checkpoint import FILE_NAME, Checkpoint
from training.commands import train
from training.config import PRESETS
from training.protocols import EVERYTHING, Protocol, Selection
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]


class Shown:
    """`stored_protocol`, for captures that do not vary enough to have one."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, _root: Path, name: str) -> Protocol:
        self.asked.append(name)
        shown = Selection(species=frozenset({"print_flat"}))
        return EVERYTHING if name == EVERYTHING.name else Protocol(name=name, train=shown, dev=shown)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    stand_in = Shown()
    monkeypatch.setattr(train, "stored_protocol", stand_in)
    return stand_in


def saved(folder: Path, *, protocol: str = "1", stage: int = 2, step: int = 6) -> Path:
    """A smoke run that stands there, of random weights."""
    trainer = Trainer(replace(SMOKE, protocol=protocol))
    if stage == 2:
        trainer.next_stage()
    trainer.step = step
    trainer.checkpoint().save(folder / FILE_NAME)
    return folder


def of_before_protocols(folder: Path) -> Path:
    """A finished run whose configuration lacks the field."""
    path = saved(folder, protocol=EVERYTHING.name) / FILE_NAME
    content = torch.load(path, weights_only=True)
    config = json.loads(content["config"])
    del config["protocol"]
    torch.save(content | {"config": json.dumps(config)}, path)
    return folder


def test_a_run_keeps_what_it_may_learn_from(shown: Shown, captures: Path, tmp_path: Path) -> None:
    words = ["train", "--data", str(captures), "--run", str(tmp_path)]
    assert main([*words, "--preset", "smoke", "--protocol", "1", "--minutes", "0"]) == 0
    stopped = Checkpoint.load(tmp_path / FILE_NAME)
    assert (stopped.step, stopped.config.protocol) == (1, "1")
    assert main([*words, "--minutes", "0"]) == 0
    assert Checkpoint.load(tmp_path / FILE_NAME).config.protocol == "1"
    assert shown.asked == ["1", "1"]


@pytest.mark.parametrize("asked", ["all", "2"])
def test_a_run_is_not_continued_under_another_protocol(
    asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--data", "anywhere", "--run", str(saved(tmp_path)), "--protocol", asked]
    assert main(words) == 2
    assert "was started with --protocol 1" in capsys.readouterr().err


def test_a_run_of_before_protocols_goes_on_with_everything(
    shown: Shown, captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--data", str(captures), "--run", str(of_before_protocols(tmp_path))]
    assert main(words) == 0
    assert main([*words, "--protocol", "all"]) == 0
    assert shown.asked == ["all", "all"]
    assert main([*words, "--protocol", "1"]) == 2
    assert "was started with --protocol all" in capsys.readouterr().err


@pytest.mark.usefixtures("shown")
def test_everything_may_begin_with_what_learnt_from_a_part(captures: Path, tmp_path: Path) -> None:
    other, run = saved(tmp_path / "other", protocol="1") / FILE_NAME, tmp_path / "run"
    words = ["train", "--data", str(captures), "--run", str(run), "--preset", "smoke"]
    assert main([*words, "--steps1", "0", "--steps2", "0", "--begin-with", str(other)]) == 0
    begun = Checkpoint.load(run / FILE_NAME).config
    assert begun.began_with is not None
    assert "--protocol 1" in begun.began_with


@pytest.mark.parametrize("learnt_from", ["before protocols", "2"])
def test_a_protocol_does_not_begin_with_weights_that_know_its_test(
    learnt_from: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "other"
    other = of_before_protocols(folder) if learnt_from == "before protocols" else saved(folder, protocol="2")
    words = ["train", "--data", "anywhere", "--run", str(tmp_path / "run"), "--preset", "smoke"]
    assert main([*words, "--protocol", "1", "--begin-with", str(other / FILE_NAME)]) == 2
    assert "what 1 keeps for test" in capsys.readouterr().err


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    ("stage", "step", "asked", "steps1"),
    [(2, 6, (), 0), (2, 1, (), 0), (1, 6, (), 0), (1, 5, (), 6), (2, 6, ("--steps1", "4"), 4)],
    ids=["finished", "in the second", "stage1.pt", "in the first", "asked for"],
)
def test_a_training_that_begins_after_a_first_stage_has_none_unless_it_is_asked_for(
    stage: int, step: int, asked: tuple[str, ...], steps1: int, captures: Path, tmp_path: Path
) -> None:
    other, run = saved(tmp_path / "other", stage=stage, step=step) / FILE_NAME, tmp_path / "run"
    words = ["train", "--data", str(captures), "--run", str(run), "--preset", "smoke", "--minutes", "0"]
    assert main([*words, *asked, "--begin-with", str(other)]) == 0
    begun = Checkpoint.load(run / FILE_NAME)
    assert begun.config.stage1.steps == steps1
    assert (begun.stage, begun.step) == (1 if steps1 else 2, 1)
    assert main(words) == 0  # and goes on as it was begun
    assert Checkpoint.load(run / FILE_NAME).step == 2


@pytest.mark.usefixtures("shown")
def test_a_backbone_of_another_network_learns_in_a_first_stage(captures: Path, tmp_path: Path) -> None:
    louder = replace(SMOKE, protocol="1", network=replace(SMOKE.network, change_gain=4.0))
    replace(Trainer(louder).checkpoint(), stage=2).save(tmp_path / "other.pt")
    words = ["train", "--data", str(captures), "--run", str(tmp_path), "--preset", "smoke", "--minutes", "0"]
    assert main([*words, "--begin-with", str(tmp_path / "other.pt")]) == 0
    begun = Checkpoint.load(tmp_path / FILE_NAME)
    assert (begun.stage, begun.step, begun.config.stage1.steps) == (1, 1, 6)


@pytest.mark.parametrize(
    ("stage", "step", "steps1"), [(2, 0, "9"), (2, 0, "5"), (1, 4, "3")], ids=["more", "fewer", "undone"]
)
def test_steps_of_the_first_stage_that_would_not_be_true_are_refused(
    stage: int, step: int, steps1: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = saved(tmp_path, stage=stage, step=step)
    assert main(["train", "--data", "anywhere", "--run", str(run), "--steps1", steps1]) == 2
    assert f"--steps1 {steps1} would not be true" in capsys.readouterr().err
    assert Checkpoint.load(run / FILE_NAME).config.stage1.steps == SMOKE.stage1.steps


def test_a_second_stage_is_not_made_shorter_than_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = saved(tmp_path, step=6)
    assert main(["train", "--data", "anywhere", "--run", str(run), "--steps2", "5"]) == 2
    assert "has done 6 steps of its second stage" in capsys.readouterr().err


@pytest.mark.usefixtures("shown")
def test_a_run_goes_on_with_its_own_first_stage_said_again_and_another_second_one(
    captures: Path, tmp_path: Path
) -> None:
    words = ["train", "--data", str(captures), "--run", str(saved(tmp_path)), "--steps1", "6"]
    assert main([*words, "--steps2", "7"]) == 0
    assert Checkpoint.load(tmp_path / FILE_NAME).step == 7
