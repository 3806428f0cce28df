"""What a stream's frames leave behind: the evidence of its verdict, and pixels of the newest window only.

P pairs of a window, h = w side of the depth grid.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from model.card import ModelCard
from model.clip import Clip, Frame
from model.early import Standing, decide_early
from model.engine import Aside, Engine, FaceFinder, at_once
from model.judge import judge_frame
from model.quality import QualityGates, Reason
from model.track import StreamState
from model.verdict import Decision, Judgement, Observation, Window, decide
from service.timeline import Stage

_NO_PIXELS = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Passed in and returned with each frame; it outlives a lost connection."""

    track: StreamState | None = None
    observations: tuple[Observation, ...] = ()
    windows: int = 0
    standing: Standing = field(default_factory=Standing)
    still: bool = False  # the newest span is full and hardly moved
    stage_seconds: Mapping[Stage, float] = field(default_factory=dict)

    def after(self, stages: Mapping[Stage, float]) -> "Evidence":
        """With the time that a frame took."""
        return replace(self, stage_seconds=dict(Counter(self.stage_seconds) + Counter(stages)))

    def without_track(self) -> "Evidence":
        """What is kept of a lost stream: the next frame begins a new window."""
        return replace(self, track=None)

    def judgement(self, card: ModelCard, *, early: bool = False, timed_out: bool = False) -> Judgement:
        """The verdict on all that was seen, the same rule as for a clip.

        `early` where whoever sends the frames may end the capture, and with it the evidence.
        """
        judgement = (decide_early if early else decide)(self.observations, card=card)
        if timed_out and judgement.decision is Decision.UNDECIDED:
            return replace(judgement, reasons=(*judgement.reasons, Reason.TIMEOUT))
        return judgement


async def see(
    frame: Frame,
    evidence: Evidence,
    *,
    faces: FaceFinder,
    engine: Engine,
    gates: QualityGates,
    aside: Aside = at_once,
) -> tuple[Evidence, Observation]:
    """One more sampled frame, and what was seen in it, with its maps and pixels."""
    track, seen = await judge_frame(
        frame, evidence.track, faces=faces, engine=engine, gates=gates, aside=aside
    )
    after = replace(
        evidence,
        track=track,
        observations=(*evidence.observations, _lean(seen)),
        windows=evidence.windows + (seen.window is not None),
    )
    return after, seen


def as_clip(evidence: Evidence, *, received: int, sampled_by: str) -> Clip:
    """What the answer says of the frames; their pixels are gone."""
    times = [seen.frame.time for seen in evidence.observations]
    return Clip((), received, times[-1] - times[0] if times else 0.0, sampled_by)


def _lean(seen: Observation) -> Observation:
    """A minute of frames would be half a gigabyte: the verdict needs numbers alone."""
    window = seen.window and _lean_window(seen.window)
    return replace(seen, frame=_lean_frame(seen.frame), window=window)


def _lean_window(window: Window) -> Window:
    no_maps_Phw = window.coarse_Phw[:0].copy()
    return replace(
        window,
        frames=tuple(_lean_frame(frame) for frame in window.frames),
        masks_Phw=window.masks_Phw[:0].copy(),
        coarse_Phw=no_maps_Phw,
        temporal_Phw=no_maps_Phw,
        refined_Phw=no_maps_Phw,
    )


def _lean_frame(frame: Frame) -> Frame:
    return Frame(_NO_PIXELS, frame.time, frame.index)
