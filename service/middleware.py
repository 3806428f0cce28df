"""What surrounds every request: its id, its place in the metrics and the log, and the count of its bytes."""

import logging
import re
import time
import uuid
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLarge
from service.logs import REQUEST_ID
from service.observe import Metrics
from service.problems import problem

_ID_HEADER: Final = "X-Request-ID"
_GOOD_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET: Final = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})

_log = logging.getLogger("service.requests")


class RequestRecord:
    """Gives each request an id, which its answer and its log lines carry, and counts it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_ID_HEADER, "")
        request_id = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex
        token, started, status = REQUEST_ID.set(request_id), time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_ID_HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, time.perf_counter() - started)
            REQUEST_ID.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        endpoint = getattr(route, "path", "unknown")  # the pattern, never what a client typed
        self._metrics.requests.labels(endpoint, str(status)).inc()
        level = logging.DEBUG if endpoint in _QUIET else logging.INFO
        said = {
            "method": scope["method"],
            "endpoint": endpoint,
            "status": status,
            "ms": round(1000 * seconds),
        }
        _log.log(level, "answered", extra=said)


class BodyLimit:
    """Counts the bytes of a body while they come in, so that none is kept beyond the limit."""

    def __init__(self, app: ASGIApp, *, limit: int, metrics: Metrics) -> None:
        self._app, self._limit, self._metrics = app, limit, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limit:
            self._metrics.rejected.labels(BodyTooLarge.code).inc()
            await problem(self._error())(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise self._error()
            return message

        await self._app(scope, counted, send)

    def _error(self) -> BodyTooLarge:
        return BodyTooLarge(f"send at most {self._limit / 1e6:g} MB")
