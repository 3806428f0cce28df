"""WS /v1/sessions/{id}/stream: one client, one token, one stream."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.websockets import WebSocket

from service.errors import Overloaded
from service.logs import SESSION_ID
from service.routes.dependencies import RunningService
from service.runtime import Runtime
from service.sessions.door import Refused
from service.sessions.session import Session
from service.stream.closes import Fault
from service.stream.connection import refuse, run_stream
from service.stream.messages import SUBPROTOCOL
from service.stream.policy import StreamPolicy, Told
from service.stream.upgrade import may_come_from, resume_token, speaks_our_protocol

router = APIRouter()

_TOKEN: Final = "token."


@router.websocket("/v1/sessions/{session_id}/stream")
async def session_stream(websocket: WebSocket, session_id: str, runtime: RunningService) -> None:
    """Faults are told after the acceptance: of an upgrade that is refused a browser sees nothing."""
    if not may_come_from(websocket, runtime.settings.allowed_origins):
        await websocket.close()  # before it is accepted: an HTTP 403
        return
    resumes = resume_token(websocket)
    token = resumes or client_token(websocket.scope["subprotocols"])
    try:
        _check_room(websocket, runtime)
        session = await runtime.sessions.door.open(session_id, token, resume=resumes is not None)
    except Refused as refused:
        await refuse(websocket, refused.fault, refused.message, retry_after=refused.retry_after)
        return
    door = runtime.sessions.door
    SESSION_ID.set(session.id)
    policy = _policy(session, resumes=resumes, resume_token=door.resume_token(session))
    policy = replace(policy, pictures=runtime.images.count)
    end = await run_stream(
        websocket,
        runtime=runtime,
        policy=policy,
        on_outcome=partial(door.conclude, session),
        erased=partial(door.erased, session),
    )
    await door.close(session, end)


def client_token(subprotocols: Sequence[str]) -> str:
    """The token in the subprotocol `token.<jwt>`, the one place where a browser can put it; or nothing."""
    given = (each.removeprefix(_TOKEN) for each in subprotocols if each.startswith(_TOKEN))
    return next(given, "")


def _check_room(websocket: WebSocket, runtime: Runtime) -> None:
    """A token is not burnt for a stream that would not be taken. Raises Refused."""
    if not speaks_our_protocol(websocket):
        raise Refused(Fault.VERSION, f"ask for the subprotocol {SUBPROTOCOL}")
    if runtime.draining:
        raise Refused(Fault.DRAINING, "this instance shuts down; connect again")
    try:
        with runtime.streams.admitted():
            pass
    except Overloaded as error:
        raise Refused(Fault.OVERLOADED, error.message, retry_after=error.retry_after) from error


def _policy(session: Session, *, resumes: str | None, resume_token: str | None) -> StreamPolicy:
    return StreamPolicy(
        channel="session",
        told=Told.RESULT,
        resume_token=resume_token if session.attempts == 1 else None,
        resumes=resumes,
        resumed_after=time.time() - session.began,
    )
