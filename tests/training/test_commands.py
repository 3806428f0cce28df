"""From captures to weights on the command line, with the stored landmarks in place of the face finder."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import torch

from model.card import METADATA_KEY, ModelCard
from model.clip import Face, Frame
from tests.parity.stored_faces import StoredFaces
from training import judging
from training.__main__ import main
from training.checkpoint import Checkpoint
from training.commands import export, names
from training.config import PRESETS
from training.datasets.capture import list_groups, read_group
from training.export import Converted
from training.provenance import origin, training_run
from training.trainer import Trainer

_HERE = ("--jobs", "1")  # another process would know nothing of the stored landmarks


class StoredFinder:
    """`model.faces.LandmarkFinder`, which finds no face in a procedural texture."""

    def __init__(self, captures: Path) -> None:
        groups = [path for split in ("dev", "test") for path in list_groups(captures, split)]
        self.faces = StoredFaces([capture for path in groups for capture in read_group(path)])

    def __enter__(self) -> "StoredFinder":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def find(self, frame: Frame) -> tuple[Face, ...]:
        return self.faces.known(frame)


@pytest.fixture
def stored_faces(captures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = StoredFinder(captures)
    monkeypatch.setattr(judging, "LandmarkFinder", lambda _bundle: finder)
    monkeypatch.setattr(judging, "ensure_bundle", lambda path: path)


@pytest.fixture(scope="module")
def run(captures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smoke run, stopped once before its first stage ended and then finished."""
    folder = tmp_path_factory.mktemp("runs") / "smoke"
    options = ["train", "--data", str(captures), "--run", str(folder), "--preset", "smoke"]
    assert main([*options, "--minutes", "0"]) == 0
    assert Checkpoint.load(folder / "checkpoint.pt").step == 1
    assert main(options) == 0
    return folder


def events(run: Path) -> Iterator[dict[str, object]]:
    for line in (run / "log.jsonl").read_text().splitlines():
        yield json.loads(line)


def test_a_training_goes_on_where_it_stopped_and_does_both_stages(run: Path) -> None:
    done = [(each["stage"], each["step"]) for each in events(run) if each["event"] == "train"]
    assert done == [(stage, step) for stage in (1, 2) for step in range(1, 7)]
    checkpoint = Checkpoint.load(run / "checkpoint.pt")
    assert (checkpoint.stage, checkpoint.step) == (2, 6)


def test_a_training_logs_losses_speed_and_its_looks_at_dev(run: Path) -> None:
    train = next(each for each in events(run) if each["event"] == "train")
    dev = [each for each in events(run) if each["event"] == "dev"]
    assert {"loss", "depth", "contrast", "frames_per_second"} < set(train)
    assert [each["stage"] for each in dev] == [1, 2]
    assert {"auc_print_flat", "freeze_gap", "depth_correlation"} < set(dev[1])


def test_a_finished_training_has_nothing_left_to_do(run: Path, captures: Path) -> None:
    before = (run / "log.jsonl").read_text().count('"train"')
    assert main(["train", "--data", str(captures), "--run", str(run)]) == 0
    assert (run / "log.jsonl").read_text().count('"train"') == before


