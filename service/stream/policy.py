"""What one stream may do and what its client is told: the seam between a route and its stream."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from service.schemas import Verdict
from service.stream.closes import Close
from service.stream.state import CutShort


class Told(StrEnum):
    """How much of the verdict the client hears."""

    VERDICT = "verdict"  # all of it: the open stream, for development
    RESULT = "result"  # `passed`, `failed` or `retry` only: a session's client


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPolicy:
    """Set by the route that admitted the client."""

    channel: str  # in metrics: "stream" or "session"
    told: Told
    trace: bool = False  # whether the client may ask for crops and depth maps
    stop_when_decided: bool = True  # ends with the first decision; else with the client's `end`
    resume_token: str | None = None  # offered in `ready`: whoever brings it may go on with a lost stream
    resumes: str | None = None  # the token of the lost stream that this one goes on with
    pictures: int = 0  # to be kept until the end, evenly spread
    resumed_after: float | None = None  # seconds; where what it saw is not here, begin the capture anew


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamEnd:
    """How a stream ended."""

    close: Close | int  # what was sent or, where the client left, received
    verdict: Verdict | None  # None where the stream ended without an outcome
    held: bool  # whether `resume_token` is good for a while
    pictures: tuple[bytes, ...] = ()  # as many as `StreamPolicy.pictures`, for the audit


OnOutcome: TypeAlias = Callable[[Verdict], Awaitable[bool]]  # whether the verdict counts
CutOff: TypeAlias = Callable[[], Awaitable[CutShort]]  # returns once the stream may not go on, and why


async def never() -> CutShort:
    """For streams without a session."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def told_no_one(_verdict: Verdict) -> bool:
    """For streams whose outcome nobody but the client hears."""
    return True
