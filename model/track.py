"""What one capture carries between sampled frames, and how a face is followed from one to the next.

T sampled frames of a window, P = T - 1 pairs, h = w side of the depth grid, D channels of a pair.
"""

from dataclasses import dataclass, replace

from model.card import ModelCard
from model.clip import BoolArray, Face, FloatArray, Frame, Square, Tone
from model.engine import Features
from model.geometry import face_square, framed, square_holds
from model.preprocess import face_tone

_JUMP = 0.5  # of the face's size: no head moves or grows that much within one sampling interval
_TONE_DRIFT = 0.2  # of the tone's range: a camera that wakes up settles its exposure over a second and more
_GAP = 2.5  # sampling intervals: one sampled frame may be missing, as a busy service drops it, but not two


@dataclass(frozen=True, slots=True)
class StreamState:
    """All that one capture carries. A reset is forgetting it.

    The cached network outputs belong to `square` and `tone`; where these move, they are computed again.
    """

    square: Square
    tone: Tone
    reference: Face  # the first face of the track, which the others are laid on
    since: float  # capture time of that face, seconds
    frames: tuple[Frame, ...]  # up to T, oldest first, each with its face
    faces: tuple[Face, ...]
    masks: tuple[BoolArray, ...]  # the depth cells (h, w) on each face
    features: Features  # of the newest frame
    coarse_depths: tuple[FloatArray, ...]  # of each frame, (h, w)
    pairs: tuple[FloatArray, ...]  # of each two neighbouring frames, (D, h, w)

    def trimmed(self, num_frames: int) -> "StreamState":
        """Only the newest `num_frames` frames and what belongs to them."""
        return replace(
            self,
            frames=self.frames[-num_frames:],
            faces=self.faces[-num_frames:],
            masks=self.masks[-num_frames:],
            coarse_depths=self.coarse_depths[-num_frames:],
            pairs=self.pairs[-(num_frames - 1) :],
        )


def anchor(frame: Frame, face: Face, card: ModelCard) -> tuple[Square, Tone]:
    """The square and the tone that a track gets from its newest face."""
    square = _square(face, card)
    return square, face_tone(frame, square, card)


def may_keep_square(state: StreamState, frame: Frame, face: Face, card: ModelCard) -> bool:
    """Whether the face is still where the track's square expects it, and as bright as its tone expects it."""
    if not square_holds(state.square, _square(face, card)):
        return False
    fresh = face_tone(frame, state.square, card)
    drift = max(abs(fresh.black - state.tone.black), abs(fresh.white - state.tone.white))
    return drift <= _TONE_DRIFT * (state.tone.white - state.tone.black)


def _square(face: Face, card: ModelCard) -> Square:
    return framed(face_square(face.landmarks_L3, scale=card.crop_scale), face.framing)


def interrupted(before: Frame, after: Frame, card: ModelCard) -> bool:
    """Whether so much time lies between two sampled neighbours that no window may span it.

    The network reads the motion over about the interval that it was trained on (architecture.md section 6).
    """
    return after.time - before.time > _GAP * card.sampling.interval_ms / 1000


def jumped(before: Face, after: Face) -> bool:
    """Whether the face is so far from where it just was that it must be another one."""
    old, new = face_square(before.landmarks_L3, scale=1.0), face_square(after.landmarks_L3, scale=1.0)
    shift = max(abs(new.left - old.left), abs(new.top - old.top))
    return shift > _JUMP * old.side or not 1 - _JUMP <= new.side / old.side <= 1 + _JUMP
