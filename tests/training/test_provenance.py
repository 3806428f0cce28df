"""What a card says of the run that made its weights."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from training.checkpoint import Checkpoint
from training.config import PRESETS, Optimiser, StageConfig, TrainConfig
from training.provenance import origin, recipe, training_run
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]


@pytest.fixture(scope="module")
def finished() -> Checkpoint:
    return replace(Trainer(SMOKE).checkpoint(), stage=2, step=6)


STAGE1 = (
    "stage 1 (adam, rate 0.001, warm-up 0, cool-down 0 of 6 steps, batch 4, weight decay 1e-05, contrast 0.5)"
)
STAGE2 = STAGE1.replace("stage 1", "stage 2").replace("contrast 0.5", "contrast 1")
REST = "average 0.9, norm momentum 0.1"


def with_config(checkpoint: Checkpoint, **changes: object) -> Checkpoint:
    return replace(checkpoint, config=replace(checkpoint.config, **changes))  # type: ignore[arg-type]


def test_command_seed_and_length_are_told(finished: Checkpoint) -> None:
    assert training_run(finished) == (
        "python -m training train --preset smoke --seed 0 --steps1 6 --steps2 6 --time-share 0.35 "
        f"--backbone-rate 0; 24 frames and 24 windows seen; {STAGE1}, {STAGE2}, {REST}"
    )


def test_the_recipe_is_that_of_the_run_whatever_its_preset_is_today(finished: Checkpoint) -> None:
    stage2 = StageConfig(
        steps=900,
        batch_size=2,
        contrast_weight=0.25,
        optimiser=Optimiser.ADADELTA,
        learning_rate=1e-2,
        warmup_steps=50,
        cooldown_share=0.7,
        weight_decay=5e-4,
    )
    network = replace(SMOKE.network, norm_momentum=0.02)
    changed = with_config(finished, stage2=stage2, network=network, average_decay=None)
    assert recipe(changed) == (
        f"{STAGE1}, stage 2 (adadelta, rate 0.01, warm-up 50, cool-down 0.7 of 900 steps, batch 2, "
        "weight decay 0.0005, contrast 0.25), no average, norm momentum 0.02"
    )


def test_the_weight_of_single_frames_in_the_second_stage_is_told(finished: Checkpoint) -> None:
    assert recipe(with_config(finished, coarse_weight=0.5)) == f"{STAGE1}, {STAGE2}, coarse 0.5, {REST}"


def test_of_a_stage_in_which_nothing_was_done_no_recipe_is_told(finished: Checkpoint) -> None:
    assert recipe(replace(finished, stage=1, step=2)) == f"{STAGE1}, {REST}"
    begun = with_config(finished, stage1=replace(SMOKE.stage1, steps=0))
    assert recipe(begun) == f"{STAGE2}, {REST}"


def test_a_share_of_nothing_is_told_too_as_the_preset_may_have_another(finished: Checkpoint) -> None:
    """`compact` moves the backbone where no option forbids it."""
    frozen = with_config(finished, preset="compact", backbone_rate=0.0, time_share=0.0)
    assert (
        "--preset compact --seed 0 --steps1 6 --steps2 6 --time-share 0 --backbone-rate 0;"
        in training_run(frozen)
    )


def test_of_a_stage_that_has_not_ended_the_steps_that_are_done_count(finished: Checkpoint) -> None:
    stopped = training_run(replace(finished, stage=1, step=2))
    assert "--steps1 2 --steps2 0 " in stopped
    assert "; 8 frames and 0 windows seen;" in stopped


def test_every_process_has_seen_batches_of_its_own(finished: Checkpoint) -> None:
    told = training_run(with_config(finished, processes=4))
    assert told.startswith("torchrun --nproc-per-node 4 -m -- training train --preset smoke --seed 0 ")
    assert "; 96 frames and 96 windows seen;" in told


def test_the_weights_that_a_run_began_with_are_told_and_what_those_began_with(
    finished: Checkpoint, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.pt"
    grandparent = with_config(finished, seed=3, processes=2)
    grandparent.save(path)
    parent = with_config(finished, seed=4, began_with=origin(path, grandparent))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert parent.config.began_with == (
        f"checkpoint {digest} (--preset smoke --seed 3 --steps1 6 --steps2 6 --time-share 0.35 "
        f"--backbone-rate 0, 2 processes; {STAGE1}, {STAGE2}, {REST})"
    )
    assert training_run(parent).endswith(f"; began with {parent.config.began_with}")
    assert f"{REST}, begun with checkpoint {digest} (" in origin(path, parent)


def test_what_may_be_learnt_from_is_told_where_it_is_not_everything(
    finished: Checkpoint, tmp_path: Path
) -> None:
    held_back = with_config(finished, protocol="3_2")
    assert "--backbone-rate 0 --protocol 3_2; 24 frames" in training_run(held_back)
    held_back.save(tmp_path / "checkpoint.pt")
    assert "--protocol 3_2; stage 1 (" in origin(tmp_path / "checkpoint.pt", held_back)


def test_a_checkpoint_of_before_there_were_teams_and_protocols_can_be_read() -> None:
    config = json.loads(SMOKE.to_json())
    del config["began_with"], config["processes"], config["protocol"]
    assert TrainConfig.from_json(json.dumps(config)) == SMOKE
