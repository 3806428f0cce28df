"""WS /v1/sessions/{id}/stream: one client, one token, one stream."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.websockets import WebSocket

from service.logs import SESSION_ID
from service.routes.dependencies import RunningService
from service.runtime import Runtime
from service.sessions.session import Session
from service.stream.closes import Refused
from service.stream.connection import check_room, place, refuse, run_stream
from service.stream.policy import StreamPolicy, Told
from service.stream.upgrade import may_come_from, resume_token

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
        check_room(websocket, runtime)
        claims = await runtime.sessions.door.check(session_id, token, resume=resumes is not None)
        with place(runtime):
            session = await runtime.sessions.door.open(claims)
            await _stream(websocket, runtime, session, resumes=resumes)
    except Refused as refused:
        await refuse(websocket, refused)


def client_token(subprotocols: Sequence[str]) -> str:
    """The token in the subprotocol `token.<jwt>`, the one place where a browser can put it; or nothing."""
    given = (each.removeprefix(_TOKEN) for each in subprotocols if each.startswith(_TOKEN))
    return next(given, "")


async def _stream(websocket: WebSocket, runtime: Runtime, session: Session, *, resumes: str | None) -> None:
    """From the token that was burnt to what is kept of the stream's end."""
    door = runtime.sessions.door
    SESSION_ID.set(session.id)
    policy = _policy(session, resumes=resumes, resume_token=door.resume_token(session))
    policy = replace(policy, pictures=runtime.images.count)
    end = await run_stream(
        websocket,
        runtime=runtime,
        policy=policy,
        on_outcome=partial(door.conclude, session),
        cut_off=partial(door.cut_off, session),
    )
    await door.close(session, end)


def _policy(session: Session, *, resumes: str | None, resume_token: str | None) -> StreamPolicy:
    return StreamPolicy(
        channel="session",
        told=Told.RESULT,
        resume_token=resume_token if session.attempts == 1 else None,
        resumes=resumes,
        resumed_after=time.time() - session.began,
    )
