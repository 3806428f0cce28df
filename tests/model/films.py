"""Pictures of a spotted head whose spots are its landmarks, so that picture and landmarks tell one story."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from model.clip import NUM_LANDMARKS, Face, FloatArray, Frame, PixelArray
from model.motion import Trace, trace_of
from tests.model.test_geometry import head

_SHIFT = 4  # binary digits of a px that OpenCV draws to


def spotted(landmarks_L3: FloatArray, *, size: tuple[int, int] = (640, 480)) -> PixelArray:
    """Dark and light spots on grey, as large as the face is."""
    rng = np.random.default_rng(1)
    picture = np.full((size[1], size[0]), 128, np.uint8)
    radius = 0.04 * float(np.ptp(landmarks_L3[:, 1]))
    for x, y in landmarks_L3[rng.permutation(NUM_LANDMARKS)[:150], :2]:
        centre = round(float(x) * 2**_SHIFT), round(float(y) * 2**_SHIFT)
        shade = int(rng.integers(40, 216))
        cv2.circle(picture, centre, round(radius * 2**_SHIFT), shade, -1, cv2.LINE_AA, _SHIFT)
    return np.repeat(picture[..., None], 3, axis=2)


def filmed(
    landmarks: Sequence[FloatArray], *, noise: float = 0.0, light: Callable[[int], float] = lambda _: 1.0
) -> list[Trace]:
    """One track of spotted heads, with sensor noise in luma levels and the light of each frame."""
    rng = np.random.default_rng(2)
    faces = [Face(points, yaw=0.0, pitch=0.0) for points in landmarks]
    traces = []
    for index, face in enumerate(faces):
        exact = spotted(face.landmarks_L3) * light(index) + rng.normal(0, noise, (480, 640, 1))
        frame = Frame(np.clip(exact, 0, 255).astype(np.uint8), index / 10, index)
        traces.append(trace_of(frame, face, reference=faces[0], since=0.0))
    return traces


def turning(count: int, *, amplitude: float = 0.25, seed: int = 0) -> list[FloatArray]:
    """A head as deep as people's looking to and fro, up to `amplitude` radians, no turn like another."""
    rng = np.random.default_rng(seed)
    turns = np.r_[0.0, rng.uniform(0.4, 1.0, count) * (-1.0) ** np.arange(count)]
    at = np.r_[0.0, np.cumsum(rng.uniform(3.0, 6.0, count))]  # sampled frames
    angles = amplitude * np.interp(np.arange(count), at, turns)
    drift = np.cumsum(rng.normal(0, 0.3, (count, 2)), axis=0)
    return [
        head(yaw=float(angle), depth=2.0, centre=(320.0 + x, 240.0 + y))
        for angle, (x, y) in zip(angles, drift, strict=True)
    ]


def living(count: int, *, seed: int = 0) -> list[FloatArray]:
    """A head that looks to and fro and whose parts move each in their own way, as a face that speaks."""
    rng = np.random.default_rng((seed, 1))
    parts = rng.normal(0, 1, (6, NUM_LANDMARKS, 2))
    ways = np.cumsum(rng.normal(0, 1, (count, 6)), axis=0) - np.linspace(0, 1, count)[:, None]
    ways *= 1.5 / ways.std()  # px
    moved = np.einsum("nk,klc->nlc", ways, parts)
    turned = np.stack(turning(count, seed=seed))
    turned[..., :2] += moved
    return list(turned.astype(np.float32))
