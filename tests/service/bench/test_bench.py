"""What `python -m service bench` says of a machine."""

import json
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from service.__main__ import main
from service.bench.film import FPS, SIZE, jpegs
from service.bench.measure import MAX_LAG, Carried
from service.bench.served import quantile
from tests.service.serving import TINY

KEPT = Carried(2, 2, 0.05, MAX_LAG, 0, 1.2, 300.0)


@pytest.mark.parametrize(
    ("load", "kept_up"),
    [
        (KEPT, True),
        (replace(KEPT, answered=1), False),
        (replace(KEPT, late=1), False),
        (replace(KEPT, lag_p95=0.3), False),
        (replace(KEPT, lag_p95=math.nan), False),
    ],
)
def test_streams_are_carried_where_all_are_answered_in_time_and_nothing_is_dropped(
    load: Carried, kept_up: bool
) -> None:
    assert load.kept_up is kept_up


def test_a_quantile_is_of_the_windows_that_were_judged_in_between() -> None:
    before = {0.1: 10.0, 0.25: 10.0, math.inf: 10.0}
    after = {0.1: 14.0, 0.25: 19.0, math.inf: 20.0}
    assert quantile(before, after, 0.4) == 0.1
    assert quantile(before, after, 0.9) == 0.25
    assert quantile(before, after, 1.0) == math.inf
    assert math.isnan(quantile(before, before, 0.5))


def test_the_film_can_be_repeated_without_a_jump() -> None:
    first, second, last = (
        cv2.imdecode(np.frombuffer(jpegs()[i], np.uint8), cv2.IMREAD_GRAYSCALE).astype(float)
        for i in (0, 1, -1)
    )
    assert first.shape == SIZE[::-1]
    assert len(jpegs()) == 4 * FPS
    assert np.abs(first - last).mean() < 2 * np.abs(first - second).mean()


def test_a_real_service_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"WEIGHTS": TINY, "DECODE_WORKERS": 1, "FACE_WORKERS": 1}.items():
        monkeypatch.setenv(f"LIVENESS_{name}", str(value))
    monkeypatch.setenv("LIVENESS_STREAMS__LATE_SECONDS", "60")
    assert main(["bench", "--seconds", "2", "--most", "1", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["stages_ms"].keys() >= {"decode", "face", "encode", "pair", "window"}
    assert all(spent > 0 for spent in figures["stages_ms"].values())
    (load,) = figures["loads"]
    assert (load["streams"], load["answered"]) == (1, 1)
    assert load["memory_mb"] > 50


def test_a_service_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LIVENESS_WEIGHTS", str(tmp_path))
    assert main(["bench"]) == 2
    assert "LIVENESS_WEIGHTS" in capsys.readouterr().err
