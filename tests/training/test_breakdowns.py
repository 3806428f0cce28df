"""Rates by circumstance, counted by hand; the widest gap and when none is claimed."""

from tests.training.test_scores import row
from training.breakdowns import (
    MIN_GAP_CAPTURES,
    POOLED_APCER,
    all_breakdowns,
    break_down,
    factor_values,
    thirds,
    widest_gap,
)
from training.metrics import Rate
from training.scores import ScoreRow


def people(value: str, *, accepted: int, rejected: int, undecided: int = 0) -> list[ScoreRow]:
    decisions = ["bona_fide"] * accepted + ["attack"] * rejected + ["undecided"] * undecided
    return [row(decision=decision, factors={"camera": value}) for decision in decisions]


def attacks(value: str, species: str, *, accepted: int, rejected: int) -> list[ScoreRow]:
    decisions = ["bona_fide"] * accepted + ["attack"] * rejected
    return [row(species=species, decision=each, factors={"camera": value}) for each in decisions]


ROWS = [
    *people("laptop", accepted=15, rejected=5, undecided=10),
    *people("phone", accepted=38, rejected=2),
    *people("tablet", accepted=0, rejected=3),
    *attacks("laptop", "print", accepted=1, rejected=29),
    *attacks("laptop", "replay", accepted=3, rejected=17),
    *attacks("phone", "print", accepted=0, rejected=30),
]


def test_each_cell_counts_its_own_captures() -> None:
    laptop, phone, tablet = break_down(ROWS, "camera", factor_values(ROWS, "camera")).cells
    assert (laptop.value, laptop.bpcer(), laptop.bpnrr()) == ("laptop", Rate(5, 20), Rate(10, 30))
    assert laptop.apcer() == ("replay", Rate(3, 20))
    assert phone.apcer() == ("print", Rate(0, 30))
    assert tablet.apcer() == ("", Rate(0, 0))


def test_attacks_of_a_cell_are_pooled_over_instruments_and_without_attacks_of_time() -> None:
    rows = [*ROWS, *attacks("laptop", "wobble", accepted=9, rejected=0)]
    laptop, phone, tablet = break_down(rows, "camera", factor_values(rows, "camera")).cells
    assert [cell.pooled_apcer() for cell in (laptop, phone, tablet)] == [Rate(4, 50), Rate(0, 30), Rate(0, 0)]
    gap = widest_gap(all_breakdowns(rows), POOLED_APCER)
    assert gap is not None
    assert (gap.low, gap.high) == (("phone", Rate(0, 30)), ("laptop", Rate(4, 50)))


def test_the_light_is_a_circumstance_where_the_session_tells_more() -> None:
    rows = [row(factors={"session": f"{light}/studio@{i}"}) for light in ("dawn", "night") for i in range(9)]
    (found,) = all_breakdowns(rows)
    assert (found.factor, [cell.value for cell in found.cells]) == ("light", ["dawn", "night"])
    (plain,) = all_breakdowns([row(factors={"session": session}) for session in ("office", "street")])
    assert plain.factor == "session"


def test_the_widest_gap_is_between_cells_with_enough_captures() -> None:
    gap = widest_gap(all_breakdowns(ROWS), "BPCER")
    assert gap is not None
    assert (gap.factor, gap.low, gap.high) == ("camera", ("phone", Rate(2, 40)), ("laptop", Rate(5, 20)))
    assert gap.width == 0.2
    assert not gap.beyond_chance


def test_no_gap_is_claimed_from_a_handful_of_captures() -> None:
    few = [*people("a", accepted=MIN_GAP_CAPTURES - 1, rejected=0), *people("b", accepted=0, rejected=30)]
    assert widest_gap(all_breakdowns(few), "BPCER") is None


def test_a_gap_whose_intervals_are_apart_is_beyond_chance() -> None:
    rows = [*people("a", accepted=100, rejected=0), *people("b", accepted=50, rejected=50)]
    gap = widest_gap(all_breakdowns(rows), "BPCER")
    assert gap is not None
    assert gap.beyond_chance


def test_captures_whose_circumstance_is_unknown_do_not_vanish() -> None:
    rows = [*people("phone", accepted=3, rejected=0), row(decision="attack")]
    found = break_down(rows, "camera", factor_values(rows, "camera"))
    cells = {cell.value: cell.bpcer() for cell in found.cells}
    assert cells == {"phone": Rate(0, 3), "not given": Rate(1, 1)}


def test_a_factor_of_one_value_is_no_breakdown() -> None:
    assert all_breakdowns(people("phone", accepted=3, rejected=0)) == ()


def test_a_number_of_many_values_is_broken_down_in_thirds() -> None:
    rows = [row(factors={"distance": str(0.2 + i / 100)}) for i in range(30)]
    (found,) = all_breakdowns(rows)
    assert [(cell.value, cell.bona_fide.total) for cell in found.cells] == [
        ("lower third", 10),
        ("middle third", 10),
        ("upper third", 10),
    ]


def test_rare_values_stand_together_and_names_of_captures_are_no_circumstance() -> None:
    places = ["office"] * 40 + ["street"] * 30 + [f"place {i % 15}" for i in range(30)]
    rows = [row(factors={"place": place, "file": f"f{i}"}) for i, place in enumerate(places)]
    (found,) = all_breakdowns(rows)
    assert found.factor == "place"
    assert len(found.cells) == 12
    assert sum(cell.bona_fide.total for cell in found.cells) == 100
    assert {"all others", "office", "street"} <= {cell.value for cell in found.cells}


def test_thirds_hold_as_many_captures_each_and_leave_out_what_has_no_motion() -> None:
    third = thirds([float(i) for i in range(9)] + [float("nan")])
    assert [sum(each == name for each in third.values()) for name in sorted(set(third.values()))] == [3, 3, 3]
    assert third[0] == "lower third"
    assert third[8] == "upper third"
    assert 9 not in third


def test_captures_are_also_broken_down_by_their_motion() -> None:
    rows = [row(motion=i / 100, decision="attack" if i < 3 else "bona_fide") for i in range(9)]
    (motion,) = all_breakdowns(rows)
    assert [cell.bpcer() for cell in motion.cells] == [Rate(3, 3), Rate(0, 3), Rate(0, 3)]
