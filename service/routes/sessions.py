"""POST, GET and DELETE /v1/sessions, for backends."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from service.access import Caller
from service.documented import problems
from service.errors import (
    BadRequest,
    BodyTooLarge,
    CoolingDown,
    Draining,
    Forbidden,
    IdempotencyMismatch,
    LivenessError,
    Overloaded,
    RateLimited,
    RequestTooSlow,
    SessionUnknown,
    StoreUnavailable,
    Unauthorized,
)
from service.keys import Scope
from service.routes.dependencies import IdempotencyKey, RunningService, needs
from service.routes.session_request import DOCUMENTED, WantedSession, Writer
from service.sessions.desk import Wanted
from service.sessions.wire import SessionCreated, SessionPolicy, SessionView

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

_ALWAYS: Final = (BadRequest, Unauthorized, Forbidden, LivenessError, StoreUnavailable)
_MAKING: Final[dict[int | str, dict[str, Any]]] = problems(
    *_ALWAYS, RequestTooSlow, BodyTooLarge, IdempotencyMismatch, RateLimited, CoolingDown, Overloaded
)
_ONE: Final[dict[int | str, dict[str, Any]]] = problems(*_ALWAYS, SessionUnknown)

Reader = Annotated[Caller, needs(Scope.RESULTS_READ, Scope.SESSIONS_WRITE)]


@router.post("", status_code=201, responses=_MAKING, openapi_extra=DOCUMENTED)
async def create_session(
    request: Request,
    response: Response,
    runtime: RunningService,
    caller: Writer,
    wanted: WantedSession,
    idempotency_key: IdempotencyKey = None,
) -> SessionCreated:
    """Makes a session. Give its `client_token` and `ws_url` to the client, and nothing else."""
    if runtime.draining:
        raise Draining
    desk = runtime.sessions.desk
    session = await desk.create(
        caller, Wanted(wanted.subject_ref, wanted.device_ref), idempotency_key=idempotency_key
    )
    response.headers["Cache-Control"] = "no-store"
    public = runtime.settings.public_url or str(request.base_url)
    return SessionCreated(
        session_id=session.id,
        client_token=desk.token(session),
        ws_url=f"{public.rstrip('/').replace('http', 'ws', 1)}/v1/sessions/{session.id}/stream",
        expires_at=datetime.fromtimestamp(session.start_by, UTC),
        policy=SessionPolicy.of(runtime.settings),
    )


@router.get("/{session_id}", responses=_ONE, response_model_exclude_unset=True)
async def read_session(
    session_id: str, response: Response, runtime: RunningService, caller: Reader
) -> SessionView:
    """The session's state; with the scope `results:read` its whole verdict, else only the outcome."""
    session = await runtime.sessions.desk.read(caller, session_id)
    response.headers["Cache-Control"] = "no-store"
    return SessionView.of(session, whole=Scope.RESULTS_READ in caller.scopes)


@router.delete("/{session_id}", status_code=204, responses=_ONE)
async def erase_session(session_id: str, runtime: RunningService, caller: Writer) -> None:
    """Revokes its tokens and erases everything that is kept of it."""
    await runtime.sessions.desk.erase(caller, session_id)
