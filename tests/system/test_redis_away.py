"""A Redis that goes away and comes back: new sessions wait, running streams finish, no answer is wrong."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis

from service.errors import StoreUnavailable
from service.sessions.redis_store import RedisStore
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import create, greeted, upgraded
from tests.service.stream.talking import Talker, person
from tests.system.redis_server import running_redis
from tests.system.replicas import at, seen, wait_for


def test_a_result_waits_for_the_store_and_new_sessions_are_refused_meanwhile(
    shared: dict[str, Any], tmp_path: Path
) -> None:
    with running_redis(tmp_path) as redis:
        settings = shared | {"redis_url": SecretStr(redis.url), "audit_file": tmp_path / "audit.jsonl"}
        with on_a_socket(fresh(**settings)) as client:
            made = create(client)
            with upgraded(at(client, made), made["client_token"]) as socket:
                greeted(socket)
                memory = Redis.from_url(redis.url).dump(f"liveness:session:{made['session_id']}")
                redis.stop()
                refused = client.post("/v1/sessions")
                assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
                assert int(refused.headers["retry-after"]) > 0
                assert client.get(f"/v1/sessions/{made['session_id']}").status_code == 503
                talker = Talker(socket)
                talker.send_patiently(person(12))
                assert talker.finish()["result"] == "retry"
            redis.start()
            back = Redis.from_url(redis.url)
            back.restore(f"liveness:session:{made['session_id']}", 60_000, memory)
            assert wait_for(lambda: seen(client, made)["status"] == "SUCCEEDED")
            assert seen(client, made)["verdict"]["frames"]["received"] == 12
            assert "liveness_results_lost_total 0.0" in client.get("/metrics").text


def test_a_result_that_never_reaches_the_store_is_said_to_be_lost(
    shared: dict[str, Any], tmp_path: Path
) -> None:
    with running_redis(tmp_path) as redis:
        audit = tmp_path / "audit.jsonl"
        settings = shared | {"redis_url": SecretStr(redis.url), "audit_file": audit}
        with on_a_socket(fresh(**settings)) as client:
            made = create(client)
            with upgraded(at(client, made), made["client_token"]) as socket:
                greeted(socket)
                redis.stop()
                socket.send(json.dumps({"type": "end"}))
                assert json.loads(socket.recv(timeout=10))["result"] == "retry"
            redis.start()  # empty: the session is gone with its memory
            assert wait_for(lambda: "liveness_results_lost_total 1.0" in client.get("/metrics").text)
            assert client.get(f"/v1/sessions/{made['session_id']}").status_code == 404
        assert '"result_lost"' in audit.read_text()


def test_a_store_that_is_not_there_is_named_as_such() -> None:
    async def use() -> None:
        store = RedisStore("redis://127.0.0.1:9/0")
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await store.get("a")
        assert time.monotonic() - started < 5
        await store.close()

    asyncio.run(use())
