"""The store of several replicas: one Redis, whose scripts make each change in one step."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from service.errors import StoreUnavailable

PREFIX: Final = "liveness:"
_TIMEOUT_SECONDS: Final = 3.0  # to connect, to be answered, to be given a connection
_CONNECTIONS: Final = 16  # more would only wait in Redis, which does one thing at a time
_SWAP: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
# A sorted set of the events' times by Redis' own clock, so that replicas need not agree about the time.
_TAKE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, oldest[2] + window - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""


class RedisStore:
    def __init__(self, url: str) -> None:
        # Nothing is tried twice here: a change that was made, but whose answer was lost, must not be taken
        # for one that somebody else made.
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_TIMEOUT_SECONDS,
            decode_responses=True,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._swap = self._redis.register_script(_SWAP)
        self._take = self._redis.register_script(_TAKE)

    async def add(self, key: str, value: str, *, seconds: float) -> bool:
        async with _reached():
            return bool(await self._redis.set(PREFIX + key, value, nx=True, px=_milliseconds(seconds)))

    async def get(self, key: str) -> str | None:
        async with _reached():
            value: Any = await self._redis.get(PREFIX + key)
        return None if value is None else str(value)

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        async with _reached():
            return bool(await self._swap(keys=[PREFIX + key], args=[old, new, _milliseconds(seconds)]))

    async def delete(self, *keys: str) -> None:
        async with _reached():
            await self._redis.delete(*(PREFIX + key for key in keys))

    async def take(self, key: str, *, limit: int, seconds: float) -> float:
        async with _reached():
            arguments: list[str | int] = [_milliseconds(seconds), limit, secrets.token_hex(8)]
            return float(await self._take(keys=[PREFIX + key], args=arguments)) / 1000

    async def close(self) -> None:
        await self._redis.aclose()


@asynccontextmanager
async def _reached() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreUnavailable(
            "sessions cannot be reached just now; try again", detail=type(error).__name__, retry_after=2
        ) from error


def _milliseconds(seconds: float) -> int:
    return max(1, round(1000 * seconds))
