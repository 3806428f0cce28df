"""WS /v1/stream: the protocol `liveness.v1` for development, without a session."""

import secrets

from fastapi import APIRouter
from starlette.websockets import WebSocket

from service.routes.dependencies import RunningService
from service.stream.closes import Refused
from service.stream.connection import check_room, place, refuse, run_stream
from service.stream.policy import StreamPolicy, Told
from service.stream.upgrade import may_come_from, resume_token

router = APIRouter()


@router.websocket("/v1/stream")
async def open_stream(websocket: WebSocket, runtime: RunningService) -> None:
    """Tells its client all, and ends when the client does."""
    if not may_come_from(websocket, runtime.settings.allowed_origins):
        await websocket.close()  # before it is accepted: an HTTP 403
        return
    resumes = resume_token(websocket)
    policy = StreamPolicy(
        channel="stream",
        told=Told.VERDICT,
        trace=True,
        stop_when_decided=False,
        resume_token=None if resumes else secrets.token_urlsafe(16),
        resumes=resumes,
    )
    try:
        check_room(websocket, runtime)
        with place(runtime):
            await run_stream(websocket, runtime=runtime, policy=policy)
    except Refused as refused:
        await refuse(websocket, refused)
