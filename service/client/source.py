"""What a stream is fed with, and how a camera is read that nobody can interrupt."""

import asyncio
import atexit
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Final, TypeAlias
from weakref import WeakSet

from service.stream.codec import Codec


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One encoded picture; give it when it was taken, not later."""

    picture: bytes
    captured: float  # seconds of any clock that does not jump
    codec: Codec = Codec.JPEG


_Asked: TypeAlias = SimpleQueue[Future[CameraFrame | None] | None]
_EXIT_SECONDS: Final = 1.0
_readers: Final = WeakSet[Thread]()


async def read_apart(frames: Iterator[CameraFrame]) -> AsyncGenerator[CameraFrame, None]:
    """The same frames, each asked for when it is wanted, on a thread that nobody waits for.

    Close it where it is left early: the thread then ends with the frame that it is at, which is dropped.
    Raises whatever `frames` raises.
    """
    asked: _Asked = SimpleQueue()
    # With the caller's context variables, as `asyncio.to_thread` has them.
    reader = Thread(target=copy_context().run, args=(_answer, frames, asked), name="camera", daemon=True)
    _readers.add(reader)
    reader.start()
    try:
        while (frame := await _next(asked)) is not None:
            yield frame
    finally:
        asked.put(None)


async def _next(asked: _Asked) -> CameraFrame | None:
    wanted: Future[CameraFrame | None] = Future()
    asked.put(wanted)
    return await asyncio.wrap_future(wanted)


def _answer(frames: Iterator[CameraFrame], asked: _Asked) -> None:
    while (wanted := asked.get()) is not None:
        if not wanted.set_running_or_notify_cancel():
            continue
        try:
            wanted.set_result(next(frames, None))
        except BaseException as error:  # whoever asked raises it
            wanted.set_exception(error)


@atexit.register
def _let_cameras_finish() -> None:
    """A thread that is in a camera's C++ code when the interpreter ends would abort the process."""
    until = time.monotonic() + _EXIT_SECONDS
    for reader in tuple(_readers):
        reader.join(max(0.0, until - time.monotonic()))
