"""Two real processes, joined by gloo, train as one: the mean of their gradients, one checkpoint, one log."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training.checkpoint import FILE_NAME, Checkpoint
from training.config import PRESETS, STAGES, training_card
from training.source import CaptureSource
from training.team import ALONE, Share, Team
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]
STEPS = 3


@pytest.fixture(scope="module")
def source(captures: Path) -> CaptureSource:
    sizes = {stage: SMOKE.stage(stage).batch_size for stage in STAGES}
    return CaptureSource(captures, training_card(SMOKE), split="train", seed=0, batch_sizes=sizes)


@pytest.fixture(scope="module")
def run_of_two(captures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "two"
    words = ["train", "--data", captures, "--run", folder, "--preset", "smoke"]
    subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
            *("-m", "--", "training", *words, "--steps1", str(STEPS), "--steps2", "0"),
        ],
        check=True,
        timeout=240,
    )
    return folder


def test_two_processes_move_the_weights_by_their_mean_gradient(
    run_of_two: Path, source: CaptureSource
) -> None:
    members = [Trainer(SMOKE.with_steps(stage1=STEPS, stage2=0)) for _ in range(2)]
    for step in range(STEPS):
        _step_together(members, [source.batch_at(1, 2 * step + rank) for rank in range(2)])
    trained = Checkpoint.load(run_of_two / "stage1.pt").network
    for name, each in members[0].net.state_dict().items():
        assert torch.allclose(each, trained[name], rtol=1e-4, atol=1e-6), name


def test_the_leader_alone_writes_the_log(run_of_two: Path) -> None:
    lines = [json.loads(line) for line in (run_of_two / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if line["event"] == "train" and line["stage"] == 1] == [1, 2, 3]
    assert sum(line["event"] == "start" for line in lines) == 1
    assert (run_of_two / FILE_NAME).is_file()


def test_each_process_takes_its_own_batches(source: CaptureSource) -> None:
    shares = [Share(source, Team(rank, 2)) for rank in range(2)]
    taken = [share.batch_at(1, step).faces_BTCHW for step in range(2) for share in shares]
    alone = [Share(source, ALONE).batch_at(1, step).faces_BTCHW for step in range(4)]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(taken, alone, strict=True))


def _step_together(members: list[Trainer], batches: list[object]) -> None:
    """One step of both, by hand: each its own batch, the same mean gradient."""
    found = []
    for member, batch in zip(members, batches, strict=True):
        catcher = _Catcher()
        member.team = catcher  # type: ignore[assignment]
        with pytest.raises(_CaughtError):
            member.step_on(batch)  # type: ignore[arg-type]
        found.append(catcher.gradients)
    means = [torch.stack(pair).mean(dim=0) for pair in zip(*found, strict=True)]
    for member in members:
        for parameter, mean in zip(member.trained, means, strict=True):
            parameter.grad = mean.clone()
        member.optimiser.step()
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
