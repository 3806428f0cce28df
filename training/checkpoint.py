"""All of a training's state in one file, written whole: what is loaded goes on as if it had never stopped."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from training.config import TrainConfig
from training.errors import RunMismatch

FILE_NAME: Final = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights, their moving average, optimiser, random state, configuration and place, together."""

    config: TrainConfig
    stage: int
    step: int  # steps of the stage that are done
    network: dict[str, Any]
    average: dict[str, Any] | None  # of `optimise.moving_average`
    optimiser: dict[str, Any]
    random_state: torch.Tensor

    def save(self, path: Path) -> None:
        """Replaces what is at `path` in one move."""
        content = {
            "config": self.config.to_json(),
            "stage": self.stage,
            "step": self.step,
            "network": self.network,
            "average": self.average,
            "optimiser": self.optimiser,
            "random_state": self.random_state,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as partial:
            torch.save(content, partial)
        os.chmod(partial.name, 0o644)
        os.replace(partial.name, path)

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Raises RunMismatch where there is none, or one of another version."""
        if not path.is_file():
            raise RunMismatch(f"{path} is missing; `python -m training train` makes it")
        content = torch.load(path, map_location="cpu", weights_only=True)
        try:
            return cls(**(content | {"config": TrainConfig.from_json(content["config"])}))
        except (KeyError, TypeError) as error:
            raise RunMismatch(f"{path} is not a checkpoint of this version: {error}") from error

    @property
    def first_stage_is_over(self) -> bool:
        return self.stage > 1 or self.step >= self.config.stage1.steps

    @property
    def best_weights(self) -> dict[str, Any]:
        """The moving average where there is one."""
        if self.average is None:
            return self.network
        prefix = "module."
        return {
            name.removeprefix(prefix): each for name, each in self.average.items() if name.startswith(prefix)
        }
