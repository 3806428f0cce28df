"""The data path with a scripted face finder and a counting engine: windows, squares, gaps, verdicts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from model.card import VerdictRule
from model.clip import Clip, Face
from model.quality import Reason
from model.scoring import NoNumberError
from model.verdict import Decision
from tests.model.films import turning
from tests.model.scripted import (
    CARD,
    CountingEngine,
    film,
    judge,
    person,
    script_of,
    shown,
    stream,
)
from tests.model.test_geometry import head


def test_a_person_passes_with_one_window_per_frame_from_the_fifth_on() -> None:
    engine = CountingEngine()
    judgement = judge(film(20), person(20), engine)
    assert judgement.decision is Decision.BONA_FIDE
    assert judgement.score == pytest.approx(0.8 * 1.0 + 0.2 * 0.5)
    assert len(judgement.windows) == 16
    assert judgement.reasons == ()


def test_a_new_frame_costs_one_encoder_and_one_pair_pass_while_the_square_holds() -> None:
    engine = CountingEngine()
    judge(film(20), person(20), engine)
    assert (engine.encoded, engine.paired, len(engine.windows)) == (20, 19, 16)


def test_a_face_that_wanders_moves_the_square_and_has_its_window_encoded_again() -> None:
    engine = CountingEngine()
    judgement = judge(film(20), person(20, drift=12.0), engine)
    squares = [window.square for window in judgement.windows]
    assert len(set(squares)) > 1
    assert len(judgement.windows) == 16
    moves = len(set(squares)) - (squares[0] == squares[-1])
    assert engine.encoded >= 20 + 4 * (moves - 1)


@pytest.mark.parametrize(("gain", "again"), [(0.5, True), (0.98, False)])
def test_a_camera_whose_exposure_settles_has_its_window_encoded_again(gain: float, again: bool) -> None:
    engine, clip = CountingEngine(), film(20)
    dim = [replace(each, pixels_HW3=(gain * each.pixels_HW3).astype(np.uint8)) for each in clip.frames[:3]]
    judgement = judge(replace(clip, frames=(*dim, *clip.frames[3:])), person(20), engine)
    assert len(judgement.windows) == 16
    assert (engine.encoded > 20) is again


def test_every_window_holds_the_pairs_of_its_own_frames() -> None:
    engine = CountingEngine()
    judge(film(8), person(8), engine)
    first, second = engine.windows[:2]
    np.testing.assert_array_equal(first[1:], second[:-1])


def test_low_scores_are_an_attack_with_a_score() -> None:
    judgement = judge(film(20), person(20), CountingEngine(probabilities=(0.0,) * 20))
    assert judgement.decision is Decision.ATTACK
    assert judgement.score == pytest.approx(0.2 * 0.5)


def test_what_is_no_number_is_no_score() -> None:
    with pytest.raises(NoNumberError):
        judge(film(20), person(20), CountingEngine(probabilities=(float("nan"),) * 20))


def test_a_last_frame_by_itself_does_not_make_the_windows_longer() -> None:
    script = [*person(12), *[()] * 6, *person(1)]
    judgement = judge(film(19), script, CountingEngine())
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.NO_FACE,))
    assert len(judgement.windows) == 8


def test_a_living_start_cannot_outvote_the_picture_that_follows() -> None:
    card = replace(CARD, threshold=0.3)
    engine = CountingEngine(card=card, probabilities=(1.0,) * 7 + (0.0,) * 9)
    judgement = judge(film(20), person(20), engine)
    assert np.mean([window.score for window in judgement.windows]) > card.threshold
    assert judgement.decision is Decision.ATTACK


@pytest.mark.parametrize(
    ("count", "script", "reason"),
    [
        (20, [()] * 20, Reason.NO_FACE),
        (20, [2 * faces for faces in person(20)], Reason.MULTIPLE_FACES),
        (3, person(3), Reason.TOO_FEW_FRAMES),
    ],
)
def test_missing_evidence_is_undecided_with_its_reason_and_no_score(
    count: int, script: list[tuple[Face, ...]], reason: Reason
) -> None:
    judgement = judge(film(count), script, CountingEngine())
    assert judgement.decision is Decision.UNDECIDED
    assert judgement.reasons == (reason,)
    assert judgement.score is None


def test_a_frozen_picture_is_undecided() -> None:
    judgement = judge(film(20, period=1), person(20), CountingEngine())
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.FROZEN_FRAMES,))


def test_a_face_that_only_moves_as_a_plane_does_is_too_still_to_pass() -> None:
    card = replace(CARD, verdict=VerdictRule())
    still = [head(centre=(300.0 + 3 * i, 240.0)) for i in range(20)]
    shifting, living = (
        judge(shown(points), script_of(points), CountingEngine(card=card))
        for points in (still, turning(20, amplitude=0.3))
    )
    assert (shifting.decision, shifting.reasons) == (Decision.UNDECIDED, (Reason.TOO_STILL,))
    assert living.decision is Decision.BONA_FIDE


def test_a_picture_that_is_shown_a_moment_at_a_time_is_judged_by_its_time_as_well() -> None:
    """However well it scores: between showings of six frames nobody is seen, and loops are let pass."""
    card = replace(CARD, verdict=VerdictRule(max_repeated_share=1.0))
    living, picture = turning(21, amplitude=0.3), [head(centre=(300.0 + 3 * i, 240.0)) for i in range(42)]
    script = script_of([*living, *picture])
    for place in range(20, len(script), 7):
        script[place] = ()
    judgement = judge(shown([*living, *picture]), script, CountingEngine(card=card))
    assert judgement.decision is Decision.UNDECIDED
    assert judgement.reasons == (Reason.TOO_STILL,)
    assert min(window.score for window in judgement.windows) > card.threshold


def test_a_loop_is_undecided_however_well_it_scores() -> None:
    points = (turning(13, amplitude=0.3) * 4)[:44]
    judgement = judge(shown(points), script_of(points), CountingEngine())
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.LOOPED_FRAMES,))


def test_a_stream_is_told_to_move_until_its_newest_span_has_moved() -> None:
    card = replace(CARD, verdict=VerdictRule())
    points = [*[head(depth=2.0)] * 20, *turning(20, amplitude=0.3)]
    told = stream(shown(points), script_of(points), CountingEngine(card=card))
    assert not any(told[: card.verdict.span_frames - 1])  # too early to tell
    assert told[19]
    assert not told[39]


def test_no_window_spans_a_gap() -> None:
    script = person(20)
    script[9] = ()
    judgement = judge(film(20), script, CountingEngine())
    for window in judgement.windows:
        assert np.all(np.diff([frame.index for frame in window.frames]) == 1)
    assert judgement.dropped == {Reason.NO_FACE: 1}


def at(clip: Clip, times: Sequence[float]) -> Clip:
    """The same pictures at other times."""
    frames = tuple(replace(frame, time=time) for frame, time in zip(clip.frames, times, strict=True))
    return replace(clip, frames=frames)


def test_no_window_spans_a_second_of_which_no_frame_came() -> None:
    times = [i / 10 + (i >= 9) for i in range(20)]
    judgement = judge(at(film(20), times), person(20), CountingEngine())
    assert [window.frames[-1].index for window in judgement.windows] == [4, 5, 6, 7, 8, *range(13, 20)]
    assert judgement.dropped == {Reason.LOW_FRAME_RATE: 1}
    assert judgement.decision is Decision.BONA_FIDE


@pytest.mark.parametrize(("missing", "gaps"), [(1, 0), (2, 1)])
def test_one_sampled_frame_may_be_missing_but_not_two(missing: int, gaps: int) -> None:
    whole = film(22)
    holed = replace(whole, frames=(*whole.frames[:9], *whole.frames[9 + missing :]))
    dropped = judge(holed, person(22), CountingEngine()).dropped
    assert dropped == ({Reason.LOW_FRAME_RATE: gaps} if gaps else {})


@pytest.mark.parametrize("interval", [0.1, 0.12, 1 / 8, 1 / 4])
def test_frames_that_come_at_a_steady_usable_pace_leave_no_gap(interval: float) -> None:
    times = [interval * i for i in range(20)]
    assert judge(at(film(20), times), person(20), CountingEngine()).dropped == {}


def test_a_camera_too_slow_for_the_network_is_undecided_with_that_reason() -> None:
    judgement = judge(at(film(20), [i / 3 for i in range(20)]), person(20), CountingEngine())
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.LOW_FRAME_RATE,))


def test_another_face_starts_a_new_track() -> None:
    script = person(10) + [(Face(head(centre=(480.0, 240.0)), yaw=0.0, pitch=0.0),) for _ in range(10)]
    judgement = judge(film(20), script, CountingEngine())
    assert judgement.dropped == {Reason.FACE_CHANGED: 1}
    assert len(judgement.windows) == 12
