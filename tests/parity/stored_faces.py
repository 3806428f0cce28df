"""A face finder that knows the captures it is asked about, with their stored landmarks."""

from collections.abc import Iterable

from model.clip import Face, Frame
from training.datasets.capture import Capture
from training.evaluate import as_clip


class StoredFaces:
    """`model.engine.FaceFinder` for stored pictures."""

    def __init__(self, captures: Iterable[Capture]) -> None:
        self._faces = {
            frame.pixels_HW3.tobytes(): Face(landmarks, yaw=0.0, pitch=0.0)
            for capture in captures
            for frame, landmarks in zip(as_clip(capture).frames, capture.landmarks_TL3, strict=True)
        }

    def known(self, frame: Frame) -> tuple[Face, ...]:
        return (self._faces[frame.pixels_HW3.tobytes()],)

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return self.known(frame)
