"""Errors as RFC 9457 problem documents: one handler for the service's own, one for the framework's."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from service.errors import BadRequest, LivenessError
from service.logs import REQUEST_ID
from service.schemas import Problem

MEDIA_TYPE: Final = "application/problem+json"
_CODES: Final = {404: "not_found", 405: "method_not_allowed"}

_log = logging.getLogger(__name__)


def problem(error: LivenessError) -> JSONResponse:
    return _answer(error.status, error.code, error.title, error.message, error.headers)


def our_mistake() -> JSONResponse:
    return problem(LivenessError("something went wrong here; the request's id helps to find it"))


def install(app: FastAPI) -> None:
    app.add_exception_handler(LivenessError, _liveness_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def described(errors: Iterable[Mapping[str, Any]], *within: str) -> str:
    """What pydantic found, in one line: where and what."""
    return "; ".join(f"{'.'.join(map(str, (*within, *each['loc'])))}: {each['msg']}" for each in errors)


async def _liveness_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LivenessError)
    _log.info("refused", extra={"code": error.code, "detail": error.detail or error.message})
    request.app.state.metrics.rejected.labels(error.code).inc()
    return problem(error)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return await _liveness_error(request, BadRequest(described(error.errors())))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    """What the framework raised: an unknown path, another method, a body that could not be read."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LivenessError):
        return await _liveness_error(request, error.__cause__)
    phrase = HTTPStatus(error.status_code).phrase
    code = _CODES.get(error.status_code, "bad_request")
    return _answer(error.status_code, code, phrase, str(error.detail), dict(error.headers or {}))


def _answer(status: int, code: str, title: str, detail: str, headers: dict[str, str]) -> JSONResponse:
    document = Problem(
        type=f"urn:liveness:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=REQUEST_ID.get(),
    )
    return JSONResponse(document.model_dump(), status, headers, MEDIA_TYPE)
