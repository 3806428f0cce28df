"""Where weights come from, in words that a stranger can repeat: the run and the captures."""

import hashlib
from pathlib import Path

from training.checkpoint import Checkpoint
from training.datasets.capture import SPLITS, list_groups


def training_run(checkpoint: Checkpoint) -> str:
    """Command, seed and length of the run."""
    config = checkpoint.config
    first = config.stage1.steps if checkpoint.stage > 1 else checkpoint.step
    second = checkpoint.step if checkpoint.stage > 1 else 0
    return (
        f"python -m training train --preset {config.preset} --seed {config.seed} "
        f"--steps1 {first} --steps2 {second}; {first * config.stage1.batch_size} frames and "
        f"{second * config.stage2.batch_size} windows seen"
    )


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
