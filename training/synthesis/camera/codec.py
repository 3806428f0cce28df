"""Frames -> compressed -> frames, by the codec of the camera."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from model.clip import PixelArray
from training.synthesis.camera.presets import Codec, CodecKind

# A stream's first picture is coded far better than the rest. A capture starts in a stream that is running:
# that many of its own frames go before it, backwards, and are left out again.
_RUNNING = 2
_TIME_BASE = Fraction(1, 30)


def transcode(frames: Sequence[PixelArray], codec: Codec) -> list[PixelArray]:
    """What is left of the frames after the codec. Raises ValueError for an odd size with H.264 (4:2:0)."""
    if codec.kind is CodecKind.JPEG:
        return [_jpeg(pixels, codec.quality) for pixels in frames]
    return _h264(frames, codec.quality)


def _jpeg(pixels_HW3: PixelArray, quality: int) -> PixelArray:
    # OpenCV takes the channels for BGR: the same swap at both ends would code red as blue.
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)


def _h264(frames: Sequence[PixelArray], rate_factor: int) -> list[PixelArray]:
    if not frames:
        return []
    height, width = frames[0].shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"H.264 needs an even size, not {width} x {height}")
    before = [frames[min(index, len(frames) - 1)] for index in range(_RUNNING, 0, -1)]
    packets = _encode([*before, *frames], width, height, rate_factor)
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    pictures = [picture for packet in [*packets, None] for picture in decoder.decode(packet)]
    planes = [picture.to_ndarray() for picture in pictures]
    return [
        np.asarray(cv2.cvtColor(each, cv2.COLOR_YUV2RGB_I420), dtype=np.uint8) for each in planes[_RUNNING:]
    ]


def _encode(
    frames: Sequence[PixelArray], width: int, height: int, rate_factor: int
) -> "list[av.Packet[VideoStream]]":
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = width, height
    encoder.pix_fmt, encoder.time_base = "yuv420p", _TIME_BASE
    encoder.thread_count = 1  # the same bytes on every machine
    encoder.options = {"preset": "superfast", "tune": "zerolatency", "crf": str(rate_factor)}
    return list(_packets(encoder, frames))


def _packets(encoder: VideoCodecContext, frames: Sequence[PixelArray]) -> Iterator["av.Packet[VideoStream]"]:
    for index, pixels in enumerate(frames):
        # OpenCV's conversion takes a tenth of swscale's time.
        converted = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2YUV_I420)
        planes: PixelArray = np.asarray(converted, dtype=np.uint8)
        picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        picture.pts = index
        yield from encoder.encode(picture)
    yield from encoder.encode(None)
