"""Sessions in a real Redis: the stores' contract, and two replicas on one store."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

import httpx
import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from service.__main__ import main
from service.sessions.redis_store import RedisStore
from service.sessions.rules import SessionRules
from service.sessions.store import Store
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import HELLO, closing, create, greeted, refusal, upgraded
from tests.service.sessions.store_contract import CONTRACT
from tests.service.stream.talking import Talker, person
from tests.system.redis_server import RedisServer
from tests.system.replicas import at, seen

USES = 100


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda each: each.__name__)
def test_the_redis_store(promise: Callable[[Store], Awaitable[None]], redis: RedisServer) -> None:
    Redis.from_url(redis.url).flushall()

    async def use() -> None:
        store = RedisStore(redis.url)
        await promise(store)
        await store.close()

    asyncio.run(use())


def test_nothing_in_redis_lives_for_ever(
    replicas: tuple[httpx.Client, httpx.Client], redis: RedisServer
) -> None:
    create(replicas[0], json={"subject_ref": "anna"}, headers={"Idempotency-Key": "one"})
    kept = Redis.from_url(redis.url, decode_responses=True)
    keys = list(kept.scan_iter("*"))
    assert len(keys) >= 4
    assert all(key.startswith("liveness:") and 0 < kept.ttl(key) <= 1200 for key in keys)
    assert "anna" not in "".join(str(kept.get(key)) for key in keys if kept.type(key) == "string")


def test_a_session_of_one_replica_is_streamed_on_the_other_and_read_on_both(
    replicas: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = replicas
    made = create(one)
    with upgraded(at(other, made), made["client_token"]) as socket:
        greeted(socket)
        assert refusal(at(one, made), made["client_token"]) == ("token_used", 4409)
        socket.send(json.dumps({"type": "end"}))
        assert closing(socket) == 1000
    assert seen(one, made)["status"] == seen(other, made)["status"] == "SUCCEEDED"


def test_an_erased_session_s_stream_is_cut_on_whichever_replica_it_runs(
    replicas: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = replicas
    made = create(one)
    with upgraded(at(other, made), made["client_token"]) as socket:
        greeted(socket)
        assert one.delete(f"/v1/sessions/{made['session_id']}").status_code == 204
        assert json.loads(socket.recv(timeout=10))["code"] == "session_erased"
        assert closing(socket) == 4404
    assert "liveness_results_lost_total 0.0" in other.get("/metrics").text


def test_a_lost_stream_is_resumed_on_another_replica_with_an_empty_window(
    replicas: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = replicas
    made = create(one)
    with upgraded(at(one, made), made["client_token"]) as socket:
        token = greeted(socket)["resume_token"]
        talker = Talker(socket)
        talker.send_patiently(person(8))
        socket.socket.shutdown(SHUT_RDWR)
    with upgraded(at(other, made), token, kind="resume") as again:
        assert greeted(again)["resume_token"] is None
        again.send(json.dumps({"type": "end"}))
        assert closing(again) == 1000
    assert refusal(at(one, made), token, kind="resume") == ("token_used", 4409)
    ended = seen(one, made)
    assert (ended["status"], ended["attempts"]) == ("SUCCEEDED", 2)
    assert ended["verdict"]["frames"]["received"] == 0


def test_of_a_hundred_uses_of_one_token_over_two_replicas_one_is_let_in(
    replicas: tuple[httpx.Client, httpx.Client],
) -> None:
    made = create(replicas[0])

    def use(number: int) -> str:
        with upgraded(at(replicas[number % 2], made), made["client_token"]) as socket:
            with suppress(ConnectionClosed):
                socket.send(HELLO)
            said = json.loads(socket.recv(timeout=60))
            return str(said.get("code", said["type"]))

    with ThreadPoolExecutor(USES) as pool:
        heard = list(pool.map(use, range(USES)))
    assert heard.count("ready") == 1
    assert heard.count("token_used") == USES - 1
    assert refusal(at(replicas[1], made), made["client_token"]) == ("token_used", 4409)


def test_token_keys_are_rotated_while_one_replica_after_the_other_restarts(
    shared: dict[str, Any], replicas: tuple[httpx.Client, httpx.Client], tmp_path: Path
) -> None:
    """`--prepare` first: whoever signs with the new key is understood by those that do not yet."""
    prepared, promoted = tmp_path / "prepared.json", tmp_path / "promoted.json"
    prepared.write_text(shared["token_keys_file"].read_text())
    assert main(["keys", "signing", "--prepare", "--file", str(prepared)]) == 0
    promoted.write_text(prepared.read_text())
    assert main(["keys", "signing", "--file", str(promoted)]) == 0
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(on_a_socket(fresh(**shared | {"token_keys_file": path})))
            for path in (prepared, promoted)
        )
        for maker, streamer in ((replicas[0], one), (one, replicas[0]), (one, other), (other, one)):
            made = create(maker)
            with upgraded(at(streamer, made), made["client_token"]) as socket:
                greeted(socket)
        unprepared = create(other)
        assert refusal(at(replicas[0], unprepared), unprepared["client_token"]) == ("token_invalid", 4401)


def test_rates_and_the_cool_down_hold_over_replicas(shared: dict[str, Any]) -> None:
    rules = SessionRules(per_ref=3, failures=1)
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(on_a_socket(fresh(**shared | {"sessions": rules}))) for _ in range(2)
        )
        for client in (one, other, one):
            create(client, json={"device_ref": "d-9"})
        refused = other.post("/v1/sessions", json={"device_ref": "d-9"})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        made = create(one, json={"device_ref": "d-10", "subject_ref": "s-10"})
        with upgraded(at(one, made), made["client_token"]) as socket:
            greeted(socket)
            socket.send(json.dumps({"type": "end"}))
            closing(socket)
        for ref in ({"device_ref": "d-10"}, {"subject_ref": "s-10"}):
            refused = other.post("/v1/sessions", json=ref)
            assert (refused.status_code, refused.json()["code"]) == (429, "cooling_down")
        create(other, json={"subject_ref": "d-10"})  # a subject is no device
