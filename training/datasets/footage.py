"""A sample's sampled frames, whether from a video or from extracted pictures, with its boxes and depth.

H, W of a frame after `model.video` limited its longer side. Videos go through `model.video`, the decoder that
serves; the data sets' own containers and codecs are allowed here and not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av

from model.card import SamplingRule
from model.clip import FloatArray, Frame
from model.video import LONG_SIDE, VideoError, VideoLimits, read_clip
from training.datasets.boxes import Box, read_boxes
from training.datasets.frame_folder import frame_numbers, gaps, read_folder
from training.datasets.sample import Sample

LIMITS: Final = VideoLimits(
    max_seconds=120.0,
    max_frames=4_000,
    max_pixels=4096 * 2304,
    codecs=(
        "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "msmpeg4v2", "msmpeg4v3", "mpeg2video", "mjpeg", "h263",
        "wmv2", "rawvideo", "huffyuv", "ffv1", "dvvideo", "cinepak", "indeo5",
    ),
    containers=("mov", "quicktime", "matroska", "avi"),
)  # fmt: skip


class FootageError(ValueError):
    """A sample whose pictures cannot be read; the message is one line for whoever holds the data."""


@dataclass(frozen=True, slots=True)
class Footage:
    """The sampled frames; boxes and depth are of the same px as the frames."""

    frames: tuple[Frame, ...]
    boxes: tuple[Box | None, ...]
    depths: tuple[FloatArray | None, ...]  # (H, W) metres, 0 where nothing was measured


def read_footage(sample: Sample, rule: SamplingRule) -> Footage:
    """Decodes what the sampling rule chooses. Raises FootageError."""
    if sample.path.is_dir():
        return Footage(*read_folder_or_fail(sample, rule))
    try:
        clip = read_clip(sample.path.read_bytes(), rule=rule, limits=LIMITS)
    except VideoError as error:
        raise FootageError(_plain(error)) from error
    except OSError as error:
        raise FootageError(f"the file cannot be read: {error.strerror}") from error
    return Footage(clip.frames, _video_boxes(sample, clip.frames), (None,) * len(clip.frames))


def read_folder_or_fail(
    sample: Sample, rule: SamplingRule
) -> tuple[tuple[Frame, ...], tuple[Box | None, ...], tuple[FloatArray | None, ...]]:
    """As `read_folder`, with its errors as FootageError."""
    try:
        return read_folder(sample.path, rule, depth_format=sample.depth_format)
    except ValueError as error:
        raise FootageError(str(error)) from error


def probe(sample: Sample) -> None:
    """Opens a sample without decoding all of it: a video's first picture, a folder's numbering.

    Raises FootageError.
    """
    if sample.path.is_dir():
        numbers = frame_numbers(sample.path)
        if missing := gaps(sorted(numbers)):
            raise FootageError(f"frames are missing: {_ranges(missing)}")
        if not numbers:
            raise FootageError("holds no numbered frames, e.g. NAME_001_scene.jpg")
        return
    try:
        with av.open(str(sample.path)) as container:
            next(container.decode(video=0))
    except (IndexError, StopIteration) as error:
        raise FootageError("the video cannot be decoded: it holds no picture") from error
    except (av.error.FFmpegError, OSError) as error:
        raise FootageError(f"the video cannot be decoded: {error.strerror or error}") from error


def _plain(error: VideoError) -> str:
    """The sentence for clients asks them to send something else; here there is only the file."""
    if error.message.startswith("send "):
        return "the content is no video container that can be read (MP4, MOV, AVI, WebM, Matroska)"
    return error.message


def _video_boxes(sample: Sample, frames: Sequence[Frame]) -> tuple[Box | None, ...]:
    if sample.boxes is None or sample.box_format is None:
        return (None,) * len(frames)
    boxes, scale = read_boxes(sample.boxes, sample.box_format), _scale(sample.path)
    return tuple(_scaled(boxes.get(frame.index), scale) for frame in frames)


def _scale(path: Path) -> float:
    """From the stored picture to the limited one; which side is up does not matter."""
    with av.open(str(path)) as container:
        codec = container.streams.video[0].codec_context
        return min(1.0, LONG_SIDE / max(codec.width, codec.height))


def _scaled(box: Box | None, scale: float) -> Box | None:
    return None if box is None else (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)


def _ranges(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 -> `1-3, 7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
