"""What stands beside the tables of scores: cards of the weights that scored, and what was judged."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.model.test_card import CARD
from training.score_folder import Judged, model_card, prepare, record

TITLE = f"# {CARD.name} {CARD.version}\n"
PART = Judged(captures='2 "test" groups', protocol="all", groups_judged=14, groups_stored=205)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights" / "compact"
    folder.mkdir(parents=True)
    return folder


def test_the_model_card_of_the_weights_lies_beside_their_scores(weights: Path, tmp_path: Path) -> None:
    (weights / "MODEL_CARD.md").write_text("of these graphs")
    (weights.parent / "MODEL_CARD.md").write_text(f"{TITLE}of the folder")
    prepare(tmp_path / "scores", weights, CARD)
    assert (tmp_path / "scores" / "MODEL_CARD.md").read_text() == "of these graphs"


def test_a_card_beside_the_weights_is_theirs_only_if_its_title_says_so(weights: Path) -> None:
    beside = weights.parent / "MODEL_CARD.md"
    assert model_card(weights, CARD) == ""
    beside.write_text(f"{TITLE}of these")
    assert model_card(weights, CARD) == f"{TITLE}of these"
    assert model_card(weights, replace(CARD, version="another")) == ""


def test_what_lies_there_of_other_weights_goes_and_of_the_same_stays(weights: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scores"
    prepare(folder, weights, CARD)
    table, written_by_hand = folder / "scores_dev.csv", folder / "MODEL_CARD.md"
    for each in (table, written_by_hand):
        each.write_text("of CARD")
    prepare(folder, weights, CARD)
    assert table.is_file()
    assert written_by_hand.is_file()
    prepare(folder, weights, replace(CARD, version="another"))
    assert not table.exists()
    assert not written_by_hand.exists()


def test_each_table_has_a_record_of_its_own_as_long_as_it_is_there(tmp_path: Path) -> None:
    path, dev = tmp_path / "provenance.toml", tmp_path / "scores_dev.csv"
    path.write_text('captures = "as it was written before there were records"\n')
    dev.touch()
    record(tmp_path, "dev", replace(PART, groups_judged=47, groups_stored=47))
    record(tmp_path, "test", PART)
    told = tomllib.loads(path.read_text())
    assert list(told) == ["dev", "test"]
    assert Judged(**told["test"]) == PART
    assert told["dev"]["groups_judged"] == 47
    dev.unlink()
    record(tmp_path, "test", PART)
    assert list(tomllib.loads(path.read_text())) == ["test"]
