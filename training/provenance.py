"""Where weights come from, in words that a stranger can repeat: the run and the captures."""

import hashlib
from pathlib import Path

from training.checkpoint import Checkpoint
from training.config import STAGES, StageConfig
from training.datasets.capture import SPLITS, list_groups
from training.protocols import EVERYTHING


def training_run(checkpoint: Checkpoint) -> str:
    """Command, seed, length and recipe of the run, and what it began with."""
    config = checkpoint.config
    first, second = steps_done(checkpoint)
    alone = config.processes == 1
    start = "python -m training" if alone else f"torchrun --nproc-per-node {config.processes} -m -- training"
    began = "" if config.began_with is None else f"; began with {config.began_with}"
    return (
        f"{start} train {_options(checkpoint)}; {first * config.stage1.batch_size * config.processes} frames "
        f"and {second * config.stage2.batch_size * config.processes} windows seen; "
        f"{recipe(checkpoint)}{began}"
    )


def recipe(checkpoint: Checkpoint) -> str:
    """What the preset's name stood for: how each stage that was begun moved the weights."""
    config = checkpoint.config
    stages = [
        f"stage {stage} {_stage_recipe(config.stage(stage))}"
        for stage, done in zip(STAGES, steps_done(checkpoint), strict=True)
        if done
    ]
    coarse = [f"coarse {config.coarse_weight:g}"] if config.coarse_weight else []
    average = "no average" if config.average_decay is None else f"average {config.average_decay:g}"
    return ", ".join([*stages, *coarse, average, f"norm momentum {config.network.norm_momentum:g}"])


def _stage_recipe(stage: StageConfig) -> str:
    return (
        f"({stage.optimiser}, rate {stage.learning_rate:g}, warm-up {stage.warmup_steps}, cool-down "
        f"{stage.cooldown_share:g} of {stage.steps} steps, batch {stage.batch_size}, weight decay "
        f"{stage.weight_decay:g}, contrast {stage.contrast_weight:g})"
    )


def origin(path: Path, checkpoint: Checkpoint) -> str:
    """Which file a run began with, and in short which run that was of, with all that went before it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    config = checkpoint.config
    team = "" if config.processes == 1 else f", {config.processes} processes"
    before = "" if config.began_with is None else f", begun with {config.began_with}"
    return f"checkpoint {digest} ({_options(checkpoint)}{team}; {recipe(checkpoint)}{before})"


def _options(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    first, second = steps_done(checkpoint)
    steps = f"--steps1 {first} --steps2 {second}"
    shares = f"--time-share {config.time_share:g} --backbone-rate {config.backbone_rate:g}"
    protocol = "" if config.protocol == EVERYTHING.name else f" --protocol {config.protocol}"
    return f"--preset {config.preset} --seed {config.seed} {steps} {shares}{protocol}"


def steps_done(checkpoint: Checkpoint) -> tuple[int, int]:
    """Of each stage."""
    if checkpoint.stage > 1:
        return checkpoint.config.stage1.steps, checkpoint.step
    return checkpoint.step, 0


def data_version(directory: Path) -> str:
    """How many groups each split has, and a digest of their names and sizes."""
    digest = hashlib.sha256()
    counts = []
    for split in SPLITS:
        groups = list_groups(directory, split)
        counts.append(f"{len(groups)} {split}")
        for path in groups:
            digest.update(f"{split}/{path.name} {path.stat().st_size}\n".encode())
    return f"{', '.join(counts)} groups, sha256 {digest.hexdigest()[:16]}"
