"""What captures are judged with, and judging in several processes: each opens its own, once."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2

from model.bundle import default_path, ensure_bundle
from model.engine import Engine, FaceFinder
from model.faces import LandmarkFinder
from training.errors import TrainingError
from training.onnx_engine import OnnxEngine, SameThreadFaces

Item = TypeVar("Item")
Result = TypeVar("Result")


class ProcessLost(TrainingError):  # noqa: N818
    """A process that judged is gone, and what it was judging with it."""

    code = "process_lost"


@dataclass(frozen=True, slots=True)
class Judging:
    """The network behind its graphs, and what finds faces."""

    engine: Engine
    faces: FaceFinder


@contextmanager
def judging(weights: Path) -> Iterator[Judging]:
    """Raises NoGraphs, CardError, BundleError."""
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        yield Judging(OnnxEngine(weights), SameThreadFaces(finder))


def judged(
    work: Callable[[Judging, Item], Result], items: Iterable[Item], *, weights: Path, jobs: int
) -> Iterator[Result]:
    """`work` on each item, in the items' order; `work` and items must pickle where there are several jobs.

    Raises NoGraphs, CardError, BundleError, what `work` raises, and ProcessLost where a process was killed.
    """
    if jobs <= 1:
        with judging(weights) as ours:
            yield from (work(ours, item) for item in items)
        return
    with judging(weights):  # what is missing is fetched once, or said, before there are processes
        pass
    context = multiprocessing.get_context("spawn")  # MediaPipe does not survive a fork
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(weights,))
    try:
        yield from pool.map(partial(_in_process, work), items)
    except BrokenProcessPool as error:
        raise ProcessLost(
            f"one of {jobs} processes was killed, for memory perhaps; try again with fewer --jobs"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_opened: list[Judging] = []  # one process, one: opened by _start, closed by the process's end


def _start(weights: Path) -> None:
    cv2.setNumThreads(1)  # a process is a core's worth
    _opened.append(judging(weights).__enter__())


def _in_process(work: Callable[[Judging, Item], Result], item: Item) -> Result:
    return work(_opened[0], item)
