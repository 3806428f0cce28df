"""A clip judged frame by frame gives the clip's verdict, and leaves no pixels behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.clip import Clip, Face, Frame, PixelArray
from model.judge import judge_clip
from model.sampling import Sampler, sample
from model.verdict import Decision, Judgement
from service.stream.evidence import Evidence, see
from tests.model.scripted import CARD, GATES, CountingEngine, Faces
from tests.model.test_geometry import head

SCORES = tuple(np.random.default_rng(1).uniform(0, 1, 200).tolist())


def picture(index: int) -> PixelArray:
    """No two are alike: a sequence that comes again is no living capture."""
    return np.random.default_rng(index).integers(60, 190, (240, 320, 3)).astype(np.uint8)


def frames(times: Sequence[float]) -> list[Frame]:
    return [Frame(picture(i), time, i) for i, time in enumerate(times)]


def faces_at(times: Sequence[float], *, drift: float, lost: set[int]) -> list[tuple[Face, ...]]:
    """A head that turns, drifts `drift` px a second and is not found in the frames of `lost`."""
    found = []
    for i, time in enumerate(times):
        landmarks = 0.55 * head(yaw=0.1 * np.sin(3 * time), centre=(160 / 0.55 + drift * time, 120 / 0.55))
        found.append(() if i in lost else (Face(landmarks.astype(np.float32), yaw=0.0, pitch=0.0),))
    return found


def as_clip(times: Sequence[float], script: Sequence[tuple[Face, ...]]) -> Judgement:
    everything, sampling = frames(times), sample(times, CARD.sampling)
    clip = Clip(tuple(everything[i] for i in sampling.indices), len(times), 0.0, sampling.sampled_by)
    engine = CountingEngine(probabilities=SCORES)
    return asyncio.run(judge_clip(clip, faces=Faces(script), engine=engine, gates=GATES))


async def as_stream(times: Sequence[float], script: Sequence[tuple[Face, ...]]) -> Evidence:
    sampler, evidence, engine = Sampler(), Evidence(), CountingEngine(probabilities=SCORES)
    for frame in frames(times):
        sampler, sampled = sampler.see(frame.time, CARD.sampling)
        if sampled:
            evidence, _ = await see(frame, evidence, faces=Faces(script), engine=engine, gates=GATES)
    return evidence


def said(judgement: Judgement) -> tuple[object, ...]:
    windows = [(window.score, [frame.index for frame in window.frames]) for window in judgement.windows]
    return judgement.decision, judgement.score, judgement.reasons, windows, judgement.dropped


@settings(max_examples=25, deadline=None)
@given(
    fps=st.sampled_from([8, 15, 24, 25, 29.97, 30, 60]),
    dropped=st.sets(st.integers(1, 120), max_size=30),
    drift=st.floats(-60, 60),
    lost=st.sets(st.integers(0, 120), max_size=6),
    pause=st.sampled_from([0.0, 0.2, 1.0]),
)
def test_a_clips_frames_streamed_give_the_clips_verdict(
    fps: float, dropped: set[int], drift: float, lost: set[int], pause: float
) -> None:
    times = [i / fps + pause * (i > fps) for i in range(round(3 * fps)) if i not in dropped]
    script = faces_at(times, drift=drift, lost=lost)
    streamed = asyncio.run(as_stream(times, script)).judgement(CARD)
    assert said(streamed) == said(as_clip(times, script))


@pytest.fixture(scope="module")
def minute() -> Evidence:
    times = [i / 10 for i in range(100)]
    return asyncio.run(as_stream(times, faces_at(times, drift=2.0, lost=set())))


def test_only_the_newest_window_keeps_its_pixels(minute: Evidence) -> None:
    assert minute.track is not None
    assert len(minute.track.frames) == CARD.num_frames
    for seen in minute.observations:
        assert seen.frame.pixels_HW3.size == 0
        assert seen.window is None or not any(frame.pixels_HW3.size for frame in seen.window.frames)
        assert seen.window is None or seen.window.refined_Phw.size == seen.window.masks_Phw.size == 0


def test_what_is_held_of_a_lost_stream_begins_a_new_window(minute: Evidence) -> None:
    held = minute.without_track()
    assert held.track is None
    assert held.judgement(CARD).decision is minute.judgement(CARD).decision is Decision.BONA_FIDE


def test_who_may_end_the_capture_is_not_accepted_before_a_loop_would_show(minute: Evidence) -> None:
    short = replace(minute, observations=minute.observations[:30])
    assert short.judgement(CARD).decision is Decision.BONA_FIDE
    assert short.judgement(CARD, early=True).decision is Decision.UNDECIDED
    assert minute.judgement(CARD, early=True).decision is Decision.BONA_FIDE


def test_a_time_out_is_a_reason_only_where_there_is_no_verdict(minute: Evidence) -> None:
    assert minute.judgement(CARD, timed_out=True).reasons == ()
    assert Evidence().judgement(CARD, timed_out=True).reasons[-1] == "timeout"
