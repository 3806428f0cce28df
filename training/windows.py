"""A stored capture -> one training window, through the very geometry and preprocessing of serving.

T sampled frames, S side of the network's input, h = w side of the depth grid, L landmarks.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from model.card import ModelCard
from model.clip import FloatArray, Frame, PixelArray, Square
from model.geometry import face_mask, face_square
from model.preprocess import face_input, face_tone
from training.augment import blank_background, jitter, photometric
from training.datasets.capture import Capture
from training.depth_labels import depth_label
from training.time_attacks import Moving, TimeAttack

_BLANK_CHANCE = 0.3


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """What the network is shown, and what it should answer."""

    faces_T3SS: FloatArray
    depth_Thw: FloatArray  # zeros for an attack
    bona_fide: bool


def cut_window(capture: Capture, start: int, card: ModelCard) -> Moving:
    """T neighbouring frames of a capture, decoded."""
    span = range(start, start + card.num_frames)
    return Moving(
        tuple(decoded(capture.frames[i]) for i in span), tuple(capture.landmarks_TL3[i] for i in span)
    )


def training_window(
    capture: Capture,
    start: int,
    card: ModelCard,
    *,
    rng: np.random.Generator | None,
    time_attack: TimeAttack | None = None,
) -> TrainingWindow:
    """The window that begins at sampled frame `start`.

    With `rng` it is augmented and its square jittered; without, it is what serving makes of the same frames.
    A `time_attack` turns a bona fide window into an attack (data.md section 6) and needs `rng`.
    """
    window, bona_fide = cut_window(capture, start, card), capture.bona_fide
    depth_TDD = capture.depth_THW[start : start + card.num_frames]
    if time_attack is not None:
        assert rng is not None
        window, bona_fide = time_attack(window, rng), False
    square = face_square(window.landmarks[0], scale=card.crop_scale)
    picture_size = window.frames[0].shape[0]
    if rng is not None:
        square, window = jitter(square, rng), _augmented(window, rng)
    faces = _inputs(window, square, card)
    labels = np.stack(
        [
            _label(points, depth_DD, square, card, picture_size)
            if bona_fide
            else np.zeros((card.depth_size, card.depth_size), np.float32)
            for points, depth_DD in zip(window.landmarks, depth_TDD, strict=True)
        ]
    )
    return _maybe_flipped(TrainingWindow(faces, labels, bona_fide), rng)


def _inputs(window: Moving, square: Square, card: ModelCard) -> FloatArray:
    frames = [Frame(pixels, 0.0, 0) for pixels in window.frames]
    tone = face_tone(frames[0], square, card)
    return np.stack([face_input(frame, square, tone, card) for frame in frames])


def _label(
    landmarks_L3: FloatArray, depth_DD: FloatArray, square: Square, card: ModelCard, picture_size: int
) -> FloatArray:
    mask = face_mask(landmarks_L3, square, cells=card.depth_size)
    return depth_label(depth_DD, mask, square, picture_size=picture_size)


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
    )


def decoded(jpeg: bytes) -> PixelArray:
    """A stored picture, H x W x 3 RGB."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None, "a stored picture is not a JPEG"
    return np.asarray(pixels, dtype=np.uint8)
