"""One video of a living person -> overlapping captures, and attacks in time made of each.

A capture is what a service would have looked at: T sampled frames as they were decoded, at their own times.
Its attacks, at an even pace, show one of its frames wobbling, the capture with a pause, and in a loop, each
compressed once more. H x W px, L landmarks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import Clip, FloatArray, Frame, PixelArray
from model.faces import LandmarkFinder
from training.datasets.capture import Capture
from training.errors import TrainingError
from training.synthesis.camera.presets import Codec, CodecKind
from training.synthesis.time_species import loop, paused, wobble
from training.time_attacks import Moving

SECONDS: Final = 2.0  # of a capture
STRIDE: Final = 0.5  # seconds from one capture's start to the next one's
FEWEST_FRAMES: Final = 3  # that a pause can be made of
_CODEC: Final = Codec(CodecKind.H264, 23)


class NoPersonError(TrainingError):
    """A video in which no span of a capture's length shows a face all along."""

    code = "no_person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Where the captures go, and under which name."""

    split: str
    subject: str
    seed: int = 0


def cut_captures(clip: Clip, cut: Cut, *, finder: LandmarkFinder) -> Iterator[tuple[Capture, ...]]:
    """One group a start: the bona fide capture and its attacks. Raises NoPersonError where there is none."""
    landmarks = [_landmarks(frame, finder) for frame in clip.frames]
    count = 0
    for span in capture_spans([frame.time for frame in clip.frames]):
        points = [each for each in (landmarks[i] for i in span) if each is not None]
        if len(points) < max(len(span), FEWEST_FRAMES):
            continue
        yield _group([clip.frames[i] for i in span], points, count, cut)
        count += 1
    if not count:
        raise NoPersonError(f"the video holds no {SECONDS:g} s with one face in every sampled frame")


def capture_spans(times: Sequence[float]) -> Iterator[range]:
    """Positions of the frames of each capture, by the times of all frames in seconds."""
    for start in np.arange(times[0], times[-1] - SECONDS + 0.05, STRIDE):
        first, last = np.searchsorted(times, [start - 1e-6, start + SECONDS - 1e-6])
        yield range(int(first), int(last))


def _group(frames: list[Frame], points: list[FloatArray], number: int, cut: Cut) -> tuple[Capture, ...]:
    rng = np.random.default_rng((cut.seed, number))
    shown = Moving(tuple(frame.pixels_HW3 for frame in frames), tuple(points))
    times_T = np.array([frame.time for frame in frames])
    interval = float(np.median(np.diff(times_T)))
    attacks = {
        "wobble": wobble(shown, _CODEC, rng, interval=interval),
        "paused": paused(shown, _CODEC, rng),
        "loop": loop(shown, _CODEC, rng, interval=interval),
    }
    return tuple(
        _capture(moved, species, number, cut, start=float(times_T[0]), times_T=times)
        for species, moved, times in (
            ("bona_fide", shown, times_T - times_T[0]),
            *((name, each, interval * np.arange(len(each.frames))) for name, each in attacks.items()),
        )
    )


def _capture(
    moved: Moving, species: str, number: int, cut: Cut, *, start: float, times_T: NDArray[np.float64]
) -> Capture:
    return Capture(
        group=number,
        split=cut.split,
        subject=cut.subject,
        species=species,
        bona_fide=species == "bona_fide",
        frames=tuple(_lossless(pixels) for pixels in moved.frames),
        times_T=times_T,
        landmarks_TL3=np.stack(moved.landmarks),
        depth_THW=np.zeros((len(times_T), 1, 1), np.float32),  # nobody measured it
        factors={"clip": cut.subject, "start": round(start, 2)},
    )


def _landmarks(frame: Frame, finder: LandmarkFinder) -> FloatArray | None:
    faces = finder.find(frame)
    return faces[0].landmarks_L3 if len(faces) == 1 else None


def _lossless(pixels_HW3: PixelArray) -> bytes:
    _, data = cv2.imencode(".png", pixels_HW3[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return bytes(data)
