"""Bytes -> clip: what is read, what is refused before it is decoded."""

import io
from collections.abc import Sequence
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

from model import video
from model.card import SamplingRule
from model.clip import PixelArray
from model.video import VideoError, VideoFault, VideoLimits, read_clip

RULE, LIMITS = SamplingRule(), VideoLimits()


def encode(
    count: int = 30,
    *,
    fps: int = 30,
    size: tuple[int, int] = (160, 120),
    codec: str = "libx264",
    kind: str = "mp4",
) -> bytes:
    """A video whose n-th frame is grey of level 4 n."""
    pictures = [np.full((size[1], size[0], 3), min(4 * i, 255), np.uint8) for i in range(count)]
    return encoded(pictures, fps=fps, codec=codec, kind=kind)


def encoded(
    pictures: Sequence[PixelArray], *, fps: int = 30, codec: str = "libx264", kind: str = "mp4"
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(fps))
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def fault(data: bytes, limits: VideoLimits = LIMITS) -> VideoFault:
    with pytest.raises(VideoError) as caught:
        read_clip(data, rule=RULE, limits=limits)
    return caught.value.fault


@pytest.mark.parametrize(("codec", "kind"), [("libx264", "mp4"), ("libvpx", "webm"), ("libx264", "matroska")])
def test_every_third_frame_is_read_with_its_time(codec: str, kind: str) -> None:
    clip = read_clip(encode(codec=codec, kind=kind), rule=RULE, limits=LIMITS)
    assert clip.received == 30
    assert [frame.index for frame in clip.frames] == list(range(0, 30, 3))
    assert [frame.time for frame in clip.frames] == pytest.approx([i / 10 for i in range(10)], abs=0.002)
    assert [frame.pixels_HW3.mean() for frame in clip.frames] == pytest.approx(
        [12 * i for i in range(10)], abs=4
    )
    assert clip.duration == pytest.approx(1.0, abs=0.01)


def test_a_large_picture_is_brought_to_640_px() -> None:
    clip = read_clip(encode(4, size=(1280, 720)), rule=RULE, limits=LIMITS)
    assert clip.frames[0].pixels_HW3.shape == (360, 640, 3)


@pytest.mark.parametrize("data", [b"", b"hello, I am a text file", b"#EXTM3U\n#EXTINF:10,\nhttp://x/y.ts\n"])
def test_what_is_no_video_is_unsupported_media(data: bytes) -> None:
    assert fault(data) is VideoFault.UNSUPPORTED_MEDIA


def test_a_codec_that_is_not_allowed_is_unsupported_media() -> None:
    assert fault(encode(codec="mpeg4")) is VideoFault.UNSUPPORTED_MEDIA


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_unreadable(share: float) -> None:
    data = encode(60)
    assert fault(data[: int(share * len(data))]) is VideoFault.UNREADABLE


def test_a_damaged_header_is_unreadable() -> None:
    data = encode()
    assert fault(data.replace(b"moov", b"junk")) is VideoFault.UNREADABLE


def test_a_picture_over_the_limit_is_refused_before_decoding() -> None:
    assert fault(encode(2, size=(640, 480)), VideoLimits(max_pixels=300_000)) is VideoFault.TOO_MANY_PIXELS


def test_a_clip_over_15_seconds_is_too_long() -> None:
    assert fault(encode(170, fps=10, size=(64, 64))) is VideoFault.TOO_LONG


def test_more_frames_than_the_limit_are_too_long() -> None:
    assert fault(encode(40), VideoLimits(max_frames=39)) is VideoFault.TOO_LONG


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_avi_is_read_where_the_limits_allow_it_and_nowhere_else(codec: str) -> None:
    data = encode(codec=codec, kind="avi")
    assert fault(data) is VideoFault.UNSUPPORTED_MEDIA
    allowed = VideoLimits(containers=("avi",), codecs=("mpeg4", "h264"))
    clip = read_clip(data, rule=RULE, limits=allowed)
    assert [frame.index for frame in clip.frames] == list(range(0, 30, 3))
    assert [frame.pixels_HW3.mean() for frame in clip.frames] == pytest.approx(
        [12 * i for i in range(10)], abs=6
    )


def test_frames_without_times_are_spaced_by_the_frame_rate() -> None:
    """AVI may hold packets without a time; FFmpeg's writer makes none, so the container is a stand-in."""
    packets = [SimpleNamespace(pts=None, size=9, is_discard=False) for _ in range(4)]
    container = SimpleNamespace(
        demux=lambda _: [*packets, SimpleNamespace(pts=None, size=0, is_discard=False)]
    )
    stream = SimpleNamespace(time_base=Fraction(1, 25), average_rate=Fraction(25))
    assert video._presentation_times(container, stream, LIMITS) == pytest.approx((0, 0.04, 0.08, 0.12))
    unknown = SimpleNamespace(time_base=Fraction(1, 25), average_rate=None, guessed_rate=None)
    with pytest.raises(VideoError, match="neither its frames' times nor its frame rate"):
        video._presentation_times(container, unknown, LIMITS)
