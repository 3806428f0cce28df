"""Tables 6 and 7: dev of one data set, test of another."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import procedural_capture
from training.datasets.capture import write_group
from training.paper import cross
from training.paper.judged import Measured
from training.study_table import read_study


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Replay-Attack's, as labelled: one person, two prints."""
    for group, species in enumerate((("bona_fide", "print_a"), ("print_b",))):
        films = [procedural_capture(group, "test", each) for each in species]
        write_group(
            tmp_path / "other", [replace(film, factors={"data_set": "replay-attack"}) for film in films]
        )
    return tmp_path / "other"


def test_the_papers_pairs_have_its_measure_and_its_protocols() -> None:
    assert cross.pair_of("casia-mfsd", "replay-attack").metric == "HTER"
    siw = cross.pair_of("siw", "oulu-npu")
    assert (siw.metric, siw.protocols[:3]) == ("ACER", ("1", "2", "3_1"))
    assert {each.partition("_")[0] for each in siw.protocols} == set(cross._PAPER["SO"])
    assert cross.pair_of("own", "dmad").protocols == ("all",)


def test_the_errors_are_of_the_other_set(
    ask, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cross, "_data_set", lambda data: "replay-attack" if data == other else "casia-mfsd")
    words = ["--tested", str(other), "--groups", "2"]
    assert ask("cross", *words) == 0
    (line,) = read_study(Measured, tmp_path / "run" / "cross.csv")
    assert (line.variant, line.bona_fide, line.attacks, line.paper) == ("protocol_all", 1, 2, "17.0")
    assert (tmp_path / "run" / "cross.png").is_file()
    monkeypatch.setattr(cross, "learnt", _never)
    assert ask("cross", *words) == 0
    assert capsys.readouterr().out.count("protocol_all") == 2


def test_a_set_without_a_test_split_is_said_before_any_training(
    ask, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (other / "test").rename(other / "train")
    assert ask("cross", "--tested", str(other)) == 2
    assert "other/test needs bona fide and attack captures" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def _never(*_: object) -> None:
    raise AssertionError("it was done already")
