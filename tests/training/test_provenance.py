"""What a card says of the run that made its weights."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from training.checkpoint import Checkpoint
from training.config import PRESETS, TrainConfig
from training.provenance import origin, training_run
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]


@pytest.fixture(scope="module")
def finished() -> Checkpoint:
    return replace(Trainer(SMOKE).checkpoint(), stage=2, step=6)


def with_config(checkpoint: Checkpoint, **changes: object) -> Checkpoint:
    return replace(checkpoint, config=replace(checkpoint.config, **changes))  # type: ignore[arg-type]


def test_command_seed_and_length_are_told(finished: Checkpoint) -> None:
    assert training_run(finished) == (
        "python -m training train --preset smoke --seed 0 --steps1 6 --steps2 6 --time-share 0.35; "
        "24 frames and 24 windows seen"
    )


def test_of_a_stage_that_has_not_ended_the_steps_that_are_done_count(finished: Checkpoint) -> None:
    assert "--steps1 2 --steps2 0 --time-share 0.35; 8 frames and 0 windows seen" in training_run(
        replace(finished, stage=1, step=2)
    )


def test_every_process_has_seen_batches_of_its_own(finished: Checkpoint) -> None:
    assert training_run(with_config(finished, processes=4)) == (
        "torchrun --nproc-per-node 4 -m -- training train --preset smoke --seed 0 --steps1 6 --steps2 6 "
        "--time-share 0.35; "
        "96 frames and 96 windows seen"
    )


def test_the_weights_that_a_run_began_with_are_told_and_what_those_began_with(
    finished: Checkpoint, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.pt"
    grandparent = with_config(finished, seed=3, processes=2)
    grandparent.save(path)
    parent = with_config(finished, seed=4, began_with=origin(path, grandparent))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert parent.config.began_with == (
        f"checkpoint {digest} (--preset smoke --seed 3 --steps1 6 --steps2 6 --time-share 0.35, 2 processes)"
    )
    assert training_run(parent).endswith(f"24 windows seen; began with {parent.config.began_with}")
    begun = f"--steps2 6 --time-share 0.35, begun with checkpoint {digest} ("
    assert begun in origin(path, parent)


def test_what_may_be_learnt_from_is_told_where_it_is_not_everything(
    finished: Checkpoint, tmp_path: Path
) -> None:
    held_back = with_config(finished, protocol="3_2")
    assert "--time-share 0.35 --protocol 3_2; 24 frames" in training_run(held_back)
    held_back.save(tmp_path / "checkpoint.pt")
    assert "--protocol 3_2)" in origin(tmp_path / "checkpoint.pt", held_back)


def test_a_checkpoint_of_before_there_were_teams_and_protocols_can_be_read() -> None:
    config = json.loads(SMOKE.to_json())
    del config["began_with"], config["processes"], config["protocol"]
    assert TrainConfig.from_json(json.dumps(config)) == SMOKE
