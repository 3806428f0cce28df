"""The application: create_app(settings) -> ASGI, with everything opened in its lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from prometheus_client import start_http_server

from service.errors import StartError
from service.middleware import BodyLimit, Pace, RequestRecord
from service.observe import Metrics
from service.otlp import open_traces
from service.problems import install
from service.routes import (
    asyncapi,
    console,
    documents,
    health,
    liveness,
    metrics,
    model,
    session_stream,
    sessions,
    stream,
)
from service.runtime import open_runtime
from service.schemas import Problem
from service.settings import Settings
from service.tracing import TraceContext

DISTRIBUTION: Final = "liveness-service"
_SUMMARY: Final = (
    "Is a living, three-dimensional face in front of the camera, or a print, a screen, a replay?"
)
_DESCRIPTION: Final = """\
Where the service has API keys, send yours in `Authorization: Bearer lvk_...`. An attack is an answer, not \
an error, and so is `undecided`, with its reasons. Errors are `application/problem+json` (RFC 9457) with a \
stable `code`; `Retry-After` says in seconds when to come again. Each answer has an `X-Request-ID`, by which \
the service's log knows it.
"""


class LivenessApp(FastAPI):
    """FastAPI, whose document also has the schema that error answers refer to."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return document


def create_app(settings: Settings | None = None) -> FastAPI:
    """An app of its own metrics and models, opened by its lifespan; without settings, the environment's.

    Raises TracingError.
    """
    settings = settings or Settings()
    counted = Metrics()
    named = version(DISTRIBUTION)
    traces = open_traces(settings.otlp_endpoint, service=DISTRIBUTION, version=named)
    app = LivenessApp(
        title=DISTRIBUTION,
        summary=_SUMMARY,
        description=_DESCRIPTION,
        version=named,
        lifespan=_lifespan,
        docs_url=None,  # the framework's pages load their scripts from another host; ours are `documents`
        redoc_url=None,
        telemetry=traces.of_requests,
    )
    app.state.settings, app.state.metrics, app.state.traces = settings, counted, traces
    routes = (liveness, sessions, session_stream, model, health, asyncapi, documents, console)
    for router in (each.router for each in routes):
        app.include_router(router)
    if settings.has_open_stream:
        app.include_router(stream.router)
    if settings.metrics_port is None:
        app.include_router(metrics.router)
    pace = Pace(settings.upload_seconds, settings.upload_rate)
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes, pace=pace)
    app.add_middleware(RequestRecord, metrics=counted)
    app.add_middleware(TraceContext, tracer=traces.tracer)
    install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens all, and refuses to start (StartError) where something is not as it should be."""
    settings, counted = app.state.settings, app.state.metrics
    async with AsyncExitStack() as opened:
        opened.push_async_callback(asyncio.to_thread, app.state.traces.close)
        try:
            app.state.runtime = await opened.enter_async_context(open_runtime(settings, counted))
        except StartError as error:
            app.state.start_error = error  # for whoever runs the server to show
            raise
        if settings.metrics_port is not None:
            server, _ = start_http_server(settings.metrics_port, settings.host, counted.registry)
            opened.callback(server.server_close)
            opened.callback(server.shutdown)
        yield
