"""One client's WebSocket from its acceptance to its close: the only asynchronous part of the protocol."""

from starlette.websockets import WebSocket

from service.runtime import Runtime
from service.stream.closes import CLOSE_OF, Fault
from service.stream.policy import OnOutcome, StreamEnd, StreamPolicy, told_no_one

SUBPROTOCOL = "liveness.v1"


async def run_stream(
    websocket: WebSocket, *, runtime: Runtime, policy: StreamPolicy, on_outcome: OnOutcome = told_no_one
) -> StreamEnd:
    """Accepts the upgrade and runs the stream to its end.

    `on_outcome` is awaited with the whole verdict before the client hears of it. Where the client is lost
    before an outcome and `policy.resume_token` is set, the capture is held for a while under that token.
    """
    raise NotImplementedError


async def refuse(websocket: WebSocket, fault: Fault, message: str, *, retry_after: int | None = None) -> None:
    """Accepts, says why not, and closes: a browser sees nothing of an upgrade that is refused."""
    await websocket.accept(SUBPROTOCOL)
    said = {"type": "error", "code": fault, "message": message, "fatal": True, "retry_after": retry_after}
    await websocket.send_json(said)
    await websocket.close(CLOSE_OF[fault], fault)