def test_a_run_is_not_continued_under_another_preset(
    run: Path, captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--data", str(captures), "--run", str(run), "--preset", "compact"]) == 2
    assert "--preset smoke" in capsys.readouterr().err


def test_a_new_run_begins_with_weights_that_one_that_goes_on_ignores(
    run: Path, captures: Path, tmp_path: Path
) -> None:
    """Of no steps, so that the weights are still those that it began with."""
    folder, other = tmp_path / "run", tmp_path / "other.pt"
    words = ["train", "--data", str(captures), "--run", str(folder), "--preset", "smoke", "--seed", "5"]
    words += ["--steps1", "0", "--steps2", "0", "--begin-with"]
    Trainer(PRESETS["smoke"]).checkpoint().save(other)
    first, path = Checkpoint.load(run / "checkpoint.pt"), folder / "checkpoint.pt"
    for beginning in (run / "checkpoint.pt", other):
        assert main([*words, str(beginning)]) == 0
        begun = Checkpoint.load(path)
        for name, each in first.best_weights.items():
            assert torch.equal(begun.network[name], each), name
            assert torch.equal(begun.best_weights[name], each), name
        assert begun.config.began_with == origin(run / "checkpoint.pt", first)
        assert "; began with checkpoint " in training_run(begun)


def test_a_folder_without_captures_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--data", str(tmp_path), "--run", str(tmp_path / "run"), "--preset", "smoke"]
    assert main(words) == 2
    assert "synthesise" in capsys.readouterr().err


def test_the_overview_and_every_command_explain_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], *([name, "--help"] for name in names())):
        with pytest.raises(SystemExit, match="0"):
            main(words)
    said = capsys.readouterr().out
    assert {"train", "export", "evaluate"} <= set(names())
    assert all(name in said for name in names())


@pytest.mark.usefixtures("stored_faces")
def test_weights_are_exported_with_a_threshold_from_dev_and_evaluated(
    run: Path,
    captures: Path,
    converted: Converted,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Conversion is slow and has tests of its own: it gives the tiny network here, whatever was trained."""
    monkeypatch.setattr(export, "convert", lambda _net: converted)
    weights = tmp_path / "weights" / "tiny"
    assert main(["export", "--data", str(captures), "--run", str(run), "--out", str(weights), *_HERE]) == 0
    metadata = {each.key: each.value for each in onnx.load(weights / "clip.onnx").metadata_props}
    card = ModelCard.from_json(metadata[METADATA_KEY])
    assert card.status == "preview"
    assert "--preset smoke --seed 0 --steps1 6 --steps2 6" in card.training_run
    assert card.data_version.startswith("6 train, 3 dev, 2 test groups")
    assert "tiny/clip.onnx" in tomllib.loads((weights.parent / "MANIFEST.toml").read_text())
    assert "BPCER" in capsys.readouterr().out

    out = tmp_path / "scores"
    words = ["evaluate", "--data", str(captures), "--weights", str(weights), "--out", str(out)]
    assert main([*words, *_HERE]) == 0
    assert (out / "scores_dev.csv").read_text().count("\n") == 1 + 3 * 3
    assert (out / "scores_test.csv").read_text().count("\n") == 1 + 2 * 3
    assert f"threshold {card.threshold:.4f}" in capsys.readouterr().out
    judged = tomllib.loads((out / "provenance.toml").read_text())["test"]
    assert (judged["captures"], judged["protocol"]) == (card.data_version, "all")
    assert (judged["groups_judged"], judged["groups_stored"]) == (2, 2)

    (out / "card.json").write_text(replace(card, version="other weights").to_json())
    assert main([*words, *_HERE, "--split", "dev", "--groups", "1"]) == 0
    assert not (out / "scores_test.csv").exists()  # it would be read under the new card
    told = tomllib.loads((out / "provenance.toml").read_text())
    assert {split: (each["groups_judged"], each["groups_stored"]) for split, each in told.items()} == {
        "dev": (1, 3)
    }
    assert ModelCard.from_json((out / "card.json").read_text()) == card


def test_an_unfinished_run_is_not_exported_by_accident(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    words = ["--data", str(captures), "--run", str(folder)]
    assert main(["train", *words, "--preset", "smoke", "--minutes", "0"]) == 0
    assert main(["export", *words, "--out", str(tmp_path / "weights")]) == 2
    assert "--unfinished" in capsys.readouterr().err
    assert not (tmp_path / "weights").exists()


def test_a_protocol_that_the_captures_lack_is_said(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--data", str(captures), "--run", str(tmp_path), "--protocol", "2"]) == 2
    assert "two sessions, two cameras" in capsys.readouterr().err
