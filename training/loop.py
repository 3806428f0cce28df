"""Both stages from the first step to the last, or from where a run stopped: batches in, checkpoints out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from training.batches import Batch
from training.checkpoint import FILE_NAME
from training.config import STAGES
from training.journal import Journal, Log, Muted
from training.losses import Losses
from training.prefetch import Source, prefetched
from training.trainer import Trainer

DevLook = Callable[[Trainer], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Run:
    """Where a training writes, what it is shown of dev, and when it must stop for now."""

    folder: Path
    source: Source
    look_at_dev: DevLook | None = None
    deadline: float | None = None  # of `time.monotonic`


def train(trainer: Trainer, run: Run) -> bool:
    """Trains to the end of the second stage. False where the deadline came first: it can go on later."""
    with Journal(run.folder) if trainer.team.leads else Muted() as journal:
        journal.write(
            "start",
            stage=trainer.stage,
            step=trainer.step,
            values={"config": trainer.config.to_json(), "threads": torch.get_num_threads()},
        )
        while True:
            if not _train_stage(trainer, run, journal):
                return False
            if trainer.stage == STAGES[-1]:
                return True
            _save(trainer, run.folder / f"stage{trainer.stage}.pt")
            trainer.next_stage()


def _save(trainer: Trainer, path: Path) -> None:
    if trainer.team.leads:
        trainer.checkpoint().save(path)


def _train_stage(trainer: Trainer, run: Run, journal: Log) -> bool:
    """The rest of a stage; whatever ends it, its last step is in the checkpoint."""
    steps = range(trainer.step, trainer.config.stage(trainer.stage).steps)
    bar: tqdm[Any] = tqdm(
        total=steps.stop,
        initial=steps.start,
        desc=f"stage {trainer.stage}",
        unit="step",
        disable=not trainer.team.leads,
    )
    meter = Meter()
    try:
        for batch in prefetched(run.source, trainer.stage, steps):
            meter.add(trainer.step_on(batch), batch)
            bar.update()
            _after_step(trainer, run, journal, bar, meter)
            if run.deadline is not None and trainer.team.any(time.monotonic() > run.deadline, trainer.device):
                return trainer.step == steps.stop
        return True
    finally:
        bar.close()
        _save(trainer, run.folder / FILE_NAME)


def _after_step(trainer: Trainer, run: Run, journal: Log, bar: "tqdm[Any]", meter: "Meter") -> None:
    config, stage, step = trainer.config, trainer.stage, trainer.step
    last = step == config.stage(stage).steps
    if step % config.log_every == 0 or last:
        values = meter.values()
        bar.set_postfix({name: f"{value:.3g}" for name, value in values.items() if name != "seconds"})
        journal.write("train", stage=stage, step=step, values=values)
    if step % config.checkpoint_every == 0:
        _save(trainer, run.folder / FILE_NAME)
    due = step % config.evaluate_every == 0 or last
    if run.look_at_dev is not None and trainer.team.leads and due:
        report = run.look_at_dev(trainer)
        journal.write("dev", stage=stage, step=step, values=report)
        bar.write(_in_words(stage, step, report))


class Meter:
    """Mean losses and frames a second since they were last asked for."""

    def __init__(self) -> None:
        self._restart()

    def add(self, losses: Losses, batch: Batch) -> None:
        self._count += 1
        self._frames += batch.faces_BTCHW.shape[0] * batch.faces_BTCHW.shape[1]
        parts = {"loss": losses.total, "depth": losses.depth, "contrast": losses.contrast}
        second = {"binary": losses.binary, "coarse": losses.coarse}
        parts |= {name: value for name, value in second.items() if value is not None}
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.item()

    def values(self) -> dict[str, float]:
        seconds = time.monotonic() - self._since
        means = {name: value / self._count for name, value in self._sums.items()}
        found = means | {"frames_per_second": self._frames / seconds, "seconds": seconds / self._count}
        self._restart()
        return found

    def _restart(self) -> None:
        self._sums: dict[str, float] = {}
        self._count, self._frames, self._since = 0, 0, time.monotonic()


def _in_words(stage: int, step: int, report: dict[str, float]) -> str:
    if not report:
        return f"stage {stage} step {step}: no dev captures of both classes yet"
    figures = "  ".join(f"{name} {value:.3f}" for name, value in report.items() if name != "windows")
    return f"stage {stage} step {step} dev: {figures}"
