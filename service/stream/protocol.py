"""`liveness.v1` without a socket, a clock or a network: (state, event, now) -> (state, actions).

Everything that a client can do and that can happen to it ends here; `service.stream.connection` only carries
the messages and runs the actions.
"""

from dataclasses import replace
from typing import assert_never

from pydantic import ValidationError

from model.verdict import Decision
from service.schemas import Verdict
from service.stream.closes import Close, Fault
from service.stream.flow import conclude_when_judged, failed, hinted, judged_one, with_credit
from service.stream.frames import FrameRefused, take
from service.stream.messages import (
    FROM_CLIENT,
    DrainingMessage,
    Hello,
    Limits,
    Outcome,
    Ready,
    Result,
)
from service.stream.state import (
    Concluded,
    CutShort,
    DrainBegan,
    Event,
    FrameCame,
    Judge,
    Judged,
    Phase,
    Rules,
    Say,
    Shut,
    Step,
    StreamNow,
    TextCame,
    TimePassed,
)

RESULT = {
    Decision.BONA_FIDE: Result.PASSED,
    Decision.ATTACK: Result.FAILED,
    Decision.UNDECIDED: Result.RETRY,
}


def opened(now: float, *, windows: int = 0) -> StreamNow:
    """A stream that was just accepted; `windows` were judged before it was lost and taken up again."""
    return StreamNow(since_at=now, heard_at=now, windows=windows)


def step(state: StreamNow, event: Event, now: float, rules: Rules) -> Step:
    """What an event changes and asks for. A stream that is closed hears and says nothing."""
    if state.phase is Phase.CLOSED:
        return state, ()
    match event:
        case TextCame(text):
            return _text(state, text, now, rules)
        case FrameCame(data):
            return _frame(state, data, now, rules)
        case Judged():
            return judged_one(state, event, now, rules)
        case Concluded(verdict):
            return _concluded(state, verdict, rules)
        case DrainBegan() | CutShort():
            return _from_this_side(state, event, now, rules)
        case TimePassed():
            return _time(state, now, rules)
        case _:
            assert_never(event)


def wake_at(state: StreamNow, rules: Rules) -> float:
    """When `TimePassed` is due at the latest."""
    limits, times = rules.limits, [] if state.drained_at is None else [state.drained_at]
    if state.phase is Phase.GREETING:
        times.append(state.since_at + limits.hello_seconds)
    if state.phase is Phase.STREAMING:
        times += [state.heard_at + limits.idle_seconds, state.since_at + limits.max_seconds]
        hint = state.hints.due_at(limits.hint_seconds)
        times += [] if hint is None else [hint]
    return min(times, default=float("inf"))


def _text(state: StreamNow, text: str, now: float, rules: Rules) -> Step:
    if len(text) > rules.limits.max_text_bytes:
        return failed(
            state, Fault.MESSAGE_TOO_LARGE, f"a text has at most {rules.limits.max_text_bytes} bytes"
        )
    try:
        message = FROM_CLIENT.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "message"
        version = where == "hello.version"
        return failed(state, Fault.VERSION if version else Fault.NOT_A_MESSAGE, f"{where}: {first['msg']}")
    if isinstance(message, Hello):
        return _hello(state, message, now, rules)
    if state.phase is Phase.GREETING:
        return failed(state, Fault.UNEXPECTED, "say hello first")
    if state.phase is not Phase.STREAMING:
        return state, ()
    return conclude_when_judged(replace(state, phase=Phase.ENDING))


def _hello(state: StreamNow, hello: Hello, now: float, rules: Rules) -> Step:
    if state.phase is not Phase.GREETING:
        return failed(state, Fault.UNEXPECTED, "hello was said before")
    limits = rules.limits
    ready = Ready(
        limits=Limits(
            max_message_bytes=limits.max_message_bytes,
            max_long_side=limits.max_long_side,
            max_short_side=limits.max_short_side,
            max_fps=limits.max_fps,
            max_seconds=limits.max_seconds,
        ),
        credit=limits.credit,
        needed=rules.needed,
        trace=hello.trace and rules.may_trace,
        resume_token=rules.resume_token,
    )
    streaming = replace(
        state,
        phase=Phase.STREAMING,
        since_at=now,
        heard_at=now,
        credit=limits.credit,
        hello=hello,
        trace=ready.trace,
    )
    return streaming, (Say(ready),)


def _frame(state: StreamNow, data: bytes, now: float, rules: Rules) -> Step:
    if state.phase is Phase.GREETING:
        return failed(state, Fault.UNEXPECTED, "say hello before the first frame")
    if state.phase is not Phase.STREAMING:
        return state, ()  # it was on its way when the stream ended
    try:
        after, picture = take(state, data, now, rules)
    except FrameRefused as error:
        return failed(state, error.fault, error.message)
    if (after.captured - (after.first_captured or 0)) / 1e6 > rules.limits.max_seconds:
        return _time_is_up(after)
    if picture is None:
        return with_credit(after)
    if not after.judging:
        given, acked = with_credit(replace(after, judging=True))
        return given, (Judge(picture), *acked)
    if after.waiting is None:
        return replace(after, waiting=picture), ()
    return with_credit(replace(after, waiting=picture, late=after.late + 1))


def _concluded(state: StreamNow, verdict: Verdict, rules: Rules) -> Step:
    shown = verdict if rules.whole_verdict else None
    outcome = Outcome(result=RESULT[verdict.decision], verdict=shown)
    close = Close.TIMEOUT if state.timed_out else Close.DONE
    return replace(state, phase=Phase.CLOSED), (Say(outcome), Shut(close))


def _from_this_side(state: StreamNow, event: DrainBegan | CutShort, now: float, rules: Rules) -> Step:
    if isinstance(event, CutShort):
        return failed(state, event.fault, event.message)
    seconds = rules.limits.drain_seconds
    return replace(state, drained_at=now + seconds), (Say(DrainingMessage(seconds=seconds)),)


def _time(state: StreamNow, now: float, rules: Rules) -> Step:
    limits = rules.limits
    if state.drained_at is not None and now >= state.drained_at:
        return failed(state, Fault.DRAINING, "this instance shuts down; connect again")
    if state.phase is Phase.GREETING and now >= state.since_at + limits.hello_seconds:
        return failed(state, Fault.TIMEOUT, "nobody said hello")
    if state.phase is Phase.STREAMING:
        if now >= state.since_at + limits.max_seconds:
            return _time_is_up(state)
        if now >= state.heard_at + limits.idle_seconds:
            return failed(state, Fault.TIMEOUT, f"no frame came for {limits.idle_seconds:g} s")
        return hinted(state, now, rules)
    return state, ()


def _time_is_up(state: StreamNow) -> Step:
    return conclude_when_judged(replace(state, phase=Phase.ENDING, timed_out=True))
