"""What surrounds every request: its id, its place in the metrics and the log, and the count of its bytes."""

import asyncio
import logging
import re
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLarge, RequestTooSlow
from service.logs import REQUEST_ID
from service.observe import Metrics
from service.problems import our_mistake

_ID_HEADER: Final = "X-Request-ID"
_GOOD_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET: Final = frozenset({"/livez", "/readyz", "/startupz", "/metrics", "/console/{path:path}"})

_DRAIN_TIMES: Final = 4  # the limit
_DRAIN_SECONDS: Final = 2.0

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
        token, started, status = REQUEST_ID.set(request_id), time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_ID_HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # our own mistake: the log has it, the client learns its id and no more
            _log.exception("a request failed")
            if status:
                raise
            await our_mistake()(scope, receive, send_with_id)
        finally:
            self._record(scope, status or 500, time.perf_counter() - started)
            REQUEST_ID.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        endpoint = getattr(scope.get("route"), "path", "unknown")  # the pattern, never what a client typed
        self._metrics.requests.labels(endpoint, str(status)).inc()
        level = logging.DEBUG if endpoint in QUIET else logging.INFO
        said = {
            "method": scope["method"],
            "endpoint": endpoint,
            "status": status,
            "ms": round(1000 * seconds),
        }
        session_id = scope.get("path_params", {}).get("session_id", "")
        if _GOOD_ID.fullmatch(session_id):
            said["session"] = session_id
        _log.log(level, "answered", extra=said)


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a body may come."""

    seconds: float  # whatever its size
    rate: float  # bytes a second beyond them

    def allowed(self, received: int) -> float:
        """Seconds from the first look for the body until its next bytes have to be there."""
        return self.seconds + received / self.rate


class BodyLimit:
    """Counts the bytes of a body while it is read, so that nothing is kept beyond the limit.

    Reading raises BodyTooLarge, at once where the headers already say so, and RequestTooSlow.
    """

    def __init__(self, app: ASGIApp, *, limit: int, pace: Pace) -> None:
        self._app, self._limit, self._pace = app, limit, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        received = int(declared) if declared.isdecimal() and int(declared) > self._limit else 0
        waits = headers.get("expect", "").lower() == "100-continue"
        started: float | None = None

        async def counted() -> Message:
            nonlocal received, started
            started = time.perf_counter() if started is None else started
            if received > self._limit:
                if not waits:  # a client that waits for our word has sent nothing yet
                    await self._drain(receive)
                raise self._error()
            message = await self._next(receive, received, time.perf_counter() - started)
            received += len(message.get("body", b""))
            if received > self._limit:
                if message.get("more_body"):
                    await self._drain(receive)
                raise self._error()
            return message

        await self._app(scope, counted, send)

    async def _next(self, receive: Receive, received: int, elapsed: float) -> Message:
        try:
            async with asyncio.timeout(max(0.0, self._pace.allowed(received) - elapsed)):
                return await receive()
        except TimeoutError as error:
            raise RequestTooSlow(f"send at least {self._pace.rate / 1e3:g} kB a second") from error

    async def _drain(self, receive: Receive) -> None:
        """Throws away some of what still comes: many clients read no answer before they have sent it all."""
        left = _DRAIN_TIMES * self._limit
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if not message.get("more_body"):
                        return

    def _error(self) -> BodyTooLarge:
        return BodyTooLarge(f"send at most {self._limit / 1e6:g} MB")
