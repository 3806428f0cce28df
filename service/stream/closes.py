"""How a stream ends early: a close code for the client's library, an error code for its programmer."""

from enum import IntEnum, StrEnum
from typing import Final


class Close(IntEnum):
    """WebSocket close codes that the service sends (service.md section 3); 1009 comes from the transport."""

    DONE = 1000
    TOO_BIG = 1009
    FAILED = 1011
    DRAINING = 1012
    OVERLOADED = 1013
    PROTOCOL = 4400
    TOKEN_INVALID = 4401
    SCOPE = 4403
    UNKNOWN = 4404
    TIMEOUT = 4408
    TOKEN_USED = 4409
    EXPIRED = 4410
    RATE = 4429


class Fault(StrEnum):
    """Stable codes of `error` messages."""

    NOT_A_MESSAGE = "not_a_message"  # no JSON, or none of the documented messages
    UNEXPECTED = "unexpected"  # a message out of its turn
    VERSION = "version"
    BAD_HEADER = "bad_header"
    BAD_PICTURE = "bad_picture"
    PICTURE_TOO_LARGE = "picture_too_large"
    MESSAGE_TOO_LARGE = "message_too_large"
    SEQUENCE = "sequence"
    CAPTURE_TIME = "capture_time"
    NO_CREDIT = "no_credit"
    TOO_FAST = "too_fast"
    TIMEOUT = "timeout"
    DRAINING = "draining"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"
    TOKEN_INVALID = "token_invalid"
    SCOPE = "scope"
    UNKNOWN_SESSION = "unknown_session"
    SESSION_ERASED = "session_erased"  # while its stream ran
    TOKEN_USED = "token_used"
    EXPIRED = "expired"
    RATE_LIMITED = "rate_limited"


class Refused(Exception):  # noqa: N818 - it is called what it says
    """A client that is not let in."""

    def __init__(self, fault: Fault, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.fault, self.message, self.retry_after = fault, message, retry_after


CLOSE_OF: Final[dict[Fault, Close]] = {
    Fault.NOT_A_MESSAGE: Close.PROTOCOL,
    Fault.UNEXPECTED: Close.PROTOCOL,
    Fault.VERSION: Close.PROTOCOL,
    Fault.BAD_HEADER: Close.PROTOCOL,
    Fault.BAD_PICTURE: Close.PROTOCOL,
    Fault.PICTURE_TOO_LARGE: Close.TOO_BIG,
    Fault.MESSAGE_TOO_LARGE: Close.TOO_BIG,
    Fault.SEQUENCE: Close.PROTOCOL,
    Fault.CAPTURE_TIME: Close.PROTOCOL,
    Fault.NO_CREDIT: Close.PROTOCOL,
    Fault.TOO_FAST: Close.RATE,
    Fault.TIMEOUT: Close.TIMEOUT,
    Fault.DRAINING: Close.DRAINING,
    Fault.OVERLOADED: Close.OVERLOADED,
    Fault.INTERNAL: Close.FAILED,
    Fault.TOKEN_INVALID: Close.TOKEN_INVALID,
    Fault.SCOPE: Close.SCOPE,
    Fault.UNKNOWN_SESSION: Close.UNKNOWN,
    Fault.SESSION_ERASED: Close.UNKNOWN,
    Fault.TOKEN_USED: Close.TOKEN_USED,
    Fault.EXPIRED: Close.EXPIRED,
    Fault.RATE_LIMITED: Close.RATE,
}
