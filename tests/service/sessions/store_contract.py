"""What every store promises; run against each of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from service.sessions.store import Store

SHORT: Final = 0.15  # seconds


async def adds_once_however_many_try(store: Store) -> None:
    added = await asyncio.gather(*(store.add("a", str(i), seconds=9) for i in range(50)))
    assert added.count(True) == 1
    assert await store.get("a") == str(added.index(True))


async def knows_nothing_of_what_was_never_added(store: Store) -> None:
    assert await store.get("a") is None
    assert not await store.swap("a", "", "1", seconds=9)
    await store.delete("a", "b")


async def forgets_when_the_time_is_over(store: Store) -> None:
    await store.add("a", "1", seconds=SHORT)
    await asyncio.sleep(2 * SHORT)
    assert await store.get("a") is None
    assert not await store.swap("a", "1", "2", seconds=9)
    assert await store.add("a", "2", seconds=9)


async def swaps_only_what_it_was_told_and_for_one_only(store: Store) -> None:
    await store.add("a", "0", seconds=9)
    assert not await store.swap("a", "1", "2", seconds=9)
    swapped = await asyncio.gather(*(store.swap("a", "0", f"by {i}", seconds=9) for i in range(50)))
    assert swapped.count(True) == 1
    assert await store.get("a") == f"by {swapped.index(True)}"


async def a_swap_begins_a_new_life(store: Store) -> None:
    await store.add("a", "1", seconds=SHORT)
    await store.swap("a", "1", "2", seconds=9)
    await asyncio.sleep(2 * SHORT)
    assert await store.get("a") == "2"


async def deletes(store: Store) -> None:
    await store.add("a", "1", seconds=9)
    await store.delete("a")
    assert await store.get("a") is None


async def counts_up_to_the_limit_and_says_how_long_to_wait(store: Store) -> None:
    waits = await asyncio.gather(*(store.take("a", limit=5, seconds=9) for _ in range(20)))
    assert waits.count(0.0) == 5
    assert all(8 < wait <= 9 for wait in waits if wait)
    assert await store.take("b", limit=5, seconds=9) == 0


async def makes_room_as_events_grow_old_and_not_all_at_once(store: Store) -> None:
    await store.take("a", limit=2, seconds=4 * SHORT)
    await asyncio.sleep(3 * SHORT)
    assert await store.take("a", limit=2, seconds=4 * SHORT) == 0
    await asyncio.sleep(2 * SHORT)
    assert await store.take("a", limit=2, seconds=4 * SHORT) == 0
    assert await store.take("a", limit=2, seconds=4 * SHORT) > 0


CONTRACT: Final[tuple[Callable[[Store], Awaitable[None]], ...]] = (
    adds_once_however_many_try,
    knows_nothing_of_what_was_never_added,
    forgets_when_the_time_is_over,
    swaps_only_what_it_was_told_and_for_one_only,
    a_swap_begins_a_new_life,
    deletes,
    counts_up_to_the_limit_and_says_how_long_to_wait,
    makes_room_as_events_grow_old_and_not_all_at_once,
)
