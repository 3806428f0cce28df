"""Scores are sorted by protocol: the rows that a protocol tests with, at the threshold that was shipped."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.training.test_scores import row
from training.__main__ import main
from training.commands.protocols import rows_of
from training.datasets import own
from training.datasets.capture import list_groups, read_group
from training.datasets.own import presentation, presentation_of_row
from training.datasets.sample import Sample
from training.protocols import Protocol, Selection
from training.report.paper import OULU_NPU, published
from training.scores import ScoreRow, read_table, write_table

UNSEEN = "print_cut"


def scored(camera: str, species: str, session: str = "lounge/own") -> ScoreRow:
    physics = "" if species == "bona_fide" else "laser/matte"
    decision = "bona_fide" if species == "bona_fide" else "attack"
    return row(
        species=species, decision=decision, factors={"camera": camera, "session": session, "physics": physics}
    )


def test_a_row_is_the_presentation_that_its_capture_was(captures: Path) -> None:
    (capture, *_), *_ = (read_group(path) for path in list_groups(captures, "test"))
    factors = {name: str(value) for name, value in capture.factors.items()}
    as_row = row(species=capture.species, group=capture.group, subject=capture.subject, factors=factors)
    assert presentation_of_row(as_row, "test") == presentation(capture)


def test_a_protocol_keeps_its_species_and_cameras_and_all_living_people() -> None:
    rows = [
        scored(camera, species) for camera in ("a", "b") for species in ("bona_fide", "print_flat", UNSEEN)
    ]
    chosen = Selection(cameras=frozenset({"b"}), species=frozenset({UNSEEN}))
    kept = rows_of(Protocol(name="x", test=chosen), "test", rows)
    assert [(each.factors["camera"], each.species) for each in kept] == [("b", "bona_fide"), ("b", UNSEEN)]


def test_the_command_writes_a_folder_for_each_protocol_that_has_both_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = [scored(camera, species) for camera in ("a", "b") for species in ("bona_fide", "print_flat")]
    living = scored("a", "bona_fide")
    sent_on = replace(living, factors=living.factors | {"relayed": True})
    test = [*seen, sent_on, scored("a", UNSEEN, "garden/own")]
    splits = {"train": seen, "dev": seen, "test": test}
    samples = [
        Sample(**asdict(presentation_of_row(each, split)), data_set="own", path=tmp_path)
        for split, rows in splits.items()
        for each in rows
    ]
    listing = type("Listing", (), {"samples": tuple(samples)})
    monkeypatch.setattr(own, "list_samples", lambda _: listing)
    for split in ("dev", "test"):
        write_table(splits[split], tmp_path / f"scores_{split}.csv")
    (tmp_path / "card.json").write_text("{}")
    assert main(["protocols", str(tmp_path), "--data", "anywhere"]) == 0
    unseen = read_table(tmp_path / "protocols" / "protocol_2" / "scores_test.csv")
    assert {each.species for each in unseen} == {"bona_fide", UNSEEN}
    assert (tmp_path / "protocols" / "protocol_2" / "card.json").read_text() == "{}"
    assert not (tmp_path / "protocols" / "protocol_1").exists()
    said = capsys.readouterr().out
    assert "protocol_1           test: 0 bona fide" in said
    assert "protocol_2           test: 2 bona fide, 1 attacks\n" in said  # who was sent on is nobody new
    earlier = tmp_path / "protocols" / "protocol_2" / "card.json"
    earlier.write_text('{"of": "earlier weights"}')
    assert main(["protocols", str(tmp_path), "--data", "anywhere"]) == 0
    assert earlier.read_text() == "{}"  # sorted from scores of earlier weights: sorted anew
    trained_apart = earlier
    trained_apart.write_text('{"of": "other weights"}')
    (trained_apart.parent / "provenance.toml").touch()
    assert main(["protocols", str(tmp_path), "--data", "anywhere"]) == 0
    assert "protocol_2           left as it is" in capsys.readouterr().out
    assert "other weights" in trained_apart.read_text()


def test_scores_without_dev_and_captures_that_do_not_vary_are_said(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["protocols", str(tmp_path), "--data", str(captures)]) == 2
    assert "no scores_dev.csv; `evaluate" in capsys.readouterr().err
    for name in ("scores_dev.csv", "scores_test.csv"):
        write_table([scored("a", "bona_fide")], tmp_path / name)
    (tmp_path / "card.json").write_text("{}")
    assert main(["protocols", str(tmp_path), "--data", str(captures)]) == 2
    assert "need two sessions, two cameras" in capsys.readouterr().err


def test_sub_protocols_stand_beside_the_papers_own() -> None:
    assert published("protocol_3_5") is OULU_NPU["protocol_3"]
    assert published("protocol_2") is OULU_NPU["protocol_2"]
    assert published("unseen_simulator") is None
