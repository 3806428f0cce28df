"""A service may stop at the first decision: it is the one on the frames so far."""

import asyncio
from collections.abc import Sequence

import pytest

from model.clip import Clip, Face
from model.judge import first_decision, judge_clip, observed
from model.verdict import Decision, Judgement, Observation
from tests.model.test_judge import GATES, CountingEngine, Faces, film, judge, person


def early(clip: Clip, script: Sequence[tuple[Face, ...]], engine: CountingEngine) -> Judgement:
    return asyncio.run(judge_clip(clip, faces=Faces(script), engine=engine, gates=GATES, early=True))


def test_an_early_decision_is_the_one_on_the_frames_so_far_and_leaves_the_rest_unseen() -> None:
    engine = CountingEngine()
    judgement = early(film(40), person(40), engine)
    assert judgement.decision is Decision.BONA_FIDE
    assert judgement.sampled == engine.encoded == 19  # 1.8 s
    assert judgement.score == judge(film(19), person(19), CountingEngine()).score


def test_without_a_decision_all_frames_are_seen() -> None:
    assert early(film(40, frozen=True), person(40), CountingEngine()).sampled == 40


@pytest.mark.parametrize(
    ("clip", "script"),
    [
        (film(40), person(40)),
        (film(40, frozen=True), person(40)),  # never decides
        (film(40), [*person(14), (), *person(25)]),  # not enough at the first look
        (film(60), [*person(26, turn=0.0), *person(34)]),  # too still at first
    ],
)
def test_the_first_decision_on_a_whole_capture_is_the_one_that_would_have_ended_it(
    clip: Clip, script: Sequence[tuple[Face, ...]]
) -> None:
    engine = CountingEngine()

    async def whole() -> list[Observation]:
        return [seen async for seen in observed(clip, faces=Faces(script), engine=engine, gates=GATES)]

    first, ended = (
        first_decision(asyncio.run(whole()), card=engine.card),
        early(clip, script, CountingEngine()),
    )
    assert (first.decision, first.score, first.sampled) == (ended.decision, ended.score, ended.sampled)
