"""Bytes of a clip -> verdict, as REST and the terminal both give it: decode, then `model.judge`."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from model.clip import Clip
from model.engine import Aside, FaceFinder
from model.judge import judge_clip
from model.quality import QualityGates
from model.verdict import Judgement
from service.backlog import Backlog
from service.engine.serving import ServingEngine
from service.errors import DeadlineExceeded, Draining, Overloaded, RequestTooSlow
from service.faces_ahead import ahead
from service.observe import Metrics
from service.timeline import Stage, Timeline
from service.tracing import note_stages


class Decoders(Protocol):
    async def decode(self, data: bytes) -> Clip: ...


class Faces(Protocol):
    def capture(self, timeline: Timeline) -> FaceFinder: ...


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judgement with what belongs to its answer."""

    judgement: Judgement
    clip: Clip
    digest: str  # SHA-256 of the bytes, hexadecimal
    stage_seconds: dict[Stage, float]
    total_seconds: float


@dataclass(slots=True)
class Assessor:
    """What judging a clip needs; one for all requests."""

    decoders: Decoders
    faces: Faces
    engine: ServingEngine
    aside: Aside
    gates: QualityGates
    metrics: Metrics
    deadline_seconds: float
    max_pending: int
    backlog: Backlog
    early: bool = False  # ends with the first decision
    pending: int = 0
    draining: bool = False  # what is in work is finished, nothing new is taken

    async def assess(self, read: Callable[[], Awaitable[bytes]]) -> Assessment:
        """A verdict on the clip that `read` gives, within the deadline, which a slow upload uses up too.

        A place among the clips in work is taken before a byte is read. Raises LivenessError.
        """
        with self._admitted():
            among, began = self.pending, None
            try:
                async with asyncio.timeout(self.deadline_seconds):
                    data = await read()
                    began = time.perf_counter()
                    assessment = await self._assess(data)
                self.backlog.ended(assessment.total_seconds, among=among)
            except TimeoutError as error:
                if began is None:  # the service waited for its client, and learns nothing of its own pace
                    raise RequestTooSlow(f"no whole clip came within {self.deadline_seconds:g} s") from error
                self.backlog.ended(time.perf_counter() - began, among=among)
                raise DeadlineExceeded(f"no verdict within {self.deadline_seconds:g} s") from error
        self.metrics.observe_judgement(
            assessment.judgement, received=assessment.clip.received, channel="clip"
        )
        return assessment

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        if self.draining:
            raise Draining
        full = self.pending >= self.max_pending
        if full or self.backlog.too_long(self.pending):
            raise Overloaded("too many clips are in work; try again", retry_after=1)
        self.pending += 1
        self.metrics.pending.set(self.pending)
        try:
            yield
        finally:
            self.pending -= 1
            self.metrics.pending.set(self.pending)

    async def _assess(self, data: bytes) -> Assessment:
        timeline, started = Timeline(self.metrics.observe_stage), time.perf_counter()
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        with timeline.timed(Stage.DECODE):
            clip = await self.decoders.decode(data)
        with (
            self.engine.capture(timeline, deadline=started + self.deadline_seconds) as engine,
            timeline.rest(Stage.SCORE),
        ):
            async with ahead(self.faces.capture(timeline), clip.frames) as faces:
                judgement = await judge_clip(
                    clip, faces=faces, engine=engine, gates=self.gates, aside=self.aside, early=self.early
                )
        note_stages(timeline)
        total = time.perf_counter() - started
        return Assessment(judgement, clip, digest, timeline.seconds(), total)
