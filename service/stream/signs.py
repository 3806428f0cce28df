"""What a stream's frames say of the camera that they are said to come from; `service.signals` of a stream."""

from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np

from model.clip import BoolArray
from service.schemas import Signals
from service.signals import NOT_MEASURED, ROUNDING_FPS, agrees, difference_hash, looped_share_of, rounded
from service.stream.messages import Hello
from service.stream.state import Picture

_LEAST_SIDE: Final = 32  # px that a perceptual hash is taken of
_SCALES: Final = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)
_NETWORK_SECONDS: Final = 1.0  # by which frames may be held up, or their first one was


@dataclass(frozen=True, slots=True)
class Look:
    """One sampled picture: its size in px, width and height, and its perceptual hash."""

    size: tuple[int, int]
    hash: BoolArray


@dataclass(slots=True)
class Signs:
    """Numbers that grow with the stream; they outlive a lost connection."""

    looks: list[Look] = field(default_factory=list)
    intervals: list[float] = field(default_factory=list)  # seconds, by the client's clock
    service_seconds: float = 0.0  # that the same intervals took by ours
    _newest: tuple[int, float] | None = None  # microseconds of the client's clock, seconds of ours

    def gone_on_with(self) -> "Signs":
        """On another connection, whose first frame has no interval before it."""
        return replace(self, looks=[*self.looks], intervals=[*self.intervals], _newest=None)

    def frame_came(self, captured: int, now: float) -> None:
        if self._newest is not None:
            self.intervals.append((captured - self._newest[0]) / 1e6)
            self.service_seconds += now - self._newest[1]
        self._newest = captured, now

    def signals(self, hello: Hello | None) -> Signals:
        """`seen_before` is not known here."""
        looped = looped_share_of([look.hash for look in self.looks])
        found = NOT_MEASURED.model_copy(update={"looped_share": rounded(looped)})
        if hello is None or not self.intervals:
            return found
        middle, total = float(np.median(self.intervals)), sum(self.intervals)
        declared = {(hello.width, hello.height), (hello.height, hello.width)}  # a phone that is turned
        return found.model_copy(
            update={
                "timing_jitter": rounded(float(np.std(self.intervals)) / middle),
                "size_as_declared": {look.size for look in self.looks} <= declared,
                "duration_as_declared": agrees(total, self.service_seconds, _NETWORK_SECONDS),
                "rate_as_declared": agrees(hello.fps, 1 / middle, ROUNDING_FPS),
            }
        )


def look_of(picture: Picture) -> Look | None:
    """From an eighth of the picture where that is enough, which spares a JPEG most of its decoding.

    None of what cannot be decoded.
    """
    scale = next(
        (flag for by, flag in _SCALES if min(picture.size) >= by * _LEAST_SIDE), cv2.IMREAD_GRAYSCALE
    )
    grey_HW = cv2.imdecode(np.frombuffer(picture.data, np.uint8), scale)
    return None if grey_HW is None else Look(picture.size, difference_hash(grey_HW))
