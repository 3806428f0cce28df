"""Batches made in the background while the network works on the ones before."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from training.batches import Batch

_AHEAD = 3  # batches


class Source(Protocol):
    """Whatever knows the batch of a stage's step."""

    def batch_at(self, stage: int, step: int) -> Batch: ...


def prefetched(source: Source, stage: int, steps: range) -> Iterator[Batch]:
    """The batches of `steps`, in order, made by one thread; what it raises is raised here."""
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as maker:
        waiting: deque[Future[Batch]] = deque()
        try:
            for step in steps:
                waiting.append(maker.submit(source.batch_at, stage, step))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
