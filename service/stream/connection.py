"""A route's way into the protocol: `run_stream` for a client that is let in, `refuse` for another."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from service.errors import Overloaded
from service.logs import REQUEST_ID
from service.observe import Metrics
from service.runtime import Runtime
from service.stream.closes import CLOSE_OF, Fault, Refused
from service.stream.course import Course
from service.stream.hub import Held, StreamHub
from service.stream.loop import StreamLoop
from service.stream.messages import SUBPROTOCOL, ErrorMessage
from service.stream.policy import CutOff, OnOutcome, StreamEnd, StreamPolicy, never, told_no_one
from service.stream.upgrade import speaks_our_protocol
from service.stream.wire import ABNORMAL, Wire

_LOST: Final = (WebSocketDisconnect, OSError)  # how an upgrade's acceptance says that nobody waits for it
_log = logging.getLogger("service.streams")


async def run_stream(
    websocket: WebSocket,
    *,
    runtime: Runtime,
    policy: StreamPolicy,
    on_outcome: OnOutcome = told_no_one,
    cut_off: CutOff = never,
) -> StreamEnd:
    """Accepts the upgrade and runs the stream to its end, in a `place` that its route holds.

    `on_outcome` is awaited with the whole verdict before the client hears of it; where the verdict does not
    count, the client hears none. Where the client is lost before an outcome and `policy.resume_token` is set,
    the capture is held for a while under that token. The stream is cut once `cut_off` returns.
    """
    hub = runtime.streams
    REQUEST_ID.set(uuid.uuid4().hex)
    before = _before(hub, policy)
    if before is None:
        return await refuse(websocket, Refused(Fault.EXPIRED, "this stream is no longer held: begin anew"))
    try:
        await websocket.accept(SUBPROTOCOL)
    except _LOST:
        end = StreamEnd(close=ABNORMAL, verdict=None, held=False)
    else:
        course = Course(hub, runtime.engine.info, policy, before)
        wire = Wire(websocket, hub.limits.send_seconds)
        loop = StreamLoop(wire, course, on_outcome=on_outcome, draining=hub.draining, cut_off=cut_off)
        end = await loop.run()
    runtime.metrics.observe_close(end.close)
    decision = end.verdict and end.verdict.decision
    _log.info("ended", extra={"channel": policy.channel, "close": int(end.close), "decision": decision})
    return end


def check_room(websocket: WebSocket, runtime: Runtime) -> None:
    """Before anything is asked or counted: a client that tries again while all is taken loses nothing.

    Raises Refused.
    """
    if not speaks_our_protocol(websocket):
        raise Refused(Fault.VERSION, f"ask for the subprotocol {SUBPROTOCOL}")
    with _as_refusal(runtime):
        runtime.streams.check_room()


@contextmanager
def place(runtime: Runtime) -> Iterator[None]:
    """A place for one stream. It is taken before a token is burnt for it, and whoever holds it is not turned
    away any more. Raises Refused.
    """
    with ExitStack() as held:
        with _as_refusal(runtime):
            held.enter_context(runtime.streams.admitted())
        yield


@contextmanager
def _as_refusal(runtime: Runtime) -> Iterator[None]:
    if runtime.draining:
        raise Refused(Fault.DRAINING, "this instance shuts down; connect again")
    try:
        yield
    except Overloaded as error:
        raise Refused(Fault.OVERLOADED, error.message, retry_after=error.retry_after) from error


def _before(hub: StreamHub, policy: StreamPolicy) -> Held | None:
    """What the stream goes on with; None where there is nothing left of the one that it resumes."""
    if policy.resumes is None:
        return Held()
    held = hub.take(policy.resumes)
    if held is None and policy.resumed_after is not None:  # another replica has it, or had
        return Held(lasted=policy.resumed_after)
    return held


async def refuse(websocket: WebSocket, refused: Refused) -> StreamEnd:
    """Accepts, says why not, and closes: a browser sees nothing of an upgrade that is refused."""
    fault, close = refused.fault, CLOSE_OF[refused.fault]
    said = ErrorMessage(code=fault, message=refused.message, fatal=True, retry_after=refused.retry_after)
    metrics: Metrics = websocket.app.state.metrics
    metrics.rejected.labels(fault).inc()
    metrics.observe_close(close)
    _log.info("refused", extra={"code": fault})
    with suppress(*_LOST, RuntimeError):  # it is gone already
        await websocket.accept(SUBPROTOCOL if speaks_our_protocol(websocket) else None)
        await websocket.send_text(said.model_dump_json())
        await websocket.close(close, fault)
    return StreamEnd(close=close, verdict=None, held=False)
