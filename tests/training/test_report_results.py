"""The report's numbers, counted by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.training.test_scores import row
from training.metrics import Rate, Refusals, Tally
from training.report.evidence import Evaluation, OperatingPoint, decided
from training.report.results import Results
from training.scores import ScoreRow

ROWS = [
    *(row(0.9) for _ in range(6)),
    *(row(0.2, decision="attack") for _ in range(2)),
    *(row(0.8, decision="undecided", reasons=("too_still",)) for _ in range(2)),
    row(0.7, species="print"),
    *(row(0.1, species="print", decision="attack") for _ in range(3)),
    *(row(0.6, species="wobble", decision="undecided", reasons=("too_still",)) for _ in range(5)),
]


def results_of(rows: Sequence[ScoreRow]) -> Results:
    return Results(Evaluation("by hand", OperatingPoint(0.5, "by hand"), tuple(rows)))


COUNTED = results_of(ROWS)


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


def test_too_still_is_told_from_other_reasons() -> None:
    assert COUNTED.too_still == {"bona_fide": Rate(2, 10), "print": Rate(0, 4), "wobble": Rate(5, 5)}
    other = row(species="wobble", decision="undecided", reasons=("too_dark",))
    rejected = row(species="wobble", decision="attack")
    results = results_of([*ROWS, other, rejected])
    assert results.too_still["wobble"] == Rate(5, 7)


def test_attacks_of_time_are_counted_with_and_without_those_too_still() -> None:
    accepted, dark = (
        row(species="wobble", decision=decision, reasons=reasons)
        for decision, reasons in (("bona_fide", ()), ("undecided", ("too_dark",)))
    )
    results = results_of([*ROWS, accepted, dark])
    assert list(results.time_attacks) == ["wobble"]
    assert results.time_attacks["wobble"].apcer(Refusals.APART) == Rate(1, 1)
    assert results.apcer_with_the_still("wobble") == Rate(1, 6)
    assert results.time_attacks["wobble"].apcer(Refusals.REFUSED) == Rate(1, 7)


def test_instruments_alone_are_without_attacks_of_time() -> None:
    instruments = COUNTED.instruments
    assert instruments is not None
    assert set(instruments.species) == {"print"}
    assert instruments.hter(Refusals.REFUSED) == (1 / 4 + 4 / 10) / 2
    assert instruments.instruments is None  # there is nothing more to leave out
    assert results_of([each for each in ROWS if each.species != "print"]).instruments is None


def test_the_worst_species_is_told_where_hardly_anybody_is_rejected() -> None:
    people = [row(0.5 + i / 1000) for i in range(100)]  # two may be rejected: the threshold is 0.502
    prints = [row(score, species="print") for score in (0.1, 0.5019, 0.502)]
    replays = [row(score, species="replay") for score in (0.1, 0.2, 0.501, 0.503)]
    assert results_of([*people, *prints, *replays]).worst_apcer_at_bpcer == ("print", Rate(1, 3))


def test_intervals_by_subject_hold_what_they_are_of_both_ways() -> None:
    rows = [each for i in range(30) for each in (replace(one, subject=f"p{i % 10}") for one in ROWS)]
    results = results_of(rows)
    for refusals in Refusals:
        for value, (low, high) in (
            (results.acer(refusals), results.acer_by_subject(refusals)),
            (results.hter(refusals), results.hter_by_subject(refusals)),
            (results.bpcer(refusals).value, results.bpcer_by_subject(refusals)),
        ):
            assert low == pytest.approx(value)  # everybody's captures end alike
            assert high == pytest.approx(value)


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
