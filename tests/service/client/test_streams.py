"""The client's stream against a server that says what no running service can be made to say at will."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from service.client import AsyncLivenessClient, CameraFrame, StreamRefused
from service.client.talk import SUBPROTOCOL

_TEXT, _CLOSE = 0x81, 0x88
_KEY_OF_ALL = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


def _frame(kind: int, payload: bytes) -> bytes:
    assert len(payload) < 126  # longer ones have another header
    return bytes((kind, len(payload))) + payload


def _upgraded(request: bytes) -> bytes:
    headers = dict(line.split(b": ", 1) for line in request.split(b"\r\n")[1:] if line)
    key = {name.lower(): value for name, value in headers.items()}[b"sec-websocket-key"]
    accept = base64.b64encode(hashlib.sha1(key + _KEY_OF_ALL).digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
    ).encode()


@asynccontextmanager
async def closing_with_the_upgrade(said: dict[str, object], close: int) -> AsyncIterator[str]:
    """A service that says one thing and closes, both in the very write that answers the upgrade."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        message = _frame(_TEXT, json.dumps(said).encode())
        writer.write(_upgraded(request) + message + _frame(_CLOSE, close.to_bytes(2, "big")))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def frames() -> AsyncIterator[CameraFrame]:
    yield CameraFrame(b"never sent", 0.0)


def test_a_service_that_is_full_before_it_hears_hello_is_a_refusal_with_its_reason() -> None:
    full = {"type": "error", "code": "overloaded", "message": "full", "fatal": True, "retry_after": 2}

    async def run() -> None:
        async with (
            closing_with_the_upgrade(full, 1013) as url,
            AsyncLivenessClient(url) as client,
        ):
            with pytest.raises(StreamRefused) as refused:
                await client.stream(frames(), size=(640, 480), fps=30)
            assert (refused.value.code, refused.value.close) == ("overloaded", 1013)
            assert refused.value.retry_after == 2

    asyncio.run(run())
