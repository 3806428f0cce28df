"""The store of one replica keeps the stores' contract, and does not grow for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from service.sessions.memory import MemoryStore
from service.sessions.store import Store
from tests.service.sessions.store_contract import CONTRACT


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda each: each.__name__)
def test_the_memory_store(promise: Callable[[Store], Awaitable[None]]) -> None:
    async def use() -> None:
        await promise(MemoryStore())

    asyncio.run(use())


def test_what_has_ended_is_swept_away() -> None:
    async def use() -> None:
        now = 0.0
        store = MemoryStore(lambda: now)
        for i in range(3000):
            now += 1
            await store.add(f"a{i}", "1", seconds=5)
            await store.take(f"b{i}", limit=1, seconds=5)
        assert len(store._values) + len(store._events) < 2100

    asyncio.run(use())
