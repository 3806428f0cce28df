"""A study trains, measures on dev halves, and goes on where it stopped."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from model.network.config import TINY
from tests.conftest import procedural_capture
from training import study
from training.__main__ import main
from training.commands import study as command
from training.datasets.capture import write_group
from training.errors import NoCaptures
from training.export import Converted
from training.metrics import Rate
from training.scores import BONA_FIDE
from training.study import STUDIED, Studied, cross_judged, dev_halves, plot_study
from training.study_table import read_study, write_study

FOUND = Studied(
    variant="compact",
    mega_macs=120.5,
    milliseconds=11.2,
    parameters=100_000,
    refused=3,
    bona_fide=60,
    worst_family="print",
    accepted=6,
    attacks=40,
    steps=2,
)


def test_each_half_is_judged_at_the_other_halfs_threshold() -> None:
    high = {BONA_FIDE: [0.8, 0.9], "print_flat": [0.6], "print_bent": [0.7]}
    low = {BONA_FIDE: [0.4, 0.5], "print_flat": [0.1], "print_bent": [0.3]}
    refused, accepted = cross_judged((high, low))
    assert refused == Rate(2, 4)  # all of the low half's, at 0.75
    assert accepted == {"print": Rate(2, 4)}  # both of the high half's, at 0.35


def test_everybody_of_dev_is_in_one_half_alone(tmp_path: Path) -> None:
    film = procedural_capture(0, "dev", "bona_fide")
    for group, subject in enumerate("aabacb"):
        write_group(tmp_path, [replace(film, group=group, subject=subject)])
    halves = [{path.stem[-1] for path in half} for half in dev_halves(tmp_path, groups=6)]
    assert halves == [set("013"), set("245")]
    with pytest.raises(NoCaptures, match="two people"):
        dev_halves(tmp_path, groups=2)


def test_acer_is_the_mean_of_both_error_rates() -> None:
    assert FOUND.acer == pytest.approx((3 / 60 + 6 / 40) / 2)


def test_the_table_survives_the_round_trip_and_the_plot_is_a_picture(tmp_path: Path) -> None:
    found = (FOUND, replace(FOUND, variant="wide", milliseconds=20.0))
    write_study(found, tmp_path / "a" / "study.csv")
    assert read_study(Studied, tmp_path / "a" / "study.csv") == found
    plot_study(found, tmp_path / "study.png")
    assert (tmp_path / "study.png").read_bytes().startswith(b"\x89PNG")
    assert read_study(Studied, tmp_path / "none.csv") == ()


def test_the_variants_differ_from_what_is_shipped_in_one_thing_each() -> None:
    shipped = asdict(STUDIED[0])
    for each in STUDIED[1:]:
        changed = {name for name, value in asdict(each).items() if value != shipped[name]} - {"name"}
        assert changed == {"face_size", "stem"} if each.name == "face_64" else len(changed) == 1


def test_the_command_trains_measures_and_does_nothing_twice(
    captures: Path,
    converted: Converted,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Conversion is slow and has tests of its own."""
    monkeypatch.setattr(study, "convert", lambda _net: converted)
    monkeypatch.setattr(command, "STUDIED", (TINY,))
    words = ["study", "--data", str(captures), "--run", str(tmp_path), "--steps", "2"]
    assert main(words) == 0
    (measured,) = read_study(Studied, tmp_path / "study.csv")
    assert (measured.variant, measured.bona_fide, measured.attacks) == ("tiny", 3, 3)
    assert measured.milliseconds > 0
    assert (tmp_path / "tiny.pt").is_file()
    monkeypatch.setattr(command, "studied", _never)
    assert main(words) == 0
    assert capsys.readouterr().out.count("tiny") == 2
    assert main([*words, "--steps", "3"]) == 2
    assert "another number of steps" in capsys.readouterr().err


def _never(*_: object, **__: object) -> None:
    raise AssertionError("it was done already")
