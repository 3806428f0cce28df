"""GET /asyncapi.json: the protocol of the streams, beside /openapi.json."""

from typing import Any, Final

from fastapi import APIRouter

from service.stream.asyncapi import document

router = APIRouter(tags=["documents"])

CHANNELS: Final = {
    "/v1/stream": "Without a session, for development: tells its client the whole verdict.",
    "/v1/sessions/{id}/stream": "One stream of one session: tells its client the result alone.",
}


@router.get("/asyncapi.json", include_in_schema=False)
async def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3."""
    return document(CHANNELS)
