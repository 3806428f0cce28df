"""A stream to its outcome, also where its connection is lost on the way."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from service.client.answers import Outcome
from service.client.connection import Feed, Line, Listener, first_of
from service.client.errors import ConnectionLost, StreamRefused
from service.client.source import CameraFrame
from service.client.talk import Talk
from service.stream.closes import Fault

_RESUME_SECONDS: Final = 9.0  # after the loss; the service holds a lost stream for 10
_PAUSE_SECONDS: Final = 0.7  # before each try: at once, the service might not have noticed the loss yet
_TRY_SECONDS: Final = 4.0  # of an upgrade: one that hangs leaves time for another
# Refusals that burn no token and pass: the next try may find room, or another instance.
_TRANSIENT: Final = frozenset({Fault.OVERLOADED, Fault.DRAINING, Fault.RATE_LIMITED})


async def stream(
    url: str,
    frames: AsyncIterator[CameraFrame],
    talk: Talk,
    *,
    token: str | None,
    listen: Listener,
    open_seconds: float,
) -> Outcome:
    """To the outcome; `open_seconds` are those of an upgrade.

    Raises StreamRefused, ConnectionLost, and whatever `frames` and `listen` raise.
    """
    feed: Feed = asyncio.Queue(1)

    async def pump() -> None:
        async for frame in frames:
            await feed.put(frame)
        await feed.put(None)

    pumping = asyncio.create_task(pump())
    course = _Course(Line(url, feed, listen), talk, open_seconds)
    return await first_of(course.run(token), pumping)


def address(service: str, path: str) -> str:
    """Where a stream is: a path of the service, or a session's `ws_url` as it stands."""
    return path if path.startswith(("ws://", "wss://")) else "ws" + service.removeprefix("http") + path


@dataclass(frozen=True, slots=True)
class _Course:
    """One connection, and a second one where the first is lost."""

    line: Line
    talk: Talk
    open_seconds: float

    async def run(self, token: str | None) -> Outcome:
        secret = f"token.{token}" if token else None
        try:
            return await self.line.converse(self.talk, secret, open_seconds=self.open_seconds)
        except ConnectionLost:
            ready = self.talk.ready
            if ready is None or ready.resume_token is None:
                raise
            return await self._resumed(f"resume.{ready.resume_token}", time.monotonic() + _RESUME_SECONDS)

    async def _resumed(self, secret: str, until: float) -> Outcome:
        """Tries until a connection stands; what comes of that one is final."""
        pause = _PAUSE_SECONDS
        while True:
            await asyncio.sleep(pause)
            talk = replace(self.talk, credit=0, sequence=-1, captured=-1, ready=None)
            seconds = min(self.open_seconds, _TRY_SECONDS, until - time.monotonic())
            try:
                return await self.line.converse(talk, secret, open_seconds=seconds)
            except (ConnectionLost, StreamRefused) as error:
                pause = _pause_after(error)
                if talk.ready is not None or time.monotonic() + pause >= until:
                    raise


def _pause_after(error: ConnectionLost | StreamRefused) -> float:
    """Seconds until another try may succeed where this one did not."""
    if isinstance(error, ConnectionLost):
        return _PAUSE_SECONDS
    if error.code not in _TRANSIENT:
        return float("inf")
    return max(_PAUSE_SECONDS, error.retry_after or 0.0)
