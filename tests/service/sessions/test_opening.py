"""Where Redis's URL comes from."""

import asyncio
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.errors import StoreError
from service.sessions.opening import open_store
from service.sessions.redis_store import RedisStore
from tests.service.serving import settings


def host_of(**changes: object) -> str:
    store = open_store(settings(store="redis", **changes))
    assert isinstance(store, RedisStore)
    host = str(store._redis.connection_pool.connection_kwargs["host"])
    asyncio.run(store.close())
    return host


def test_redis_s_url_may_lie_in_a_file_whose_last_line_ends(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("rediss://user:pass@redis.example.org:6379/0\n")
    assert host_of(redis_url_file=tmp_path / "url") == "redis.example.org"


def test_redis_s_url_may_be_a_variable() -> None:
    assert host_of(redis_url=SecretStr("redis://elsewhere.example.org")) == "elsewhere.example.org"


@pytest.mark.parametrize("url", ["redis://:s3cret/word@host:6379/0", "redis://:s3cret#word@host:6379/0"])
def test_an_address_that_is_none_is_not_shown(url: str) -> None:
    with pytest.raises(StoreError, match="%2F") as raised:
        host_of(redis_url=SecretStr(url))
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="LIVENESS_REDIS_URL_FILE cannot be read"):
        host_of(redis_url_file=tmp_path)
