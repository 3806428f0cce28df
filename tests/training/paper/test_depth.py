"""Table 5: the same captures under two kinds of depth."""

import json
from pathlib import Path

import numpy as np
import pytest

from training.checkpoint import FILE_NAME, Checkpoint
from training.datasets.capture import list_groups, read_group
from training.paper import depth
from training.paper.judged import Measured
from training.study_table import read_study


def test_the_network_learns_from_generated_and_from_actual_depth(
    ask, captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Generating is slow and has tests of its own."""
    monkeypatch.setattr(depth, "with_generated_depth", _nearer_on_top)
    run = tmp_path / "run"
    assert ask("depth", steps=(2, 1)) == 0  # Adam's first step is the same whatever the gradient's size
    lines = read_study(Measured, run / "depth.csv")
    assert [(each.variant, each.paper) for each in lines] == [("generated", "6.33"), ("actual", "4.55")]
    ours, theirs = (read_group(list_groups(each, "train")[0])[0] for each in (captures, run / "generated"))
    assert not np.array_equal(ours.depth_THW, theirs.depth_THW)
    assert not (run / "generated" / "test").exists()
    first, second = (
        Checkpoint.load(run / "runs" / "all" / name / FILE_NAME).network["frame_net.depth.weight"]
        for name in ("rsgb", "rsgb_generated")
    )
    assert not np.array_equal(first, second)


def test_captures_that_were_labelled_with_generated_depth_are_refused(
    ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"rule": {"depth": "landmarks"}, "groups": []}))
    assert ask("depth", data=tmp_path) == 2
    assert "label --depth shipped" in capsys.readouterr().err
    (tmp_path / "plan.json").write_text(json.dumps({"rule": {"depth": "shipped"}, "groups": []}))
    depth.require_actual_depth(tmp_path)


def _nearer_on_top(capture):
    capture.depth_THW[:] = np.linspace(0.4, 0.5, capture.depth_THW.shape[1])[:, None]
    return capture
