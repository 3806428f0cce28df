"""What follows from a frame that was taken or judged: credit, progress, hints, the next one, the end."""

from dataclasses import replace

from model.quality import Reason
from service.stream.closes import CLOSE_OF, Fault
from service.stream.messages import Ack, ErrorMessage, Guidance, Hint, Progress
from service.stream.state import Action, Conclude, Judge, Judged, Phase, Rules, Say, Shut, Step, StreamNow

_SLOW_INTERVAL = 0.15  # seconds between frames from which a camera is called slow


def judged_one(state: StreamNow, judged: Judged, now: float, rules: Rules) -> Step:
    """A frame was judged, or could not be; the next one that waited takes its place."""
    state = replace(state, judging=False, late=state.late + judged.late)
    if judged.fault is not None:
        return failed(state, *judged.fault)
    actions: list[Action] = []
    if judged.windows > state.windows:
        actions.append(Say(Progress(windows=judged.windows, needed=rules.needed)))
        state = replace(state, windows=judged.windows)
    if judged.trace is not None:
        actions.append(Say(judged.trace))
    if not judged.late:
        state = replace(state, hints=state.hints.want(_hint(state, judged)))
    state, hint = hinted(state, now, rules)
    if judged.decided and rules.stop_when_decided and state.phase is Phase.STREAMING:
        state = replace(state, phase=Phase.ENDING, waiting=None)
    state, next_one = _next(state, now, rules)
    state, concluded = conclude_when_judged(state)
    return state, (*actions, *hint, *next_one, *concluded)


def conclude_when_judged(state: StreamNow) -> Step:
    """The verdict is due once the client is through and no frame is left to judge."""
    if state.phase is not Phase.ENDING or state.judging or state.waiting is not None:
        return state, ()
    return replace(state, phase=Phase.CONCLUDING), (Conclude(state.timed_out),)


def hinted(state: StreamNow, now: float, rules: Rules) -> Step:
    """Says what the person can do, where that changed and is not said too soon."""
    if state.phase is not Phase.STREAMING or not state.hints.due(now, rules.limits.hint_seconds):
        return state, ()
    return replace(state, hints=state.hints.told(now)), (Say(Guidance(code=state.hints.wanted)),)


def with_credit(state: StreamNow) -> Step:
    """A frame no longer waits here: another may be sent."""
    return replace(state, credit=state.credit + 1), (Say(Ack(sequence=state.sequence, credit=1)),)


def failed(state: StreamNow, fault: Fault, message: str) -> Step:
    """The end, without an outcome."""
    said = Say(ErrorMessage(code=fault, message=message, fatal=True))
    return replace(state, phase=Phase.CLOSED), (said, Shut(CLOSE_OF[fault], fault))


def _next(state: StreamNow, now: float, rules: Rules) -> Step:
    """The frame that waited is judged, or dropped where it waited too long."""
    if state.waiting is None:
        return state, ()
    picture, state = state.waiting, replace(state, waiting=None)
    in_time = now - picture.arrived_at <= rules.limits.late_seconds or state.phase is Phase.ENDING
    state = replace(state, judging=in_time, late=state.late + (not in_time))
    judge = (Judge(picture),) if in_time else ()
    if state.phase is not Phase.STREAMING:
        return state, judge
    state, acked = with_credit(state)
    return state, (*judge, *acked)


def _hint(state: StreamNow, judged: Judged) -> Reason | Hint | None:
    if judged.reasons:
        return judged.reasons[0]
    interval = state.sampler.frame_interval
    if interval is not None and interval > _SLOW_INTERVAL:
        return Reason.LOW_FRAME_RATE
    return Hint.MOVE_A_LITTLE if judged.still else None
