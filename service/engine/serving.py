"""What the service asks of an engine that serves many captures at once.

`capture` gives each capture its own `model.engine.Engine`: the same network, with the capture's deadline, its
time line and the count of those who may share a batch.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from model.calibration import Calibration
from model.card import ModelCard
from model.engine import Engine
from service.timeline import Timeline


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What runs, for /v1/model, /readyz and the metrics."""

    asked: tuple[str, ...]  # providers, best first
    running: str
    device: str  # "cpu" or "gpu"
    fell_back: bool  # something worse runs than what was asked for
    sha256: str  # of the graphs: `sha256sum frame_encoder.onnx pair_head.onnx window_head.onnx | sha256sum`
    files: dict[str, str]  # name -> sha256
    calibration: Calibration | None = None  # whose threshold is in the card; None: the weights' own


class ServingEngine(Protocol):
    @property
    def card(self) -> ModelCard: ...

    @property
    def info(self) -> EngineInfo: ...

    def capture(self, timeline: Timeline, *, deadline: float) -> AbstractContextManager[Engine]:
        """One capture's engine; `deadline` is a time of `time.perf_counter`.

        Its passes raise Overloaded where the queue is full and DeadlineExceeded where the deadline passed
        before their turn came.
        """
        ...
