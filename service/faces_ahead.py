"""Of a clip all frames are there at once: the next one's faces are found while the network has this one's."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from model.clip import Face, Frame
from model.engine import FaceFinder

_AHEAD: Final = 1  # a clip alone then keeps two cores busy; more would take turns from others


@dataclass(slots=True)
class _Ahead:
    """`model.engine.FaceFinder` for frames that are asked for in this order."""

    faces: FaceFinder
    coming: Iterator[Frame]
    found: deque[tuple[Frame, asyncio.Task[tuple[Face, ...]]]] = field(default_factory=deque)

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        while len(self.found) <= _AHEAD and (following := next(self.coming, None)) is not None:
            self.found.append((following, asyncio.create_task(self._find(following))))
        expected, task = self.found.popleft()
        assert expected is frame
        return await task

    async def _find(self, frame: Frame) -> tuple[Face, ...]:
        return await self.faces.find(frame)


@asynccontextmanager
async def ahead(faces: FaceFinder, frames: Sequence[Frame]) -> AsyncIterator[FaceFinder]:
    """What is under way in the end was for nothing, and is let go."""
    finder = _Ahead(faces, iter(frames))
    try:
        yield finder
    finally:
        tasks = [task for _, task in finder.found]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
