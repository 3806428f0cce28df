"""Intervals that captures allow, and those that they do not."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FRAMES, procedural_capture
from training.datasets.capture import list_groups, read_group, write_group
from training.paper.interval import stored_interval
from training.paper.judged import Measured
from training.study_table import read_study


def test_the_stored_interval_is_what_labelling_wrote_down_else_three(captures: Path, tmp_path: Path) -> None:
    assert stored_interval(captures) == 3
    film = procedural_capture(0, "train", "bona_fide")
    positions = [0, 2, 4, 8, *range(10, 10 + 2 * (FRAMES - 4), 2)]
    write_group(tmp_path, [replace(film, factors={"frame_indices": positions})])
    assert stored_interval(tmp_path) == 2


def test_windows_of_twice_the_interval_are_learnt_from_and_judged(ask, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert ask("interval", "--intervals", "3", "6") == 0
    lines = read_study(Measured, run / "interval.csv")
    assert [(each.variant, each.paper) for each in lines] == [("interval_3", "2.927"), ("interval_6", "")]
    for split in ("train", "dev", "test"):
        thin = read_group(list_groups(run / "interval_6", split)[0])
        assert [len(each.frames) for each in thin] == [FRAMES // 2] * 3
    assert sorted(each.name for each in (run / "runs" / "all").iterdir()) == ["interval_6", "model_7", "rsgb"]


@pytest.mark.parametrize(
    ("interval", "said"), [("5", "take multiples of 3"), ("12", "interval_12 holds no captures")]
)
def test_an_interval_that_the_captures_do_not_allow_is_said(
    interval: str, said: str, ask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("interval", "--intervals", interval) == 2
    assert said in capsys.readouterr().err
