"""A client that reads nothing costs the service neither its stream nor a socket for long."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from service.stream import transport
from service.stream.limits import StreamLimits
from service.stream.messages import Trace
from service.stream.wire import ClientLost, Wire

LONG = Trace(time=0.0, score=0.5, crop="x" * 300_000, coarse="", temporal="", refined="")


@contextmanager
def flooding() -> Iterator[tuple[uvicorn.Server, list[float]]]:
    """A service that says ever more to whoever connects, and how long each was bothered with."""
    lasted: list[float] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        websocket, began = WebSocket(scope, receive, send), time.monotonic()
        await websocket.accept()
        with suppress(ClientLost):
            while True:
                await Wire(websocket, send_seconds=0.3).say(LONG)
        lasted.append(time.monotonic() - began)

    limits = StreamLimits().transport
    config = uvicorn.Config(app, "127.0.0.1", 0, lifespan="off", log_config=None, **limits)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield server, lasted
    finally:
        server.should_exit = True
        thread.join()


def test_a_client_that_reads_nothing_is_given_up_and_its_connection_aborted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "ABORT_SECONDS", 0.2)
    with flooding() as (server, lasted), socket.socket() as raw:
        port = server.servers[0].sockets[0].getsockname()[1]
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", port))
        raw.sendall(
            b"GET / HTTP/1.1\r\nHost: service\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        end = time.monotonic() + 30
        while (not lasted or server.server_state.connections) and time.monotonic() < end:
            time.sleep(0.05)
        assert lasted
        assert server.server_state.connections == set()


def test_a_client_that_reads_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ABORT_SECONDS", 0.2)
    with flooding() as (server, _):
        port = server.servers[0].sockets[0].getsockname()[1]
        with connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None) as client:
            until = time.monotonic() + 1
            while time.monotonic() < until:
                assert len(client.recv(timeout=10)) > len(LONG.crop)
