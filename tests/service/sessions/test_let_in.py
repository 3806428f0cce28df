"""What is burnt for a client that comes while the store is slow: nothing, unless it is let in."""

import base64
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from service.stream.limits import StreamLimits
from tests.service.sessions.clients import closing, create, ended, greeted, refusal, upgraded
from tests.service.sessions.slow_store import BEGINNING, SlowStore, served
from tests.service.stream.counted import eventually

WAIT_SECONDS = 10
ONE_PLACE = {"streams": StreamLimits(max_streams=1)}


def test_of_two_clients_for_one_place_the_later_keeps_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SlowStore(BEGINNING)
    with served(store, monkeypatch, **ONE_PLACE) as client, ThreadPoolExecutor(1) as other:
        first, second = create(client), create(client)
        letting_in = other.submit(upgraded, first["ws_url"], first["client_token"])
        assert store.asked.wait(WAIT_SECONDS)
        assert refusal(second["ws_url"], second["client_token"]) == ("overloaded", 1013)
        store.may_answer.set()
        with letting_in.result() as stream:
            assert greeted(stream)["type"] == "ready"
            stream.send(json.dumps({"type": "end"}))
            assert closing(stream) == 1000
        assert eventually(client, "liveness_sessions_active", 0)
        with upgraded(second["ws_url"], second["client_token"]) as stream:
            assert greeted(stream)["type"] == "ready"


def test_a_client_that_is_lost_while_it_is_let_in_fails_its_session_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = SlowStore(BEGINNING)
    with served(store, monkeypatch, **ONE_PLACE) as client:
        made = create(client)
        asking = asked_to_upgrade(made["ws_url"], made["client_token"])
        assert store.asked.wait(WAIT_SECONDS)
        asking.close()
        store.may_answer.set()
        assert eventually(client, "liveness_sessions_active", 0)
        seen = ended(client, made)
        assert (seen["status"], seen["reason"]) == ("FAILED", "closed_1006")


def asked_to_upgrade(url: str, token: str) -> socket.socket:
    """The connection of a client that has not heard an answer yet."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    key = base64.b64encode(bytes(16)).decode()
    connection.sendall(
        f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Protocol: liveness.v1, token.{token}\r\n\r\n".encode()
    )
    return connection
