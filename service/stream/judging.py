"""A sampled frame's bytes -> what the protocol and the verdict need of it; the work is off the event loop."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from model.card import ModelCard
from model.clip import Frame, PixelArray
from model.engine import Result
from model.quality import QualityGates
from model.verdict import Judgement, Observation, should_move
from service.assessment import Faces
from service.engine.serving import ServingEngine
from service.errors import DeadlineExceeded, Overloaded
from service.observe import Metrics
from service.stream.closes import Fault
from service.stream.evidence import Evidence, see
from service.stream.messages import Trace
from service.stream.pictures import PictureError, decode
from service.stream.state import Judged, Picture
from service.stream.traces import trace_of
from service.timeline import Stage, Timeline
from service.tracing import note_stages


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameJudge:
    """What judging a frame needs; one for all streams."""

    executor: Executor  # decodes, crops, lays faces onto each other, draws
    verdicts: Executor  # applies the rule: longer work that pictures do not wait for
    faces: Faces
    engine: ServingEngine
    gates: QualityGates
    metrics: Metrics
    late_seconds: float

    @property
    def card(self) -> ModelCard:
        return self.engine.card

    async def judge(
        self, picture: Picture, evidence: Evidence, *, trace: bool, ends: bool
    ) -> tuple[Evidence, Judged]:
        """A frame for which there is no time is late, and one that cannot be decoded a fault.

        `trace` where the client wants to see the window, `ends` where a decision would end the stream.
        """
        timeline = Timeline(self.metrics.observe_stage)
        try:
            after, seen = await self._see(picture, evidence, timeline)
            note_stages(timeline)
        except PictureError as error:
            fault = (Fault.BAD_PICTURE, str(error))
            return evidence, Judged(picture=picture, windows=evidence.windows, fault=fault)
        except (Overloaded, DeadlineExceeded):
            return evidence, Judged(picture=picture, windows=evidence.windows, late=True)
        if seen.window is not None:
            after = await self._looked_at(after, ends=ends)
        judged = Judged(
            picture=picture,
            reasons=seen.reasons,
            windows=after.windows,
            still=after.still,
            decided=after.standing.decided,
            trace=await self._trace(seen) if trace else None,
        )
        return after.after(timeline.seconds()), judged

    async def _see(
        self, picture: Picture, evidence: Evidence, timeline: Timeline
    ) -> tuple[Evidence, Observation]:
        frame = Frame(await self._decode(picture, timeline), picture.time, picture.index)
        waited = time.monotonic() - picture.arrived_at
        deadline = time.perf_counter() + self.late_seconds - waited
        with self.engine.capture(timeline, deadline=deadline) as engine, timeline.rest(Stage.SCORE):
            faces = self.faces.capture(timeline)
            return await see(frame, evidence, faces=faces, engine=engine, gates=self.gates, aside=self.aside)

    async def aside(self, work: Callable[[], Result], /) -> Result:
        """Where work is done that computes and does not wait; `model.engine.Aside`."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, work)

    async def _decode(self, picture: Picture, timeline: Timeline) -> PixelArray:
        def decoded() -> PixelArray:
            with timeline.timed(Stage.DECODE):
                return decode(picture.data, picture.codec, size=picture.size)

        return await self.aside(decoded)

    async def judgement(
        self, evidence: Evidence, *, early: bool = False, timed_out: bool = False
    ) -> Judgement:
        """The rule applied to all that a stream has seen."""
        work = partial(evidence.judgement, self.card, early=early, timed_out=timed_out)
        return await asyncio.get_running_loop().run_in_executor(self.verdicts, work)

    async def _looked_at(self, evidence: Evidence, *, ends: bool) -> Evidence:
        """The rule is asked only where its answer would end the stream."""
        still = await self.aside(partial(should_move, evidence.observations, card=self.card))
        standing, seen = evidence.standing, len(evidence.observations)
        if ends and standing.due(seen, self.card.verdict):
            standing = standing.judged(seen, await self.judgement(evidence, early=True), self.card)
        return replace(evidence, standing=standing, still=still)

    async def _trace(self, seen: Observation) -> Trace | None:
        if seen.window is None:
            return None
        return await self.aside(partial(trace_of, seen.window, self.card.face_size))
