"""Bytes -> clip: the one decoder of video files, for the service and for training.

Reads from memory only, never a path, URL or playlist; everything that can be known from the container is
checked before a picture is decoded. FFmpeg comes with PyAV (LGPL build).
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from model.card import SamplingRule
from model.clip import Clip, Film, Frame, PixelArray
from model.sampling import sample
from model.upright import upright

LONG_SIDE: Final = 640  # px; faces, crops and landmarks are defined on the picture at this size
_SINGLE_FRAME_SECONDS: Final = 1 / 30
_SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "mov": lambda data: data[4:8] == b"ftyp",
    "matroska": lambda data: data[:4] == b"\x1a\x45\xdf\xa3",
    "avi": lambda data: data[:4] == b"RIFF" and data[8:12] == b"AVI ",
    "quicktime": lambda data: data[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"),  # before ISO's ftyp
}


class VideoFault(StrEnum):
    UNSUPPORTED_MEDIA = "unsupported_media"
    UNREADABLE = "unreadable_clip"
    TOO_LONG = "clip_too_long"
    TOO_MANY_PIXELS = "picture_too_large"


class VideoError(ValueError):
    """A clip that is not read, with the fault's code and a sentence for whoever sent it."""

    def __init__(self, fault: VideoFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message

    def __reduce__(self) -> tuple[type["VideoError"], tuple[VideoFault, str]]:
        return VideoError, (self.fault, self.message)  # it crosses from the decoding process


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoLimits:
    """What a clip may be."""

    max_seconds: float = 15.0
    max_frames: int = 600
    max_pixels: int = 2_100_000
    codecs: tuple[str, ...] = ("h264", "vp8", "vp9")
    containers: tuple[str, ...] = ("mov", "matroska")  # of `_SIGNATURES`


def read_clip(data: bytes, *, rule: SamplingRule, limits: VideoLimits) -> Clip:
    """The sampled frames of a video file. Raises VideoError."""
    try:
        source, kind = io.BytesIO(data), _container(data, limits)
        with av.open(source, mode="r", format=kind, metadata_errors="replace") as container:
            stream = _checked_stream(container, limits)
            times = _presentation_times(container, stream, limits)
            sampling = sample(times, rule)
            container.seek(0)
            declared = _size(stream)
            frames = tuple(_decode(container, stream, times, set(sampling.indices), limits))
            film = _film(container, stream, declared, times)
    except (av.error.FFmpegError, EOFError) as error:
        raise VideoError(VideoFault.UNREADABLE, f"the video cannot be decoded: {error}") from error
    if not frames:
        raise VideoError(VideoFault.UNREADABLE, "the video holds no picture that can be decoded")
    return Clip(frames, len(times), _duration(times), sampling.sampled_by, film)


def _container(data: bytes, limits: VideoLimits) -> str:
    """FFmpeg's demuxer for the content, by its first bytes; the name a client gives means nothing."""
    kind = next((kind for kind, is_kind in _SIGNATURES.items() if is_kind(data)), None)
    if kind is None or kind not in limits.containers:
        raise VideoError(VideoFault.UNSUPPORTED_MEDIA, "send an MP4, MOV, WebM or Matroska video")
    if kind in ("mov", "quicktime"):
        _check_boxes(data)
        return "mov"
    return kind


def _check_boxes(data: bytes) -> None:
    """A file that ends inside one of its top-level boxes was cut off."""
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if size == 1:  # the true size follows the box's name
            size = int.from_bytes(data[position + 8 : position + 16], "big")
        if size == 0:  # up to the end of the file
            return
        position += max(size, 8)
    if position != len(data):
        raise VideoError(VideoFault.UNREADABLE, "the file is cut off: a part that it announces is missing")


def _checked_stream(container: InputContainer, limits: VideoLimits) -> VideoStream:
    if not container.streams.video:
        raise VideoError(VideoFault.UNREADABLE, "the file holds no video")
    stream = container.streams.video[0]
    codec: VideoCodecContext | None = stream.codec_context  # PyAV's types do not say that it may be missing
    if codec is None:
        raise VideoError(VideoFault.UNSUPPORTED_MEDIA, "the video's codec is not known")
    if codec.name not in limits.codecs:
        allowed = ", ".join(limits.codecs)
        raise VideoError(VideoFault.UNSUPPORTED_MEDIA, f"the codec {codec.name} is not one of {allowed}")
    _check_pixels(codec.width, codec.height, limits)
    if container.duration is not None:
        _check_seconds(container.duration / av.time_base, limits)
    codec.thread_count = 1  # one clip takes one core, whoever else is waiting
    return stream


def _presentation_times(
    container: InputContainer, stream: VideoStream, limits: VideoLimits
) -> tuple[float, ...]:
    """Seconds from the first frame, read from the packets, in the order of showing.

    An edit list hides frames that are decoded and never shown: they count for the limit alone.
    """
    assert stream.time_base is not None
    stamps: set[int] = set()
    unstamped = hidden = 0
    for packet in container.demux(stream):
        if packet.is_discard:
            hidden += 1
        elif packet.pts is not None:
            stamps.add(packet.pts)
        elif packet.size:
            unstamped += 1
        if len(stamps) + unstamped + hidden > limits.max_frames:
            raise VideoError(VideoFault.TOO_LONG, f"the clip has more than {limits.max_frames} frames")
    if unstamped:  # AVI stores a frame rate instead
        return _even_times(len(stamps) + unstamped, stream, limits)
    first = min(stamps, default=0)
    times = tuple(float((stamp - first) * stream.time_base) for stamp in sorted(stamps))
    _check_seconds(_duration(times), limits)
    return times


def _even_times(count: int, stream: VideoStream, limits: VideoLimits) -> tuple[float, ...]:
    rate = stream.average_rate or stream.guessed_rate
    if not rate:
        raise VideoError(VideoFault.UNREADABLE, "the video says neither its frames' times nor its frame rate")
    times = tuple(float(index / rate) for index in range(count))
    _check_seconds(_duration(times), limits)
    return times


def _decode(
    container: InputContainer,
    stream: VideoStream,
    times: tuple[float, ...],
    wanted: set[int],
    limits: VideoLimits,
) -> Iterator[Frame]:
    for index, picture in enumerate(container.decode(stream)):
        if index >= len(times):
            return
        _check_pixels(picture.width, picture.height, limits)
        if index in wanted:
            yield Frame(limited(upright(picture)), times[index], index)


def _size(stream: VideoStream) -> tuple[int, int]:
    """Width and height; once pictures were decoded, theirs."""
    return stream.codec_context.width, stream.codec_context.height


def _film(
    container: InputContainer, stream: VideoStream, declared: tuple[int, int], times: tuple[float, ...]
) -> Film:
    seconds = None if container.duration is None else container.duration / av.time_base
    fps = float(stream.average_rate) if stream.average_rate else None
    intervals = np.diff(times)
    middle = float(np.median(intervals)) if len(intervals) else 0.0
    jitter = float(intervals.std()) / middle if middle > 0 else None
    return Film(declared, _size(stream), seconds, fps, jitter)


def limited(pixels_HW3: PixelArray) -> PixelArray:
    """The picture with its longer side at `LONG_SIDE` or below, as every decoded frame is."""
    height, width = pixels_HW3.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale >= 1:
        return pixels_HW3
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(pixels_HW3, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _duration(times: tuple[float, ...]) -> float:
    """To the end of the last frame, which is shown as long as the others."""
    if len(times) < 2:
        return _SINGLE_FRAME_SECONDS * len(times)
    return times[-1] + float(np.median(np.diff(times)))


def _check_pixels(width: int, height: int, limits: VideoLimits) -> None:
    if width * height > limits.max_pixels:
        raise VideoError(
            VideoFault.TOO_MANY_PIXELS,
            f"{width} x {height} is over the limit of {limits.max_pixels / 1e6:.1f} megapixels",
        )


def _check_seconds(seconds: float, limits: VideoLimits) -> None:
    if seconds > limits.max_seconds:
        raise VideoError(
            VideoFault.TOO_LONG, f"the clip lasts {seconds:.1f} s, over the limit of {limits.max_seconds:g} s"
        )
