"""A pool of landmark finders on threads of their own, shared by all captures."""

import asyncio
import os
import queue
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.bundle import BundleError, verify_bundle
from model.clip import Face, Frame
from model.engine import FaceFinder
from model.faces import LandmarkFinder
from service.errors import StartError
from service.no_network import forbid_network
from service.timeline import Interval, Stage, Timeline


@dataclass(frozen=True, slots=True)
class _CaptureFaces:
    """The pool for one capture: `model.engine.FaceFinder`."""

    pool: "FacePool"
    timeline: Timeline

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        handed_in = time.perf_counter()
        faces, ran = await self.pool.find(frame)
        self.timeline.add(Stage.QUEUE, (handed_in, ran[0]))
        self.timeline.add(Stage.FACE, ran)
        return faces


class FacePool:
    """Made by `open_faces`. Captures wait in turn; how many there are is bounded by who admits them."""

    def __init__(self, finders: tuple[LandmarkFinder, ...], executor: ThreadPoolExecutor) -> None:
        """`executor` has as many threads as there are finders."""
        self._executor = executor
        self._idle: queue.SimpleQueue[LandmarkFinder] = queue.SimpleQueue()
        for finder in finders:
            self._idle.put(finder)

    def capture(self, timeline: Timeline) -> FaceFinder:
        """One capture's face finder."""
        return _CaptureFaces(self, timeline)

    async def find(self, frame: Frame) -> tuple[tuple[Face, ...], Interval]:
        """The faces of a frame, and when they were looked for."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._find, frame)

    def _find(self, frame: Frame) -> tuple[tuple[Face, ...], Interval]:
        started = time.perf_counter()
        finder = self._idle.get_nowait()
        try:
            return finder.find(frame), (started, time.perf_counter())
        finally:
            self._idle.put(finder)


@asynccontextmanager
async def open_faces(bundle: Path, *, workers: int) -> AsyncIterator[FacePool]:
    """Raises StartError where the landmark bundle is not there."""
    try:
        verify_bundle(bundle)
    except BundleError as error:
        raise StartError(str(error)) from error
    # MediaPipe's library reports its use to its maker from threads that it starts: none may reach a network.
    with ThreadPoolExecutor(workers, "faces", initializer=forbid_network) as executor:
        with _without_chatter():
            finders = tuple(executor.map(_warmed_up, [bundle] * workers))
        try:
            yield FacePool(finders, executor)
        finally:
            for finder in finders:
                executor.submit(finder.close)


def _warmed_up(bundle: Path) -> LandmarkFinder:
    """The first search is slow."""
    finder = LandmarkFinder(bundle)
    finder.find(Frame(np.zeros((64, 64, 3), np.uint8), 0.0, 0))
    return finder


@contextmanager
def _without_chatter() -> Iterator[None]:
    """MediaPipe's library writes notes of no use to file descriptor 2, whatever it is told.

    Its faults are exceptions. Nothing else may be written meanwhile: this is for start-up.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
