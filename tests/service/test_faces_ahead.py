"""Looking ahead changes when faces are found, not which, and ends with the clip."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from model.clip import Face, Frame
from service.faces_ahead import ahead

FRAMES = [Frame(np.zeros((4, 4, 3), np.uint8), i / 10, i) for i in range(6)]


class Slow:
    """Finds nobody, one step of the event loop later, and notes what it was asked and what it finished."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.done: list[int] = []

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        self.asked.append(frame.index)
        await asyncio.sleep(0)
        self.done.append(frame.index)
        if frame.index == 4:
            raise RuntimeError("no finder")
        return ()


def run(slow: Slow, frames: Sequence[Frame], asked: int) -> None:
    async def go() -> None:
        async with ahead(slow, frames) as faces:
            for frame in frames[:asked]:
                assert await faces.find(frame) == ()

    asyncio.run(go())


def test_the_next_frame_is_under_way_while_the_first_is_asked_for() -> None:
    slow = Slow()
    run(slow, FRAMES[:4], 1)
    assert slow.asked == [0, 1]


def test_each_frame_is_looked_at_once_in_order() -> None:
    slow = Slow()
    run(slow, FRAMES[:4], 4)
    assert slow.asked == slow.done == [0, 1, 2, 3]


def test_a_finder_that_fails_fails_at_its_own_frame() -> None:
    slow = Slow()
    run(slow, FRAMES, 4)
    with pytest.raises(RuntimeError, match="no finder"):
        run(slow, FRAMES, 5)
