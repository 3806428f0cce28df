"""The shell around the protocol, with a client that is lost at the worst moment."""

import asyncio
import gc
import json
import warnings
from contextlib import suppress
from typing import Any

from service.stream.loop import StreamLoop
from service.stream.messages import Ack, Message
from service.stream.policy import CutOff, StreamEnd, never, told_no_one
from service.stream.spread import Spread
from service.stream.state import FrameCame, Judged, Rules, TextCame
from service.stream.wire import ClientLost
from tests.service.stream.script import RULES, frame

HELLO = json.dumps({"type": "hello", "version": 1, "width": 64, "height": 48, "fps": 30})


class LostAtTheFirstAck:
    """A wire whose client greets, sends one frame and is gone when that is acknowledged."""

    def __init__(self) -> None:
        self._coming: list[TextCame | FrameCame] = [TextCame(HELLO), FrameCame(frame(0, 0))]

    async def receive(self) -> TextCame | FrameCame:
        if not self._coming:
            await asyncio.Event().wait()
        return self._coming.pop(0)

    async def say(self, message: Message) -> None:
        if isinstance(message, Ack):
            raise ClientLost(1006)


class NothingToJudge:
    """A course that would have to wait for its judgement, and is not needed again."""

    windows = 0
    pictures = Spread(0)

    def rules(self) -> Rules:
        return RULES

    def received(self, message: bytes) -> None:
        pass

    async def judge(self, _picture: object, *, trace: bool) -> Judged:
        raise AssertionError(f"asked to judge (trace: {trace}) for a client that is gone")

    def hold(self, _state: object) -> bool:
        return False


def stream_loop(wire: Any, course: Any, *, cut_off: CutOff) -> StreamLoop:
    return StreamLoop(wire, course, on_outcome=told_no_one, draining=asyncio.Event(), cut_off=cut_off)


def test_a_watch_that_takes_its_end_for_something_else_does_not_keep_the_stream() -> None:
    """As a Redis client does that is cancelled while its connection breaks."""

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def run() -> StreamEnd:
        loop = stream_loop(LostAtTheFirstAck(), NothingToJudge(), cut_off=stubborn)
        return await asyncio.wait_for(loop.run(), 10)

    assert asyncio.run(run()).close == 1006


def test_a_client_lost_while_a_judgement_is_to_begin_leaves_nothing_half_begun() -> None:
    async def run() -> StreamEnd:
        wire: Any = LostAtTheFirstAck()
        course: Any = NothingToJudge()
        return await stream_loop(wire, course, cut_off=never).run()

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        end = asyncio.run(run())
        gc.collect()
    assert end.close == 1006
    assert [str(each.message) for each in warned] == []
