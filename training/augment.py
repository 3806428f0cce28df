"""Seeded augmentation: what real cameras do to a window, drawn once per window unless noted.

Everything is drawn alike for bona fide and attack, so that neither tone nor sharpness tells them apart
(data.md section 6). T frames of H x W px.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from model.clip import NUM_MESH_LANDMARKS, FloatArray, Framing, PixelArray, Square
from model.geometry import MAX_SHIFT, framed, inside_hull
from training.synthesis.camera import transcode
from training.synthesis.camera.presets import Codec, CodecKind

_SCALES = (0.85, 1.18)  # of the face's own square; a track's are 0.87 to 1.15

Frames = list[PixelArray]
Step = Callable[[Frames, np.random.Generator], Frames]


def jitter(square: Square, rng: np.random.Generator) -> Square:
    """The square off the face's centre and of another size, as a track may hold it or another finder set it.

    As far as boxes are moved under which no verdict may flip (`training.robustness`), and no further than
    stored pictures have a margin for.
    """
    right, down = rng.uniform(-MAX_SHIFT, MAX_SHIFT, size=2).tolist()
    return framed(square, Framing(scale=rng.uniform(*_SCALES), right=right, down=down))


def photometric(frames: Sequence[PixelArray], rng: np.random.Generator) -> Frames:
    """Tone, colour, sharpness, noise and compression, in the order a camera applies them.

    Raises ValueError for an odd H or W, which H.264 does not know.
    """
    current = list(frames)
    for step, chance in _STEPS:
        if rng.random() < chance:
            current = step(current, rng)
    return current


def blank_background(
    frames: Sequence[PixelArray], landmarks: Sequence[FloatArray], rng: np.random.Generator
) -> Frames:
    """Greys what lies outside the face, so that the verdict cannot hang on the background."""
    grey = rng.uniform(60, 190, size=3)
    return [_blank(pixels, points, grey) for pixels, points in zip(frames, landmarks, strict=True)]


def _blank(pixels_HW3: PixelArray, landmarks_L3: FloatArray, grey: np.ndarray) -> PixelArray:
    keep = inside_hull(landmarks_L3[:NUM_MESH_LANDMARKS, :2], pixels_HW3.shape).astype(np.float32)
    soft = cv2.GaussianBlur(cv2.dilate(keep, np.ones((9, 9), np.uint8)), (0, 0), 4)[..., None]
    return np.asarray(pixels_HW3 * soft + grey * (1 - soft), dtype=np.uint8)


def _tone(frames: Frames, rng: np.random.Generator) -> Frames:
    """Black level, contrast and gamma through one look-up table."""
    black, white, gamma = rng.uniform(0, 50), rng.uniform(190, 290), rng.uniform(0.7, 1.5)
    levels = np.linspace(0, 1, 256) ** gamma
    table = np.clip(black + (white - black) * levels, 0, 255).astype(np.uint8)
    return [np.asarray(cv2.LUT(pixels, table), dtype=np.uint8) for pixels in frames]


def _colour(frames: Frames, rng: np.random.Generator) -> Frames:
    """White balance and saturation."""
    gains, saturation = rng.uniform(0.85, 1.15, size=3), rng.uniform(0.4, 1.5)
    grey = np.full((3, 3), 1 / 3)
    matrix = np.diag(gains) @ (saturation * np.eye(3) + (1 - saturation) * grey)
    return [np.asarray(cv2.transform(pixels, matrix), dtype=np.uint8) for pixels in frames]


def _resolution(frames: Frames, rng: np.random.Generator) -> Frames:
    """Fewer pixels, brought back to the same size."""
    scale = rng.uniform(0.4, 0.95)
    return [_resized(pixels, scale) for pixels in frames]


def _resized(pixels_HW3: PixelArray, scale: float) -> PixelArray:
    height, width = pixels_HW3.shape[:2]
    small = cv2.resize(pixels_HW3, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _blur(frames: Frames, rng: np.random.Generator) -> Frames:
    sigma = rng.uniform(0.3, 1.4)
    return [np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8) for pixels in frames]


def _sharpen(frames: Frames, rng: np.random.Generator) -> Frames:
    amount = rng.uniform(0.2, 1.0)
    return [
        np.asarray(
            cv2.addWeighted(pixels, 1 + amount, cv2.GaussianBlur(pixels, (0, 0), 1.2), -amount, 0),
            dtype=np.uint8,
        )
        for pixels in frames
    ]


def _noise(frames: Frames, rng: np.random.Generator) -> Frames:
    """Fresh in each frame, as a sensor's is."""
    deviation = rng.uniform(0.5, 6.0)
    return [
        np.clip(pixels + deviation * rng.standard_normal(pixels.shape, dtype=np.float32), 0, 255).astype(
            np.uint8
        )
        for pixels in frames
    ]


def _exposure_drift(frames: Frames, rng: np.random.Generator) -> Frames:
    """Auto-exposure: brightness that walks over the window."""
    gains = 1 + np.cumsum(rng.normal(0, 0.012, size=len(frames)))
    return [
        np.asarray(cv2.convertScaleAbs(pixels, alpha=float(gain)), dtype=np.uint8)
        for pixels, gain in zip(frames, gains, strict=True)
    ]


def _jpeg(frames: Frames, rng: np.random.Generator) -> Frames:
    return transcode(frames, Codec(CodecKind.JPEG, int(rng.integers(30, 95))))


def _h264(frames: Frames, rng: np.random.Generator) -> Frames:
    """The window as a short clip, in which a picture is told by what moved since the one before."""
    return transcode(frames, Codec(CodecKind.H264, int(rng.integers(20, 39))))


_STEPS: tuple[tuple[Step, float], ...] = (
    (_blur, 0.35),
    (_tone, 0.7),
    (_colour, 0.6),
    (_exposure_drift, 0.3),
    (_noise, 0.5),
    (_sharpen, 0.2),
    (_resolution, 0.4),
    (_jpeg, 0.6),
    (_h264, 0.3),
)
