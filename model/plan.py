"""What a sampled frame asks of the network, worked out from its face and its track: pure, no waiting.

K faces to encode, S side of the network's input in px.
"""

from dataclasses import dataclass, replace

from model.card import ModelCard
from model.clip import Face, FloatArray, Frame
from model.geometry import face_mask
from model.motion import Trace, trace_of
from model.preprocess import face_input
from model.quality import QualityGates, Reason, check_frame
from model.track import StreamState, anchor, interrupted, jumped, may_keep_square


@dataclass(frozen=True, slots=True)
class Plan:
    """`track` lacks what the network says of `inputs_K3SS`, which follow the newest frame it still knows."""

    reasons: tuple[Reason, ...]
    track: StreamState | None = None  # None: the frame cannot be judged, and ends its track
    inputs_K3SS: tuple[FloatArray, ...] = ()
    trace: Trace | None = None


def plan(
    frame: Frame, found: tuple[Face, ...], state: StreamState | None, *, card: ModelCard, gates: QualityGates
) -> Plan:
    """One new face to encode, or the whole window where its square has to move."""
    reasons = check_frame(frame, found, gates)
    if reasons:
        return Plan(reasons)
    face = found[0]
    reasons = () if state is None else _broken(state, frame, face, card)
    track = _started(frame, face, card) if state is None or reasons else _followed(state, frame, face, card)
    unknown = track.frames[len(track.coarse_depths) :]
    return Plan(
        reasons,
        track,
        tuple(face_input(each, track.square, track.tone, card) for each in unknown),
        trace_of(frame, face, reference=track.reference, since=track.since),
    )


def _broken(state: StreamState, frame: Frame, face: Face, card: ModelCard) -> tuple[Reason, ...]:
    """Why the frame cannot follow on the track's last one: it begins another track."""
    if interrupted(state.frames[-1], frame, card):
        return (Reason.LOW_FRAME_RATE,)
    return (Reason.FACE_CHANGED,) if jumped(state.faces[-1], face) else ()


def _started(frame: Frame, face: Face, card: ModelCard) -> StreamState:
    """The first frame of a track."""
    square, tone = anchor(frame, face, card)
    mask_hw = face_mask(face.landmarks_L3, square, cells=card.depth_size)
    return StreamState(square, tone, face, frame.time, (frame,), (face,), (mask_hw,), (), (), ())


def _followed(state: StreamState, frame: Frame, face: Face, card: ModelCard) -> StreamState:
    """The next frame of a track; what belonged to a square that moves is forgotten."""
    kept = replace(state, frames=(*state.frames, frame), faces=(*state.faces, face))
    if may_keep_square(state, frame, face, card):
        mask_hw = face_mask(face.landmarks_L3, state.square, cells=card.depth_size)
        return replace(kept, masks=(*state.masks, mask_hw))
    square, tone = anchor(frame, face, card)
    moved = replace(kept, square=square, tone=tone, features=(), coarse_depths=(), pairs=())
    window = moved.trimmed(card.num_frames)
    masks = tuple(face_mask(each.landmarks_L3, square, cells=card.depth_size) for each in window.faces)
    return replace(window, masks=masks)
