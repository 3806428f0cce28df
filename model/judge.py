"""Read this first: from the frames of a capture to its verdict.

Clip and stream run the same code: a clip is its sampled frames, folded. P pairs of a window.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from model.clip import Clip, Frame
from model.early import Standing, decide_early
from model.engine import Aside, Engine, FaceFinder, at_once
from model.plan import Plan, plan
from model.quality import QualityGates, Reason
from model.scoring import EmptyMaskError, depth_score, living_score
from model.track import StreamState
from model.verdict import Judgement, Observation, Window, decide


async def judge_clip(
    clip: Clip,
    *,
    faces: FaceFinder,
    engine: Engine,
    gates: QualityGates,
    aside: Aside = at_once,
    early: bool = False,
) -> Judgement:
    """Sampled frames -> faces -> tensors -> depth maps -> living scores -> verdict.

    `early` ends with the first decision, as a stream does that need not go on.
    """
    observations, standing = list[Observation](), Standing()
    async for seen in observed(clip, faces=faces, engine=engine, gates=gates, aside=aside):
        observations.append(seen)
        if early and seen.window is not None and standing.due(len(observations), engine.card.verdict):
            judgement = await aside(partial(decide_early, observations, card=engine.card))
            standing = standing.judged(len(observations), judgement, engine.card)
            if standing.decided:
                return judgement
    return await aside(partial(decide, observations, card=engine.card))


async def observed(
    clip: Clip, *, faces: FaceFinder, engine: Engine, gates: QualityGates, aside: Aside = at_once
) -> AsyncIterator[Observation]:
    """What each sampled frame adds, in order."""
    state = None
    for frame in clip.frames:
        state, seen = await judge_frame(frame, state, faces=faces, engine=engine, gates=gates, aside=aside)
        yield seen


async def judge_frame(
    frame: Frame,
    state: StreamState | None,
    *,
    faces: FaceFinder,
    engine: Engine,
    gates: QualityGates,
    aside: Aside = at_once,
) -> tuple[StreamState | None, Observation]:
    """One sampled frame: find the face, hold or move the square, encode, pair, window, Eq. 11.

    A frame that cannot be judged ends the track: a window has no gaps.
    """
    found = await faces.find(frame)
    todo = await aside(partial(plan, frame, found, state, card=engine.card, gates=gates))
    if todo.track is None:
        return None, Observation(frame, todo.reasons)
    track = await _encoded(todo, todo.track, engine=engine)
    try:
        window = await _window(track, engine=engine)
    except EmptyMaskError:
        return None, Observation(frame, (Reason.FACE_CROPPED,))
    return track, Observation(frame, todo.reasons, trace=todo.trace, window=window)


async def _encoded(todo: Plan, track: StreamState, *, engine: Engine) -> StreamState:
    """One encoder and one pair pass; no pair at a track's start, a window full where its square moved."""
    encoded = await asyncio.gather(*(engine.encode(face_3SS) for face_3SS in todo.inputs_K3SS))
    features = [*([track.features] if track.features else []), *(each.features for each in encoded)]
    pairs = await asyncio.gather(*(engine.pair(before, after) for before, after in pairwise(features)))
    return replace(
        track,
        features=features[-1],
        coarse_depths=(*track.coarse_depths, *(each.coarse_hw for each in encoded)),
        pairs=(*track.pairs, *pairs),
    ).trimmed(engine.card.num_frames)


async def _window(track: StreamState, *, engine: Engine) -> Window | None:
    """The living score of the last T frames, once there are as many."""
    card = engine.card
    if len(track.frames) < card.num_frames:
        return None
    coarse_Phw = np.stack(track.coarse_depths[:-1])
    depth = await engine.window(np.stack(track.pairs), coarse_Phw)
    masks_Phw = np.stack(track.masks[:-1])
    on_face = depth_score(depth.refined_Phw, masks_Phw)
    score = living_score(depth.bona_fide_probability, on_face, beta=card.beta)
    return Window(
        score, on_face, depth.bona_fide_probability, track.frames, track.square, masks_Phw, coarse_Phw,
        depth.temporal_Phw, depth.refined_Phw,
    )  # fmt: skip
