"""The threshold knows no more than the weights do, and what is told of dev is told at that threshold."""

import math
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from model.card import METADATA_KEY, ModelCard
from model.verdict import Decision
from tests.conftest import procedural_capture
from tests.training.test_commands import StoredFinder
from training import judging
from training.__main__ import main
from training.checkpoint import FILE_NAME
from training.commands import export
from training.config import PRESETS
from training.datasets.capture import write_group
from training.evaluate import ScoredCapture
from training.export import Converted
from training.scores import ScoreRow, read_table
from training.trainer import Trainer

HELD_BACK = "b"  # the camera that protocol 3_2 tests with
_HERE = ("--jobs", "1")


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cameras in two lights; test shows an instrument that train and dev do not."""
    data = tmp_path_factory.mktemp("varied")
    places = [(camera, light) for camera in ("a", HELD_BACK) for light in ("lounge", "garden")]
    for split, instrument in (("train", "print_flat"), ("dev", "print_flat"), ("test", "print_cut")):
        for group, (camera, light) in enumerate(places):
            captures = (procedural_capture(group, split, each) for each in ("bona_fide", instrument))
            factors = {"camera": camera, "session": light}
            write_group(data, [replace(each, factors=factors) for each in captures])
    return data


@pytest.fixture
def run(tmp_path: Path, converted: Converted, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished smoke run of protocol 3_2; the graphs are the tiny network's, as conversion is slow."""
    monkeypatch.setattr(export, "convert", lambda _net: converted)
    begun = Trainer(replace(PRESETS["smoke"], protocol="3_2")).checkpoint()
    replace(begun, stage=2, step=6).save(tmp_path / FILE_NAME)
    return tmp_path


def card_in(weights: Path) -> ModelCard:
    metadata = {each.key: each.value for each in onnx.load(weights / "clip.onnx").metadata_props}
    return ModelCard.from_json(metadata[METADATA_KEY])


def test_dev_is_judged_through_the_runs_protocol_and_decided_as_its_card_decides(
    run: Path, varied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = StoredFinder(varied)
    monkeypatch.setattr(judging, "LandmarkFinder", lambda _bundle: finder)
    monkeypatch.setattr(judging, "ensure_bundle", lambda path: path)
    weights, out = run / "weights" / "tiny", run / "scores"
    assert main(["export", "--data", str(varied), "--run", str(run), "--out", str(weights), *_HERE]) == 0
    assert "--protocol 3_2" in card_in(weights).training_run
    seen = read_table(run / "scores_dev.csv")
    assert len(seen) == 4
    assert HELD_BACK not in {row.factors["camera"] for row in seen}

    words = ["evaluate", "--data", str(varied), "--weights", str(weights), "--out", str(out)]
    assert main([*words, "--split", "dev", "--protocol", "3_2", *_HERE]) == 0
    assert decisions(seen) == decisions(read_table(out / "scores_dev.csv"))


def test_a_protocol_that_the_captures_lack_is_said(
    run: Path, captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--data", str(captures), "--run", str(run), "--out", str(run / "weights")]) == 2
    assert "two sessions, two cameras" in capsys.readouterr().err


def test_decisions_and_counts_are_those_of_the_threshold_that_dev_gives(
    run: Path, varied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All were judged at 0.5; the threshold lies below it, and the floor of motion, by the planes, at 3."""
    rows = [
        *(judged(0.4, "attack") for _ in range(9)),
        judged(0.4, "attack", motion=2.0),
        judged(math.nan, "undecided", reasons="too_dark"),
        *(judged(0.2, "attack", species="print_flat") for _ in range(9)),
        *(judged(0.2, "undecided", reasons="too_still", species="wobble", motion=3.0) for _ in range(60)),
    ]
    monkeypatch.setattr(export, "score_split", lambda *_, **__: rows)
    weights = run / "weights" / "tiny"
    assert main(["export", "--data", str(varied), "--run", str(run), "--out", str(weights)]) == 0
    assert 0.2 < card_in(weights).threshold < 0.4
    assert decisions(read_table(run / "scores_dev.csv")) == [
        *[(Decision.BONA_FIDE, ())] * 9,
        (Decision.UNDECIDED, ("too_still",)),
        (Decision.UNDECIDED, ("too_dark",)),
        *[(Decision.ATTACK, ())] * 69,
    ]
    assert all(row.early_decision is None for row in read_table(run / "scores_dev.csv"))
    assert "undecided 2/11" in capsys.readouterr().out


def test_a_threshold_that_is_given_is_the_cards_and_decides_devs_captures(
    run: Path, varied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [judged(0.4, "attack"), judged(0.6, "attack"), judged(0.2, "attack", species="print_flat")]
    monkeypatch.setattr(export, "score_split", lambda *_, **__: rows)
    weights = run / "weights" / "tiny"
    words = ["export", "--data", str(varied), "--run", str(run), "--out", str(weights)]
    assert main([*words, "--threshold", "0.5"]) == 0
    assert card_in(weights).threshold == 0.5
    decided = [decision for decision, _ in decisions(read_table(run / "scores_dev.csv"))]
    assert decided == [Decision.ATTACK, Decision.BONA_FIDE, Decision.ATTACK]


def judged(
    score: float, decision: str, *, species: str = "bona_fide", reasons: str = "", motion: float = 9.0
) -> ScoredCapture:
    return ScoredCapture(
        group=0,
        subject="s",
        species=species,
        bona_fide=species == "bona_fide",
        decision=decision,
        reasons=reasons,
        score=score,
        depth_score=score,
        bona_fide_probability=score,
        motion=motion,
        frozen_share=0.0,
        decisive_score=score,
        early_decision=decision,
        early_share=0.5,
    )


def decisions(rows: tuple[ScoreRow, ...]) -> list[tuple[Decision, tuple[str, ...]]]:
    return [(row.decision, row.reasons) for row in rows]
