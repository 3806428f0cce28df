"""One session as each replica shows it."""

import time
from collections.abc import Callable
from typing import Any

import httpx


def at(client: httpx.Client, made: dict[str, Any]) -> str:
    """The session's stream on that replica."""
    address = str(client.base_url).replace("http", "ws").rstrip("/")
    return f"{address}/v1/sessions/{made['session_id']}/stream"


def seen(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = client.get(f"/v1/sessions/{made['session_id']}").json()
    return view


def wait_for(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.1)
    return False
