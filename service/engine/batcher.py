"""Joins the items that many captures hand in at the same time into one pass of the network.

First come, first served, from a bounded queue; an item whose deadline passed while it waited is dropped. A
capture that is alone never waits for company: a batch is complete when as many items are in it as there are
captures open.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

from service.errors import DeadlineExceeded, Overloaded
from service.timeline import Interval

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class Batching:
    """How batches are made, and where they run."""

    executor: Executor
    workers: int  # batches of a kind at the same time
    max_batch: int
    max_wait: float  # seconds
    max_queue: int
    observe: Callable[[int], None]  # is told the size of each batch
    spread: bool = False  # company makes no pass shorter: nobody waits for it, idle workers share


@dataclass(frozen=True, slots=True)
class Passed(Generic[Result]):
    """One item's result, and when it waited and ran."""

    result: Result
    queued: Interval | None  # None where it waits elsewhere, and only the whole time is known
    ran: Interval


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    since: float
    deadline: float
    future: asyncio.Future[Passed[Result]]


class MicroBatcher(Generic[Item, Result]):
    """One queue for one graph; use it as an async context manager."""

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        rule: Batching,
        *,
        open_captures: Callable[[], int],
    ) -> None:
        """`run` takes up to `rule.max_batch` items and is called on a thread of `rule.executor`."""
        self._run, self._rule, self._open_captures = run, rule, open_captures
        self._queue: asyncio.Queue[_Waiting[Item, Result]] = asyncio.Queue(rule.max_queue)
        self._workers: tuple[asyncio.Task[None], ...] = ()
        self._idle = 0  # workers that wait for a first item

    async def __aenter__(self) -> Self:
        self._workers = tuple(asyncio.create_task(self._work()) for _ in range(self._rule.workers))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().future.cancel()

    async def submit(self, item: Item, *, deadline: float) -> Passed[Result]:
        """The item's result. Raises Overloaded and DeadlineExceeded."""
        future: asyncio.Future[Passed[Result]] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(_Waiting(item, time.perf_counter(), deadline, future))
        except asyncio.QueueFull:
            raise Overloaded("too many captures are being judged; try again", retry_after=1) from None
        return await future

    async def _work(self) -> None:
        while True:
            batch = await self._next_batch()
            wanted = [waiting for waiting in batch if _still_wanted(waiting)]
            if wanted:
                await self._pass(wanted)

    async def _next_batch(self) -> list[_Waiting[Item, Result]]:
        """A first item, those that come within a little while, and a share of what is there by then."""
        batch = [await self._first()]
        if not self._rule.spread:
            await self._join_others(batch)
        share = self._share(len(batch) + self._queue.qsize())
        while len(batch) < share:
            batch.append(self._queue.get_nowait())
        return batch

    async def _join_others(self, batch: list[_Waiting[Item, Result]]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._rule.max_wait):
                while len(batch) < min(self._rule.max_batch, self._open_captures()):
                    batch.append(await self._queue.get())

    async def _first(self) -> _Waiting[Item, Result]:
        self._idle += 1
        try:
            return await self._queue.get()
        finally:
            self._idle -= 1

    def _share(self, ready: int) -> int:
        """How many of the items that are there one worker takes."""
        workers = 1 + self._idle if self._rule.spread else 1
        return min(self._rule.max_batch, math.ceil(ready / workers))

    async def _pass(self, batch: list[_Waiting[Item, Result]]) -> None:
        items = [waiting.item for waiting in batch]
        try:
            results, ran = await asyncio.get_running_loop().run_in_executor(
                self._rule.executor, self._timed, items
            )
        except Exception as error:  # whatever the runtime raised belongs to those who asked
            for waiting in batch:
                if not waiting.future.done():
                    waiting.future.set_exception(error)
            return
        self._rule.observe(len(batch))
        for waiting, result in zip(batch, results, strict=True):
            if not waiting.future.done():
                waiting.future.set_result(Passed(result, (waiting.since, ran[0]), ran))

    def _timed(self, items: Sequence[Item]) -> tuple[Sequence[Result], Interval]:
        """On the thread itself: how long the event loop took to hear of it is no part of the pass."""
        started = time.perf_counter()
        return self._run(items), (started, time.perf_counter())


def _still_wanted(waiting: _Waiting[Item, Result]) -> bool:
    """Whether anyone still waits for it; one that came too late is told so."""
    if waiting.future.done():
        return False
    if time.perf_counter() >= waiting.deadline:
        waiting.future.set_exception(DeadlineExceeded("the service is too busy to judge the clip in time"))
        return False
    return True
