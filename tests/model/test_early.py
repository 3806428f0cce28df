"""Deciding on a capture that still runs: against it at once, for it after an unbroken track."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from model.card import VerdictRule
from model.clip import Clip, Face
from model.early import Standing, decide_early, first_decision, long_tracks, usual_windows
from model.judge import judge_clip
from model.quality import Reason
from model.sampling import SampledBy
from model.verdict import Decision, Judgement, Observation, decide
from tests.model.films import turning
from tests.model.scripted import (
    CARD,
    GATES,
    CountingEngine,
    Faces,
    film,
    judge,
    observed,
    person,
    script_of,
    shown,
)

RULE = VerdictRule()


def early(clip: Clip, script: Sequence[tuple[Face, ...]], engine: CountingEngine) -> Judgement:
    return asyncio.run(judge_clip(clip, faces=Faces(script), engine=engine, gates=GATES, early=True))


def seen_of(count: int, script: Sequence[tuple[Face, ...]]) -> list[Observation]:
    return observed(film(count), script, CountingEngine())


def said(decision: Decision) -> Judgement:
    return Judgement(decision, None, 0.5, (), (), None, None, 0, {})


def test_an_acceptance_waits_for_four_seconds_of_one_track_and_leaves_the_rest_unseen() -> None:
    engine = CountingEngine()
    judgement = early(film(60), person(60), engine)
    assert judgement.decision is Decision.BONA_FIDE
    # four seconds are 41 frames; the rule is applied to the 42nd, a sixteenth after the 40th
    assert judgement.sampled == engine.encoded == 42
    assert judgement.score == judge(film(42), person(42), CountingEngine()).score


def test_a_refusal_is_no_hastier_than_an_acceptance() -> None:
    engine = CountingEngine(probabilities=(0.0,) * 100)
    judgement = early(film(60), person(60), engine)
    assert (judgement.decision, judgement.sampled) == (Decision.ATTACK, 42)


def test_who_begins_badly_and_is_accepted_by_four_seconds_passes() -> None:
    engine = CountingEngine(probabilities=(0.0,) * 10 + (1.0,) * 90)
    assert decide(observed(film(20), person(20), engine), card=CARD).decision is Decision.ATTACK
    engine = CountingEngine(probabilities=(0.0,) * 10 + (1.0,) * 90)
    judgement = early(film(60), person(60), engine)
    assert (judgement.decision, judgement.sampled) == (Decision.BONA_FIDE, 42)


def test_an_attack_that_is_over_before_four_seconds_is_one_all_the_same() -> None:
    engine = CountingEngine(probabilities=(0.0,) * 100)
    assert early(film(30), person(30), engine).decision is Decision.ATTACK


def test_a_covered_face_does_not_put_a_refusal_off() -> None:
    engine = CountingEngine(probabilities=(0.0,) * 100)
    judgement = early(film(80), [*person(25), (), *person(54)], engine)
    assert (judgement.decision, len(judgement.windows)) == (Decision.ATTACK, 33)


def test_what_lasts_shorter_is_accepted_by_the_rule_but_not_early() -> None:
    seen = seen_of(30, person(30))
    assert decide(seen, card=CARD).decision is Decision.BONA_FIDE
    judgement = decide_early(seen, card=CARD)
    assert (judgement.decision, judgement.score) == (Decision.UNDECIDED, None)
    assert judgement.reasons == (Reason.TOO_FEW_FRAMES,)


def test_a_face_that_was_away_begins_its_track_anew() -> None:
    """A loop could otherwise be covered each time before it comes again."""
    seen = seen_of(60, [*person(25), (), *person(34)])
    judgement = decide_early(seen, card=CARD)
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.NO_FACE,))
    assert decide(seen, card=CARD).decision is Decision.BONA_FIDE


def test_who_came_late_lacks_frames_and_is_not_told_that_no_face_is_there() -> None:
    seen = seen_of(40, [(), (), *person(38)])
    assert decide_early(seen, card=CARD).reasons == (Reason.TOO_FEW_FRAMES,)


def test_a_loop_before_a_slow_camera_is_not_accepted_before_it_has_come_again() -> None:
    """Four seconds hold 21 such frames: too few to tell a stretch of twelve that comes again."""
    looped, script = film(45, period=12, interval=0.2), person(45)
    four_seconds = observed(replace(looped, frames=looped.frames[:22]), script, CountingEngine())
    assert decide(four_seconds, card=CARD).repeated_share is None
    assert early(looped, script, CountingEngine()).decision is Decision.UNDECIDED
    living = early(film(45, interval=0.2), script, CountingEngine())
    assert (living.decision, living.sampled) == (Decision.BONA_FIDE, 38)  # after 37 of them: 7.4 s


def test_a_loop_that_is_covered_before_it_comes_again_is_found_all_the_same() -> None:
    """29 frames of a loop of 18 show no stretch of 12 twice; the next piece shows it again."""
    order, script = list[int](), list[tuple[Face, ...]]()
    for piece in (29, 29, 46):
        order += [i % 18 for i in range(piece)] + [0]
        script += [*person(piece), ()]
    pieces = film(18)
    frames = [replace(pieces.frames[i], time=place / 10, index=place) for place, i in enumerate(order)]
    looped = Clip(tuple(frames), 3 * len(frames), len(frames) / 10, SampledBy.FRAME_COUNT)
    judgement = decide(observed(looped, script, CountingEngine()), card=CARD)
    assert (judgement.decision, judgement.reasons) == (Decision.UNDECIDED, (Reason.LOOPED_FRAMES,))


def test_motion_in_pieces_does_not_make_up_for_a_long_track_that_is_too_still() -> None:
    card = replace(CARD, verdict=VerdictRule())
    landmarks = [*turning(44, amplitude=0.0), *(points for i in range(9) for points in turning(12, seed=i))]
    script = script_of(landmarks)
    for place in range(44, len(script), 12):
        script[place] = ()
    seen = observed(shown(landmarks), script, CountingEngine(card=card, probabilities=(1.0,) * 200))
    assert decide(seen, card=card).decision is Decision.BONA_FIDE
    assert decide_early(seen, card=card).reasons == (Reason.TOO_STILL,)


def test_a_fast_camera_does_not_shorten_the_four_seconds() -> None:
    seen = observed(film(90, interval=0.05), person(90), CountingEngine())
    assert not long_tracks(seen[:80], card=CARD)
    assert long_tracks(seen[:81], card=CARD) == [seen[:81]]


def test_what_was_never_tracked_shows_no_loop() -> None:
    assert not long_tracks([], card=CARD)
    assert not long_tracks(seen_of(50, [()] * 50), card=CARD)


def test_a_clip_that_ends_before_is_judged_as_it_is() -> None:
    assert early(film(30), person(30), CountingEngine()).decision is Decision.BONA_FIDE


def test_without_a_decision_all_frames_are_seen() -> None:
    assert early(film(40, period=1), person(40), CountingEngine()).sampled == 40


@pytest.mark.parametrize(
    ("clip", "script", "probability"),
    [
        (film(60), person(60), 1.0),
        (film(60), person(60), 0.0),
        (film(40, period=1), person(40), 1.0),  # never decides
        (film(60), [*person(14), (), *person(45)], 1.0),  # not enough at the first look
        (film(80), [*person(26, turn=0.0), *person(54)], 1.0),  # too still at first
    ],
)
def test_the_first_decision_on_a_whole_capture_is_the_one_that_would_have_ended_it(
    clip: Clip, script: Sequence[tuple[Face, ...]], probability: float
) -> None:
    engine = CountingEngine(probabilities=(probability,) * 100)
    first = first_decision(observed(clip, script, engine), card=engine.card)
    ended = early(clip, script, CountingEngine(probabilities=(probability,) * 100))
    assert (first.decision, first.score, first.sampled) == (ended.decision, ended.score, ended.sampled)


def test_windows_that_an_acceptance_usually_takes() -> None:
    assert usual_windows(CARD) == 33  # 37 frames 110 ms apart span 4 s; each five are a window
    at_once = replace(CARD, verdict=replace(CARD.verdict, early_seconds=0.0))
    assert usual_windows(at_once) == at_once.verdict.min_windows


def test_the_rule_is_applied_again_only_once_the_capture_is_a_sixteenth_longer() -> None:
    stands, applied = Standing(), list[int]()
    for seen in range(1, 546):
        if stands.due(seen, RULE):
            stands = stands.judged(seen, said(Decision.UNDECIDED), CARD)
            applied.append(seen)
    assert applied[0] == RULE.min_windows
    assert all(after - before == max(1, before // 16) for before, after in pairwise(applied))
    assert len(applied) < 100
