"""A stored capture -> one training window, through the very geometry and preprocessing of serving.

T sampled frames, S side of the network's input, h = w side of the depth grid, L landmarks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from model.card import ModelCard
from model.clip import BoolArray, FloatArray, Frame, PixelArray, Square
from model.geometry import face_mask, face_square, homography_residual
from model.preprocess import face_input, face_tone
from training.augment import blank_background, jitter, photometric
from training.datasets.capture import Capture
from training.depth_labels import depth_label
from training.time_attacks import TIME_ONLY_SPECIES, Moving

_BLANK_CHANCE = 0.1  # a face without its surroundings shows less of how it moves against them


WindowChange = Callable[[Moving], Moving]


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """What the network is shown, and what it should answer."""

    faces_T3SS: FloatArray
    depth_Thw: FloatArray  # zeros for an attack
    masks_Thw: BoolArray  # the cells on the face
    bona_fide: bool
    frames_tell: bool  # whether one frame by itself shows that


@dataclass(frozen=True, slots=True)
class WindowChoice:
    """Which window is cut: the one that begins at a capture's sampled frame `start`.

    `change` is done to its frames before anything else; `attack` says that a bona fide window is none any
    more (data.md section 6).
    """

    capture: Capture
    start: int
    change: WindowChange | None = None
    attack: bool = False

    @property
    def bona_fide(self) -> bool:
        return self.capture.bona_fide and not self.attack

    @property
    def frames_tell(self) -> bool:
        """Whether each frame shows what the window is: not where only the time of living frames is wrong."""
        return not self.attack and self.capture.species not in TIME_ONLY_SPECIES


def cut_window(capture: Capture, start: int, card: ModelCard) -> Moving:
    """T neighbouring frames of a capture, decoded."""
    span = range(start, start + card.num_frames)
    return Moving(
        tuple(decoded(capture.frames[i]) for i in span), tuple(capture.landmarks_TL3[i] for i in span)
    )


def window_motion(capture: Capture, start: int, card: ModelCard) -> float:
    """The largest residual of a window's frames against its first, in face heights."""
    first, *others = capture.landmarks_TL3[start : start + card.num_frames]
    return max(homography_residual(first, other) for other in others)


def training_window(
    choice: WindowChoice, card: ModelCard, *, rng: np.random.Generator | None
) -> TrainingWindow:
    """Cuts the window. With `rng` it is augmented and its square jittered; two windows with generators of the
    same seed get the same draws. Without, it is what serving makes of the same frames.
    """
    capture, start = choice.capture, choice.start
    window = cut_window(capture, start, card)
    if choice.change is not None:
        window = choice.change(window)
    square = face_square(window.landmarks[0], scale=card.crop_scale)
    picture_size = window.frames[0].shape[0]
    if rng is not None:
        square, window = jitter(square, rng), _augmented(window, rng)
    masks = [face_mask(points, square, cells=card.depth_size) for points in window.landmarks]
    labels = np.zeros((card.num_frames, card.depth_size, card.depth_size), np.float32)
    if choice.bona_fide:
        depths = capture.depth_THW[start : start + card.num_frames]
        for label, depth_DD, mask in zip(labels, depths, masks, strict=True):
            label[:] = depth_label(depth_DD, mask, square, picture_size=picture_size)
    faces = _inputs(window, square, card)
    made = TrainingWindow(faces, labels, np.stack(masks), choice.bona_fide, choice.frames_tell)
    return _maybe_flipped(made, rng)


def _inputs(window: Moving, square: Square, card: ModelCard) -> FloatArray:
    frames = [Frame(pixels, 0.0, 0) for pixels in window.frames]
    tone = face_tone(frames[0], square, card)
    return np.stack([face_input(frame, square, tone, card) for frame in frames])


def _augmented(window: Moving, rng: np.random.Generator) -> Moving:
    frames = photometric(window.frames, rng)
    if rng.random() < _BLANK_CHANCE:
        frames = blank_background(frames, window.landmarks, rng)
    return replace(window, frames=tuple(frames))


def _maybe_flipped(window: TrainingWindow, rng: np.random.Generator | None) -> TrainingWindow:
    """Half of the augmented windows are mirrored, their labels with them."""
    if rng is None or rng.random() < 0.5:
        return window
    return replace(
        window,
        faces_T3SS=np.ascontiguousarray(window.faces_T3SS[..., ::-1]),
        depth_Thw=np.ascontiguousarray(window.depth_Thw[..., ::-1]),
        masks_Thw=np.ascontiguousarray(window.masks_Thw[..., ::-1]),
    )


def decoded(jpeg: bytes) -> PixelArray:
    """A stored picture, H x W x 3 RGB."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None, "a stored picture is not a JPEG"
    return np.asarray(pixels, dtype=np.uint8)
