"""GET /docs and /docs/stream: the API documents as pages that load nothing from elsewhere and run nothing."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from service.documents.pages import STYLE, rest_page, stream_page, style
from service.routes.asyncapi import CHANNELS
from service.stream.asyncapi import document

router = APIRouter(include_in_schema=False)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "max-age=300",
}


@router.get("/docs")
def rest(request: Request) -> HTMLResponse:
    """Not awaited: pages are made beside the event loop."""
    return HTMLResponse(rest_page(request.app.openapi()), headers=_HEADERS)


@router.get("/docs/stream")
def streams() -> HTMLResponse:
    return HTMLResponse(stream_page(document(CHANNELS)), headers=_HEADERS)


@router.get(f"/docs/{STYLE}")
def css() -> Response:
    return Response(style(), headers=_HEADERS, media_type="text/css")
