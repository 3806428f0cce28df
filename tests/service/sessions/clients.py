"""A session's client for the tests: it shows a token and hears how that ends."""

import json
import time
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

_WAIT_SECONDS = 10
HELLO = json.dumps({"type": "hello", "version": 1, "width": 320, "height": 240, "fps": 25})


def create(client: httpx.Client, **request: Any) -> dict[str, Any]:
    answer = client.post("/v1/sessions", **request)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def upgraded(url: str, token: str, *, kind: str = "token") -> ClientConnection:
    protocols = [Subprotocol("liveness.v1"), Subprotocol(f"{kind}.{token}")]
    return connect(url, subprotocols=protocols, compression=None, open_timeout=60)


def refusal(url: str, token: str, *, kind: str = "token") -> tuple[str, int]:
    """The error's code and the close code."""
    with upgraded(url, token, kind=kind) as socket:
        said = json.loads(socket.recv(timeout=10))
        assert (said["type"], said["fatal"]) == ("error", True)
        return said["code"], closing(socket)


def greeted(socket: ClientConnection) -> dict[str, Any]:
    """`ready`, which answers `hello`."""
    socket.send(HELLO)
    ready: dict[str, Any] = json.loads(socket.recv(timeout=10))
    assert ready["type"] == "ready"
    return ready


def closing(socket: ClientConnection) -> int:
    """Hears all that still comes."""
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed:
        assert socket.close_code is not None
        return socket.close_code


def ended(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    """The session as its backend sees it, once it is over or has had the time for it."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        seen: dict[str, Any] = client.get(f"/v1/sessions/{made['session_id']}").json()
        if seen["status"] != "IN_PROGRESS" or time.monotonic() > until:
            return seen
        time.sleep(0.05)
