"""Where weights come from, in words that a stranger can repeat: the run and the captures."""

import hashlib
from pathlib import Path

from training.checkpoint import Checkpoint
from training.datasets.capture import SPLITS, list_groups
from training.protocols import EVERYTHING


def training_run(checkpoint: Checkpoint) -> str:
    """Command, seed and length of the run, and what it began with."""
    config = checkpoint.config
    first, second = steps_done(checkpoint)
    alone = config.processes == 1
    start = "python -m training" if alone else f"torchrun --nproc-per-node {config.processes} -m -- training"
    began = "" if config.began_with is None else f"; began with {config.began_with}"
    return (
        f"{start} train {_options(checkpoint)}; {first * config.stage1.batch_size * config.processes} frames "
        f"and {second * config.stage2.batch_size * config.processes} windows seen{began}"
    )


def origin(path: Path, checkpoint: Checkpoint) -> str:
    """Which file a run began with, and in short which run that was of, with all that went before it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    config = checkpoint.config
    team = "" if config.processes == 1 else f", {config.processes} processes"
    before = "" if config.began_with is None else f", begun with {config.began_with}"
    return f"checkpoint {digest} ({_options(checkpoint)}{team}{before})"


def _options(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    first, second = steps_done(checkpoint)
    steps = f"--steps1 {first} --steps2 {second}"
    rate = f" --backbone-rate {config.backbone_rate:g}" if config.backbone_rate else ""
    protocol = "" if config.protocol == EVERYTHING.name else f" --protocol {config.protocol}"
    share = f"--time-share {config.time_share:g}"
    return f"--preset {config.preset} --seed {config.seed} {steps} {share}{rate}{protocol}"


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
