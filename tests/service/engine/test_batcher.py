"""Batches of many captures' items: together, in order, bounded, in time, and never one at another's cost."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service.engine.batcher import Batching, MicroBatcher
from service.errors import DeadlineExceeded, Overloaded

NEVER = float("inf")


class Doubler:
    """A network that doubles, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = Event()
        self.gate.set()

    def run(self, items: Sequence[int]) -> list[int]:
        self.gate.wait(5)
        self.batches.append(list(items))
        if 13 in items:
            raise RuntimeError("13 cannot be doubled")
        return [2 * item for item in items]


Use = Callable[[MicroBatcher[int, int]], Awaitable[None]]


def with_batcher(
    network: Doubler, use: Use, *, captures: int = 1, max_wait: float = 0.02, max_queue: int = 100
) -> list[int]:
    sizes: list[int] = []

    async def go() -> None:
        with ThreadPoolExecutor(1) as executor:
            rule = Batching(
                executor=executor, workers=1, max_batch=4, max_wait=max_wait, max_queue=max_queue,
                observe=sizes.append,
            )  # fmt: skip
            async with MicroBatcher(network.run, rule, open_captures=lambda: captures) as batcher:
                await use(batcher)

    asyncio.run(go())
    return sizes


def test_items_that_come_together_run_together_and_each_gets_its_own_result() -> None:
    network = Doubler()

    async def use(batcher: MicroBatcher[int, int]) -> None:
        passed = await asyncio.gather(*(batcher.submit(i, deadline=NEVER) for i in range(10)))
        assert [each.result for each in passed] == [2 * i for i in range(10)]

    assert with_batcher(network, use, captures=10) == [4, 4, 2]
    assert [i for batch in network.batches for i in batch] == list(range(10))


@pytest.mark.parametrize(
    ("spread", "captures", "sizes"),
    [(True, 1, [2, 3]), (True, 2, [2, 3]), (True, 6, [2, 3]), (False, 1, [1, 4])],
)
def test_items_are_spread_over_idle_workers_where_that_is_faster_however_many_captures_are_open(
    spread: bool, captures: int, sizes: list[int]
) -> None:
    network, found = Doubler(), list[int]()

    async def go() -> None:
        with ThreadPoolExecutor(2) as executor:
            rule = Batching(
                executor=executor, workers=2, max_batch=4, max_wait=0.02, max_queue=100,
                observe=found.append, spread=spread,
            )  # fmt: skip
            async with MicroBatcher(network.run, rule, open_captures=lambda: captures) as batcher:
                await asyncio.sleep(0.01)  # both wait for work
                passed = await asyncio.gather(*(batcher.submit(i, deadline=NEVER) for i in range(5)))
                assert [each.result for each in passed] == [2 * i for i in range(5)]

    asyncio.run(go())
    assert sorted(found) == sizes


def test_who_is_alone_does_not_wait_for_company() -> None:
    async def use(batcher: MicroBatcher[int, int]) -> None:
        started = time.perf_counter()
        await batcher.submit(1, deadline=NEVER)
        assert time.perf_counter() - started < 1

    with_batcher(Doubler(), use, captures=1, max_wait=5)


def test_who_is_not_alone_waits_for_the_others_but_not_for_long() -> None:
    async def use(batcher: MicroBatcher[int, int]) -> None:
        first = asyncio.create_task(batcher.submit(1, deadline=NEVER))
        await asyncio.sleep(0.02)
        await asyncio.gather(first, batcher.submit(2, deadline=NEVER))
        passed = await batcher.submit(3, deadline=NEVER)
        assert 0.15 < passed.queued[1] - passed.queued[0] < 2

    assert with_batcher(Doubler(), use, captures=2, max_wait=0.2) == [2, 1]


def test_a_full_queue_is_an_overload_for_the_next_and_the_others_are_served() -> None:
    network = Doubler()

    async def use(batcher: MicroBatcher[int, int]) -> None:
        network.gate.clear()
        running = asyncio.create_task(batcher.submit(0, deadline=NEVER))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(batcher.submit(i, deadline=NEVER)) for i in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await batcher.submit(3, deadline=NEVER)
        assert refused.value.retry_after
        network.gate.set()
        served = await asyncio.gather(running, *waiting)
        assert [each.result for each in served] == [0, 2, 4]

    with_batcher(network, use, max_queue=2)


def test_what_waited_beyond_its_deadline_is_dropped_and_does_not_run() -> None:
    network = Doubler()

    async def use(batcher: MicroBatcher[int, int]) -> None:
        network.gate.clear()
        running = asyncio.create_task(batcher.submit(0, deadline=NEVER))
        await asyncio.sleep(0.05)
        late = asyncio.create_task(batcher.submit(1, deadline=time.perf_counter()))
        await asyncio.sleep(0)
        network.gate.set()
        with pytest.raises(DeadlineExceeded):
            await late
        await running

    with_batcher(network, use)
    assert network.batches == [[0]]


def test_who_gave_up_waiting_is_left_out() -> None:
    network = Doubler()

    async def use(batcher: MicroBatcher[int, int]) -> None:
        network.gate.clear()
        running = asyncio.create_task(batcher.submit(0, deadline=NEVER))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(batcher.submit(1, deadline=NEVER))
        await asyncio.sleep(0)
        gone.cancel()
        network.gate.set()
        await running
        assert (await batcher.submit(2, deadline=NEVER)).result == 4

    with_batcher(network, use)
    assert network.batches == [[0], [2]]


def test_a_pass_that_fails_is_the_fault_of_its_batch_alone() -> None:
    async def use(batcher: MicroBatcher[int, int]) -> None:
        with pytest.raises(RuntimeError, match="13"):
            await batcher.submit(13, deadline=NEVER)
        assert (await batcher.submit(7, deadline=NEVER)).result == 14

    with_batcher(Doubler(), use)
