"""What a caller may have to handle; every error of REST is known by its stable `code`.

ClientError
  ServiceRefused       REST answered with a problem document; or not_the_service: a proxy answered, say
    BadRequest           bad_request, empty_body
    Unauthorized         unauthorized: no API key, or one that is not known
    Forbidden            forbidden: the key lacks a scope
    SessionUnknown       session_unknown: never made, erased, or forgotten
    IdempotencyMismatch  idempotency_mismatch: the Idempotency-Key belongs to another request
    ClipRejected         unreadable_clip, clip_too_long, picture_too_large, unsupported_media, body_too_large
    RateLimited          rate_limited, cooling_down
    Unavailable          overloaded, store_unavailable, deadline_exceeded, idempotency_in_progress,
                         request_too_slow
  StreamRefused        the service ended the stream: `code` (`Fault`) says why, `close` (`Close`) how
  ConnectionLost       nobody answers, or the connection broke and could not be taken up again

An attack or an undecided capture is no error: it is a verdict.
"""

# ruff: noqa: N818 - the classes are called what they say

from collections.abc import Mapping
from typing import Final


class ClientError(Exception):
    """Whatever the client raises on purpose."""


class ServiceRefused(ClientError):
    """`status` is HTTP's, `retry_after` in seconds, `request_id` what the service's log knows it by."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: int | None = None, *, request_id: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after
        self.request_id = request_id


class BadRequest(ServiceRefused):
    """Not as the API asks."""


class Unauthorized(ServiceRefused):
    """No API key, or one that is not known, or not any more."""


class Forbidden(ServiceRefused):
    """The API key lacks the scope."""


class SessionUnknown(ServiceRefused):
    """Never made, erased, forgotten, or another key's."""


class IdempotencyMismatch(ServiceRefused):
    """The Idempotency-Key was used for another request."""


class ClipRejected(ServiceRefused):
    """This file gets no verdict, however often it is sent; `code` says why."""


class RateLimited(ServiceRefused):
    """Too many requests, or too many failed checks of this subject or device."""


class Unavailable(ServiceRefused):
    """Not now: the same request may succeed later."""


class StreamRefused(ClientError):
    """`code` is one of `Fault`, `close` of `Close`."""

    def __init__(self, code: str, message: str, *, close: int, retry_after: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.close, self.retry_after = code, message, close, retry_after


class ConnectionLost(ClientError):
    """What was sent may have been judged or not."""


NOT_THE_SERVICE: Final = "not_the_service"  # the `code` of an answer that no liveness service gives
BY_CODE: Final[Mapping[str, type[ServiceRefused]]] = {
    "bad_request": BadRequest,
    "empty_body": BadRequest,
    "unauthorized": Unauthorized,
    "forbidden": Forbidden,
    "session_unknown": SessionUnknown,
    "idempotency_mismatch": IdempotencyMismatch,
    "unreadable_clip": ClipRejected,
    "clip_too_long": ClipRejected,
    "picture_too_large": ClipRejected,
    "unsupported_media": ClipRejected,
    "body_too_large": ClipRejected,
    "rate_limited": RateLimited,
    "cooling_down": RateLimited,
    "overloaded": Unavailable,
    "store_unavailable": Unavailable,
    "deadline_exceeded": Unavailable,
    "idempotency_in_progress": Unavailable,
    "request_too_slow": Unavailable,
}
