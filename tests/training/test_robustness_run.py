"""What was judged before a stop is not judged again, with the shipped graphs or in their place."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from model.clip import Framing
from model.verdict import Decision, Judgement
from tests.conftest import procedural_capture
from tests.training.test_clip_captures import video
from training import robustness_run
from training.__main__ import main
from training.arguments import WEIGHTS
from training.datasets.capture import list_groups, read_group
from training.flips import read_flips
from training.footage import Footage
from training.robustness import PERTURBATIONS, Decisions
from training.robustness_journal import Journal, Judged
from training.robustness_run import Item, decide_rest, stored_items

DECIDED = Decisions(Decision.ATTACK, {each.name: Decision.ATTACK for each in PERTURBATIONS})


class Judges:
    """In the place of processes: remembers what it was given, and stops at a number."""

    def __init__(self, stop: int | None = None) -> None:
        self.asked: list[int] = []
        self.stop = stop

    def __call__(self, _: Callable[..., Judged], items: Iterable[Item], **__: object) -> Iterator[Judged]:
        for item in items:
            if item.number == self.stop:
                raise KeyboardInterrupt
            self.asked.append(item.number)
            yield Judged(item.number, item.name, DECIDED)


def decide(folder: Path, judges: Judges, monkeypatch: pytest.MonkeyPatch) -> list[Decisions]:
    monkeypatch.setattr(robustness_run, "judged", judges)
    items = stored_items([procedural_capture(group, "test", "bona_fide") for group in range(4)])
    journal = Journal(folder, "a1")
    known = {each.number for each in journal.begin()}
    return list(decide_rest(items, journal, known=known, weights=WEIGHTS, seed=0, jobs=1))


def test_a_run_that_was_stopped_judges_only_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, going_on = Judges(stop=2), Judges()
    with pytest.raises(KeyboardInterrupt):
        decide(tmp_path, stopped, monkeypatch)
    assert decide(tmp_path, going_on, monkeypatch) == [DECIDED] * 2
    assert (stopped.asked, going_on.asked) == ([0, 1], [2, 3])


def test_the_command_writes_the_table_and_how_each_capture_was_decided(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", str(captures), "--run", str(tmp_path), "--captures", "1", "--jobs", "1"]
    assert main(["robustness", *words]) == 0
    printed = capsys.readouterr().out
    flips = {each.perturbation: each.captures for each in read_flips(tmp_path / "robustness.csv")}
    assert flips.pop("JPEG quality 95") == 1
    assert [name for name, count in flips.items() if not count] == [
        "10 frames a second",
        "15 frames a second",
        "30 frames a second",
    ]
    assert printed.count("not measured: stored captures have no other rate") == 3
    assert "wanted 2%: too few captures to show it, 149 needed" in printed
    rows = (tmp_path / "decisions.csv").read_text().splitlines()
    assert len(rows) == 1 + len(PERTURBATIONS)
    drawn = {capture.species for path in list_groups(captures, "test") for capture in read_group(path)}
    assert rows[1].split(",")[1].split()[1] in drawn
    assert not list(tmp_path.glob("*.partial"))


def test_every_change_is_measured_on_a_files_own_frames_and_its_rate_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judged: list[int] = []

    async def too_slow(footage: Footage, _: Framing) -> Judgement:
        """In place of the network: fewer than 25 frames are an attack."""
        judged.append(len(footage.frames))
        decision = Decision.ATTACK if judged[-1] < 25 else Decision.BONA_FIDE
        return Judgement(decision, None, 0.5, (), (), None, None, judged[-1], {})

    monkeypatch.setattr(robustness_run, "judge_with", lambda **_: too_slow)
    photograph = np.asarray(astronaut()[:320], np.uint8)
    shifts = (12 * np.sin(np.arange(63) / 9)).astype(int)
    drifting = [np.ascontiguousarray(photograph[:, 40 + shift : 360 + shift]) for shift in shifts]
    (tmp_path / "person.mp4").write_bytes(video(drifting))
    words = ["--clip", str(tmp_path / "person.mp4"), "--run", str(tmp_path), "--jobs", "1"]
    assert main(["robustness", *words]) == 0
    flips = read_flips(tmp_path / "robustness.csv")
    assert [each.perturbation for each in flips if not each.captures] == ["30 frames a second"]
    assert [each.perturbation for each in flips if each.to_attack] == ["10 frames a second"]
    assert sorted(judged)[:4] == [20, 30, 42, 54]  # 10 and 15 frames a second, 30 and 10 % of frames lost
    assert judged.count(60) == len(PERTURBATIONS) - 4
    printed = capsys.readouterr().out
    assert "not measured: no file shows more frames a second" in printed
    assert "1 captures, cut from person.mp4" in printed
    assert f"{tmp_path / 'person.mp4'} at 0.00 s" in (tmp_path / "decisions.csv").read_text()


def test_a_file_without_a_person_and_one_that_is_no_video_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "grey.mp4").write_bytes(video([np.full((320, 320, 3), 128, np.uint8)] * 63))
    (tmp_path / "notes.mp4").write_text("no video")
    for name, said in (("grey", "one face"), ("notes", "notes.mp4"), ("missing", "missing.mp4")):
        words = ["--clip", str(tmp_path / f"{name}.mp4"), "--run", str(tmp_path), "--jobs", "1"]
        assert main(["robustness", *words]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "robustness.csv").exists()
