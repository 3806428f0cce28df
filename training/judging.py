"""What captures are judged with, and judging in several processes: each opens its own, once."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from model.bundle import default_path, ensure_bundle
from model.engine import Engine, FaceFinder
from model.faces import LandmarkFinder
from training.onnx_engine import OnnxEngine, SameThreadFaces

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Judging:
    """The network behind its graphs, and what finds faces."""

    engine: Engine
    faces: FaceFinder


@contextmanager
def judging(weights: Path) -> Iterator[Judging]:
    """Raises NoGraphs, CardError."""
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        yield Judging(OnnxEngine(weights), SameThreadFaces(finder))


def judged(
    work: Callable[[Judging, Item], Result], items: Iterable[Item], *, weights: Path, jobs: int
) -> Iterator[Result]:
    """`work` on each item, in the items' order. One thread a process; `work` and items must pickle where
    there are several.
    """
    if jobs <= 1:
        with judging(weights) as ours:
            yield from (work(ours, item) for item in items)
        return
    OnnxEngine(weights)  # a pool would start a process that fails to open them again and again
    context = multiprocessing.get_context("spawn")  # MediaPipe does not survive a fork
    with context.Pool(jobs, initializer=_start, initargs=(weights,)) as pool:
        yield from pool.imap(partial(_in_process, work), items)


_opened: list[Judging] = []  # one process, one: opened by _start, closed by the process's end


def _start(weights: Path) -> None:
    _opened.append(judging(weights).__enter__())


def _in_process(work: Callable[[Judging, Item], Result], item: Item) -> Result:
    return work(_opened[0], item)
