"""GET / and /console/...: the web console, and the capture component that other pages embed."""

from importlib.metadata import version
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from service.settings import Settings

router = APIRouter(include_in_schema=False)

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types liveness-capture"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Asked for again each time, answered with 304: a console never mixes modules of two versions.
    "Cache-Control": "no-cache",
}
_EMBEDDED: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_OWN: Final = {"Cross-Origin-Resource-Policy": "same-origin"}
# The system's table of types may be anything, and browsers run no module under another type.
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_READS: Final = ["GET", "HEAD"]
_FILES: Final = StaticFiles(directory=str(files("service") / "console"))


class Deployment(BaseModel):
    """What the console has to know of the service before it asks it anything."""

    model_config = ConfigDict(frozen=True)

    version: str
    open_stream: bool = Field(description="whether /v1/stream is served")
    needs_key: bool = Field(description="whether clips and sessions need an API key")
    metrics: bool = Field(description="whether /metrics is served beside the API")


@router.api_route("/", methods=_READS)
async def index(request: Request) -> Response:
    """The console, unless LIVENESS_CONSOLE=false."""
    return await _served("index.html", request)


@router.get("/console/deployment.json")
async def deployment(request: Request, response: Response) -> Deployment:
    settings = _settings(request)
    response.headers["Cache-Control"] = "no-store"
    return Deployment(
        version=version("liveness-service"),
        open_stream=settings.has_open_stream,
        needs_key=settings.keys_file is not None,
        metrics=settings.metrics_port is None,
    )


@router.api_route("/console/{path:path}", methods=_READS)
async def console_file(path: str, request: Request) -> Response:
    """One file; those of the capture component are also for pages of other hosts."""
    return await _served(path, request)


async def _served(path: str, request: Request) -> Response:
    kind = _TYPES.get(PurePosixPath(path).suffix)
    embedded = path == "capture.js" or path.startswith("capture/")
    if kind is None or not (embedded or _settings(request).console):
        raise HTTPException(404)
    response = await _FILES.get_response(path, request.scope)
    response.headers.update({**_HEADERS, **(_EMBEDDED if embedded else _OWN), "Content-Type": kind})
    return response


def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings
