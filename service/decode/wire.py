"""What a decoding process answers: a line of JSON beside the pixels, which lie in the shared block.

The process reads a stranger's file, so nothing that it says is unpickled or believed: the answer is
validated, and every picture has to lie within the block.
"""

import mmap
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import TypeAdapter, ValidationError

from model.clip import Clip, Film, Frame
from model.video import LONG_SIDE, VideoError, VideoFault, VideoLimits

LENGTH_BYTES: Final = 8  # big-endian, before each message on the pipe
MAX_ANSWER_BYTES: Final = 1 << 20
READY: Final = b"ready"


class WireError(ValueError):
    """An answer that no honest decoder gives."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a sampled frame lies in the block, row by row, RGB."""

    offset: int
    height: int
    width: int
    time: float
    index: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A clip, or the fault for which there is none."""

    pictures: tuple[Picture, ...] = ()
    received: int = 0
    duration: float = 0.0
    sampled_by: str = ""
    film: Film | None = None
    fault: VideoFault | None = None
    message: str = ""


_ADAPTER: Final = TypeAdapter(Answer)


def block_bytes(limits: VideoLimits) -> int:
    """The largest clip that may come back: every frame sampled, as large as pictures are kept."""
    return min(limits.max_frames, _MAX_SAMPLED) * LONG_SIDE * LONG_SIDE * 3


_MAX_SAMPLED: Final = 256  # 15 s by time are 138 frames, 600 frames by count 200


def write_clip(clip: Clip, block: mmap.mmap) -> bytes:
    """Puts the pixels into the block and says where. Raises VideoError where they do not fit."""
    pictures, offset = [], 0
    for frame in clip.frames:
        data = frame.pixels_HW3.tobytes()
        if offset + len(data) > len(block):
            raise VideoError(VideoFault.TOO_LONG, "the clip has more pictures than are looked at")
        block[offset : offset + len(data)] = data
        height, width = frame.pixels_HW3.shape[:2]
        pictures.append(Picture(offset, height, width, frame.time, frame.index))
        offset += len(data)
    answer = Answer(tuple(pictures), clip.received, clip.duration, clip.sampled_by, clip.film)
    return _ADAPTER.dump_json(answer)


def write_fault(error: VideoError) -> bytes:
    return _ADAPTER.dump_json(Answer(fault=error.fault, message=error.message))


def read_answer(data: bytes, block: mmap.mmap) -> Clip:
    """Copies the clip out of the block. Raises VideoError for its fault, WireError for nonsense."""
    try:
        answer = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise WireError(f"not an answer: {error.error_count()} faults") from error
    if answer.fault is not None:
        raise VideoError(answer.fault, answer.message)
    ends = [_checked_end(picture, len(block)) for picture in answer.pictures]
    # In one piece: the system gives large memory in large pages, a sixth of the time for the copy.
    pixels = np.frombuffer(block, np.uint8)[: max(ends, default=0)].copy()
    frames = tuple(
        Frame(pixels[each.offset : end].reshape(each.height, each.width, 3), each.time, each.index)
        for each, end in zip(answer.pictures, ends, strict=True)
    )
    return Clip(frames, answer.received, answer.duration, answer.sampled_by, answer.film)


def _checked_end(picture: Picture, block_bytes: int) -> int:
    """Where the picture ends in the block. Raises WireError for one that does not lie in it."""
    end = picture.offset + picture.height * picture.width * 3
    sized = 0 < picture.height <= LONG_SIDE and 0 < picture.width <= LONG_SIDE
    if picture.offset < 0 or end > block_bytes or not sized:
        raise WireError("a picture that does not lie in the block")
    return end
