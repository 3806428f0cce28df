"""What captures are judged with, and judging in several processes: each opens its own, once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2

from model.bundle import default_path, ensure_bundle
from model.engine import Engine, FaceFinder
from model.faces import LandmarkFinder
from training.onnx_engine import OnnxEngine, SameThreadFaces
from training.processes import shared_out

Item = TypeVar("Item")
Result = TypeVar("Result")


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

    Raises NoGraphs, CardError, BundleError, what `work` raises, and ProcessLost.
    """
    if jobs <= 1:
        with judging(weights) as ours:
            yield from (work(ours, item) for item in items)
        return
    with judging(weights):  # what is missing is fetched once, or said, before there are processes
        pass
    yield from shared_out(partial(_in_process, work), items, jobs=jobs, start=_start, arguments=(weights,))


# One process, one: opened by _start, closed by the process's end. The stack holds the finder open.
_open = ExitStack()
_opened: list[Judging] = []


def _start(weights: Path) -> None:
    cv2.setNumThreads(1)  # a process is a core's worth
    _opened.append(_open.enter_context(judging(weights)))


def _in_process(work: Callable[[Judging, Item], Result], item: Item) -> Result:
    return work(_opened[0], item)
