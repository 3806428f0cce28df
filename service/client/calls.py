"""REST as values: what is sent for each call, and how its answer is read. Nothing here sends."""

import math
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from service.client.answers import (
    CreatedSession,
    SessionResult,
    Verdict,
    read_created,
    read_session,
    read_verdict,
)
from service.client.errors import BY_CODE, NOT_THE_SERVICE, ServiceRefused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """`repeatable` requests may be sent again although the service may have answered the first."""

    method: str
    path: str
    read: Callable[[Any], T]  # of the answer's JSON
    options: Mapping[str, Any]  # httpx's
    repeatable: bool

    def answered(self, answer: httpx.Response) -> T:
        """Raises ServiceRefused."""
        if not answer.is_success:
            raise refusal(answer)
        try:
            return self.read(answer.json() if answer.content else None)
        except (ValueError, KeyError, TypeError) as error:
            message = f"answered {answer.status_code} with something that a liveness service does not say"
            raise ServiceRefused(answer.status_code, NOT_THE_SERVICE, message) from error


def check(data: bytes, *, depth_maps: bool, key: str | None) -> Call[Verdict]:
    """Depth maps are never kept by the service, so that request has no Idempotency-Key."""
    key = None if depth_maps else key or uuid.uuid4().hex
    options = {"files": {"clip": data}, "params": {"depth_maps": depth_maps}, "headers": _once(key)}
    return Call("POST", "/v1/liveness", read_verdict, options, repeatable=key is not None)


def create_session(
    *, subject_ref: str | None, device_ref: str | None, key: str | None
) -> Call[CreatedSession]:
    wanted = {"subject_ref": subject_ref, "device_ref": device_ref}
    named = {name: value for name, value in wanted.items() if value is not None}
    options = {"json": named, "headers": _once(key or uuid.uuid4().hex)}
    return Call("POST", "/v1/sessions", read_created, options, repeatable=True)


def session(session_id: str) -> Call[SessionResult]:
    return Call("GET", _path(session_id), read_session, {}, repeatable=True)


def erase(session_id: str) -> Call[None]:
    return Call("DELETE", _path(session_id), lambda _nothing: None, {}, repeatable=False)


def model() -> Call[Mapping[str, Any]]:
    return Call("GET", "/v1/model", dict, {}, repeatable=True)


def headers(api_key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def refusal(answer: httpx.Response) -> ServiceRefused:
    """The problem document as an error of its code's class."""
    try:
        problem = answer.json()
        code, message = str(problem["code"]), str(problem["detail"])
        request_id = str(problem.get("request_id", ""))
    except (ValueError, KeyError, TypeError):
        code, message = NOT_THE_SERVICE, f"answered {answer.status_code} without a problem document"
        request_id = ""
    kind = BY_CODE.get(code, ServiceRefused)
    retry_after = _seconds(answer.headers.get("retry-after", ""))
    return kind(answer.status_code, code, message, retry_after, request_id=request_id)


def _seconds(retry_after: str) -> int | None:
    """From now on; proxies may say a date instead."""
    try:
        if retry_after.isdecimal():
            return int(retry_after)
        return max(0, math.ceil(parsedate_to_datetime(retry_after).timestamp() - time.time()))
    except ValueError:
        return None


def _path(session_id: str) -> str:
    return f"/v1/sessions/{quote(session_id, safe='')}"


def _once(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}
