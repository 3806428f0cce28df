"""An assessment as the API states it. P pairs of a window, h = w side of the depth grid."""

import base64
from typing import Literal

import cv2
import numpy as np

from model.card import ModelCard
from model.clip import BoolArray, FloatArray
from model.verdict import Judgement, Window
from service.assessment import Assessment
from service.engine.serving import EngineInfo
from service.observe import frames_used
from service.schemas import (
    DepthMaps,
    Evidence,
    FrameCounts,
    ModelName,
    SamplingUsed,
    Verdict,
    WindowScore,
)
from service.signals import signals_of
from service.timeline import Stage

_DIGITS = 6  # of scores and times: beyond them two processors differ
_TIMING_DIGITS = 2


def verdict(assessment: Assessment, card: ModelCard, info: EngineInfo, *, depth_maps: bool) -> Verdict:
    judgement, clip = assessment.judgement, assessment.clip
    said = Verdict(
        decision=judgement.decision,
        score=_rounded(judgement.score),
        threshold=judgement.threshold,
        reasons=judgement.reasons,
        windows=_window_scores(judgement),
        evidence=Evidence(motion=_rounded(judgement.motion), frozen_share=_rounded(judgement.frozen_share)),
        frames=_counts(judgement, received=clip.received),
        sampling=SamplingUsed(
            sampled_by="time" if clip.sampled_by == "time" else "frame_count",
            interval=card.sampling.interval,
            interval_ms=card.sampling.interval_ms,
        ),
        model=ModelName(name=card.name, version=card.version, status=card.status, sha256=info.sha256),
        timings_ms=_timings(assessment),
        digest=f"sha256:{assessment.digest}",
        signals=signals_of(clip),
    )
    if not depth_maps:
        return said
    return said.model_copy(update={"depth_maps": tuple(_maps(window) for window in judgement.windows)})


def _window_scores(judgement: Judgement) -> tuple[WindowScore, ...]:
    counted = {window.frames[-1].index for window in judgement.counted}
    return tuple(
        _window_score(window, counts=window.frames[-1].index in counted) for window in judgement.windows
    )


def _window_score(window: Window, *, counts: bool) -> WindowScore:
    return WindowScore(
        time=round(window.frames[-1].time, _DIGITS),
        score=round(window.score, _DIGITS),
        depth_score=round(window.depth_score, _DIGITS),
        bona_fide_prob=round(window.bona_fide_probability, _DIGITS),
        counts=counts,
    )


def _counts(judgement: Judgement, *, received: int) -> FrameCounts:
    return FrameCounts(
        received=received,
        sampled=judgement.sampled,
        used=frames_used(judgement),
        dropped=judgement.dropped,
    )


def _timings(assessment: Assessment) -> dict[Stage | Literal["total"], float]:
    stages: dict[Stage | Literal["total"], float] = {
        stage: round(1000 * seconds, _TIMING_DIGITS) for stage, seconds in assessment.stage_seconds.items()
    }
    return stages | {"total": round(1000 * assessment.total_seconds, _TIMING_DIGITS)}


def _maps(window: Window) -> DepthMaps:
    return DepthMaps(
        time=round(window.frames[-1].time, _DIGITS),
        mask=png_url(window.masks_Phw),
        coarse=png_url(window.coarse_Phw),
        temporal=png_url(window.temporal_Phw),
        refined=png_url(window.refined_Phw),
    )


def png_url(maps_Phw: FloatArray | BoolArray) -> str:
    """The P maps side by side, as a data URL."""
    grey = np.round(255 * np.clip(np.concatenate(list(maps_Phw), axis=1), 0.0, 1.0)).astype(np.uint8)
    _, encoded = cv2.imencode(".png", grey)
    return "data:image/png;base64," + base64.b64encode(encoded.tobytes()).decode()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
