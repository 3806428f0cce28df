"""The report's numbers, counted by hand."""

from dataclasses import replace

from tests.training.test_scores import row
from training.metrics import Rate, Refusals, Tally
from training.report.evidence import Evaluation, OperatingPoint, decided
from training.report.results import Results

ROWS = [
    *(row(0.9) for _ in range(6)),
    *(row(0.2, decision="attack") for _ in range(2)),
    *(row(0.8, decision="undecided", reasons=("too_still",)) for _ in range(2)),
    row(0.7, species="print"),
    *(row(0.1, species="print", decision="attack") for _ in range(3)),
    *(row(0.6, species="wobble", decision="undecided", reasons=("too_still",)) for _ in range(5)),
]
COUNTED = Results(Evaluation("by hand", OperatingPoint(0.5, "by hand"), tuple(ROWS)))


def test_results_are_the_hand_counted_ones() -> None:
    assert COUNTED.bona_fide == Tally(6, 2, 2)
    assert COUNTED.bpcer() == Rate(2, 8)
    assert COUNTED.bpcer(Refusals.REFUSED) == Rate(4, 10)
    assert COUNTED.worst_apcer() == ("print", Rate(1, 4))
    assert COUNTED.worst_apcer(Refusals.REFUSED) == ("print", Rate(1, 4))
    assert COUNTED.acer() == (1 / 4 + 2 / 8) / 2
    assert COUNTED.hter(Refusals.REFUSED) == (1 / 9 + 4 / 10) / 2
    assert COUNTED.reasons()["wobble"] == {"too_still": 5}


def test_what_the_verdict_rule_adds_to_the_score_is_seen() -> None:
    assert COUNTED.by_score_alone("wobble") == Rate(5, 5)
    assert COUNTED.species["wobble"].apcer(Refusals.REFUSED) == Rate(0, 5)
    assert COUNTED.by_score_alone(None) == Rate(2, 10)


def test_acer_by_subject_holds_acer_and_is_wider_when_captures_are_one_persons() -> None:
    rows = [
        row(decision="attack" if i % 40 < 8 else "bona_fide", subject=f"p{i % 40}") for i in range(200)
    ] + [row(species="print", decision="attack", subject=f"p{i % 40}") for i in range(200)]
    alone = [replace(each, subject=str(i)) for i, each in enumerate(rows)]
    by_person, by_capture = (
        Results(Evaluation("x", OperatingPoint(0.5, ""), tuple(each))).acer_by_subject()
        for each in (rows, alone)
    )
    assert by_person[0] <= 0.1 <= by_person[1]
    assert by_person[1] - by_person[0] > 1.5 * (by_capture[1] - by_capture[0])


def test_the_hardest_captures_come_first() -> None:
    accepted, rejected = COUNTED.hardest(5)
    assert [each.species for each in accepted] == ["print"]
    assert [each.score for each in rejected] == [0.2, 0.2]


def test_a_new_threshold_leaves_the_undecided_alone() -> None:
    again = decided(ROWS, 0.95)
    assert Tally.of(each.decision for each in again if each.bona_fide) == Tally(0, 8, 2)
