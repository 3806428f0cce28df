"""`calibrate` as its users meet it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from model.calibration import Calibration
from model.card import ModelCard
from tests.model.test_card import CARD
from tests.training.test_calibrate import GRAPHS, undecided
from tests.training.test_scores import row
from training.__main__ import main
from training.commands import calibrate as command
from training.errors import TrainingError
from training.scores import CARD_NAME, ScoreRow, write_table


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of CARD, which need not be there."""
    monkeypatch.setattr(command, "OnnxEngine", lambda _folder: SimpleNamespace(card=CARD))
    monkeypatch.setattr(command, "graph_hashes", lambda _folder: GRAPHS)


def table_rows() -> list[ScoreRow]:
    """150 who move, 50 who do not, 40 wobbles that do not, 10 replays whose mean alone would pass."""
    scores = [0.5 + i / 1000 for i in range(200)]
    return [
        *(row(score, decisive_score=score, motion=1.5) for score in scores[:150]),
        *(undecided(score, "too_still", decisive_score=score, motion=0.001) for score in scores[150:]),
        *[undecided(0.9, "too_still", species="wobble", decisive_score=0.9, motion=0.001)] * 40,
        *[row(0.6, decisive_score=0.3, species="replay", decision="attack", motion=1.5)] * 10,
    ]


@pytest.mark.usefixtures("weights")
def test_a_table_is_calibrated_on_into_a_folder_that_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "deep" / "calibration.json"
    write_table(table_rows(), tmp_path / "scores.csv")
    (tmp_path / CARD_NAME).write_text(CARD.to_json())
    assert main(["calibrate", "--scores", str(tmp_path / "scores.csv"), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "undecided (BPNRR)      50/200" in said
    assert "(APCER) replay          0/10" in said
    assert "(APCER) wobble" not in said
    assert "(APNRR) wobble         40/40" in said
    written = Calibration.from_json(out.read_text())
    assert (written.bpnrr.count, written.apnrr["wobble"].count, written.apcer["replay"].count) == (50, 40, 0)


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("card", [None, replace(CARD, version="9")], ids=["none", "another"])
def test_a_table_of_other_weights_is_refused(
    card: ModelCard | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_table(table_rows(), tmp_path / "scores.csv")
    if card is not None:
        (tmp_path / CARD_NAME).write_text(card.to_json())
    assert main(["calibrate", "--scores", str(tmp_path / "scores.csv"), "--out", str(tmp_path / "c")]) == 2
    assert "not known to be of these weights" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


@pytest.mark.usefixtures("weights")
def test_a_place_for_the_result_is_made_or_refused_before_anything_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "calibration.json"

    @contextmanager
    def judging(_weights: Path) -> Iterator[None]:
        raise TrainingError(f"judging, with {out.parent.is_dir()}")
        yield

    monkeypatch.setattr(command, "judging", judging)
    (tmp_path / "bona_fide").mkdir()
    for name in "abc":
        (tmp_path / "bona_fide" / f"{name}.mp4").touch()
    words = ["calibrate", "--folder", str(tmp_path), "--target-bpcer", "0.7", "--out"]
    assert main([*words, str(out)]) == 2
    assert "judging, with True" in capsys.readouterr().err
    assert main([*words, str(out.parent)]) == 2
    assert "is a folder" in capsys.readouterr().err
