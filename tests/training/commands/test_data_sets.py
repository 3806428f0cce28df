"""`inspect` and `label` as their users meet them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from training.commands import inspect, label
from training.datasets.capture import list_groups

HEADER = "path,label,subject,split,species\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a real photograph as an extracted video, one without a face, and one that is gone."""
    photograph = cv2.resize(astronaut()[:300, 80:480, ::-1], (320, 240), interpolation=cv2.INTER_AREA)
    for name, picture in (("live", photograph), ("wall", np.full((240, 320, 3), 99, np.uint8))):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(1, 16):
            cv2.imwrite(str(tmp_path / "set" / name / f"{number:03d}.jpg"), picture)
    rows = "live,bona_fide,ann,train,\nwall,attack,ann,train,print\ngone,attack,bob,test,print\n"
    (tmp_path / "set" / "samples.csv").write_text(HEADER + rows)
    return tmp_path / "set"


def run(command, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    try:
        command.run(parser.parse_args(arguments))
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_inspect_prints_a_line_for_each_problem_and_a_table(root: Path, capsys) -> None:
    (root / "wall" / "007.jpg").unlink()
    assert run(inspect, ["--dataset", "folder", "--root", str(root)]) == 1
    out = capsys.readouterr().out
    assert "samples.csv line 4: gone is not there" in out
    assert "wall: frames are missing: 7" in out
    assert "2 problems" in out
    assert [word for word in out.split() if word in ("bona_fide", "print")] == ["bona_fide", "print"]


def test_inspect_of_a_sound_set_says_so(root: Path, capsys) -> None:
    (root / "samples.csv").write_text(HEADER + "live,bona_fide,ann,train,\n")
    assert run(inspect, ["--dataset", "folder", "--root", str(root), "--decode"]) == 0
    assert "no problems" in capsys.readouterr().out


def test_inspect_names_a_root_that_is_no_copy_and_the_protocols_there_are(tmp_path: Path, capsys) -> None:
    (tmp_path / "Train_files").mkdir()
    assert run(inspect, ["--dataset", "siw", "--root", str(tmp_path)]) == 2
    assert "no copy of siw" in capsys.readouterr().err
    assert run(inspect, ["--dataset", "oulu-npu", "--root", str(tmp_path), "--protocol", "5"]) == 2
    assert "OULU-NPU has no protocol 5, but 1, 2, 3_1" in capsys.readouterr().err


def test_label_writes_captures_and_says_what_became_of_each_video(root: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "captures"
    assert run(label, ["--dataset", "folder", "--root", str(root), "--out", str(out)]) == 0
    assert len(list_groups(out, "train")) == 1
    shown = capsys.readouterr().out
    assert "no_face" in shown
    assert f"Problems in {root}: 1" in shown
    assert "wall,train,print,no_face" in (out / "labels.csv").read_text()


def test_label_refuses_captures_that_are_labelled_already(tmp_path: Path, capsys) -> None:
    arguments = ["--dataset", "own", "--root", str(tmp_path), "--out", str(tmp_path / "out")]
    assert run(label, arguments) == 2
    assert "labelled already" in capsys.readouterr().err


def test_several_processes_give_what_one_gives(root: Path, tmp_path: Path) -> None:
    rows = "".join(f"live{i},bona_fide,s{i},train,\n" for i in range(3))
    for i in range(3):
        (root / f"live{i}").symlink_to(root / "live")
    (root / "samples.csv").write_text(HEADER + rows)
    arguments = ["--dataset", "folder", "--root", str(root)]
    assert run(label, [*arguments, "--out", str(tmp_path / "one")]) == 0
    assert run(label, [*arguments, "--out", str(tmp_path / "two"), "--jobs", "2"]) == 0
    assert (tmp_path / "one" / "labels.csv").read_bytes() == (tmp_path / "two" / "labels.csv").read_bytes()
    for one, two in zip(
        list_groups(tmp_path / "one", "train"), list_groups(tmp_path / "two", "train"), strict=True
    ):
        assert one.read_bytes() == two.read_bytes()


def test_a_subject_of_two_splits_stops_label_before_it_begins(root: Path, tmp_path: Path, capsys) -> None:
    (root / "samples.csv").write_text(HEADER + "live,bona_fide,ann,train,\nwall,attack,ann,test,print\n")
    out = tmp_path / "captures"
    assert run(label, ["--dataset", "folder", "--root", str(root), "--out", str(out)]) == 2
    assert "subject ann: is in more than one split: test, train" in capsys.readouterr().err
    assert not out.exists()


def test_label_takes_the_interval_that_is_asked_for(root: Path, tmp_path: Path, capsys) -> None:
    arguments = ["--dataset", "folder", "--root", str(root)]
    for interval, frames in (("1", 15), ("3", 5)):
        out = tmp_path / interval
        assert run(label, [*arguments, "--out", str(out), "--interval", interval]) == 0
        assert f"live,train,bona_fide,labelled,,{frames}" in (out / "labels.csv").read_text()
    assert run(label, [*arguments, "--out", str(tmp_path / "none"), "--interval", "0"]) == 2
    assert "one frame or more" in capsys.readouterr().err
