"""What a run leaves to read: RUN/log.jsonl, one line an event, and TensorBoard's scalars."""

import json
import math
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from torch.utils.tensorboard.writer import SummaryWriter


class Log(Protocol):
    """What a training tells of itself."""

    def write(self, event: str, *, stage: int, step: int, values: Mapping[str, float | str]) -> None: ...


class Muted(AbstractContextManager["Muted"]):
    """Of those who train along: the leader's journal speaks for all."""

    def __exit__(self, *_: object) -> None:
        return

    def write(self, *_: object, **__: object) -> None:
        return


class Journal:
    """Open it with `with`; lines are written through at once."""

    def __init__(self, run: Path) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self._file = (run / "log.jsonl").open("a")
        self._board = SummaryWriter(str(run / "tensorboard"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._board.close()

    def write(self, event: str, *, stage: int, step: int, values: Mapping[str, float | str]) -> None:
        """One line, and one point on each number's curve; NaN is written as null."""
        clean = {name: _rounded(value) for name, value in values.items()}
        line = {"time": round(time.time(), 1), "event": event, "stage": stage, "step": step, **clean}
        self._file.write(json.dumps(line, allow_nan=False) + "\n")
        self._file.flush()
        for name, value in clean.items():
            if isinstance(value, float):
                self._board.add_scalar(f"stage{stage}/{event}/{name}", value, step)


def _rounded(value: float | str) -> float | str | None:
    if isinstance(value, str):
        return value
    return round(float(value), 6) if math.isfinite(value) else None
