"""Work shared out over processes: results in order, and a process that dies is an error, never a wait."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from training.errors import TrainingError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 2  # items for each process, so that none waits for who reads the results


class ProcessLost(TrainingError):  # noqa: N818
    """A process is gone, and what it worked on with it."""

    code = "process_lost"


def shared_out(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int,
    start: Callable[..., None],
    arguments: tuple[Any, ...],
) -> Iterator[Result]:
    """`work` on each item, which may be without end; `start(*arguments)` opens what a process needs, once.

    Everything must pickle. Raises what `work` raises, and ProcessLost where a process was killed or could not
    start.
    """
    context = multiprocessing.get_context("spawn")  # neither OpenGL nor MediaPipe survives a fork
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=start, initargs=arguments)
    waiting = iter(items)
    try:
        running = deque(pool.submit(work, item) for item in islice(waiting, _AHEAD * jobs))
        while running:
            yield running.popleft().result()
            running.extend(pool.submit(work, item) for item in islice(waiting, 1))
    except BrokenProcessPool as error:
        raise ProcessLost(
            f"one of {jobs} processes ended, for want of memory perhaps; try again with fewer --jobs"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
