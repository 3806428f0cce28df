"""Real processes, joined by gloo, train as one: the mean of their gradients, one checkpoint, one log."""

import copy
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import distributed

from training.__main__ import main
from training.batches import Batch
from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS, STAGES, training_card
from training.errors import TrainingError
from training.source import CaptureSource
from training.team import ALONE, Share, Team, joined
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]
STEPS = {1: 3, 2: 2}


@pytest.fixture(scope="module")
def source(captures: Path) -> CaptureSource:
    sizes = {stage: SMOKE.stage(stage).batch_size for stage in STAGES}
    card, share = training_card(SMOKE), SMOKE.time_share
    return CaptureSource(captures, card, split="train", seed=0, batch_sizes=sizes, time_share=share)


@pytest.fixture(scope="module")
def run_of_two(captures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "two"
    train_by_two(captures, folder)
    return folder


def words(captures: Path, folder: Path) -> list[str]:
    steps = ("--steps1", str(STEPS[1]), "--steps2", str(STEPS[2]))
    return ["train", "--data", str(captures), "--run", str(folder), "--preset", "smoke", *steps]


def train_by_two(captures: Path, folder: Path, *more: str) -> None:
    starter = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    command = [*starter, "-m", "--", "training", *words(captures, folder), *more]
    subprocess.run(command, check=True, timeout=240)


@pytest.fixture(scope="module")
def leader_by_hand(source: CaptureSource) -> dict[int, Checkpoint]:
    """Both members in this process, stage by stage: what the leader of two has to come to."""
    config = SMOKE.with_steps(stage1=STEPS[1], stage2=STEPS[2])
    leader, follower = Trainer(config), Trainer(config)
    reached = {}
    for stage in STAGES:
        if stage > 1:
            leader.next_stage()
            follower = Trainer.resumed(leader.checkpoint())  # all stand where the leader stands
        for step in range(STEPS[stage]):
            batches = [source.batch_at(stage, 2 * step + rank) for rank in range(2)]
            step_together((leader, follower), batches)
        reached[stage] = copy.deepcopy(leader.checkpoint())
    return reached


def step_together(members: Sequence[Trainer], batches: Sequence[Batch]) -> None:
    """One step of all: each its own batch, the same mean gradient."""
    found = []
    for member, batch in zip(members, batches, strict=True):
        catcher = _Catcher()
        member.team = catcher  # type: ignore[assignment]
        with pytest.raises(_CaughtError):
            member.step_on(batch)
        member.team = ALONE
        found.append(catcher.gradients)
    means = [torch.stack(pair).mean(dim=0) for pair in zip(*found, strict=True)]
    for member in members:
        for parameter, mean in zip(member.trained, means, strict=True):
            parameter.grad = mean.clone()
        member.optimiser.step()
        assert member.average is not None
        member.average.update_parameters(member.net)
        member.step += 1


class _CaughtError(Exception):
    pass


class _Catcher:
    """A team that keeps the gradients and stops there."""

    def __init__(self) -> None:
        self.gradients: list[torch.Tensor] = []

    def average(self, parameters: object) -> None:
        self.gradients = [each.grad.clone() for each in parameters]  # type: ignore[attr-defined]
        raise _CaughtError


def states(checkpoint: Checkpoint) -> dict[str, torch.Tensor]:
    """Weights, statistics and the average of both."""
    assert checkpoint.average is not None
    return checkpoint.network | {f"average.{name}": each for name, each in checkpoint.average.items()}


@pytest.mark.parametrize(("stage", "file"), [(1, "stage1.pt"), (2, FILE_NAME)])
def test_two_processes_move_the_weights_by_their_mean_gradient(
    stage: int, file: str, run_of_two: Path, leader_by_hand: dict[int, Checkpoint]
) -> None:
    """In the second stage from the same backbone, its statistics the leader's."""
    trained = states(Checkpoint.load(run_of_two / file))
    for name, each in states(leader_by_hand[stage]).items():
        assert torch.allclose(each, trained[name], rtol=1e-5, atol=1e-7), name


def test_a_team_that_stopped_goes_on_as_one_that_never_did(
    captures: Path, run_of_two: Path, tmp_path: Path
) -> None:
    train_by_two(captures, tmp_path, "--minutes", "0")
    stopped = Checkpoint.load(tmp_path / FILE_NAME)
    assert (stopped.stage, stopped.step) == (1, 1)
    train_by_two(captures, tmp_path)
    straight, resumed = (Checkpoint.load(folder / FILE_NAME) for folder in (run_of_two, tmp_path))
    assert (resumed.stage, resumed.step) == (2, STEPS[2])
    for name, each in states(straight).items():
        assert torch.equal(each, states(resumed)[name]), name


def test_a_run_of_two_is_not_continued_by_one(
    captures: Path, run_of_two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Checkpoint.load(run_of_two / FILE_NAME).config.processes == 2
    assert main(words(captures, run_of_two)) == 2
    assert "trained by 2 processes, not by 1; go on with --nproc-per-node 2" in capsys.readouterr().err


def test_the_leader_alone_writes_the_log(run_of_two: Path) -> None:
    lines = [json.loads(line) for line in (run_of_two / "log.jsonl").read_text().splitlines()]
    done = [(line["stage"], line["step"]) for line in lines if line["event"] == "train"]
    assert done == [(stage, step + 1) for stage in STAGES for step in range(STEPS[stage])]
    assert sum(line["event"] == "start" for line in lines) == 1


def test_each_process_takes_its_own_batches(source: CaptureSource) -> None:
    shares = [Share(source, Team(rank, 2)) for rank in range(2)]
    taken = [share.batch_at(1, step).faces_BTCHW for step in range(2) for share in shares]
    alone = [Share(source, ALONE).batch_at(1, step).faces_BTCHW for step in range(4)]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(taken, alone, strict=True))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the second of two processes does to join the other, in place of doing it."""
    calls: list[tuple[Any, ...]] = []
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "set_device", lambda device: calls.append(("set_device", device)))
    monkeypatch.setattr(
        distributed, "init_process_group", lambda backend, **more: calls.append((backend, more))
    )
    monkeypatch.setattr(distributed, "destroy_process_group", lambda: calls.append(("left",)))
    return calls


def test_each_process_has_a_gpu_of_its_own_and_waits_an_hour_for_the_leader(
    begun: list[tuple[Any, ...]],
) -> None:
    own = torch.device("cuda:1")
    with joined("cuda") as (team, device):
        assert (team, device) == (Team(1, 2), "cuda:1")
    joining = ("nccl", {"timeout": timedelta(hours=1), "device_id": own})
    assert begun == [("set_device", own), joining, ("left",)]


def test_on_cpus_they_are_joined_by_gloo(begun: list[tuple[Any, ...]]) -> None:
    with joined("cpu") as (team, device):
        assert (team, device) == (Team(1, 2), "cpu")
    assert begun == [("gloo", {"timeout": timedelta(hours=1)}), ("left",)]


def test_one_gpu_by_its_number_is_not_for_several_processes(begun: list[tuple[Any, ...]]) -> None:
    with pytest.raises(TrainingError, match="--device cuda, not cuda:0"), joined("cuda:0"):
        pass
    assert not begun
