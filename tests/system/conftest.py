"""A real Redis, and two replicas of the service on it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from service.sessions.rules import SessionRules
from service.sessions.tokens import new_token_key
from service.stream.limits import StreamLimits
from tests.service.serving import fresh, on_a_socket
from tests.system.redis_server import RedisServer, running_redis


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def shared(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings that replicas have in common."""
    path = tmp_path_factory.mktemp("tokens") / "tokens.json"
    path.write_text(json.dumps({"keys": [new_token_key()]}))
    rules = SessionRules(upgrades=1000, grace_seconds=5)
    return {
        "store": "redis", "redis_url": SecretStr(redis.url), "token_keys_file": path, "sessions": rules,
        "streams": StreamLimits(max_streams=100),  # who races for a token is told so, not that all is taken
    }  # fmt: skip


@pytest.fixture(scope="module")
def replicas(shared: dict[str, Any]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    with ExitStack() as stack:
        yield (
            stack.enter_context(on_a_socket(fresh(**shared))),
            stack.enter_context(on_a_socket(fresh(**shared))),
        )
