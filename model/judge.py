"""Read this first: from the frames of a capture to its verdict.

Clip and stream run the same code: a clip is its sampled frames, folded. P pairs of a window.
"""

import asyncio
from dataclasses import replace
from itertools import pairwise

import numpy as np

from model.clip import Clip, Face, Frame
from model.engine import Engine, FaceFinder
from model.geometry import face_mask
from model.motion import Trace, trace_of
from model.preprocess import face_input
from model.quality import QualityGates, Reason, check_frame
from model.scoring import EmptyMaskError, depth_score, living_score
from model.track import StreamState, anchor, jumped, may_keep_square
from model.verdict import Judgement, Observation, Window, decide


async def judge_clip(clip: Clip, *, faces: FaceFinder, engine: Engine, gates: QualityGates) -> Judgement:
    """Sampled frames -> faces -> tensors -> depth maps -> living scores -> verdict."""
    state, observations = None, []
    for frame in clip.frames:
        state, observation = await judge_frame(frame, state, faces=faces, engine=engine, gates=gates)
        observations.append(observation)
    return decide(observations, card=engine.card)


async def judge_frame(
    frame: Frame, state: StreamState | None, *, faces: FaceFinder, engine: Engine, gates: QualityGates
) -> tuple[StreamState | None, Observation]:
    """One sampled frame: find the face, hold or move the square, encode, pair, window, Eq. 11.

    A frame that cannot be judged ends the track: a window has no gaps.
    """
    found = await faces.find(frame)
    reasons = check_frame(frame, found, gates)
    if reasons:
        return None, Observation(frame, reasons)
    face = found[0]
    if state is not None and jumped(state.faces[-1], face):
        started = await _start(frame, face, engine=engine)
        return started, Observation(frame, (Reason.FACE_CHANGED,), trace=_trace(started, frame, face))
    if state is None:
        started = await _start(frame, face, engine=engine)
        return started, Observation(frame, trace=_trace(started, frame, face))
    following = await _follow(frame, face, state, engine=engine)
    try:
        window = await _window(following, engine=engine)
    except EmptyMaskError:
        return None, Observation(frame, (Reason.FACE_CROPPED,))
    return following, Observation(frame, trace=_trace(following, frame, face), window=window)


async def _start(frame: Frame, face: Face, *, engine: Engine) -> StreamState:
    """The first frame of a track."""
    square, tone = anchor(frame, face, engine.card)
    encoded = await engine.encode(face_input(frame, square, tone, engine.card))
    return StreamState(
        square, tone, face, frame.time, (frame,), (face,), encoded.features, (encoded.coarse_hw,), ()
    )


async def _follow(frame: Frame, face: Face, state: StreamState, *, engine: Engine) -> StreamState:
    """The next frame of a track: one encoder and one pair pass, unless the square has to move."""
    if not may_keep_square(state, face, engine.card):
        return await _move_square(frame, face, state, engine=engine)
    encoded = await engine.encode(face_input(frame, state.square, state.tone, engine.card))
    pair = await engine.pair(state.features, encoded.features)
    return replace(
        state,
        frames=(*state.frames, frame),
        faces=(*state.faces, face),
        features=encoded.features,
        coarse_depths=(*state.coarse_depths, encoded.coarse_hw),
        pairs=(*state.pairs, pair),
    ).trimmed(engine.card.num_frames)


async def _move_square(frame: Frame, face: Face, state: StreamState, *, engine: Engine) -> StreamState:
    """Sets the square from the newest face and encodes the buffered frames again."""
    square, tone = anchor(frame, face, engine.card)
    frames = (*state.frames, frame)[-engine.card.num_frames :]
    encoded = await asyncio.gather(
        *(engine.encode(face_input(each, square, tone, engine.card)) for each in frames)
    )
    pairs = await asyncio.gather(
        *(engine.pair(before.features, after.features) for before, after in pairwise(encoded))
    )
    return replace(
        state,
        square=square,
        tone=tone,
        frames=frames,
        faces=(*state.faces, face)[-engine.card.num_frames :],
        features=encoded[-1].features,
        coarse_depths=tuple(each.coarse_hw for each in encoded),
        pairs=tuple(pairs),
    )


async def _window(state: StreamState, *, engine: Engine) -> Window | None:
    """The living score of the last T frames, once there are as many."""
    card = engine.card
    if len(state.frames) < card.num_frames:
        return None
    coarse_Phw = np.stack(state.coarse_depths[:-1])
    depth = await engine.window(np.stack(state.pairs), coarse_Phw)
    masks_Phw = np.stack(
        [face_mask(face.landmarks_L3, state.square, cells=card.depth_size) for face in state.faces[:-1]]
    )
    on_face = depth_score(depth.refined_Phw, masks_Phw)
    score = living_score(depth.bona_fide_probability, on_face, beta=card.beta)
    return Window(
        score, on_face, depth.bona_fide_probability, state.frames, state.square, masks_Phw, coarse_Phw,
        depth.temporal_Phw, depth.refined_Phw,
    )  # fmt: skip


def _trace(state: StreamState, frame: Frame, face: Face) -> Trace:
    """What the frame adds to the evidence of time."""
    return trace_of(frame, face, reference=state.reference, since=state.since)
