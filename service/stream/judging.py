"""A sampled frame's bytes -> what the protocol and the verdict need of it; the work is off the event loop."""

import asyncio
import time
from concurrent.futures import Executor
from dataclasses import dataclass

from model.card import ModelCard
from model.clip import Frame, PixelArray
from model.quality import QualityGates, Reason
from model.verdict import Decision, Observation
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

    executor: Executor  # decodes and draws pictures
    faces: Faces
    engine: ServingEngine
    gates: QualityGates
    metrics: Metrics
    late_seconds: float

    @property
    def card(self) -> ModelCard:
        return self.engine.card

    async def judge(self, picture: Picture, evidence: Evidence, *, trace: bool) -> tuple[Evidence, Judged]:
        """A frame for which there is no time is late, and one that cannot be decoded a fault."""
        timeline = Timeline(self.metrics.observe_stage)
        try:
            after, seen = await self._see(picture, evidence, timeline)
            note_stages(timeline)
        except PictureError as error:
            fault = (Fault.BAD_PICTURE, str(error))
            return evidence, Judged(picture=picture, windows=evidence.windows, fault=fault)
        except (Overloaded, DeadlineExceeded):
            return evidence, Judged(picture=picture, windows=evidence.windows, late=True)
        decided, still = await self._standing(after, seen)
        judged = Judged(
            picture=picture,
            reasons=seen.reasons,
            windows=after.windows,
            still=still,
            decided=decided,
            trace=await self._trace(seen) if trace else None,
        )
        return after.after(timeline.seconds()), judged

    async def _see(
        self, picture: Picture, evidence: Evidence, timeline: Timeline
    ) -> tuple[Evidence, Observation]:
        frame = Frame(await self._decode(picture, timeline), picture.time, picture.index)
        deadline = time.perf_counter() + self.late_seconds
        with self.engine.capture(timeline, deadline=deadline) as engine, timeline.rest(Stage.SCORE):
            faces = self.faces.capture(timeline)
            return await see(frame, evidence, faces=faces, engine=engine, gates=self.gates)

    async def _decode(self, picture: Picture, timeline: Timeline) -> PixelArray:
        def decoded() -> PixelArray:
            with timeline.timed(Stage.DECODE):
                return decode(picture.data, picture.codec, size=picture.size)

        return await asyncio.get_running_loop().run_in_executor(self.executor, decoded)

    async def _standing(self, evidence: Evidence, seen: Observation) -> tuple[bool, bool]:
        """Whether the evidence so far decides, and whether only motion is missing."""
        if seen.window is None or evidence.windows < self.card.verdict.min_windows:
            return False, False
        # The rule takes longer the longer a stream is: not among the pictures that others wait for, either.
        judgement = await asyncio.to_thread(evidence.judgement, self.card)
        return judgement.decision is not Decision.UNDECIDED, judgement.reasons == (Reason.TOO_STILL,)

    async def _trace(self, seen: Observation) -> Trace | None:
        if seen.window is None:
            return None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, trace_of, seen.window, self.card.face_size)
