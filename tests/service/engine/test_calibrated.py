"""A calibration for the graphs that are served changes the threshold; any other one stops the start."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model.calibration import Calibration, graph_hashes
from model.verdict import Decision
from service.errors import CalibrationMismatch
from tests.model.test_calibration import CALIBRATION
from tests.service import videos
from tests.service.commands.test_serve import ROOT
from tests.service.serving import TINY, called_directly, fresh

FITTING = replace(CALIBRATION, threshold=0.0, graphs=graph_hashes(TINY))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Calibration], Path]:
    def write(calibration: Calibration) -> Path:
        path = tmp_path / "calibration.json"
        path.write_text(calibration.to_json())
        return path

    return write


def started(calibration: Path) -> None:
    async def use() -> None:
        async with called_directly(fresh(calibration=calibration)):
            pass

    asyncio.run(use())


def test_verdicts_are_made_by_its_threshold_and_the_model_shows_where_it_comes_from(
    written: Callable[[Calibration], Path],
) -> None:
    async def use(threshold: float) -> tuple[str, float, dict[str, object], float]:
        calibration = written(replace(FITTING, threshold=threshold))
        async with called_directly(fresh(calibration=calibration)) as client:
            said = (await client.post("/v1/liveness", files={"clip": videos.person()})).json()
            model = (await client.get("/v1/model")).json()
            return said["decision"], said["threshold"], model["calibration"], model["card"]["threshold"]

    low, high = asyncio.run(use(0.0)), asyncio.run(use(1.0))
    assert low[0] != Decision.ATTACK
    assert high[0] == Decision.ATTACK
    assert (low[1], high[1]) == (low[3], high[3]) == (0.0, 1.0)
    assert high[2]["source"] == FITTING.source


def test_without_one_the_weights_own_threshold_stands() -> None:
    async def use() -> None:
        async with called_directly(fresh()) as client:
            assert (await client.get("/v1/model")).json()["calibration"] is None

    asyncio.run(use())


def test_the_start_is_refused_with_one_made_for_other_graphs(
    written: Callable[[Calibration], Path],
) -> None:
    """In a process of its own: one that serves gives up core dumps for good."""
    path = written(replace(FITTING, graphs=FITTING.graphs | {"pair_head.onnx": "ab"}))
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--calibration", str(path)]
    environment = os.environ | {"LIVENESS_WEIGHTS": str(TINY)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2
    said = ended.stderr
    assert "pair_head.onnx differ" in said
    assert "python -m training calibrate" in said
    assert "LIVENESS_CALIBRATION" in said


def test_the_start_is_refused_with_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CalibrationMismatch, match="LIVENESS_CALIBRATION"):
        started(tmp_path / "calibration.json")


def test_the_start_is_refused_with_a_file_that_is_no_calibration(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text("{}")
    with pytest.raises(CalibrationMismatch, match="not a calibration"):
        started(path)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_the_start_is_refused_with_a_threshold_that_is_no_living_score(
    threshold: float, written: Callable[[Calibration], Path]
) -> None:
    with pytest.raises(CalibrationMismatch):
        started(written(replace(FITTING, threshold=threshold)))
