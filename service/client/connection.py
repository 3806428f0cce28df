"""One connection: frames to the service and its answers back, until its outcome or its loss."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from service.client.answers import Event, Failure, Outcome, Ready
from service.client.errors import ConnectionLost, StreamRefused
from service.client.source import CameraFrame
from service.client.talk import SUBPROTOCOL, Talk

Listener: TypeAlias = Callable[[Event], None]
Feed: TypeAlias = asyncio.Queue[CameraFrame | None]  # None: there are no more
_REFUSING = range(4000, 5000)  # close codes after which coming back helps nobody


@dataclass(frozen=True, slots=True)
class Line:
    """What stays the same where a lost connection is taken up again."""

    url: str
    feed: Feed
    listen: Listener

    async def converse(self, talk: Talk, secret: str | None, *, open_seconds: float) -> Outcome:
        """Connects with the subprotocol `secret` and talks to the outcome; `open_seconds` are the upgrade's.

        Raises StreamRefused, ConnectionLost, and whatever `listen` raises.
        """
        async with await self._connected(secret, open_seconds) as socket:
            with suppress(ConnectionClosed):  # a full service closes at once: who hears is told
                await socket.send(talk.hello())
            hearing = _Hearing(socket, talk, self.listen)
            sending = asyncio.create_task(_send(socket, self.feed, talk, hearing.ready))
            return await first_of(hearing.to_the_outcome(), sending)

    async def _connected(self, secret: str | None, open_seconds: float) -> ClientConnection:
        protocols = [Subprotocol(each) for each in (SUBPROTOCOL, secret) if each is not None]
        try:
            return await connect(
                self.url, subprotocols=protocols, compression=None, open_timeout=open_seconds
            )
        except (OSError, InvalidHandshake, TimeoutError) as error:
            message = f"{self.url} does not answer as a liveness service does: {error}"
            raise ConnectionLost(message) from error


async def first_of(answer: Coroutine[Any, Any, Outcome], work: asyncio.Task[None]) -> Outcome:
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


async def _send(socket: ClientConnection, feed: Feed, talk: Talk, ready: asyncio.Event) -> None:
    await ready.wait()
    try:
        while (frame := await feed.get()) is not None:
            message = talk.frame(frame)
            if message is not None:
                await socket.send(message)
        feed.put_nowait(None)  # where this connection is lost, the next one has to say `end` as well
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
