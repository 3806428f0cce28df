"""One client's WebSocket as the stream uses it: events in, messages out, and no waiting for ever."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from service.stream.closes import Close, Fault
from service.stream.messages import Message
from service.stream.state import FrameCame, TextCame

ABNORMAL: Final = 1006  # what a lost connection is called; a client that reads no more is treated as one


class ClientLost(Exception):  # noqa: N818 - what happened, no error of ours
    """The client left, or its connection did."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wire:
    websocket: WebSocket
    send_seconds: float

    async def receive(self) -> TextCame | FrameCame:
        """Raises ClientLost."""
        message = await self.websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise ClientLost(message["code"])
        data = message.get("bytes")
        return TextCame(message["text"]) if data is None else FrameCame(data)

    async def say(self, message: Message) -> None:
        """Raises ClientLost."""
        try:
            async with asyncio.timeout(self.send_seconds):
                await self.websocket.send_text(message.model_dump_json())
        except WebSocketDisconnect as error:
            raise ClientLost(error.code) from error
        except (TimeoutError, RuntimeError) as error:  # it reads nothing; it was closed from there meanwhile
            raise ClientLost(ABNORMAL) from error

    async def shut(self, close: Close, fault: Fault | None) -> None:
        with suppress(WebSocketDisconnect, TimeoutError, RuntimeError):
            async with asyncio.timeout(self.send_seconds):
                await self.websocket.close(close, fault or "")
