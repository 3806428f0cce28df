"""Several draws of the synthesis are one test: groups apart, people the same, nothing counted twice."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from model.card import ModelCard
from tests.model.test_card import CARD
from tests.training.report_scores import write_scores
from tests.training.test_scores import row
from training.__main__ import main
from training.flips import Flips
from training.metrics import Rate
from training.report.evidence import Evaluation, Evidence, OperatingPoint, read_evidence
from training.report.page import render, render_summary
from training.report.pooled import CountedTwice, DifferentWeights, pooled, read_pooled
from training.report.results import Results
from training.scores import ScoreRow
from training.time_gaps import AlteredWindow


def system(rows: Sequence[ScoreRow], name: str = "network", threshold: float = 0.5) -> Evaluation:
    return Evaluation(name, OperatingPoint(threshold, "a test"), tuple(rows))


def evidence(rows: Sequence[ScoreRow], card: ModelCard | None = CARD, **more: object) -> Evidence:
    empty: dict[str, object] = dict.fromkeys(("baselines", "protocols", "clips", "windows", "flips"), ())
    empty |= {"depth_maps": (), "provenance": {}, "model_card": ""}
    return Evidence(network=system(rows), card=card, **(empty | more))  # type: ignore[arg-type]


def shown(seed: int) -> list[ScoreRow]:
    """Ten people of ten groups, numbered alike in every draw; four of the bona fide captures are rejected."""
    return [
        replace(each, group=i, subject=f"p{i}", score=each.score + seed / 1000 + i / 100, motion=1.0)
        for i in range(10)
        for each in (row(0.7, decision="attack" if i < 4 else "bona_fide"), row(0.1, species="print"))
    ]


FIRST, SECOND = shown(1), shown(2)


def test_groups_of_two_draws_stay_apart_and_people_are_the_same() -> None:
    both = pooled({"a": evidence(FIRST), "b": evidence(SECOND)})
    results = Results(both.network)
    assert results.bpcer() == Rate(8, 20)
    assert results.subjects == 10
    assert len({(each.factors["draw"], each.group) for each in results.rows}) == 20
    assert both.draws == ("a", "b")
    strangers = [replace(each, subject=f"other {each.subject}") for each in SECOND]
    apart = Results(pooled({"a": evidence(FIRST), "b": evidence(strangers)}).network)
    (low, high), (others_low, others_high) = (each.bpcer_by_subject() for each in (results, apart))
    assert high - low > 1.2 * (others_high - others_low)


def test_other_weights_and_other_thresholds_are_refused_by_name() -> None:
    for other in (replace(CARD, version="9"), replace(CARD, threshold=CARD.threshold / 2)):
        with pytest.raises(DifferentWeights, match=r"b and a.*differ in (version|threshold)") as raised:
            pooled({"a": evidence(FIRST), "b": evidence(SECOND, other)})
        assert raised.value.code == "different_weights"
    for cards in ((CARD, None), (None, CARD), (None, None)):
        with pytest.raises(DifferentWeights, match=r"no card\.json"):
            pooled({"a": evidence(FIRST, cards[0]), "b": evidence(SECOND, cards[1])})


def test_a_capture_that_two_folders_hold_is_refused() -> None:
    renumbered = [replace(each, group=each.group + 70) for each in FIRST[:1]]
    with pytest.raises(CountedTwice, match="group 70 of b"):
        pooled({"a": evidence(FIRST), "b": evidence([*SECOND, *renumbered])})


def test_baselines_stand_beside_the_same_captures_or_are_left_out_by_name() -> None:
    same = system(FIRST, "lbp"), system(SECOND, "lbp")
    moved = system(FIRST, "motion"), system(SECOND, "motion", threshold=0.6)
    both = pooled(
        {
            "a": evidence(FIRST, baselines=(same[0], moved[0]), protocols=(system(FIRST, "protocol_1"),)),
            "b": evidence(SECOND, baselines=(same[1], moved[1])),
        }
    )
    (baseline,) = both.baselines
    assert Results(baseline).bpcer() == Rate(8, 20)
    assert both.protocols == ()
    assert both.left_out == ("motion", "protocol_1")


def test_what_else_the_draws_hold_is_put_together() -> None:
    flips = [
        Flips(perturbation=name, captures=10, to_bona_fide=1, to_attack=count, to_undecided=0)
        for name, count in (("JPEG", 2), ("JPEG", 3), ("half size", 4))
    ]
    window, clip = AlteredWindow("frozen", "p1", 0.1, 0.7, 0.2), system(FIRST, "webcam")
    both = pooled(
        {
            "a": evidence(FIRST, flips=(flips[0],), windows=(window,), clips=(clip,), provenance={"x": 1}),
            "b": evidence(SECOND, flips=tuple(flips[1:]), windows=(window,), clips=(clip,), model_card="use"),
        }
    )
    assert [(each.perturbation, each.rate) for each in both.flips] == [
        ("JPEG", Rate(7, 20)),
        ("half size", Rate(5, 10)),
    ]
    assert both.windows == (window, window)
    assert both.clips == (clip,)
    assert both.provenance == {"a": {"x": 1}, "b": {}}
    assert both.model_card == "use"


def test_the_command_reports_two_folders_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [tmp_path / "one" / "scores", tmp_path / "two" / "scores"]
    for seed, folder in enumerate(folders):
        write_scores(folder, each=40, seed=seed)
    (folders[1] / "provenance.toml").write_text("[test]\ngroups_judged = 14\ngroups_stored = 205\n")
    out = tmp_path / "report.html"
    assert main(["report", *map(str, folders), "--out", str(out)]) == 0
    page, summary = out.read_text(), out.with_suffix(".md").read_text()
    for text in (page, summary):
        assert "480 test captures of 40 subjects, of 2 draws of the synthesis together" in text
        assert f"{folders[1]}, test: the first 14 of 205 groups".replace("_", " ") in text.replace("_", " ")
    wrong = page.split('<h2 id="hardest">')[1]
    assert f'<tr><td class="text">{folders[1]}</td>' in wrong  # beside the group of a capture
    assert main(["report", str(folders[0]), str(folders[0]), "--out", str(out)]) == 2
    assert "counted twice" in capsys.readouterr().err


def test_one_folder_is_read_as_it_is(tmp_path: Path) -> None:
    write_scores(tmp_path, each=20)
    alone = read_pooled([tmp_path])
    assert repr(alone) == repr(read_evidence(tmp_path))
    assert not any("draw" in each.factors for each in alone.network.test)
    assert "draws of the synthesis" not in render(alone) + render_summary(alone)
