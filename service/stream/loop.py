"""The asynchronous shell around the protocol.

Everything that happens to a stream goes through one queue to one task, which alone holds the state, sends
and closes.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from service.schemas import Verdict
from service.stopping import stop
from service.stream.closes import CLOSE_OF, Fault
from service.stream.course import Course
from service.stream.messages import ErrorMessage
from service.stream.policy import CutOff, OnOutcome, StreamEnd
from service.stream.protocol import opened, step, wake_at
from service.stream.state import (
    Action,
    Conclude,
    Concluded,
    CutShort,
    DrainBegan,
    Event,
    FrameCame,
    Judge,
    Say,
    Shut,
    TimePassed,
)
from service.stream.wire import ClientLost, Wire

_INBOX = 8  # events; a client that sends faster than they are looked at is read no further
_log = logging.getLogger("service.streams")


class StreamLoop:
    """One accepted stream; `run` it once."""

    def __init__(
        self, wire: Wire, course: Course, *, on_outcome: OnOutcome, draining: asyncio.Event, cut_off: CutOff
    ) -> None:
        self._wire, self._course, self._rules = wire, course, course.rules()
        self._on_outcome, self._draining, self._cut_off = on_outcome, draining, cut_off
        self._state = opened(time.monotonic(), windows=course.windows)
        self._inbox: asyncio.Queue[Event | Exception] = asyncio.Queue(_INBOX)
        self._verdict: Verdict | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    async def run(self) -> StreamEnd:
        """To the close, whoever closes."""
        self._start(self._read())
        self._start(self._await_drain())
        self._start(self._handed_in(self._cut_off))
        try:
            close = await self._until_closed()
        except ClientLost as lost:
            close = lost.code
        except Exception:
            _log.exception("a stream failed")
            close = await self._fail()
        finally:
            await stop(self._tasks)
        held = self._verdict is None and self._course.hold(self._state)
        return StreamEnd(
            close=close, verdict=self._verdict, held=held, pictures=self._course.pictures.chosen()
        )

    async def _until_closed(self) -> int:
        while True:
            event = await self._next_event()
            before = self._state.received
            self._state, actions = step(self._state, event, time.monotonic(), self._rules)
            if isinstance(event, FrameCame) and self._state.received > before:
                self._course.received(event.data)
            for action in actions:
                await self._act(action)
                if isinstance(action, Shut):
                    return action.close

    async def _next_event(self) -> Event:
        wait = wake_at(self._state, self._rules) - time.monotonic()
        try:
            async with asyncio.timeout(None if wait == float("inf") else max(0.0, wait)):
                event = await self._inbox.get()
        except TimeoutError:
            return TimePassed()
        if isinstance(event, Exception):
            raise event
        return event

    async def _act(self, action: Action) -> None:
        match action:
            case Say(message):
                await self._wire.say(message)
            case Judge(picture):
                self._start(self._handed_in(partial(self._course.judge, picture, trace=self._state.trace)))
            case Conclude(timed_out):
                self._start(self._handed_in(partial(self._conclude, timed_out=timed_out)))
            case Shut(close, fault):
                await self._wire.shut(close, fault)

    async def _conclude(self, *, timed_out: bool) -> Concluded | CutShort:
        """A stream that ends meanwhile ends this wait alone: `on_outcome` finishes what it began."""
        self._verdict = await self._course.verdict(self._state, timed_out=timed_out)
        if await self._on_outcome(self._verdict):
            return Concluded(self._verdict)
        return CutShort(Fault.EXPIRED, "this session is over, or goes on in another stream")

    async def _read(self) -> None:
        while await self._handed_in(self._wire.receive):
            pass

    async def _await_drain(self) -> None:
        await self._draining.wait()
        await self._inbox.put(DrainBegan())

    async def _handed_in(self, work: Callable[[], Awaitable[Event]]) -> bool:
        """What the work gives, or what it raises, is for the one task that may act on it.

        The work begins in here: a stream that ends before its turn comes leaves none half begun.
        """
        try:
            event: Event | Exception = await work()
        except Exception as error:
            event = error
        await self._inbox.put(event)
        return not isinstance(event, Exception)

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fail(self) -> int:
        """Our own mistake: the log has it, the client learns nothing of it."""
        close = CLOSE_OF[Fault.INTERNAL]
        try:
            await self._wire.say(
                ErrorMessage(code=Fault.INTERNAL, message="something went wrong here", fatal=True)
            )
            await self._wire.shut(close, Fault.INTERNAL)
        except ClientLost as lost:
            return lost.code
        return close
