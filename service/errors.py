"""What the service refuses, each with its HTTP status and a stable code.

LivenessError
  BadRequest 400            EmptyBody 400
  Unauthorized 401, Forbidden 403
  SessionUnknown 404        RequestTooSlow 408
  IdempotencyMismatch 409, IdempotencyInProgress 409
  RateLimited 429           CoolingDown 429
  ClipRejected 422          UnreadableClip 422, ClipTooLong 422, PictureTooLarge 422
  BodyTooLarge 413          UnsupportedMedia 415
  Overloaded 503            Draining 503, StoreUnavailable 503
  DeadlineExceeded 504
StartError (the service does not start)
  CardMismatch, WeightsMismatch, CalibrationMismatch, GpuRequired, OpenAddress, KeyFileError,
  TokenKeysError, StoreError, AuditError, TracingError, EngineError

A face that is missing, a dark picture, too few frames are no errors: they are a verdict `undecided`.
"""

# ruff: noqa: N818 - the classes are called what they say, as the codes are

from typing import ClassVar, Final

from model.video import VideoError, VideoFault


class LivenessError(Exception):
    """A request that is not answered. `message` is for the client, `detail` for the log only."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "The service failed"

    def __init__(self, message: str, *, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(f"{message} ({detail})" if detail else message)
        self.message = message
        self.detail = detail
        self.retry_after = retry_after  # seconds

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP answer says beside its body."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class BadRequest(LivenessError):
    status, code, title = 400, "bad_request", "Not as the API asks"


class EmptyBody(BadRequest):
    code, title = "empty_body", "Nothing was sent"


class Unauthorized(LivenessError):
    """No key, or one that is not known; `fault` is RFC 6750's `error`."""

    status, code, title = 401, "unauthorized", "An API key is needed"

    def __init__(self, message: str, *, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault

    @property
    def headers(self) -> dict[str, str]:
        fault = f', error="{self.fault}"' if self.fault else ""
        return {"WWW-Authenticate": f'Bearer realm="liveness"{fault}'}


class Forbidden(LivenessError):
    """A key that does not allow this."""

    status, code, title = 403, "forbidden", "This API key does not allow it"

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope

    @property
    def headers(self) -> dict[str, str]:
        challenge = f'Bearer realm="liveness", error="insufficient_scope", scope="{self.scope}"'
        return {"WWW-Authenticate": challenge}


class SessionUnknown(LivenessError):
    """Never made, erased, forgotten, or somebody else's: nobody learns which."""

    status, code, title = 404, "session_unknown", "There is no such session"


class RequestTooSlow(LivenessError):
    """Its headers or its body trickle; the connection ends with the answer."""

    status, code, title = 408, "request_too_slow", "The request came too slowly"

    @property
    def headers(self) -> dict[str, str]:
        return {"Connection": "close"}


class IdempotencyMismatch(LivenessError):
    status, code, title = 409, "idempotency_mismatch", "The Idempotency-Key was used for another request"


class IdempotencyInProgress(LivenessError):
    status, code, title = 409, "idempotency_in_progress", "The first request is still in work"


class RateLimited(LivenessError):
    status, code, title = 429, "rate_limited", "Too many requests"


class CoolingDown(RateLimited):
    code, title = "cooling_down", "Too many failed checks"


class BodyTooLarge(LivenessError):
    status, code, title = 413, "body_too_large", "The upload is too large"


class UnsupportedMedia(LivenessError):
    status, code, title = 415, "unsupported_media", "Not a supported container or codec"


class ClipRejected(LivenessError):
    """A video that cannot be judged."""

    status, code, title = 422, "unreadable_clip", "The video cannot be judged"


class UnreadableClip(ClipRejected):
    title = "The video cannot be read"


class ClipTooLong(ClipRejected):
    code, title = "clip_too_long", "The video is too long"


class PictureTooLarge(ClipRejected):
    code, title = "picture_too_large", "The video's pictures are too large"


class Overloaded(LivenessError):
    status, code, title = 503, "overloaded", "The service is busy"


class Draining(Overloaded):
    """This instance ends. Whoever asks again must not do so over the connection that leads here."""

    def __init__(self) -> None:
        super().__init__("this instance is shutting down; try again", retry_after=1)

    @property
    def headers(self) -> dict[str, str]:
        return super().headers | {"Connection": "close"}


class StoreUnavailable(LivenessError):
    status, code, title = 503, "store_unavailable", "Sessions cannot be reached"


class DeadlineExceeded(LivenessError):
    status, code, title = 504, "deadline_exceeded", "No verdict in time"


class StartError(RuntimeError):
    """The service cannot start as it was asked to; the message says what to do."""


class SettingsRefused(StartError):
    """A variable of the environment, or a flag in its place, has a value that cannot be used."""


class CardMismatch(StartError):
    """The graphs of one folder carry different cards, or a card that disagrees with its graph."""


class WeightsMismatch(StartError):
    """A file of the weights is missing, or not the one that the manifest names."""


class CalibrationMismatch(StartError):
    """The calibration cannot be read, or was made with other graphs than those that are served."""


class GpuRequired(StartError):
    """A GPU was required and something else would run."""


class OpenAddress(StartError):
    """A service without keys was asked to listen beyond this machine."""


class KeyFileError(StartError):
    """The file of API keys cannot be used."""


class TokenKeysError(StartError):
    """The keys that sign clients' tokens cannot be used."""


class StoreError(StartError):
    """The store cannot be used as it is set."""


class AuditError(StartError):
    """The audit file cannot be used."""


class EngineError(StartError):
    """The server that shall run the network cannot be used."""


class TracingError(StartError):
    """Traces are asked for and cannot be made."""


_BY_FAULT: Final[dict[VideoFault, type[LivenessError]]] = {
    VideoFault.UNSUPPORTED_MEDIA: UnsupportedMedia,
    VideoFault.UNREADABLE: UnreadableClip,
    VideoFault.TOO_LONG: ClipTooLong,
    VideoFault.TOO_MANY_PIXELS: PictureTooLarge,
}


def from_video_error(error: VideoError) -> LivenessError:
    """The decoder's fault as the API states it."""
    return _BY_FAULT[error.fault](error.message)
