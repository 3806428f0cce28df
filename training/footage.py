"""The frames of a capture with the face in each: what perturbations change. H x W px, L landmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.clip import FloatArray, Frame, PixelArray
from model.engine import FaceFinder
from training.datasets.capture import Capture
from training.windows import decoded


@dataclass(frozen=True, slots=True)
class Footage:
    """Frames in the order of showing, and the landmarks (L, 3) of each (None without just one face)."""

    frames: tuple[Frame, ...]
    landmarks: tuple[FloatArray | None, ...]
    sampled: bool  # whether these are the frames to look at, or all frames that a camera gave

    @property
    def fps(self) -> float:
        """By the median interval. Raises ValueError for fewer than two frames."""
        if len(self.frames) < 2:
            raise ValueError("a frame rate needs two frames")
        return 1 / float(np.median(np.diff([frame.time for frame in self.frames])))

    def kept(self, positions: Sequence[int]) -> "Footage":
        """The frames at these positions."""
        return replace(
            self,
            frames=tuple(self.frames[i] for i in positions),
            landmarks=tuple(self.landmarks[i] for i in positions),
        )


Change = Callable[[Footage, np.random.Generator], Footage]


def footage_of(capture: Capture) -> Footage:
    """A stored capture, whose frames were sampled before they were stored."""
    frames = tuple(
        Frame(decoded(data), float(time), index)
        for index, (data, time) in enumerate(zip(capture.frames, capture.times_T, strict=True))
    )
    return Footage(frames, tuple(capture.landmarks_TL3), sampled=True)


async def footage_of_frames(frames: tuple[Frame, ...], faces: FaceFinder) -> Footage:
    """All frames that a camera gave, in their order."""
    found = [await faces.find(frame) for frame in frames]
    alone = (each[0].landmarks_L3 if len(each) == 1 else None for each in found)
    return Footage(frames, tuple(alone), sampled=False)


def each_picture(change: Callable[[PixelArray], PixelArray]) -> Change:
    """The change that does the same to every picture."""

    def change_all(footage: Footage, _: np.random.Generator) -> Footage:
        return with_pixels(footage, [change(frame.pixels_HW3) for frame in footage.frames])

    return change_all


def with_pixels(footage: Footage, pictures: Sequence[PixelArray]) -> Footage:
    """The same times and faces with other pictures."""
    frames = (
        replace(frame, pixels_HW3=pixels) for frame, pixels in zip(footage.frames, pictures, strict=True)
    )
    return replace(footage, frames=tuple(frames))
