"""The scores table comes back as it was written, and what is no table is named as such."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from model.card import VerdictRule
from model.verdict import Decision
from tests.model.scripted import CountingEngine
from tests.model.test_card import CARD
from tests.parity.stored_faces import StoredFaces
from training.datasets.capture import list_groups, read_group
from training.evaluate import ScoredCapture, score_capture
from training.evaluate import write_table as write_captures
from training.judging import Judging
from training.scores import ScoreRow, TableError, as_taken, read_table, scores_by_species, write_table


def row(
    score: float = 0.7, *, species: str = "bona_fide", decision: str = "bona_fide", **more: object
) -> ScoreRow:
    fields: dict[str, object] = {"group": 1, "subject": "s1", "species": species, "score": score}
    fields |= {"bona_fide": species == "bona_fide", "decision": Decision(decision)}
    return ScoreRow(**(fields | more))  # type: ignore[arg-type]


def test_a_table_survives_the_round_trip(tmp_path: Path) -> None:
    rows = (
        row(factors={"camera": "phone, old", "session": "2"}, motion=0.01, decisive_score=0.1 + 0.2),
        row(math.nan, decision="undecided", reasons=("too_still", "blurred"), factors={"camera": "laptop"}),
        row(
            0.25, species="print_flat", decision="attack", early_decision=Decision.BONA_FIDE, early_share=0.9
        ),
    )
    write_table(rows, tmp_path / "scores.csv")
    back = read_table(tmp_path / "scores.csv")
    assert repr(back) == repr(rows)  # NaN is not equal to itself


def test_the_table_that_evaluation_writes_is_read(tmp_path: Path) -> None:
    scored = ScoredCapture(
        group=3, subject="s", species="replay", bona_fide=False, decision="attack", reasons="", score=0.1,
        depth_score=0.2, bona_fide_probability=0.3, motion=0.004, frozen_share=0.0, decisive_score=0.05,
        factors={"camera": "phone"},
    )  # fmt: skip
    write_captures([scored], tmp_path / "test.csv")
    (back,) = read_table(tmp_path / "test.csv")
    assert (back.species, back.bona_fide, back.decision, back.motion) == ("replay", False, "attack", 0.004)
    assert (back.decisive_score, back.factors) == (0.05, {"camera": "phone"})


def test_evaluation_tells_the_decisive_score_beside_the_mean(captures: Path) -> None:
    capture = read_group(list_groups(captures, "dev")[0])[0]
    card = replace(CARD, verdict=VerdictRule(min_windows=2, min_seconds=0.1))
    engine = CountingEngine(card=card, probabilities=(0.9, *(0.1,) * 100))
    scored = score_capture(capture, Judging(engine, StoredFaces([capture])))
    assert scored.decision == "attack"
    assert scored.decisive_score == pytest.approx(0.8 * 0.1 + 0.2 * 0.5)
    assert scored.score > scored.decisive_score


def test_columns_that_are_not_known_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(
        "group,subject,species,bona_fide,decision,score,note\n1,s,bona_fide,True,bona_fide,.5,x\n"
    )
    (back,) = read_table(path)
    assert back.factors == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,score\nx,1\n", "no column group, subject"),
        ("group,subject,species,bona_fide,decision,score\n1,s,bona_fide,True,maybe,0.5\n", "line 2.*maybe"),
        ("group,subject,species,bona_fide,decision,score\n1,s,bona_fide,True\n", "line 2.*decision"),
        ("group,subject,species,bona_fide,decision,score\n1,s,bona_fide,yes,attack,0.5\n", "line 2.*yes"),
    ],
)
def test_what_is_no_table_is_an_error_that_says_where(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(TableError, match=complaint):
        read_table(tmp_path / "x.csv")


def test_captures_without_a_score_are_in_no_curve() -> None:
    rows = [row(0.8), row(math.nan, decision="undecided"), row(0.1, species="replay", decision="attack")]
    assert scores_by_species(rows) == ([0.8], {"replay": [0.1]})


def test_what_was_sent_on_is_not_as_it_was_taken() -> None:
    taken, attack = row(factors={"camera": "laptop"}), row(species="replay")
    again = [row(factors={"camera": "laptop", "relayed": how}) for how in ("moved", "compressed")]
    assert list(as_taken([taken, again[0], attack, again[1]])) == [taken, attack]


def test_only_evidence_makes_a_decision_depend_on_the_threshold() -> None:
    assert row(0.8).depends_on_the_threshold
    assert row(0.8, decision="undecided", reasons=("too_still",)).depends_on_the_threshold
    assert not row(0.8, decision="undecided", reasons=("too_few_frames",)).depends_on_the_threshold
    assert not row(math.nan, decision="undecided", reasons=("no_face",)).depends_on_the_threshold
