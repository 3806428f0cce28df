"""Rules of the protocol that a transcript would not show."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from model.card import SamplingRule
from model.sampling import sample
from service.stream.closes import Close
from service.stream.protocol import opened, step, wake_at
from service.stream.state import (
    Action,
    Event,
    FrameCame,
    Judge,
    Judged,
    Phase,
    Say,
    Shut,
    StreamNow,
    TextCame,
)
from tests.service.stream.script import RULES, frame

HELLO = TextCame('{"type": "hello", "version": 1, "width": 640, "height": 480, "fps": 30}')


def streaming() -> StreamNow:
    return step(opened(0.0), HELLO, 0.0, RULES)[0]


def after(state: StreamNow, event: Event, now: float) -> tuple[StreamNow, list[Action]]:
    state, actions = step(state, event, now, RULES)
    return state, list(actions)


def test_a_text_that_is_too_long_is_too_big() -> None:
    _, actions = after(streaming(), TextCame(" " * 5000), 0.1)
    assert actions[-1] == Shut(Close.TOO_BIG, actions[-1].fault)


def test_a_frame_that_is_too_long_is_too_big() -> None:
    _, actions = after(streaming(), FrameCame(frame(0, 0) + bytes(RULES.limits.max_message_bytes)), 0.1)
    assert actions[-1] == Shut(Close.TOO_BIG, actions[-1].fault)


def test_nothing_is_said_after_the_close() -> None:
    closed, _ = after(streaming(), TextCame("?"), 0.1)
    assert after(closed, FrameCame(frame(0, 0)), 0.2) == (closed, [])


@given(st.lists(st.floats(0.03, 0.3), min_size=1, max_size=60))
def test_the_frames_that_are_judged_are_those_that_a_clip_would_be_sampled_at(
    intervals: list[float],
) -> None:
    state, time, judged, times = streaming(), 0.0, [], []
    for sequence, interval in enumerate(intervals):
        time += interval
        state, actions = after(state, FrameCame(frame(sequence, round(time * 1e6))), time)
        times.append(round(time * 1e6) / 1e6)
        for picture in (action.picture for action in actions if isinstance(action, Judge)):
            judged.append(picture.index)
            state, _ = after(state, Judged(picture=picture), time)
    assert tuple(judged) == sample([each - times[0] for each in times], SamplingRule()).indices


@given(st.lists(st.tuples(st.floats(0.03, 0.2), st.booleans()), min_size=1, max_size=80))
def test_every_frame_gets_its_credit_back_once_and_at_most_one_waits(
    happenings: list[tuple[float, bool]],
) -> None:
    state, time, given_back, work = streaming(), 0.0, 0, []
    for sequence, (interval, engine_is_done) in enumerate(happenings):
        time += interval
        events: list[Event] = [FrameCame(frame(sequence, round(time * 1e6)))]
        if engine_is_done and work:
            events.insert(0, Judged(picture=work.pop()))
        for event in events:
            state, actions = after(state, event, time)
            work += [action.picture for action in actions if isinstance(action, Judge)]
            acks = [a.message for a in actions if isinstance(a, Say) and a.message.type == "ack"]
            given_back += sum(ack.credit for ack in acks)
        waiting = state.waiting is not None
        assert given_back == state.received - waiting
        assert state.credit == RULES.limits.credit - waiting
        assert len(work) <= 1


def test_a_stream_always_knows_when_to_look_again() -> None:
    assert wake_at(opened(5.0), RULES) == 5.0 + RULES.limits.hello_seconds
    assert wake_at(streaming(), RULES) == RULES.limits.idle_seconds
    drained = replace(streaming(), drained_at=1.0)
    assert wake_at(drained, RULES) == 1.0
    assert wake_at(replace(streaming(), phase=Phase.CONCLUDING), RULES) == float("inf")
