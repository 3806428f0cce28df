"""Which trace a request belongs to, and one span for each stage of its captures.

FastAPI makes the spans of requests and streams (see `service.otlp`); what their stages took comes from each
capture's time line. A stage with many passes is one span, from the first pass to the last.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeAlias

from opentelemetry import context, propagate, trace
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.timeline import Interval, Stage, Timeline, covered

_Stages: TypeAlias = dict[Stage, list[Interval]]

_CAPTURED: Final[ContextVar[_Stages | None]] = ContextVar("captured", default=None)


def note_stages(timeline: Timeline) -> None:
    """Keeps what a clip or a frame took, for the spans of the request or stream in whose task this is."""
    stages = _CAPTURED.get()
    if stages is not None:
        for stage, intervals in timeline.intervals.items():
            stages.setdefault(stage, []).extend(intervals)


def current_trace() -> dict[str, str]:
    """What a log line says of the trace that it belongs to; nothing where there is none."""
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return {}
    return {"trace_id": trace.format_trace_id(found.trace_id), "span_id": trace.format_span_id(found.span_id)}


def outgoing_trace() -> dict[str, str]:
    """The headers (W3C trace context) by which whoever is asked next joins the trace."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


class TraceContext:
    """Joins the caller's trace, also where nothing is exported: its log lines can then be found by it."""

    def __init__(self, app: ASGIApp, *, tracer: trace.Tracer | None) -> None:
        """Without a tracer there are no spans."""
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif self._tracer is None:
            with _of_the_caller(scope):
                await self._app(scope, receive, send)
        else:
            with _stages_of_one(self._tracer):
                await self._app(scope, receive, send)


@contextmanager
def _of_the_caller(scope: Scope) -> Iterator[None]:
    token = context.attach(propagate.extract(Headers(scope=scope)))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def _stages_of_one(tracer: trace.Tracer) -> Iterator[None]:
    """Collects the stages of one request or stream, and makes their spans once all is known."""
    stages: _Stages = {}
    token = _CAPTURED.set(stages)
    try:
        yield
    finally:
        _CAPTURED.reset(token)
        since_epoch = time.time_ns() - time.perf_counter_ns()
        for stage, intervals in stages.items():
            _emit(tracer, stage, intervals, since_epoch)


def _emit(tracer: trace.Tracer, stage: Stage, intervals: list[Interval], since_epoch: int) -> None:
    """`since_epoch` is what `time.perf_counter_ns` lacks to the nanoseconds of Unix time."""
    first, last = min(start for start, _ in intervals), max(end for _, end in intervals)
    said = {"liveness.passes": len(intervals), "liveness.busy_seconds": covered(intervals)}
    began, ended = since_epoch + round(1e9 * first), since_epoch + round(1e9 * last)
    tracer.start_span(f"liveness.{stage}", attributes=said, start_time=began).end(ended)
