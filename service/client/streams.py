"""Frames to the service and its answers back, with one new connection where the first is lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from service.client.answers import Event, Failure, Outcome, Ready
from service.client.errors import ConnectionLost, StreamRefused
from service.client.source import CameraFrame
from service.client.talk import SUBPROTOCOL, Talk

Listener = Callable[[Event], None]
_PATIENCE = 30.0  # seconds from the last frame to the outcome
_REFUSING = range(4000, 5000)  # close codes after which coming back helps nobody


async def stream(
    url: str, frames: AsyncIterator[CameraFrame], talk: Talk, *, token: str | None, listen: Listener
) -> Outcome:
    """To the outcome. Raises StreamRefused and ConnectionLost."""
    first = [SUBPROTOCOL, *([f"token.{token}"] if token else [])]
    try:
        return await _once(url, first, frames, talk, listen)
    except ConnectionLost:
        if talk.ready is None or talk.ready.resume_token is None:
            raise
        again = [SUBPROTOCOL, f"resume.{talk.ready.resume_token}"]
        fresh = replace(talk, credit=0, sequence=-1, captured=-1, ready=None)
        return await _once(url, again, frames, fresh, listen)


async def _once(
    url: str, protocols: list[str], frames: AsyncIterator[CameraFrame], talk: Talk, listen: Listener
) -> Outcome:
    subprotocols = [Subprotocol(each) for each in protocols]
    try:
        async with connect(url, subprotocols=subprotocols, compression=None, max_size=None) as socket:
            return await _converse(socket, frames, talk, listen)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise ConnectionLost(f"{url} does not answer as a liveness service does: {error}") from error


async def _converse(
    socket: ClientConnection, frames: AsyncIterator[CameraFrame], talk: Talk, listen: Listener
) -> Outcome:
    ready = asyncio.Event()
    await socket.send(talk.hello())
    sending = asyncio.create_task(_send(socket, frames, talk, ready))
    try:
        return await _hear(socket, talk, listen, ready)
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await sending


async def _send(
    socket: ClientConnection, frames: AsyncIterator[CameraFrame], talk: Talk, ready: asyncio.Event
) -> None:
    await ready.wait()
    async for frame in frames:
        message = talk.frame(frame)
        if message is not None:
            await socket.send(message)
    await socket.send(talk.end())


async def _hear(socket: ClientConnection, talk: Talk, listen: Listener, ready: asyncio.Event) -> Outcome:
    failure: Failure | None = None
    try:
        while True:
            event = talk.hear(str(await socket.recv()))
            if event is None:
                continue
            listen(event)
            if isinstance(event, Ready):
                ready.set()
            if isinstance(event, Failure) and event.fatal:
                failure = event
            if isinstance(event, Outcome):
                return event
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else 1006
        if failure is not None:
            raise StreamRefused(
                failure.code, failure.message, close=code, retry_after=failure.retry_after
            ) from error
        if code in _REFUSING:
            raise StreamRefused("closed", f"the service closed with {code}", close=code) from error
        raise ConnectionLost(f"the connection broke ({code})") from error
