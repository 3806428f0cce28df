"""How the experiments are asked for: one step of each stage on the tiny network, one group to judge."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from training.__main__ import main

Ask = Callable[..., int]


@pytest.fixture
def ask(captures: Path, tmp_path: Path) -> Ask:
    """`ask("alpha", "--once", ...)` -> the command's status; RUN is `tmp_path / "run"`."""

    def asked(experiment: str, *words: str, data: Path = captures, steps: Sequence[int] = (1, 1)) -> int:
        first, second = map(str, steps)
        lengths = ["--preset", "smoke", "--steps1", first, "--steps2", second, "--groups", "1"]
        run = ["--data", str(data), "--run", str(tmp_path / "run")]
        return main(["paper", experiment, *run, *lengths, *words])

    return asked
