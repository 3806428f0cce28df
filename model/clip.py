"""The values that travel along the data path: frozen, validated, without behaviour.

H, W frame height and width; L landmarks (478: MediaPipe's 468 of the mesh and 10 of the irises).
Pixel coordinates have their origin at the top left corner of the frame, x to the right, y down.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]
BoolArray: TypeAlias = NDArray[np.bool_]
PixelArray: TypeAlias = NDArray[np.uint8]

NUM_LANDMARKS = 478
NUM_MESH_LANDMARKS = 468


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture."""

    pixels_HW3: PixelArray  # RGB
    time: float  # seconds since the first frame of its clip or stream
    index: int  # position among the frames received

    def __post_init__(self) -> None:
        if self.pixels_HW3.ndim != 3 or self.pixels_HW3.shape[2] != 3 or self.pixels_HW3.dtype != np.uint8:
            raise ValueError(
                f"a frame is H x W x 3 uint8, not {self.pixels_HW3.shape} {self.pixels_HW3.dtype}"
            )


@dataclass(frozen=True, slots=True)
class Film:
    """What a container declares of its film, and what the film is: they need not agree."""

    declared_size: tuple[int, int]  # width, height in px
    size: tuple[int, int]  # of the decoded pictures
    declared_seconds: float | None
    declared_fps: float | None
    jitter: float | None  # standard deviation of the intervals between all frames, in medians of them


@dataclass(frozen=True, slots=True)
class Clip:
    """The sampled frames of what a client sent."""

    frames: tuple[Frame, ...]
    received: int  # frames in the clip before sampling
    duration: float  # seconds from the first frame to the end of the last
    sampled_by: str  # "frame_count" or "time", see `model.sampling`
    film: Film | None = None  # of files only


@dataclass(frozen=True, slots=True)
class Framing:
    """How far a square is set from the one that the landmarks give, in shares of its side.

    The robustness table moves it; whoever finds faces leaves it as it is.
    """

    scale: float = 1.0
    right: float = 0.0
    down: float = 0.0


_AS_THE_LANDMARKS_SAY = Framing()


@dataclass(frozen=True, slots=True)
class Face:
    """The dense landmarks of one face in one frame."""

    landmarks_L3: FloatArray  # x, y in px of the frame; z in px of the same scale, smaller is nearer
    yaw: float  # degrees, positive to the subject's left
    pitch: float  # degrees, positive upwards
    framing: Framing = _AS_THE_LANDMARKS_SAY

    def __post_init__(self) -> None:
        if self.landmarks_L3.shape != (NUM_LANDMARKS, 3):
            raise ValueError(f"a face has {NUM_LANDMARKS} x 3 landmarks, not {self.landmarks_L3.shape}")


@dataclass(frozen=True, slots=True)
class Square:
    """The part of the frame that the network sees; it may reach over the frame's edge."""

    left: int
    top: int
    side: int


@dataclass(frozen=True, slots=True)
class Tone:
    """The luma levels that are mapped to black and white, one pair for all crops of a square."""

    black: float
    white: float
