"""Frames to the service and its answers back, with one new connection where the first is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from service.client.answers import Event, Failure, Outcome, Ready
from service.client.errors import ConnectionLost, StreamRefused
from service.client.source import CameraFrame
from service.client.talk import SUBPROTOCOL, Talk

Listener: TypeAlias = Callable[[Event], None]
_Feed: TypeAlias = asyncio.Queue[CameraFrame | None]
_REFUSING = range(4000, 5000)  # close codes after which coming back helps nobody


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

    Raises StreamRefused, ConnectionLost, and whatever `frames` raises.
    """
    feed: _Feed = asyncio.Queue(1)

    async def pump() -> None:
        async for frame in frames:
            await feed.put(frame)
        await feed.put(None)

    pumping = asyncio.create_task(pump())
    line = _Line(url, listen, open_seconds)
    return await _first_of(_with_a_second_try(line, feed, talk, token), pumping)


def address(service: str, path: str) -> str:
    """Where a stream is: a path of the service, or a session's `ws_url` as it stands."""
    return path if path.startswith(("ws://", "wss://")) else "ws" + service.removeprefix("http") + path


@dataclass(frozen=True, slots=True)
class _Line:
    """What stays the same where a lost connection is taken up again."""

    url: str
    listen: Listener
    open_seconds: float


async def _with_a_second_try(line: _Line, feed: _Feed, talk: Talk, token: str | None) -> Outcome:
    protocols = [SUBPROTOCOL, *([f"token.{token}"] if token else [])]
    try:
        return await _once(line, protocols, feed, talk)
    except ConnectionLost:
        if talk.ready is None or talk.ready.resume_token is None:
            raise
        again = [SUBPROTOCOL, f"resume.{talk.ready.resume_token}"]
        fresh = replace(talk, credit=0, sequence=-1, captured=-1, ready=None)
        return await _once(line, again, feed, fresh)


async def _once(line: _Line, protocols: list[str], feed: _Feed, talk: Talk) -> Outcome:
    subprotocols = [Subprotocol(each) for each in protocols]
    try:
        async with connect(
            line.url, subprotocols=subprotocols, compression=None, open_timeout=line.open_seconds
        ) as socket:
            with suppress(ConnectionClosed):  # a full service closes at once: who hears is told
                await socket.send(talk.hello())
            hearing = _Hearing(socket, talk, line.listen)
            sending = asyncio.create_task(_send(socket, feed, talk, hearing.ready))
            return await _first_of(hearing.to_the_outcome(), sending)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise ConnectionLost(f"{line.url} does not answer as a liveness service does: {error}") from error


async def _first_of(answer: Coroutine[Any, Any, Outcome], work: asyncio.Task[None]) -> Outcome:
    """The answer; what the work raises meanwhile ends the waiting for it."""
    waiting = asyncio.create_task(answer)
    try:
        await asyncio.wait({waiting, work}, return_when=asyncio.FIRST_COMPLETED)
        if work.done() and not waiting.done():
            await work
        return await waiting
    finally:
        waiting.cancel()
        work.cancel()
        await asyncio.gather(waiting, work, return_exceptions=True)


async def _send(socket: ClientConnection, feed: _Feed, talk: Talk, ready: asyncio.Event) -> None:
    await ready.wait()
    try:
        while (frame := await feed.get()) is not None:
            message = talk.frame(frame)
            if message is not None:
                await socket.send(message)
        await socket.send(talk.end())
    except ConnectionClosed:
        return  # whoever hears is told why


@dataclass(slots=True)
class _Hearing:
    """One connection's answers."""

    socket: ClientConnection
    talk: Talk
    listen: Listener
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Failure | None = None

    async def to_the_outcome(self) -> Outcome:
        """Raises StreamRefused and ConnectionLost."""
        try:
            while True:
                event = self.talk.hear(str(await self.socket.recv()))
                if event is not None:
                    self._note(event)
                if isinstance(event, Outcome):
                    return event
        except ConnectionClosed as error:
            raise self._why(error.rcvd.code if error.rcvd else 1006) from error

    def _note(self, event: Event) -> None:
        self.listen(event)
        if isinstance(event, Ready):
            self.ready.set()
        if isinstance(event, Failure) and event.fatal:
            self.failure = event

    def _why(self, code: int) -> StreamRefused | ConnectionLost:
        said = self.failure
        if said is not None:
            return StreamRefused(said.code, said.message, close=code, retry_after=said.retry_after)
        if code in _REFUSING:
            return StreamRefused("closed", f"the service closed with {code}", close=code)
        return ConnectionLost(f"the connection broke ({code})")
