"""What a backend asks of a new session, read once its key is known and never more than it can be."""

from typing import Annotated, Any, Final

from fastapi import Depends
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request

from service.access import Caller
from service.errors import BadRequest, BodyTooLarge
from service.keys import Scope
from service.problems import described
from service.routes.dependencies import needs
from service.sessions.wire import SessionRequest

_MOST_BYTES: Final = 8192
Writer = Annotated[Caller, needs(Scope.SESSIONS_WRITE)]
DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {"content": {"application/json": {"schema": SessionRequest.model_json_schema()}}}
}


async def _wanted(request: Request, _caller: Writer) -> SessionRequest:
    """The framework would read and parse a stranger's body before it asks for a key."""
    body = await _small_body(request)
    if not body.strip() or body.strip() == b"null":
        return SessionRequest()
    try:
        return SessionRequest.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(described(error.errors(), "body")) from error


async def _small_body(request: Request) -> bytes:
    """A larger one is read to its end and thrown away: many clients read no answer before all is sent."""
    kept, size = bytearray(), 0
    try:
        async for part in request.stream():
            size += len(part)
            kept += part if size <= _MOST_BYTES else b""
    except ClientDisconnect as error:
        raise BadRequest("the body ended early") from error
    if size > _MOST_BYTES:
        raise BodyTooLarge(f"send at most {_MOST_BYTES} bytes")
    return bytes(kept)


WantedSession = Annotated[SessionRequest, Depends(_wanted)]
