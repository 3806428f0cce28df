"""All streams of one service: who is let in, who is held after a lost connection, and the end of all."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from model.card import ModelCard
from service.assessment import Faces
from service.engine.serving import ServingEngine
from service.errors import Overloaded
from service.observe import Metrics
from service.settings import Settings
from service.stream.evidence import Evidence
from service.stream.judging import FrameJudge
from service.stream.limits import StreamLimits
from service.stream.signs import Signs
from service.stream.spread import Spread

_EMPTY_SECONDS = 0.1  # between two looks whether all streams are gone
_LAG_MEMORY = 0.9  # weight of the lag so far against the newest
_LAG_HALVES = 1.0  # seconds without a window in which it halves: streams that show nobody measure none


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a lost stream leaves for the one that goes on with it."""

    evidence: Evidence = field(default_factory=Evidence)
    received: int = 0
    late: int = 0
    counted: bool = True  # whether every third frame was sampled so far
    pictures: Spread | None = None
    signs: Signs = field(default_factory=Signs)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    lasted: float = 0.0  # seconds until it was lost


@dataclass(slots=True)
class StreamHub:
    """Made by `open_streams`; everything here happens on its event loop, `drain` excepted."""

    limits: StreamLimits
    judge: FrameJudge
    metrics: Metrics
    loop: asyncio.AbstractEventLoop
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    active: int = 0
    _lag: float = 0.0  # seconds, smoothed
    _lag_at: float = 0.0  # when it was measured, on the loop's clock
    _held: dict[str, Held] = field(default_factory=dict)

    @property
    def card(self) -> ModelCard:
        return self.judge.card

    @property
    def lag(self) -> float:
        """Seconds from a frame's arrival to its window's score, smoothed; fades where none is measured."""
        return self._lag * float(0.5 ** ((self.loop.time() - self._lag_at) / _LAG_HALVES))

    def drain(self) -> None:
        """From any thread, also from a signal handler."""
        self.loop.call_soon_threadsafe(self.draining.set)

    def when_empty(self, then: Callable[[], None]) -> None:
        """Calls `then` once no stream is open; from any thread. Draining ends them all in time."""

        def look() -> None:
            if self.active:
                self.loop.call_later(_EMPTY_SECONDS, look)
            else:
                then()

        self.loop.call_soon_threadsafe(look)

    def check_room(self) -> None:
        """Raises Overloaded where there is no place for one more stream."""
        if self.active >= self.limits.max_streams:
            raise Overloaded("too many streams are open; try again", retry_after=2)
        if self.lag > self.limits.max_lag_seconds:
            raise Overloaded("the streams that are open keep the service busy; try again", retry_after=2)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """A place among the streams. Raises Overloaded."""
        self.check_room()
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def observe_lag(self, seconds: float) -> None:
        """From a frame's arrival to the score of its window."""
        self._lag = _LAG_MEMORY * self._lag + (1 - _LAG_MEMORY) * seconds
        self._lag_at = self.loop.time()
        self.metrics.lag.observe(seconds)

    def hold(self, token: str, held: Held) -> None:
        """Keeps what a lost stream saw for a while."""
        self._held[token] = held
        self.loop.call_later(self.limits.resume_seconds, self._held.pop, token, None)

    def take(self, token: str) -> Held | None:
        """What is held under the token, once."""
        return self._held.pop(token, None)

    def _count(self, change: int) -> None:
        self.active += change
        self.metrics.sessions_active.set(self.active)


@asynccontextmanager
async def open_streams(
    settings: Settings, *, faces: Faces, engine: ServingEngine, metrics: Metrics
) -> AsyncIterator[StreamHub]:
    limits = settings.streams
    with (
        ThreadPoolExecutor(settings.picture_workers, "pictures") as executor,
        ThreadPoolExecutor(1, "verdicts") as verdicts,
    ):
        judge = FrameJudge(
            executor=executor,
            verdicts=verdicts,
            faces=faces,
            engine=engine,
            gates=settings.gates,
            metrics=metrics,
            late_seconds=limits.late_seconds,
        )
        yield StreamHub(limits, judge, metrics, asyncio.get_running_loop())
